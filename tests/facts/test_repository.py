"""What the assistant asks: the whole snapshot in few queries, and the revision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.database import SessionFactory, make_engine, make_session_factory, migrate
from bot.errors import StoreError
from bot.facts.entries import Bilingual, Entry, Locator, Phrasing, Section, Source, Topic
from bot.facts.loader import load
from bot.facts.repository import FactsRepository


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The SELECT statements that run meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_snapshot_holds_all_that_the_files_hold(
    sessions: SessionFactory, facts_file: Path, referrals_file: Path, report_file: Path, now: datetime
) -> None:
    load(sessions, [facts_file, referrals_file], now=now, report_path=report_file)
    snapshot = FactsRepository(sessions).snapshot()
    assert snapshot.revision == 1
    assert snapshot.source == Source(
        "willow2020",
        Bilingual("柳溪镇计划", "Plan of Willow Creek"),
        Bilingual("柳溪镇", "Willow Creek"),
        "2020-01",
        2020,
        ("柳溪镇", "willow creek"),
    )
    assert snapshot.sections[1] == Section("s1", Bilingual("道路", "Roads"), "修桥铺路连起两岸的村子")
    assert snapshot.topics == (
        Topic("roads", "", Bilingual("道路", "Roads"), ("路", "road")),
        Topic("roads.bridges", "roads", Bilingual("桥", "Bridges")),
    )
    assert [entry.id for entry in snapshot.entries] == [
        "bridges.new", "lanes.repair", "bridges.built", "faq.bridges", "referral.weather",
    ]  # fmt: skip
    assert snapshot.by_id["bridges.new"] == Entry(
        id="bridges.new",
        kind="fact",
        topic="roads.bridges",
        subject=Bilingual("石桥", "stone bridges"),
        statement=Bilingual("2020年计划造3座以上的石桥。", "The 2020 plan is to build at least 3 stone bridges."),
        status="plan",
        period="2020",
        answers=frozenset({"amount", "what"}),
        value=3.0,
        unit=Bilingual("座", "bridges"),
        bound="at_least",
        measure="bridges",
        keywords=("桥", "石桥", "bridge"),
        phrasings=(
            Phrasing("今年造几座桥？", "zh"),
            Phrasing("河上添桥不", "zh"),
            Phrasing("How many bridges will be built?", "en"),
            Phrasing("橋はいくつ作りますか", "ja"),
        ),
        locator=Locator("s1", 1, 1),
        section=Bilingual("道路", "Roads"),
        quote="全镇今年新建石桥3座以上;",
    )
    assert snapshot.by_id["lanes.repair"].value == 12.5
    assert snapshot.by_id["faq.bridges"].cites == ("bridges.new", "bridges.built")
    assert snapshot.by_id["faq.bridges"].value_sum == 5.0
    weather = snapshot.by_id["referral.weather"]
    assert (weather.kind, weather.topic, weather.status, weather.answers) == ("referral", "weather", "", frozenset())


def test_snapshots_of_both_databases_are_equal(
    tmp_path: Path, postgres_url: str, facts_file: Path, referrals_file: Path, report_file: Path, now: datetime
) -> None:
    snapshots = []
    for url in (f"sqlite:///{tmp_path / 'a.db'}", postgres_url):
        engine = make_engine(url)
        migrate(engine, "base")
        migrate(engine)
        sessions = make_session_factory(engine)
        load(sessions, [facts_file, referrals_file], now=now, report_path=report_file)
        snapshots.append(FactsRepository(sessions).snapshot())
        engine.dispose()
    assert snapshots[0] == snapshots[1]


def test_queries_do_not_grow_with_entries(
    fresh_db: Engine, sessions: SessionFactory, facts_file: Path, now: datetime
) -> None:
    load(sessions, [facts_file], now=now)
    repository = FactsRepository(sessions)
    with counting(fresh_db) as statements:
        repository.snapshot()
    assert len(statements) <= 8
    with counting(fresh_db) as statements:
        assert repository.revision() == 1
    assert len(statements) == 1


def test_a_load_meanwhile_does_not_show_in_a_snapshot(
    fresh_db: Engine, sessions: SessionFactory, facts_file: Path, now: datetime
) -> None:
    load(sessions, [facts_file], now=now)
    facts_file.write_text(facts_file.read_text("utf-8").replace("石桥", "木桥"), "utf-8")
    pending = [facts_file]

    def publish(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM topics" in statement and pending:
            load(sessions, [pending.pop()], now=now)

    event.listen(fresh_db, "before_cursor_execute", publish)
    repository = FactsRepository(sessions)
    before, after = repository.snapshot(), repository.snapshot()
    event.remove(fresh_db, "before_cursor_execute", publish)
    assert (before.revision, before.by_id["bridges.new"].subject.zh) == (1, "石桥")
    assert (after.revision, after.by_id["bridges.new"].subject.zh) == (2, "木桥")


def test_empty_database(sessions: SessionFactory) -> None:
    repository = FactsRepository(sessions)
    assert repository.revision() == 0
    with pytest.raises(StoreError, match="facts load"):
        repository.snapshot()


def test_a_database_without_tables_is_a_store_error(empty_db: Engine) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        FactsRepository(make_session_factory(empty_db)).revision()
