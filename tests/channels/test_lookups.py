"""Suggestions while typing, and hot questions."""

from __future__ import annotations

import pytest
import yaml

from bot.channels.hot import HotQuestions, Log
from bot.channels.suggestions import CHECK_SECONDS, Suggestions
from bot.conversations.hot import HotQuestion
from bot.facts.entries import Snapshot
from bot.settings import ROOT
from tests.channels.conftest import SNAPSHOT, Clock

LAMPS, PARKING = "乡村要装多少盏路灯？", "停车难怎么解决？"


@pytest.fixture
def suggestions(clock: Clock) -> Suggestions:
    return Suggestions(lambda: SNAPSHOT, clock)


@pytest.mark.parametrize(
    ("typed", "language", "found"),
    [
        ("乡村", "zh-Hans", [LAMPS]),
        ("路灯", "zh-Hans", [LAMPS]),
        ("路燈", "zh-Hant", ["鄉村要裝多少盞路燈？"]),
        ("村里的灯", "zh-Hans", [LAMPS]),
        ("乡村多少路灯", "zh-Hans", [LAMPS]),
        ("路灯 多少", "zh-Hans", [LAMPS]),
        ("tingche", "zh-Hans", [PARKING]),
        ("tcn", "zh-Hans", [PARKING]),
        ("chenan", "zh-Hans", [PARKING]),
        ("street", "en", ["How many street lamps?"]),
        ("LAMPS how", "en", ["How many street lamps?"]),
        ("停车", "en", []),
        ("下雨", "zh-Hans", []),
        ("", "zh-Hans", []),
        ("t", "zh-Hans", []),
        ("？？", "zh-Hans", []),
        ("\ud800", "zh-Hans", []),
        ("路" * 61, "zh-Hans", []),
    ],
)
async def test_what_is_suggested(suggestions: Suggestions, typed: str, language: str, found: list[str]) -> None:
    assert await suggestions.find(typed, language) == found


async def test_what_is_published_is_suggested_soon(clock: Clock) -> None:
    published: list[Snapshot] = []
    calls = []

    def report() -> Snapshot | None:
        calls.append(1)
        return published[0] if published else None

    suggestions = Suggestions(report, clock)
    assert await suggestions.find("路灯", "zh-Hans") == []
    published.append(SNAPSHOT)
    assert await suggestions.find("路灯", "zh-Hans") == [] and len(calls) == 1
    clock.now += CHECK_SECONDS
    assert await suggestions.find("路灯", "zh-Hans") == [LAMPS]


def _broken(days: int, limit: int) -> list[HotQuestion]:
    raise RuntimeError("no database")


@pytest.mark.parametrize(
    ("log", "language", "questions"),
    [
        (
            lambda days, limit: [HotQuestion("parking", 9), HotQuestion("gone", 8)],
            "zh-Hans",
            [PARKING, "种子？", LAMPS],
        ),
        (lambda days, limit: [HotQuestion("lamps", 9)], "zh-Hant", ["鄉村要裝多少盞路燈？", "種子？"]),
        (lambda days, limit: [HotQuestion("weather", 9)], "en", ["A seed?"]),
        (lambda days, limit: [], "zh-Hans", ["种子？", LAMPS]),
        (_broken, "en", ["A seed?"]),
    ],
)
async def test_hot_questions(clock: Clock, log: Log, language: str, questions: list[str]) -> None:
    seeds = {"zh": ["种子？", LAMPS], "en": ["A seed?"]}
    hot = HotQuestions(log, lambda: SNAPSHOT, seeds, clock)
    assert await hot.questions(language) == questions
    assert await hot.questions(language) == questions


def test_seeds_are_there_in_both_languages() -> None:
    seeds = HotQuestions.read_seeds()
    assert set(seeds) == {"zh", "en"} and len(seeds["zh"]) == len(seeds["en"]) == 4


def test_seeds_are_published_questions() -> None:
    facts = yaml.safe_load((ROOT / "bot" / "facts" / "hunnan_2020.yml").read_text("utf-8"))
    first = {entry["questions"][code][0] for entry in facts["facts"] + facts["faqs"] for code in ("zh", "en")}
    for questions in HotQuestions.read_seeds().values():
        assert set(questions) <= first
