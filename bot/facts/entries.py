"""What the rest of the assistant sees of the facts database: immutable entries.

An *entry* is anything that a reply may cite: a fact, a FAQ over several facts, or a referral (a kind of question
that the report does not answer, with the right place to ask).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["fact", "faq", "referral"]
Status = Literal["plan", "result", "mixed", ""]

ASPECTS = (
    "amount",
    "what",
    "list",
    "who",
    "place",
    "time",
    "how",
    "why",
    "fee",
    "contact",
    "confirm",
    "compare",
    "progress",
    "source",
)
"""What a question asks of its object; `answers` of an entry is a subset (the last four are answered by every fact)."""

BOUNDS = ("exact", "at_least", "aim", "reach", "exceed", "about", "certain", "within")
"""How a figure is limited in the report: 以上, 力争, 达到, 突破, 约/余, 确保, 以内."""


@dataclass(frozen=True)
class Bilingual:
    """One text in Chinese (simplified) and English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The text for a reply language: English for ``en``, Chinese for all others."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, order=True)
class Locator:
    """Where a sentence stands in the report.

    Args:
        section: section id, such as ``s5``.
        paragraph: position of the paragraph below the section's heading, from 1.
        sentence: position of the sentence in its paragraph, from 1.
    """

    section: str
    paragraph: int
    sentence: int

    def __str__(self) -> str:
        return f"{self.section}.p{self.paragraph}.s{self.sentence}"


@dataclass(frozen=True)
class Phrasing:
    """One way to ask for an entry; `language` is ``zh``, ``en``, ``ja``, ``ko`` or ``ru``."""

    text: str
    language: str


@dataclass(frozen=True)
class Source:
    """A published report: `published` is an ISO date (may be year-month), `plan_year` the year that it plans."""

    id: str
    title: Bilingual
    publisher: Bilingual
    published: str
    plan_year: int
    home: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of a report; `heading` is how its heading line begins, `label` what citizens are shown."""

    id: str
    label: Bilingual
    heading: str


@dataclass(frozen=True)
class Topic:
    """A node of the topic tree; `parent` is empty at a root."""

    id: str
    parent: str
    label: Bilingual
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A fact, FAQ or referral as the answers package uses it.

    Args:
        id: stable id, unique over all kinds.
        kind: ``fact``, ``faq`` or ``referral``.
        topic: id of the topic it stands under; the kind of question for a referral.
        subject: what it is about, free of figures.
        statement: the fact, the answer or the referral, in one or a few sentences.
        status: plan, result, mixed, or empty for a referral.
        period: the year or period that it speaks of, such as ``2020``.
        answers: the aspects that it really answers, of `ASPECTS`.
        value: the figure, in `unit`; None for a text fact.
        unit: unit of `value` in both languages, None without a figure.
        bound: one of `BOUNDS`.
        measure: key shared by facts that measure the same thing in different years, empty if unshared.
        keywords: words by which its object is named, both languages.
        phrasings: the questions that it answers.
        cites: ids of the facts that a FAQ draws on.
        value_sum: the sum of cited figures that a FAQ states, if it states one.
        locator: where its sentence stands in the report; None for FAQs and referrals.
        section: label of that section.
        quote: the source sentence, when the report is loaded; else empty.
    """

    id: str
    kind: Kind
    topic: str
    subject: Bilingual
    statement: Bilingual
    status: Status = ""
    period: str = ""
    answers: frozenset[str] = frozenset()
    value: float | None = None
    unit: Bilingual | None = None
    bound: str = "exact"
    measure: str = ""
    keywords: tuple[str, ...] = ()
    phrasings: tuple[Phrasing, ...] = ()
    cites: tuple[str, ...] = ()
    value_sum: float | None = None
    locator: Locator | None = None
    section: Bilingual | None = None
    quote: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything that is published at one revision; what an index is built from."""

    revision: int
    source: Source
    sections: tuple[Section, ...]
    topics: tuple[Topic, ...]
    entries: tuple[Entry, ...]
    by_id: dict[str, Entry] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_id.update((entry.id, entry) for entry in self.entries)
