"""What a question says, apart from which entry answers it: years, places, figures, aspect, detail."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.language.detect import detect
from bot.language.normalise import normalise
from bot.language.numerals import Figure, figures, years
from bot.language.script import to_simplified

REMEMBERED = 256
"""How many questions are remembered before all are dropped."""
LONGEST_IN_CLAUSES = 80
"""Longest message, in characters, that is understood clause by clause."""
SHORTEST_CLAUSE = 4
MOST_CLAUSES = 4
_CLAUSE_END = re.compile(r"[,，。;；!！?？]|\.\s")
_MASKED = re.compile("〔[^〕]{1,8}〕")
"""What masking leaves in place of personal data."""
_PLAN_PERIOD = re.compile("十[二三四五]五")


@dataclass(frozen=True)
class Detail:
    """A detail that citizens ask for (fee, address, …): the aspect that an entry would have to answer, and its name."""

    id: str
    aspect: str
    label_zh: str
    label_en: str


@dataclass(frozen=True)
class Question:
    """A question, understood as far as its own words go.

    Args:
        text: normalised text.
        language: one of `bot.language.detect.LANGUAGES`.
        core: `text` without years and detail words: what is searched for by its words.
        said: what is searched for by its meaning: `text`, without detail words where there are any.
        years: calendar years asked about, relative ones resolved.
        vague_year: it names a time that is no year of any report (十年前, 近年).
        places: other places named, as written.
        wide: the city, province or country named, as written.
        figures: numbers asserted or asked about.
        aspects: aspects that the wording shows.
        detail: the detail asked for, if any.
        confirm, compare, total, progress, source, exactly, plan_or_result, personal, opinion: what the wording asks.
    """

    text: str
    language: str
    core: str
    said: str
    years: frozenset[int] = frozenset()
    vague_year: bool = False
    places: tuple[str, ...] = ()
    wide: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    aspects: frozenset[str] = frozenset()
    detail: Detail | None = None
    confirm: bool = False
    compare: bool = False
    total: bool = False
    progress: bool = False
    source: bool = False
    exactly: bool = False
    plan_or_result: bool = False
    personal: bool = False
    opinion: bool = False

    def about(self, core: str) -> Question:
        """The same question with another object to search for."""
        return replace(self, core=core, said=core)


@lru_cache(maxsize=1)
def _wording() -> dict[str, Any]:
    """The wording data, compiled once at the first question."""
    folder = files("bot.answers") / "data"
    wording = yaml.safe_load((folder / "wording.yml").read_text("utf-8"))
    details = yaml.safe_load((folder / "details.yml").read_text("utf-8"))
    places = yaml.safe_load((folder / "places.yml").read_text("utf-8"))
    frame, aspects = wording.pop("frame"), wording.pop("aspects")
    return {
        "frame_zh": re.compile(frame["zh"]),
        "frame_en": re.compile(frame["en"]),
        "aspects": {name: re.compile(pattern) for name, pattern in aspects.items()},
        "patterns": {name: re.compile(pattern) for name, pattern in wording.items()},
        "year_words": re.compile(
            "|".join(
                [
                    r"(?<!\d)(?:19|20)\d{2}(?:年|(?!\d|[个家盏米亩元公座辆人项处平吨户件亿万块%条]))",
                    *(wording[name] for name in ("plan_year", "last_year", "next_year")),
                ]
            )
        ),
        "details": [
            (
                Detail(item["id"], item["aspect"], item["label"]["zh"], item["label"]["en"]),
                re.compile("|".join([*item["zh"], *item["en"], *map(to_simplified, item.get("other", ()))])),
            )
            for item in details
            if item["zh"]
        ],
        "named_details": {
            item["id"]: Detail(item["id"], item["aspect"], item["label"]["zh"], item["label"]["en"]) for item in details
        },
        "places": {kind: _alternatives(names["zh"], names["en"]) for kind, names in places.items()},
    }


def _alternatives(chinese: list[str], english: list[str]) -> re.Pattern[str]:
    zh = "|".join(re.escape(name) for name in sorted(chinese, key=len, reverse=True))
    en = "|".join(re.escape(name) for name in sorted(english, key=len, reverse=True))
    return re.compile(rf"{zh}|\b(?:{en})\b")


@dataclass(frozen=True)
class Reader:
    """Reads questions about one report.

    Args:
        plan_year: the year that the report plans; 「今年」 is this year.
        home: names of the district, never another place.
        spell: puts the misspelt words of a normalised English text right.
    """

    plan_year: int
    home: tuple[str, ...] = ()
    spell: Callable[[str], str] | None = None
    _remembered: dict[str, Question] = field(default_factory=dict, repr=False, compare=False)
    _data: dict[str, Any] = field(default_factory=_wording, repr=False)

    def read(self, raw: str) -> Question:
        """Understand a question; the last ones are remembered, since one turn reads its message more than once.

        Args:
            raw: the text as typed, masked.
        """
        if raw not in self._remembered:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[raw] = self._read(raw)
        return self._remembered[raw]

    def _read(self, raw: str) -> Question:
        text = normalise(_MASKED.sub(" ", raw))
        language = detect(raw)
        if self.spell is not None and language == "en":
            text = self.spell(text)
        matches = self._data["patterns"]
        detail, core = self._detail(text)
        asked_years = set(years(text))
        for name, offset in (("plan_year", 0), ("last_year", -1), ("next_year", 1)):
            if matches[name].search(text):
                asked_years.add(self.plan_year + offset)
        places = self._places(text)
        return Question(
            text=text,
            language=language,
            core=self._data["year_words"].sub(" ", core).strip() or text,
            said=core,
            years=frozenset(asked_years),
            vague_year=bool(matches["other_year"].search(text)),
            places=places["other"],
            wide=places["wide"],
            figures=tuple(figures(_PLAN_PERIOD.sub("", text))),
            aspects=frozenset(name for name, pattern in self._data["aspects"].items() if pattern.search(text)),
            detail=detail,
            confirm=bool(matches["confirm"].search(text)),
            compare=bool(matches["compare"].search(text)),
            total=bool(matches["sum"].search(text)),
            progress=bool(matches["progress"].search(text)),
            source=bool(matches["source"].search(text)),
            exactly=bool(matches["exactly"].search(text)),
            plan_or_result=bool(matches["plan_or_result"].search(text)),
            personal=bool(matches["personal"].search(text)),
            opinion=bool(matches["opinion"].search(text)),
        )

    def content(self, text: str) -> str:
        """The text without the words that frame a question: what is left names its object."""
        rest = self._data["frame_zh"].sub(" ", self._data["frame_en"].sub(" ", text))
        return re.sub(r"[^\w%]+", " ", rest).strip()

    def clauses(self, text: str) -> list[str]:
        """The clauses of a wordy message that name something; none where there is only one, or far too many words.

        A letter is not taken apart: somewhere in it some clause always resembles the report.
        """
        if len(text) > LONGEST_IN_CLAUSES * (2 if detect(text) == "en" else 1):
            return []
        parts = [part.strip() for part in _CLAUSE_END.split(text)]
        named = [part for part in parts if len(self.content(part).replace(" ", "")) >= SHORTEST_CLAUSE]
        return named[:MOST_CLAUSES] if len(named) > 1 or len(parts) > len(named) > 0 else []

    def detail(self, name: str) -> Detail:
        """A detail by its id."""
        found: Detail = self._data["named_details"][name]
        return found

    def other_places(self, text: str) -> tuple[str, ...]:
        """Names of other places that a text holds."""
        return self._places(text)["other"]

    def without_places(self, question: Question) -> Question:
        """The question with the other places taken out of what is searched for."""
        core = self._data["places"]["other"].sub(" ", question.core)
        return replace(question, core=core, said=core, places=())

    def _detail(self, text: str) -> tuple[Detail | None, str]:
        for detail, pattern in self._data["details"]:
            match = pattern.search(text)
            if match:
                core = (text[: match.start()] + " " + text[match.end() :]).strip()
                return detail, core if self.content(core) else text
        return None, text

    def _places(self, text: str) -> dict[str, tuple[str, ...]]:
        masked = text
        for name in self.home:
            masked = masked.replace(name.lower(), "@")
        found = {}
        for kind, pattern in self._data["places"].items():
            found[kind] = tuple(dict.fromkeys(match.group() for match in pattern.finditer(masked)))
        return found
