"""The text of a published report, cut into sentences that locators point at.

Sections begin at their headings; the lines after it are paragraphs, counted from 1; a paragraph is cut after
。；！？ and their ASCII forms, counted from 1. The first section may have no heading: it begins with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.errors import ReportError
from bot.facts.entries import Locator, Section

SIZE_LIMIT = 4 * 1024 * 1024
"""Bytes that a report may have."""

_ENDS = "。;；！？!?"
_SENTENCE = re.compile(f"[^{_ENDS}]*[{_ENDS}]+[”’」』）)]*|[^{_ENDS}]+")


def read(path: Path) -> str:
    """The text of a report file.

    Raises:
        ReportError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(content) > SIZE_LIMIT:
        raise ReportError(f"{path}: is larger than {SIZE_LIMIT} bytes: give the text of one report")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: is not UTF-8 text: save it as UTF-8") from error


def parse(text: str, sections: Iterable[Section]) -> dict[Locator, str]:
    """Every sentence of a report by its locator, in reading order.

    Args:
        text: the report.
        sections: its sections in reading order. A heading is how its line begins; a heading set over several lines
            is written in full, and all these lines belong to it. Spaces do not count.

    Raises:
        ReportError: a heading is not found behind the one before it.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    ordered = list(sections)
    starts: list[tuple[int, int]] = []
    behind = 0
    for section in ordered:
        start = _find_heading(lines, section, behind)
        starts.append(start)
        behind = start[1]
    sentences: dict[Locator, str] = {}
    for number, (section, (_, first)) in enumerate(zip(ordered, starts, strict=True)):
        last = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
        for paragraph, line in enumerate(lines[first:last], start=1):
            for position, sentence in enumerate(split_sentences(line), start=1):
                sentences[Locator(section.id, paragraph, position)] = sentence
    return sentences


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph; a closing quotation mark stays with its sentence."""
    return [piece.strip() for piece in _SENTENCE.findall(paragraph) if piece.strip()]


def unresolved(locators: Iterable[Locator], sentences: dict[Locator, str]) -> list[Locator]:
    """The locators that point at no sentence, in order, each once."""
    return sorted({locator for locator in locators if locator not in sentences})


def _find_heading(lines: Sequence[str], section: Section, behind: int) -> tuple[int, int]:
    """Where a section's heading begins and where its paragraphs begin, as positions in `lines`."""
    heading = _squeeze(section.heading)
    if not heading:
        return behind, behind
    for first in range(behind, len(lines)):
        if lines[first][-1] in _ENDS:
            continue  # a heading is no sentence
        whole = ""
        for last in range(first, len(lines)):
            whole += _squeeze(lines[last])
            if whole.startswith(heading):
                return first, last + 1
            if not heading.startswith(whole):
                break
    raise ReportError(
        f"the heading {section.heading!r} of section {section.id} is not found: is this the right report?"
    )


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
