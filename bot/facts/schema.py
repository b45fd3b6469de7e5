"""What a facts file may hold: every key, type and bound, and the errors that name entry and line.

A file holds either one report's ``source``, ``sections``, ``topics``, ``facts`` and ``faqs``, or ``referrals``.
This module checks each entry by itself; `bot.facts.rules` checks entries against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FactsFileError
from bot.facts.document import Mapping, Scalar, Sequence, parse
from bot.facts.entries import ASPECTS, BOUNDS, Bilingual, Entry, Kind, Locator, Phrasing, Section, Source, Status, Topic
from bot.facts.fields import Fields
from bot.facts.models import LANGUAGES

_LOCATOR = re.compile(r"([a-z][a-z0-9]*)\.p([1-9]\d{0,3})\.s([1-9]\d{0,3})")
_PUBLISHED = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?")

_ENTRY_KEYS = ("id", "subject", "keywords", "questions")
_FACT_KEYS = (*_ENTRY_KEYS, "topic", "action", "period", "status", "locator", "answers", "statement")
_FAQ_KEYS = (*_ENTRY_KEYS, "topic", "period", "status", "answers", "answer", "cites")
_REFERRAL_KEYS = (*_ENTRY_KEYS, "kind", "statement")


@dataclass(frozen=True)
class ReadEntry:
    """An entry as read, with what only the file and the tables know of it."""

    entry: Entry
    line: int
    action: Bilingual | None = None


@dataclass(frozen=True)
class FactsFile:
    """A facts file that holds valid entries; `source` is None in a file of referrals."""

    path: Path
    source: Source | None
    sections: tuple[Section, ...]
    topics: tuple[Topic, ...]
    entries: tuple[ReadEntry, ...]

    def error(self, read: ReadEntry, reason: str) -> FactsFileError:
        """An error about one of its entries."""
        return FactsFileError(str(self.path), read.entry.id, f"line {read.line}: {reason}")


def read(path: Path, content: bytes) -> FactsFile:
    """Read a facts file and check every entry by itself.

    Args:
        path: for messages.
        content: the bytes of the file.

    Raises:
        FactsFileError: something is wrong, with the entry and the line.
    """
    head = Fields(path, "-", parse(path, content))
    if head.has("referrals"):
        head.only(("referrals",))
        return FactsFile(path, None, (), (), tuple(map(_referral, _items(head, "referrals"))))
    head.only(("source", "sections", "topics", "facts", "faqs"))
    return FactsFile(
        path,
        _source(head),
        tuple(map(_section, _items(head, "sections"))),
        tuple(map(_topic, _items(head, "topics"))),
        (*map(_fact, _items(head, "facts")), *map(_faq, _items(head, "faqs"))),
    )


def _items(head: Fields, key: str) -> Iterator[Fields]:
    """The mappings of a list, each named by its id, or by its position while it has none."""
    value = head.mapping.items[key]
    if not isinstance(value, Sequence) or not value.items:
        raise head.wrong(value.line, f"{key} must be a list with at least one entry")
    for position, item in enumerate(value.items):
        name = item.items.get("id") if isinstance(item, Mapping) else None
        named = isinstance(name, Scalar) and isinstance(name.value, str)
        yield Fields(head.path, str(name.value) if named and isinstance(name, Scalar) else f"{key}[{position}]", item)


def _source(head: Fields) -> Source:
    fields = head.nested("source", ("id", "title", "publisher", "published", "plan_year"), ("home",))
    published, year = fields.text("published"), fields.number("plan_year")
    if not _PUBLISHED.fullmatch(published):
        raise fields.wrong(fields.line("published"), f"published is {published!r}: write 2020-01 or 2020-01-15")
    if year != int(year) or not 1990 <= year <= 2200:
        raise fields.wrong(fields.line("plan_year"), f"plan_year is {year:g}: write a year from 1990 to 2200")
    home = fields.texts("home") if fields.has("home") else ()
    return Source(fields.id(), fields.bilingual("title"), fields.bilingual("publisher"), published, int(year), home)


def _section(fields: Fields) -> Section:
    fields.only(("id", "label", "heading"))
    return Section(fields.id(), fields.bilingual("label"), fields.text("heading", empty=True))


def _topic(fields: Fields) -> Topic:
    fields.only(("id", "label"), ("parent", "aliases"))
    parent = fields.mapping.items.get("parent")
    is_root = parent is None or (isinstance(parent, Scalar) and parent.value is None)
    aliases = _both_languages(fields, "aliases") if fields.has("aliases") else ()
    return Topic(fields.id(), "" if is_root else fields.id("parent"), fields.bilingual("label"), aliases)


def _fact(fields: Fields) -> ReadEntry:
    fields.only(_FACT_KEYS, ("value", "unit", "bound", "measure"))
    for key, needed in (("value", "unit"), ("unit", "value")):
        if fields.has(key) and not fields.has(needed):
            raise fields.wrong(fields.line(key), f"{key} stands without {needed}: give both or neither")
    entry = _entry(
        fields,
        "fact",
        topic=fields.id("topic"),
        statement=fields.bilingual("statement"),
        value=fields.number("value") if fields.has("value") else None,
        unit=fields.bilingual("unit") if fields.has("unit") else None,
        bound=fields.one_of("bound", BOUNDS) if fields.has("bound") else "exact",
        measure=fields.id("measure") if fields.has("measure") else "",
        locator=_locator(fields),
    )
    return ReadEntry(entry, fields.mapping.line, fields.bilingual("action"))


def _faq(fields: Fields) -> ReadEntry:
    fields.only(_FAQ_KEYS, ("value_sum",))
    entry = _entry(
        fields,
        "faq",
        topic=fields.id("topic"),
        statement=fields.bilingual("answer"),
        cites=fields.texts("cites", least=1),
        value_sum=fields.number("value_sum") if fields.has("value_sum") else None,
    )
    return ReadEntry(entry, fields.mapping.line)


def _referral(fields: Fields) -> ReadEntry:
    fields.only(_REFERRAL_KEYS)
    entry = _entry(fields, "referral", topic=fields.id("kind"), statement=fields.bilingual("statement"))
    return ReadEntry(entry, fields.mapping.line)


def _entry(fields: Fields, kind: Kind, *, topic: str, statement: Bilingual, **own: object) -> Entry:
    """The common part of every kind; `own` are further fields of `Entry`."""
    status: Status = ""
    period, answers = "", frozenset[str]()
    if kind != "referral":
        allowed = ("plan", "result", "mixed") if kind == "faq" else ("plan", "result")
        status = fields.one_of("status", allowed)  # type: ignore[assignment]  # one of the literals
        period = fields.text("period")
        answers = frozenset(fields.texts("answers", least=1))
        for aspect in sorted(answers - set(ASPECTS)):
            raise fields.wrong(fields.line("answers"), f"answers holds {aspect!r}: use {', '.join(ASPECTS)}")
    return Entry(
        id=fields.id(),
        kind=kind,
        topic=topic,
        subject=fields.bilingual("subject"),
        statement=statement,
        status=status,
        period=period,
        answers=answers,
        keywords=_both_languages(fields, "keywords"),
        phrasings=_phrasings(fields),
        **own,  # type: ignore[arg-type]  # each caller names fields of Entry
    )


def _phrasings(fields: Fields) -> tuple[Phrasing, ...]:
    questions = fields.nested("questions", ("zh", "en"), tuple(code for code in LANGUAGES if code not in ("zh", "en")))
    found = tuple(
        Phrasing(text, language)
        for language in LANGUAGES
        if questions.has(language)
        for text in questions.texts(language, least=1)
    )
    texts = [phrasing.text for phrasing in found]
    for text in texts:
        if texts.count(text) > 1:
            raise fields.wrong(fields.line("questions"), f"question {text!r} stands in two languages")
    return found


def _both_languages(fields: Fields, key: str) -> tuple[str, ...]:
    lists = fields.nested(key, ("zh", "en"))
    return tuple(dict.fromkeys((*lists.texts("zh"), *lists.texts("en"))))


def _locator(fields: Fields) -> Locator:
    text = fields.text("locator")
    match = _LOCATOR.fullmatch(text)
    if not match:
        raise fields.wrong(
            fields.line("locator"), f"locator {text!r} must look like s5.p4.s2: section, paragraph, sentence"
        )
    return Locator(match[1], int(match[2]), int(match[3]))
