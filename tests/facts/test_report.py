"""Cutting a report into sections, paragraphs and sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ReportError
from bot.facts.entries import Bilingual, Section
from bot.facts.report import SIZE_LIMIT, parse, read, split_sentences

LABEL = Bilingual("", "")


def cut(text: str, *headings: str) -> dict[str, str]:
    """Sentences by the text of their locators; sections s0, s1 … with these headings."""
    sections = [Section(f"s{number}", LABEL, heading) for number, heading in enumerate(headings)]
    return {str(locator): sentence for locator, sentence in parse(text, sections).items()}


def test_sections_paragraphs_and_sentences() -> None:
    text = "前言。\n\n  桥 与路\n建桥;修路。\n种树！\n\n成绩\n好。"
    assert cut(text, "", "桥与路", "成绩") == {
        "s0.p1.s1": "前言。", "s1.p1.s1": "建桥;", "s1.p1.s2": "修路。", "s1.p2.s1": "种树！", "s2.p1.s1": "好。",
    }  # fmt: skip


def test_a_heading_over_several_lines_has_no_paragraphs_in_it() -> None:
    assert cut("桥与路\n连起两岸\n修桥。", "桥与路 连起两岸") == {"s0.p1.s1": "修桥。"}
    assert cut("桥与路 连起两岸\n修桥。", "桥与路") == {"s0.p1.s1": "修桥。"}


def test_a_sentence_is_no_heading() -> None:
    assert cut("桥与路都要修。\n桥与路\n修桥。", "", "桥与路")["s1.p1.s1"] == "修桥。"


def test_headings_are_looked_for_in_order() -> None:
    with pytest.raises(ReportError, match="'甲' of section s1 is not found"):
        cut("甲\n一。\n乙\n二。", "乙", "甲")


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("甲。乙；丙;丁？戊", ["甲。", "乙；", "丙;", "丁？", "戊"]),
        ("他说“好。”然后走了。", ["他说“好。”", "然后走了。"]),
        ("真的吗？！是。", ["真的吗？！", "是。"]),
        ("长7.2公里。 下一句", ["长7.2公里。", "下一句"]),
        ("省略……也在一句", ["省略……也在一句"]),
        ("", []),
    ],
)
def test_split_sentences(paragraph: str, sentences: list[str]) -> None:
    assert split_sentences(paragraph) == sentences


def test_nothing_of_a_paragraph_is_lost(first_report: Path) -> None:
    for line in read(first_report).splitlines():
        assert "".join(split_sentences(line)).replace(" ", "") == line.replace(" ", "")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (SIZE_LIMIT + 1)])
def test_a_file_that_is_no_report(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=r"report\.txt"):
        read(path)


def test_a_missing_report(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        read(tmp_path / "none.txt")


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes("\ufeff桥".encode())
    assert read(path) == "桥"
