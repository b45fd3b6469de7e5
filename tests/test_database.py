"""Migrations up and down with data, constraints, and writers that wait for each other; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from bot.conversations.models import TicketRow
from bot.database import (
    Base,
    SessionFactory,
    make_engine,
    make_session_factory,
    migrate,
    migration_config,
    reading,
    writing,
)
from bot.errors import StoreError
from bot.facts import models

NOW = datetime(2020, 1, 15, tzinfo=timezone.utc)


def entry(**changed: Any) -> dict[str, Any]:
    """Columns of a referral's entry."""
    columns = {
        "id": "a", "kind": "referral", "position": 0, "subject_zh": "甲", "subject_en": "a", "statement_zh": "乙",
        "statement_en": "b", "status": "", "period": "", "answers": [], "keywords": [],
    }  # fmt: skip
    return {**columns, **changed}


def test_up_down_and_up_again_with_data(empty_db: Engine) -> None:
    migrate(empty_db)
    with empty_db.begin() as connection:
        connection.execute(insert(models.RevisionRow.__table__).values(number=1, created_at=NOW, reason="x"))
        connection.execute(insert(models.EntryRow.__table__).values(**entry()))
        connection.execute(
            insert(models.QuestionRow.__table__).values(
                entry_key=1, position=0, text="问", language="zh", origin="file"
            )
        )
    migrate(empty_db)
    with make_session_factory(empty_db)() as session:
        assert session.scalar(select(models.QuestionRow.text)) == "问"
        assert session.scalar(select(models.RevisionRow.created_at)) == NOW
    migrate(empty_db, "base")
    assert set(inspect(empty_db).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    migrate(empty_db)
    assert "tickets" in inspect(empty_db).get_table_names()


def test_migrations_make_exactly_the_models_tables(fresh_db: Engine) -> None:
    ours = {"include_name": lambda name, kind, parents: name != "sqlite_sequence"}
    with fresh_db.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), Base.metadata) == []


def test_processes_that_migrate_at_once_all_succeed(database_url: str) -> None:
    def start(_: int) -> int:
        engine = make_engine(database_url)
        migrate(engine)
        engine.dispose()
        return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(start, range(4))) == 4


def test_a_newer_schema_is_refused_with_a_clear_line(fresh_db: Engine) -> None:
    with fresh_db.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999, which this version does not know"):
        migrate(fresh_db)


def test_there_is_one_head() -> None:
    config = migration_config()
    config.print_stdout = lambda *_: None  # type: ignore[method-assign]
    command.heads(config)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        (models.EntryRow, entry(kind="rumour")),
        (models.EntryRow, entry(kind="fact")),
        (models.EntryRow, entry(status="plan")),
        (models.EntryRow, entry(source_id="nowhere")),
        (models.EntryRow, entry(topic_id="nowhere")),
        (models.EntryRow, entry(statement_zh="")),
        (models.EntryRow, entry(id="twice")),
        (models.FactRow, {"key": 1, "kind": "fact", "action_zh": "a", "action_en": "b", "bound": "exact", "measure": "",
                          "section": "s1", "paragraph": 1, "sentence": 1}),
        (models.ReferralRow, {"key": 77, "kind": "referral", "question_kind": "weather"}),
        (models.QuestionRow, {"entry_key": 77, "position": 0, "text": "a", "language": "zh", "origin": "file"}),
        (models.QuestionRow, {"entry_key": 1, "position": 0, "text": "a", "language": "fr", "origin": "file"}),
        (models.QuestionRow, {"entry_key": 1, "position": 0, "text": "a", "language": "zh", "origin": "dream"}),
        (models.CitationRow, {"faq_key": 1, "fact_key": 1, "position": 0}),
        (models.SourceRow, {"id": "s", "title_zh": "a", "title_en": "a", "publisher_zh": "a", "publisher_en": "a",
                            "published": "2020-01", "plan_year": 20, "home": []}),
        (TicketRow, {"number": "1", "created_at": NOW, "matter": "", "contact": "", "channel": "rest",
                            "sender_id": "x", "state": "open"}),
        (TicketRow, {"number": "1", "created_at": NOW, "matter": "m", "contact": "", "channel": "rest",
                            "sender_id": "x", "state": "lost"}),
    ],
)  # fmt: skip
def test_the_schema_itself_refuses(fresh_db: Engine, row: Any, values: dict[str, Any]) -> None:
    with fresh_db.begin() as connection:
        connection.execute(insert(models.EntryRow.__table__).values(**entry(id="twice")))
    with pytest.raises(IntegrityError), fresh_db.begin() as connection:
        connection.execute(insert(row.__table__).values(**values))


