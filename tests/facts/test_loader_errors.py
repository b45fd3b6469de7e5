"""A broken facts file is refused: the error names file, entry and reason, and the database stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.database import SessionFactory
from bot.errors import AskHunnanError, FactsFileError
from bot.facts.document import SIZE_LIMIT
from bot.facts.export import json_lines
from bot.facts.loader import load
from bot.facts.repository import FactsRepository

Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    """A change of the sample: the first `old` becomes `new`."""

    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


FACT_BROKEN: list[tuple[str, Change, str, str]] = [
    ("not yaml", swap("topics:", "topics: ["), "-", "is not YAML"),
    ("a list", lambda _: "- a\n- b\n", "-", "must hold one mapping"),
    ("empty", lambda _: "", "-", "must hold one mapping"),
    ("two documents", lambda text: text + "---\na: b\n", "-", "second document"),
    ("alias", swap("status: plan", "status: &x plan"), "-", "anchor &x"),
    ("billion laughs", lambda _: "a: [*b, *b]\n", "-", "alias"),
    ("merge key", swap("  status: plan", "  <<: {status: plan}"), "bridges.new", "key << is not known"),
    ("python tag", swap("period: \"2020\"", "period: !!python/name:os.system x"), "-", "tag"),
    ("tagged mapping", swap("keywords: {zh: [桥", "keywords: !!map {zh: [桥"), "-", "tag"),
    ("deep nesting", lambda _: "a: " + "[" * 50_000, "-", "nested deeper"),
    ("key twice", swap("  value: 3\n", "  value: 3\n  value: 4\n"), "-", "value stands twice"),
    ("unknown part", lambda text: text + "rumours: []\n", "-", "rumours is not known"),
    ("missing part", swap("faqs:", "facts2:"), "-", "facts2 is not known"),
    ("unknown key", swap("  value: 3", "  colour: red\n  value: 3"), "bridges.new", "colour is not known"),
    ("missing key", swap("  status: plan\n", ""), "bridges.new", "status is missing"),
    ("missing language", swap("zh: 2020年计划造3座以上的石桥。\n    ", ""), "bridges.new", "key zh is missing"),
    ("empty text", swap("zh: 石桥,", 'zh: " ",'), "bridges.new", "zh is empty"),
    ("text not quoted", swap("zh: [桥, 石桥]", "zh: [桥, 220]"), "bridges.new", "put it in quotes"),
    ("truth value", swap("en: [bridge]", "en: [yes]"), "bridges.new", "put it in quotes"),
    ("line break", swap("zh: 石桥,", 'zh: "石\\n桥",'), "bridges.new", "control character"),
    ("too long", swap("zh: 石桥,", f"zh: {'桥' * 700},"), "bridges.new", "at most 600"),
    ("number as text", swap("value: 3", 'value: "3"'), "bridges.new", "without quotes"),
    ("value is true", swap("value: 3", "value: true"), "bridges.new", "value must be a number"),
    ("value is nan", swap("value: 3", "value: .nan"), "bridges.new", "value must be a number"),
    ("value negative", swap("value: 3", "value: -3"), "bridges.new", "at least 0"),
    ("value without unit", swap("  unit: {zh: 座, en: bridges}\n", ""), "bridges.new", "without unit"),
    ("unit without value", swap("  value: 3\n", ""), "bridges.new", "without value"),
    ("unknown bound", swap("bound: at_least", "bound: roughly"), "bridges.new", "use one of exact, at_least"),
    ("unknown status", swap("status: plan", "status: rumour"), "bridges.new", "use one of plan, result"),
    ("fact is mixed", swap("status: plan", "status: mixed"), "bridges.new", "use one of plan, result"),
    ("unknown aspect", swap("[amount, what]", "[amount, colour]"), "bridges.new", "colour"),
    ("no aspect", swap("[amount, what]", "[]"), "bridges.new", "at least 1"),
    ("bad locator", swap("s1.p1.s1", "s1.1.1"), "bridges.new", "must look like s5.p4.s2"),
    ("locator of nothing", swap("s1.p1.s1", "s9.p1.s1"), "bridges.new", "section s9"),
    ("bad id", swap("id: bridges.new", "id: Bridges New"), "Bridges New", "small letters"),
    ("no id", swap("- id: bridges.new\n  topic", "- topic"), "facts[0]", "key id is missing"),
    ("id twice", swap("id: lanes.repair", "id: bridges.new"), "bridges.new", "used already, at line"),
    ("fact and faq", swap("id: faq.bridges", "id: lanes.repair"), "lanes.repair", "used already"),
    ("unknown topic", swap("topic: roads.bridges", "topic: roads.boats"), "bridges.new", "roads.boats is not among"),
    ("topic twice", swap("id: roads.bridges, parent: roads", "id: roads"), "roads", "two topics"),
    ("unknown parent", swap("parent: roads", "parent: rivers"), "roads.bridges", "rivers is not among"),
    ("circle", swap("- {id: roads,", "- {id: roads, parent: roads.bridges,"), "roads", "circle"),
    ("section twice", swap("{id: s2,", "{id: s1,"), "s1", "two sections"),
    ("question twice", swap("小路修多长？", "今年造几座桥？"), "lanes.repair", "stands under bridges.new too"),
    ("same question in other width", swap("小路修多长？", "今年造几座桥?"), "lanes.repair", "stands under bridges.new"),
    ("question twice in an entry", swap("河上添桥不", "今年造几座桥？"), "bridges.new", "twice"),
    ("question in two languages", swap("[橋はいくつ作りますか]", "[河上添桥不]"), "bridges.new", "two languages"),
    ("unknown language", swap("    ja: ", "    fr: "), "bridges.new", "fr is not known"),
    ("no questions", swap("[今年造几座桥？, 河上添桥不]", "[]"), "bridges.new", "at least 1"),
    ("value not stated", swap("value: 3", "value: 4"), "bridges.new", "value 4 does not stand in the zh"),
    ("value not stated in English", swap("at least 3 stone", "some stone"), "bridges.new", "in the en statement"),
    ("number not cited", swap("3座以上，共", "4座以上，共"), "faq.bridges", "number 4 of the zh answer"),
    ("unknown citation", swap("[bridges.new, bridges.built]", "[bridges.new, boats]"), "faq.bridges", "cites boats"),
    ("citing a faq", swap("[bridges.new, bridges.built]", "[faq.bridges]"), "faq.bridges", "which is no fact"),
    ("citing nothing", swap("[bridges.new, bridges.built]", "[]"), "faq.bridges", "at least 1"),
    ("wrong sum", swap("value_sum: 5", "value_sum: 6"), "faq.bridges", "6 is not the sum"),
    ("entry is text", swap("faqs:\n- id", "faqs:\n- hello\n- id"), "faqs[0]", "must be a mapping"),
    ("facts empty", swap("sections:\n", "sections: []\nx:\n"), "-", "x is not known"),
    ("no facts", lambda text: text[: text.index("facts:")] + "facts: []\nfaqs: []\n", "-", "at least one entry"),
    ("bad date", swap("published: 2020-01", "published: 2020"), "-", "published"),
    ("bad year", swap("plan_year: 2020", "plan_year: 20.5"), "-", "plan_year"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "entry", "reason"), [case[1:] for case in FACT_BROKEN], ids=[c[0] for c in FACT_BROKEN]
)
def test_broken_facts_file(
    sqlite_sessions: SessionFactory, facts_file: Path, now: datetime, change: Change, entry: str, reason: str
) -> None:
    load(sqlite_sessions, [facts_file], now=now)
    repository = FactsRepository(sqlite_sessions)
    before = list(json_lines(repository.snapshot()))
    broken = facts_file.with_name("broken.yml")
    broken.write_text(change(facts_file.read_text("utf-8")), "utf-8")
    with pytest.raises(FactsFileError) as caught:
        load(sqlite_sessions, [broken], now=now)
    assert (caught.value.file, caught.value.entry) == (str(broken), entry)
    assert reason in caught.value.reason
    assert repository.revision() == 1
    assert list(json_lines(repository.snapshot())) == before


def test_the_line_is_named(sqlite_sessions: SessionFactory, facts_file: Path, now: datetime) -> None:
    lines = facts_file.read_text("utf-8").splitlines()
    wrong = lines.index("  value: 12.5")
    lines[wrong] = "  value: nothing"
    facts_file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(FactsFileError, match=f"lanes.repair: line {wrong + 1}: value must be a number"):
        load(sqlite_sessions, [facts_file], now=now)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"\xff\xfe", "line 1: is not UTF-8"), (b"#" * (SIZE_LIMIT + 1), "is larger than"), (b"a: \x00", "is not YAML")],
)
def test_broken_bytes(
    sqlite_sessions: SessionFactory, tmp_path: Path, now: datetime, content: bytes, reason: str
) -> None:
    path = tmp_path / "bytes.yml"
    path.write_bytes(content)
    with pytest.raises(FactsFileError, match=reason):
        load(sqlite_sessions, [path], now=now)


@pytest.mark.parametrize("name", ["missing.yml", "."])
def test_a_file_that_cannot_be_read(sqlite_sessions: SessionFactory, tmp_path: Path, now: datetime, name: str) -> None:
    with pytest.raises(FactsFileError, match="cannot be read"):
        load(sqlite_sessions, [tmp_path / name], now=now)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (swap("  kind: weather\n", ""), "kind is missing"),
        (swap("  kind: weather\n", "  kind: weather\n  status: plan\n"), "status is not known"),
        (lambda text: text + "facts: []\n", "facts is not known"),
    ],
)
def test_broken_referrals(
    sqlite_sessions: SessionFactory, referrals_file: Path, now: datetime, change: Change, reason: str
) -> None:
    referrals_file.write_text(change(referrals_file.read_text("utf-8")), "utf-8")
    with pytest.raises(FactsFileError, match=reason):
        load(sqlite_sessions, [referrals_file], now=now)


def test_one_wrong_file_of_two_changes_nothing(
    sessions: SessionFactory, facts_file: Path, referrals_file: Path, now: datetime
) -> None:
    """The second error shows only in the database: the id stands for a fact there."""
    referrals_file.write_text(referrals_file.read_text("utf-8").replace("referral.weather", "lanes.repair"), "utf-8")
    with pytest.raises(FactsFileError, match=r"lanes\.repair: the id stands for a referral and for an entry"):
        load(sessions, [facts_file, referrals_file], now=now)
    assert FactsRepository(sessions).revision() == 0
    with pytest.raises(AskHunnanError, match="facts load"):
        FactsRepository(sessions).snapshot()
