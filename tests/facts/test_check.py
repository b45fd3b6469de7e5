"""`facts check`: what it counts, and what it finds in a facts file that does not fit its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.facts.check import check, counted, table
from bot.facts.loader import read_file


def problems(facts_file: Path, report: Path, old: str = "", new: str = "") -> list[tuple[str, str]]:
    """Kind and place of every problem, after a change of the facts file."""
    text = facts_file.read_text("utf-8")
    assert old in text
    facts_file.write_text(text.replace(old, new, 1), "utf-8")
    return [
        (problem.kind, problem.where) for problem in check(read_file(facts_file), report.read_text("utf-8")).problems
    ]


def test_a_file_that_fits(facts_file: Path, report_file: Path) -> None:
    result = check(read_file(facts_file), report_file.read_text("utf-8"))
    assert result.problems == ()
    assert table(result) == "3 facts, 6 sentences, 4 figures: no problems"


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("locator: s1.p1.s2", "locator: s1.p1.s9", [("uncovered", "s1.p1.s2"), ("locator", "lanes.repair")]),
        ("locator: s1.p1.s2", "locator: s1.p1.s1", [("uncovered", "s1.p1.s2"), ("value", "lanes.repair")]),
        ("游客翻了一番", "游客多了", [("uncovered", "s2.p1.s1")]),
        ("3座以上的石桥", "3座石桥", [("bound", "bridges.new")]),
        ("  bound: at_least\n", "", [("bound", "bridges.new")]),
        ("bound: at_least", "bound: aim", [("bound", "bridges.new")]),
        ("把12.5公里小路补好", "修12.5公里。全镇今年新建石桥3座以上;修补小路12.5公里", [("copy", "lanes.repair")]),
    ],
)  # fmt: skip
def test_what_it_finds(facts_file: Path, report_file: Path, old: str, new: str, found: list[tuple[str, str]]) -> None:
    assert problems(facts_file, report_file, old, new) == found


def test_an_answer_may_not_be_copied_either(facts_file: Path, report_file: Path) -> None:
    text = facts_file.read_text("utf-8").replace(
        "[bridges.new, bridges.built]", "[bridges.new, bridges.built, lanes.repair]"
    )
    facts_file.write_text(text.replace("value_sum: 5", "value_sum: 17.5").replace(", at least 5 in all", ""), "utf-8")
    copied = "全镇今年新建石桥3座以上；修补小路12.5公里。"
    found = problems(facts_file, report_file, "2019年2座，2020年3座以上，共5座以上。", copied)
    assert found == [("copy", "faq.bridges")]


@pytest.mark.parametrize(
    ("sentence", "figures"),
    [
        ("修17.3公里,改造8处", ["17.3", "8"]),
        ("企业两年翻一番", ["两年", "翻一番"]),
        ("一年倍增", ["一年"]),
        ("第二届第三次会议", ["第二届", "第三次"]),
        ("四分类示范小区15个", ["四分类", "15"]),
        ("一体化、统一、一批、第一", []),
        ("力争5年内", ["5"]),
    ],
)
def test_counted(sentence: str, figures: list[str]) -> None:
    assert counted(sentence) == figures


def test_the_table_names_each_problem(facts_file: Path, report_file: Path) -> None:
    text = facts_file.read_text("utf-8").replace("locator: s1.p1.s2", "locator: s1.p1.s9")
    facts_file.write_text(text, "utf-8")
    shown = table(check(read_file(facts_file), report_file.read_text("utf-8")))
    assert "uncovered  s1.p1.s2" in shown
    assert "12.5 in: 修补小路12.5公里。" in shown
    assert shown.endswith("2 problems")