@pytest.mark.parametrize(
    ("bound", "value", "unit"), [("roughly", 1.0, "座"), ("exact", 1.0, None), ("exact", None, "座")]
)
def test_a_figure_has_a_unit_and_a_known_bound(
    fresh_db: Engine, bound: str, value: float | None, unit: str | None
) -> None:
    with make_session_factory(fresh_db)() as session:
        session.add(models.SourceRow(id="s", title_zh="a", title_en="a", publisher_zh="a", publisher_en="a",
                                     published="2020-01", plan_year=2020, home=[]))  # fmt: skip
        session.flush()
        session.add(models.TopicRow(source_id="s", id="t", position=0, label_zh="a", label_en="a", aliases=[]))
        session.flush()
        shared = {
            name: column for name, column in entry(source_id="s", topic_id="t", status="plan").items() if name != "kind"
        }
        session.add(models.FactRow(**shared, action_zh="a", action_en="b", bound=bound, value=value, unit_zh=unit,
                                   unit_en=unit, measure="", section="s1", paragraph=1, sentence=1))  # fmt: skip
        with pytest.raises(IntegrityError):
            session.flush()


def test_writers_wait_for_each_other(sessions: SessionFactory) -> None:
    def count_up(_: int) -> None:
        with writing(sessions) as session:
            number = session.scalar(select(func.coalesce(func.max(models.RevisionRow.number), 0)))
            session.add(models.RevisionRow(number=number + 1, created_at=NOW, reason="x"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(40)))
    with reading(sessions) as session:
        assert session.scalar(select(func.max(models.RevisionRow.number))) == 40


def test_a_failed_write_leaves_nothing(sessions: SessionFactory) -> None:
    with pytest.raises(RuntimeError), writing(sessions) as session:
        session.add(models.RevisionRow(number=1, created_at=NOW, reason="x"))
        session.flush()
        raise RuntimeError
    with reading(sessions) as session:
        assert session.scalar(select(func.count()).select_from(models.RevisionRow)) == 0


def test_a_refused_write_does_not_repeat_what_was_written(sessions: SessionFactory) -> None:
    with pytest.raises(StoreError) as caught, writing(sessions) as session:
        session.add(TicketRow(number="1", created_at=NOW, matter="我的秘密", channel="c", sender_id="s", state="?"))
    assert "秘密" not in str(caught.value)


def test_a_time_without_zone_is_refused(sqlite_sessions: SessionFactory) -> None:
    with pytest.raises(StoreError), writing(sqlite_sessions) as session:
        session.add(models.RevisionRow(number=1, created_at=datetime(2020, 1, 1), reason="x"))


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y", "postgresql+nodriver://x/y"])
def test_a_url_that_cannot_be_used(url: str) -> None:
    with pytest.raises(StoreError, match="DATABASE_URL"):
        make_engine(url)


def test_a_server_that_does_not_answer() -> None:
    with pytest.raises(StoreError, match="cannot be brought up to date") as caught:
        migrate(make_engine("postgresql://user:secret@127.0.0.1:9/none"))
    assert "secret" not in str(caught.value)


def test_sqlite_is_prepared(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'deeper' / 'a.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() > 0
    engine.dispose()
