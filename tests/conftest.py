"""Databases for tests: SQLite always, PostgreSQL where one answers (and without fail under CI)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError

from bot.database import SessionFactory, make_engine, make_session_factory, migrate

POSTGRES = os.environ.get("ASKHUNNAN_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres")
"""A database of a PostgreSQL server on which the user may create databases."""


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a scratch database, made for this session and dropped after it."""
    server = make_engine(POSTGRES).execution_options(isolation_level="AUTOCOMMIT")
    name = f"askhunnan_test_{uuid4().hex[:12]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    except OperationalError as error:
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL for the tests: {error.orig}")
        pytest.skip("no PostgreSQL answers: set ASKHUNNAN_TEST_POSTGRES")
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database; a test that takes it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url = str(request.getfixturevalue("postgres_url"))
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


@pytest.fixture
def empty_db(database_url: str) -> Iterator[Engine]:
    """An engine on a database without any table."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def fresh_db(empty_db: Engine) -> Engine:
    """An engine on a migrated database without rows."""
    migrate(empty_db)
    return empty_db


@pytest.fixture
def sessions(fresh_db: Engine) -> SessionFactory:
    """A session factory on a migrated database without rows."""
    return make_session_factory(fresh_db)


@pytest.fixture
def sqlite_sessions(tmp_path: Path) -> Iterator[SessionFactory]:
    """The same on SQLite only, for tests in which the kind of database plays no part."""
    engine = make_engine(f"sqlite:///{tmp_path / 'only.db'}")
    migrate(engine)
    yield make_session_factory(engine)
    engine.dispose()
