"""Which questions the report cannot answer whatever their words resemble: other places and other years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bot.answers.question import Question, Reader
from bot.facts.entries import Entry, Snapshot
from bot.language.normalise import normalise

_VILLAGE = re.compile("农村|乡村|村里|村|屯|乡下|\\b(?:villages?|rural|countryside)\\b")
_TOWN = re.compile("城市|城里|市区|城区|主干道|小区|街道|市政|\\b(?:city(?!-?wide)|urban|downtown|town)\\b")
_UNIT_KINDS = (
    ("length", re.compile("公里|千米|米长|里地|多长|\\b(?:km|kilomet\\w+|miles?)\\b"), re.compile("公里|米$")),
    (
        "money",
        re.compile(
            "(?:多少|几)个?亿(?!元)|(?:多少|几)个?(?:亿|万)?(?:元|块)(?!以上|项目|的项目)|多少钱|"
            "how (?:many|much) (?:million |billion )?(?:yuan|rmb|money)\\b|\\bin (?:yuan|rmb)\\b"
        ),
        re.compile("元"),
    ),
    ("area", re.compile("亩|平方|平米|公顷|\\b(?:mu|hectares?|square)\\b"), re.compile("亩|平方")),
    ("share", re.compile("百分|增速|增幅|涨幅|%|\\b(?:percent\\w*|growth rate)\\b"), re.compile("%|％|倍|番")),
    ("weight", re.compile("吨|公斤|斤|\\btonn?e?s?\\b"), re.compile("吨")),
    ("people", re.compile("多少人|几个人|[多少几]名|人口|\\b(?:people|persons|population)\\b"), re.compile("人|名")),
)
"""Kinds of quantity: how a question names one, and the units of figures that measure it."""
_FIGURE = re.compile(r"(?<!\d)(?!(?:19|20)\d\d年)\d")
_SPELLINGS = {
    "全市": ("全市", "市里", "沈阳"),
    "市里": ("全市", "沈阳"),
    "全省": ("全省", "辽宁", "省级", "省"),
    "省里": ("全省", "辽宁", "省"),
    "全国": ("全国", "国家"),
    "中国": ("中国", "国家", "国内", "中日", "中韩"),
    "日本": ("日本", "中日"),
    "韩国": ("韩国", "中韩"),
}
"""How entries may name a place that a question names otherwise."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True)
class _AskedKind:
    """What a question asks for: `setting` is village, town or empty; `units` match the units that measure it."""

    setting: str
    units: tuple[re.Pattern[str], ...]


class Scope:
    """Checks questions and entries against the places and years that entries speak of.

    Args:
        snapshot: what is published.
        reader: knows the names of places.
    """

    def __init__(self, snapshot: Snapshot, reader: Reader) -> None:
        self._texts = {entry.id: _entry_text(entry) for entry in snapshot.entries}
        self._everything = " ".join(
            text for entry, text in zip(snapshot.entries, self._texts.values()) if entry.kind != "referral"
        )
        self._years = {
            entry.id: frozenset(map(int, _YEAR.findall(f"{entry.period} {entry.statement.zh}")))
            for entry in snapshot.entries
        }
        self._placed = {entry.id for entry in snapshot.entries if reader.other_places(self._texts[entry.id])}
        self.main_years = frozenset((snapshot.source.plan_year, snapshot.source.plan_year - 1))
        self._home = snapshot.source.home
        self._settings = {entry.id: _setting(entry) for entry in snapshot.entries}
        self._entries = snapshot.entries
        self.known_years = frozenset(year for years in self._years.values() for year in years)

    def foreign_place(self, question: Question) -> str:
        """The first place named that no entry speaks of, or empty."""
        for place in question.places:
            if not self._mentions(self._everything, place):
                return place
        return ""

    @staticmethod
    def limits(question: Question) -> bool:
        """True if anything in the question can exclude an entry: a place, a year, town or village, a quantity."""
        text = question.text
        return bool(
            question.places or question.wide or question.years or "amount" in question.aspects
            or _VILLAGE.search(text) or _TOWN.search(text)
        )  # fmt: skip

    def fitting(self, question: Question) -> list[bool]:
        """For each entry of the snapshot: do place, year, setting and kind of quantity allow it to answer?"""
        places = bool(question.places or question.wide)
        asked = self._asked_kind(question)
        return [
            (not question.years or bool(question.years & self._years[entry.id]))
            and (not places or self._place_fits(question, entry))
            and (asked is None or self._kind_fits(asked, entry))
            for entry in self._entries
        ]

    def eligible(self, question: Question, among: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which of the entries `among`, shape (entries,), may answer; the same shape."""
        if not self.limits(question):
            return among
        return np.asarray(among & np.array(self.fitting(question), dtype=bool))

    def _place_fits(self, question: Question, entry: Entry) -> bool:
        """False if the question names another place that the entry does not mention."""
        text = self._texts[entry.id]
        if any(not self._mentions(text, place) for place in question.places):
            return False
        at_home = any(name.lower() in question.text for name in self._home)
        return at_home or all(self._mentions(text, place) for place in question.wide)

    @staticmethod
    def _asked_kind(question: Question) -> _AskedKind | None:
        village, town = bool(_VILLAGE.search(question.text)), bool(_TOWN.search(question.text))
        units: tuple[re.Pattern[str], ...] = ()
        if "amount" in question.aspects:
            units = tuple(measured for _, words, measured in _UNIT_KINDS if words.search(question.core))
        if village == town and not units:
            return None
        return _AskedKind(("village" if village else "town") if village != town else "", units)

    def _kind_fits(self, asked: _AskedKind, entry: Entry) -> bool:
        """False if town is asked and village stated (or the reverse), or a quantity the figure does not measure."""
        setting, measured = self._settings[entry.id]
        if asked.setting and setting and setting != asked.setting:
            return False
        return not asked.units or not measured or any(units.search(measured) for units in asked.units)

    def names_places(self, entry: Entry) -> bool:
        """True if the entry speaks of another place itself, so that a question may get that place wrong."""
        return entry.id in self._placed

    def year_fits(self, question: Question, entry: Entry) -> bool:
        """False if the question names years and the entry speaks of none of them."""
        return not question.years or bool(question.years & self._years[entry.id])

    def years_of(self, entry: Entry) -> frozenset[int]:
        """The calendar years that the entry speaks of."""
        return self._years[entry.id]

    @staticmethod
    def _mentions(text: str, place: str) -> bool:
        return any(name in text for name in _spellings(place))


@lru_cache(maxsize=512)
def _spellings(place: str) -> tuple[str, ...]:
    return _SPELLINGS.get(place, (place,))


def _entry_text(entry: Entry) -> str:
    parts = [entry.statement.zh, entry.statement.en, entry.subject.zh, entry.subject.en, *entry.keywords]
    return normalise(" ".join(parts))


def _setting(entry: Entry) -> tuple[str, str]:
    """Whether a fact is set in villages or in town (or neither), and what its figure is counted in, if it has one."""
    text = f"{entry.subject.zh} {entry.subject.en}".lower()
    village, town = bool(_VILLAGE.search(text)), bool(_TOWN.search(text))
    setting = ("village" if village else "town") if village != town and entry.kind == "fact" else ""
    if not _FIGURE.search(entry.statement.zh):
        return setting, ""
    return setting, entry.unit.zh if entry.unit and entry.value is not None else entry.statement.zh
