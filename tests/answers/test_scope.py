"""Other places, other years, town or village, and kinds of quantity."""

from __future__ import annotations

import pytest

from bot.answers.question import Question, Reader
from bot.answers.scope import Scope
from bot.facts.entries import Entry
from tests.answers.yunxi import BEIJING, DRAINS, FAQ, FUND, LAMPS, LAMPS_BUILT, PARKING, PARKS, RURAL_ROADS, SNAPSHOT


def fitting(scope: Scope, question: Question, entry: Entry) -> bool:
    """Whether one entry of the snapshot fits."""
    return scope.fitting(question)[SNAPSHOT.entries.index(entry)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("大连的路灯", "大连"),
        ("上海和北京", "上海"),
        ("street lights in Dalian", "dalian"),
        ("北京的科技园", ""),
        ("海淀的科技园", ""),
        ("science park with Beijing", ""),
        ("云溪区的路灯", ""),
        ("沈阳的路灯", ""),
        ("路灯", ""),
    ],
)
def test_a_place_that_no_entry_speaks_of(scope: Scope, reader: Reader, text: str, place: str) -> None:
    assert scope.foreign_place(reader.read(text)) == place


@pytest.mark.parametrize(
    ("text", "entry", "fits"),
    [
        ("北京的路灯", LAMPS, False),
        ("和北京合作", BEIJING, True),
        ("beijing and haidian", BEIJING, True),
        ("沈阳的路灯", LAMPS, False),
        ("沈阳云溪区的路灯", LAMPS, True),
        ("云溪区的路灯", LAMPS, True),
        ("路灯", LAMPS, True),
    ],
)
def test_places_of_entries(scope: Scope, reader: Reader, text: str, entry: Entry, fits: bool) -> None:
    assert fitting(scope, reader.read(text), entry) is fits


@pytest.mark.parametrize(
    ("text", "entry", "fits"),
    [
        ("今年的路灯", LAMPS, True),
        ("今年的路灯", LAMPS_BUILT, False),
        ("去年的路灯", LAMPS, False),
        ("去年的路灯", LAMPS_BUILT, True),
        ("19年的路灯", LAMPS_BUILT, True),
        ("去年的路灯", FAQ, True),
        ("今年比去年", LAMPS, True),
        ("2015年的路灯", LAMPS_BUILT, False),
        ("路灯", LAMPS_BUILT, True),
    ],
)
def test_years_of_entries(scope: Scope, reader: Reader, text: str, entry: Entry, fits: bool) -> None:
    assert fitting(scope, reader.read(text), entry) is fits
    assert scope.year_fits(reader.read(text), entry) is fits


def test_years_that_the_report_speaks_of(scope: Scope) -> None:
    assert scope.known_years == {2019, 2020}
    assert scope.years_of(FAQ) == {2019, 2020}
    assert scope.years_of(LAMPS) == {2020}


@pytest.mark.parametrize(
    ("text", "entry", "fits"),
    [
        ("城里的路灯", LAMPS, False),
        ("city street lights", LAMPS, False),
        ("村里的路灯", LAMPS, True),
        ("市区修路", RURAL_ROADS, False),
        ("城里和农村的路", RURAL_ROADS, True),
        ("村里的口袋公园", PARKS, True),
        ("路灯", LAMPS, True),
    ],
)
def test_town_or_village(scope: Scope, reader: Reader, text: str, entry: Entry, fits: bool) -> None:
    assert fitting(scope, reader.read(text), entry) is fits


@pytest.mark.parametrize(
    ("text", "entry", "fits"),
    [
        ("修多少公里", RURAL_ROADS, True),
        ("修多少公里", DRAINS, False),
        ("多少亿元", FUND, True),
        ("多少亿元", RURAL_ROADS, False),
        ("多少亩", PARKS, False),
        ("多少人", PARKS, False),
        ("多少处", DRAINS, True),
        ("多少", DRAINS, True),
        ("有多少公里", PARKING, True),  # no figure in it that could be mistaken
    ],
)
def test_kinds_of_quantity(scope: Scope, reader: Reader, text: str, entry: Entry, fits: bool) -> None:
    assert fitting(scope, reader.read(text), entry) is fits


@pytest.mark.parametrize(
    ("text", "limits"),
    [("口袋公园", False), ("停车难怎么办", False), ("大连", True), ("沈阳", True), ("去年", True), ("多少盏", True), ("村里", True)],
)  # fmt: skip
def test_what_can_exclude_an_entry(scope: Scope, reader: Reader, text: str, limits: bool) -> None:
    assert scope.limits(reader.read(text)) is limits


def test_a_question_without_limits_fits_every_entry(scope: Scope, reader: Reader) -> None:
    question = reader.read("口袋公园")
    assert all(scope.fitting(question))


def test_entries_that_speak_of_other_places(scope: Scope) -> None:
    assert scope.names_places(BEIJING)
    assert not scope.names_places(LAMPS)
