"""Loading: revisions, unchanged files, what stays and what goes; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.database import SessionFactory, reading, writing
from bot.errors import ReportError
from bot.facts.entries import Locator, Phrasing
from bot.facts.loader import load
from bot.facts.models import EntryRow, QuestionRow, RevisionRow
from bot.facts.repository import FactsRepository


def rewrite(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def add_question(sessions: SessionFactory, entry_id: str, text: str) -> None:
    """A question that staff added."""
    with writing(sessions) as session:
        key = session.scalar(select(EntryRow.key).where(EntryRow.id == entry_id))
        session.add(QuestionRow(entry_key=key, position=90, text=text, language="zh", origin="staff"))


def test_an_unchanged_file_makes_no_revision(
    sessions: SessionFactory, facts_file: Path, referrals_file: Path, now: datetime
) -> None:
    first = load(sessions, [facts_file, referrals_file], now=now)
    again = load(sessions, [referrals_file, facts_file], now=now)
    assert (first.revision, first.changed, first.entries) == (1, ("source willow2020", "referrals"), 5)
    assert (again.revision, again.changed) == (1, ())


def test_a_changed_file_replaces_its_own_entries_only(
    sessions: SessionFactory, facts_file: Path, referrals_file: Path, now: datetime
) -> None:
    load(sessions, [facts_file, referrals_file], now=now)
    rewrite(facts_file, "zh: 石桥,", "zh: 大石桥,")
    assert load(sessions, [facts_file], now=now).revision == 2
    snapshot = FactsRepository(sessions).snapshot()
    assert snapshot.by_id["bridges.new"].subject.zh == "大石桥"
    assert len(snapshot.entries) == 5
    assert "referral.weather" in snapshot.by_id
    with reading(sessions) as session:
        assert [tuple(row) for row in session.execute(select(RevisionRow.number, RevisionRow.reason))][1] == (
            2,
            "load source willow2020",
        )


def test_questions_of_staff_stay_with_their_entry(sessions: SessionFactory, facts_file: Path, now: datetime) -> None:
    load(sessions, [facts_file], now=now)
    add_question(sessions, "bridges.new", "大桥啥时候盖")
    add_question(sessions, "lanes.repair", "小路不平")
    rewrite(facts_file, "zh: [小路修多长？]", "zh: [小路修多长？, 小路不平]")
    rewrite(facts_file, "zh: 石桥,", "zh: 大石桥,")
    load(sessions, [facts_file], now=now)
    entries = FactsRepository(sessions).snapshot().by_id
    assert entries["bridges.new"].phrasings[-1] == Phrasing("大桥啥时候盖", "zh")
    assert [phrasing.text for phrasing in entries["lanes.repair"].phrasings].count("小路不平") == 1


def test_the_report_gives_quotes(sessions: SessionFactory, facts_file: Path, report_file: Path, now: datetime) -> None:
    repository = FactsRepository(sessions)
    load(sessions, [facts_file], now=now)
    assert repository.snapshot().by_id["bridges.new"].quote == ""
    assert repository.source_sentence(Locator("s1", 1, 1)) == ""
    result = load(sessions, [facts_file], now=now, report_path=report_file)
    assert (result.revision, result.changed) == (2, ("report willow2020",))
    assert repository.snapshot().by_id["bridges.new"].quote == "全镇今年新建石桥3座以上;"
    assert repository.source_sentence(Locator("s1", 2, 1)) == "桥头要种柳树！"
    assert load(sessions, [facts_file], now=now, report_path=report_file).changed == ()


def test_quotes_stay_when_facts_change_and_go_when_sections_do(
    sessions: SessionFactory, facts_file: Path, report_file: Path, now: datetime
) -> None:
    repository = FactsRepository(sessions)
    load(sessions, [facts_file], now=now, report_path=report_file)
    rewrite(facts_file, "zh: 石桥,", "zh: 大石桥,")
    load(sessions, [facts_file], now=now)
    assert repository.snapshot().by_id["bridges.new"].quote
    rewrite(facts_file, "heading: 成绩单", "heading: 成绩单 去年回顾")
    load(sessions, [facts_file], now=now)
    assert not repository.snapshot().by_id["bridges.new"].quote
    load(sessions, [facts_file], now=now, report_path=report_file)
    assert repository.snapshot().by_id["bridges.new"].quote


def test_a_report_that_does_not_fit_changes_nothing(
    sessions: SessionFactory, facts_file: Path, referrals_file: Path, report_file: Path, now: datetime
) -> None:
    with pytest.raises(ReportError, match="exactly one facts file"):
        load(sessions, [referrals_file], now=now, report_path=report_file)
    rewrite(facts_file, "locator: s1.p1.s1", "locator: s1.p1.s9")
    with pytest.raises(ReportError, match=r"bridges\.new: locator s1\.p1\.s9"):
        load(sessions, [facts_file], now=now, report_path=report_file)
    assert FactsRepository(sessions).revision() == 0


def test_processes_that_load_at_once_make_one_revision(
    sessions: SessionFactory, facts_file: Path, referrals_file: Path, now: datetime
) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: load(sessions, [facts_file, referrals_file], now=now), range(4)))
    assert {result.revision for result in results} == {1}
    assert sum(bool(result.changed) for result in results) == 1


def test_a_later_report_supersedes_without_deleting(sessions: SessionFactory, facts_file: Path, now: datetime) -> None:
    load(sessions, [facts_file], now=now)
    later = facts_file.with_name("later.yml")
    text = (
        facts_file.read_text("utf-8").replace("willow2020", "willow2021").replace("plan_year: 2020", "plan_year: 2021")
    )
    later.write_text(text, "utf-8")
    load(sessions, [later], now=now)
    assert FactsRepository(sessions).snapshot().source.id == "willow2021"
    with reading(sessions) as session:
        assert len(session.scalars(select(EntryRow.id)).all()) == 8
