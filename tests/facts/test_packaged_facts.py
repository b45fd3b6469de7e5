"""The facts file that comes along: complete, in our own words, and loadable on both databases."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from bot.database import SessionFactory
from bot.facts import report
from bot.facts.check import check, table
from bot.facts.loader import load, packaged_files, read_file
from bot.facts.repository import FactsRepository
from bot.facts.schema import FactsFile
from bot.language.normalise import normalise

LIMITS = {"fact": (75, 190), "faq": (210, 330)}
"""Characters of a statement in Chinese and English, so that an answer with status and source stays short."""


@pytest.fixture(scope="module")
def hunnan() -> FactsFile:
    """The file of the first report."""
    return read_file(packaged_files()[0])


def test_everything_of_the_report_is_covered(hunnan: FactsFile, first_report: Path) -> None:
    result = check(hunnan, report.read(first_report))
    assert result.problems == (), table(result)
    assert result.figures > 60


def test_statements_are_short(hunnan: FactsFile) -> None:
    long = [
        (read.entry.id, language, len(text))
        for read in hunnan.entries
        for language, limit in zip(("zh", "en"), LIMITS[read.entry.kind], strict=True)
        if len(text := read.entry.statement.get(language)) > limit
    ]
    assert long == []


def test_statements_name_the_year(hunnan: FactsFile) -> None:
    unnamed = [
        read.entry.id
        for read in hunnan.entries
        if not all(
            any(year in read.entry.statement.get(code) for year in ("2018", "2019", "2020")) for code in ("zh", "en")
        )
    ]
    assert unnamed == []


def test_every_entry_is_asked_for_in_five_languages(hunnan: FactsFile) -> None:
    few = []
    for read in hunnan.entries:
        asked = Counter(phrasing.language for phrasing in read.entry.phrasings)
        if asked["zh"] < 9 or asked["en"] < 4 or not all(asked[code] for code in ("ja", "ko", "ru")):
            few.append((read.entry.id, dict(asked)))
    assert few == []


def test_measures_pair_years(hunnan: FactsFile) -> None:
    periods: dict[str, set[str]] = defaultdict(set)
    for read in hunnan.entries:
        if read.entry.measure:
            periods[read.entry.measure].add(read.entry.period)
    assert len(periods) == 7
    assert all(found == {"2019", "2020"} for found in periods.values())


def test_no_question_stands_in_both_files(hunnan: FactsFile) -> None:
    referrals = read_file(packaged_files()[1])
    ours, theirs = (
        {normalise(phrasing.text) for read in file.entries for phrasing in read.entry.phrasings}
        for file in (hunnan, referrals)
    )
    assert ours & theirs == set()


def test_it_loads(sessions: SessionFactory, now: datetime) -> None:
    load(sessions, packaged_files(), now=now)
    snapshot = FactsRepository(sessions).snapshot()
    assert snapshot.by_id["rural.lights.count"].value == 1300
    assert len(snapshot.entries) > 360
