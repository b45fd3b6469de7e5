"""What must hold between the entries of a facts file: known topics, proven figures, no question asked twice."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.errors import FactsFileError
from bot.facts.entries import Bilingual, Entry, Topic
from bot.facts.schema import FactsFile, ReadEntry
from bot.language.normalise import normalise
from bot.language.numerals import canonical, number_strings

_SCALES = {
    "万": 10.0**4,
    "亿": 10.0**8,
    "thousand": 10.0**3,
    "million": 10.0**6,
    "billion": 10.0**9,
    "trillion": 10.0**12,
}
_SCALED = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)\s*(万亿|万|亿|thousand|million|billion|trillion)", re.IGNORECASE)


def check(file: FactsFile) -> None:
    """Check the entries of a file against each other.

    Raises:
        FactsFileError: the first thing that is wrong, with its entry and line.
    """
    _check_unique(file, "section", [section.id for section in file.sections])
    _check_unique(file, "topic", [topic.id for topic in file.topics])
    _check_tree(file)
    _check_entry_ids(file)
    _check_questions(file)
    topics = {topic.id for topic in file.topics}
    sections = {section.id for section in file.sections}
    facts = {read.entry.id: read.entry for read in file.entries if read.entry.kind == "fact"}
    for read in file.entries:
        entry = read.entry
        if entry.kind == "referral":
            continue
        if entry.topic not in topics:
            raise file.error(read, f"topic {entry.topic} is not among the topics of the file")
        if entry.locator and entry.locator.section not in sections:
            raise file.error(
                read, f"locator {entry.locator} names section {entry.locator.section}, which the file lacks"
            )
        if entry.kind == "fact":
            _check_value(file, read)
        else:
            _check_citations(file, read, facts)


def magnitudes(text: str) -> set[float]:
    """Every number of a text, and every number that 万, 亿, million … follows also multiplied out."""
    found = {float(number) for number in number_strings(text)}
    for number, scale in _SCALED.findall(text):
        factor = 1.0
        for name in [scale.lower()] if scale.isascii() else scale:
            factor *= _SCALES[name]
        found.add(round(float(number.replace(",", "")) * factor, 6))
    return found


def _check_unique(file: FactsFile, kind: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise FactsFileError(str(file.path), name, f"there are two {kind}s with this id")
        seen.add(name)


def _check_tree(file: FactsFile) -> None:
    parents = {topic.id: topic.parent for topic in file.topics}
    for topic in file.topics:
        if topic.parent and topic.parent not in parents:
            raise FactsFileError(str(file.path), topic.id, f"parent {topic.parent} is not among the topics")
        _check_climb(file, topic, parents)


def _check_climb(file: FactsFile, topic: Topic, parents: dict[str, str]) -> None:
    above = topic.parent
    for _ in parents:
        if not above:
            return
        above = parents.get(above, "")
    if above:
        raise FactsFileError(str(file.path), topic.id, "its parents form a circle")


def _check_entry_ids(file: FactsFile) -> None:
    lines: dict[str, int] = {}
    for read in file.entries:
        if read.entry.id in lines:
            raise file.error(read, f"the id is used already, at line {lines[read.entry.id]}")
        lines[read.entry.id] = read.line


def _check_questions(file: FactsFile) -> None:
    owners: dict[str, str] = {}
    for read in file.entries:
        for phrasing in read.entry.phrasings:
            owner = owners.setdefault(normalise(phrasing.text), read.entry.id)
            if owner != read.entry.id:
                raise file.error(read, f"question {phrasing.text!r} stands under {owner} too: keep it under one entry")


def _check_value(file: FactsFile, read: ReadEntry) -> None:
    entry = read.entry
    if entry.value is None:
        return
    wanted = {entry.value, *_unit_scaled(entry.value, entry.unit)}
    for language in ("zh", "en"):
        if not wanted & magnitudes(entry.statement.get(language)):
            raise file.error(read, f"value {canonical(entry.value)} does not stand in the {language} statement")


def _unit_scaled(value: float, unit: Bilingual | None) -> set[float]:
    """A value in 万元 or 亿元 may be written out in the other language."""
    scale = _SCALES.get(unit.zh[:1]) if unit else None
    return {round(value * scale, 6)} if scale else set()


def _check_citations(file: FactsFile, read: ReadEntry, facts: dict[str, Entry]) -> None:
    entry = read.entry
    proven = magnitudes(entry.period)
    if entry.value_sum is not None:
        proven.add(entry.value_sum)
    for cited in entry.cites:
        if cited not in facts:
            raise file.error(read, f"cites {cited}, which is no fact of the file")
        statement = facts[cited].statement
        proven |= magnitudes(statement.zh) | magnitudes(statement.en)
    if (
        entry.value_sum is not None
        and abs(sum(facts[cited].value or 0.0 for cited in entry.cites) - entry.value_sum) > 1e-6
    ):
        raise file.error(read, f"value_sum {canonical(entry.value_sum)} is not the sum of the figures that it cites")
    for language in ("zh", "en"):
        for number in number_strings(entry.statement.get(language)):
            if float(number) not in proven:
                raise file.error(read, f"number {number} of the {language} answer stands in no fact that it cites")
