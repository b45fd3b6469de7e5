"""The one database: declarative base, engines, sessions, the lock of writers, and bringing the schema up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import DateTime, MetaData, create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeMeta, Session, registry, sessionmaker
from sqlalchemy.types import TypeDecorator

from bot.errors import StoreError

BUSY_MILLISECONDS = 10_000
"""How long an SQLite connection waits for another writer."""

_WRITE_LOCK = 0x41534B48
"""Key of the PostgreSQL advisory lock of writers: the letters ASKH."""

_POSTGRES = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
"""How long a server may stay silent: seconds while connecting, milliseconds afterwards."""

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

mapper_registry = registry(metadata=MetaData(naming_convention=_NAMING))

SessionFactory = Callable[[], Session]
"""What `make_session_factory` gives: call it for a `Session`."""


class Base(metaclass=DeclarativeMeta):  # type: ignore[metaclass]  # SQLAlchemy 1.4 has no types
    """Base of every mapped class of the project."""

    __abstract__ = True
    __table__: ClassVar[Any]
    __table_args__: ClassVar[Any]
    registry = mapper_registry
    metadata = mapper_registry.metadata

    def __init__(self, **columns: Any) -> None:
        mapper_registry.constructor(self, **columns)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition of a check constraint that a column holds one of some words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class UtcDateTime(TypeDecorator):  # type: ignore[misc]
    """An aware datetime in UTC, on SQLite too, which would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """To UTC; a datetime without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """From the database, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def make_engine(url: str) -> Engine:
    """An engine for the configured database; nothing is opened yet, but an SQLite file's folder is made.

    SQLite runs in WAL mode with foreign keys, real transactions (also for reads and DDL) and a busy time-out, so
    that readers in other processes see one state and writers wait for each other.

    Args:
        url: ``sqlite:///FILE``, ``sqlite://`` (memory, for one connection) or ``postgresql://…``.

    Raises:
        StoreError: the URL cannot be used.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, future=True, pool_pre_ping=True, connect_args=_POSTGRES)
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, future=True)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(f"the database URL cannot be used ({type(error).__name__}): check DATABASE_URL") from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_session_factory(engine: Engine) -> SessionFactory:
    """A factory of sessions on an engine; objects stay readable after the commit."""
    factory: SessionFactory = sessionmaker(engine, future=True, expire_on_commit=False)
    return factory


@contextmanager
def reading(session_factory: SessionFactory) -> Iterator[Session]:
    """A session that sees one state of the database and changes nothing.

    Raises:
        StoreError: the database cannot be read.
    """
    session: Session = session_factory()
    try:
        if session.get_bind().dialect.name == "postgresql":  # an SQLite transaction sees one state anyway
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be read: {_first_line(error)}") from error
    finally:
        session.close()


@contextmanager
def writing(session_factory: SessionFactory) -> Iterator[Session]:
    """A session in one transaction that no other `writing` transaction of any process runs beside.

    It commits at the end and rolls back on any exception.

    Raises:
        StoreError: the database cannot be reached, is locked for too long, or refuses what is written.
    """
    session: Session = session_factory()
    try:
        _lock_writers(session.connection(execution_options={"write_lock": True}))
        yield session
        session.commit()
    except SQLAlchemyError as error:
        session.rollback()
        raise StoreError(f"the database cannot be written: {_first_line(error)}") from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision: up to ``head``, or down to an older one or ``base``.

    Safe when several processes start at once: one migrates, the others wait and find nothing to do.

    Raises:
        StoreError: the database cannot be reached, or holds a revision that this version does not know.
    """
    config = migration_config()
    try:
        with engine.connect().execution_options(write_lock=True) as connection, connection.begin():
            _lock_writers(connection)
            config.attributes["connection"] = connection
            older = revision == "base" or _is_behind(config, connection, revision)
            (command.downgrade if older else command.upgrade)(config, revision)
    except SQLAlchemyError as error:
        raise StoreError(
            f"the database at {engine.url!r} cannot be brought up to date: {_first_line(error)}"
        ) from error


def migration_config() -> Config:
    """Alembic's configuration, in code: the scripts stand in ``bot/migrations``."""
    config = Config()
    config.set_main_option("script_location", str(files("bot.migrations")).replace("%", "%%"))
    return config


def _is_behind(config: Config, connection: Connection, revision: str) -> bool:
    """True if `revision` is older than what the database holds."""
    held = MigrationContext.configure(connection).get_current_revision()
    if held is None:
        return False
    scripts = ScriptDirectory.from_config(config)
    try:
        scripts.get_revision(held)
    except CommandError as error:
        raise StoreError(
            f"the database holds schema revision {held}, which this version does not know: install the newer version"
        ) from error
    older = [script.revision for script in scripts.iterate_revisions(held, "base")]
    return revision in older[1:]


def _first_line(error: SQLAlchemyError) -> str:
    """What the driver said; never the statement with its parameters, which may hold what a citizen wrote."""
    lines = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; _begin_sqlite does it
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what a citizen wants deleted is overwritten
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    locked = connection.get_execution_options().get("write_lock")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if locked else "BEGIN")


def _lock_writers(connection: Connection) -> None:
    """SQLite is locked by its BEGIN IMMEDIATE already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
