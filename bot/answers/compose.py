"""Replies, put together from entries and catalogue messages only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml

from bot.answers.question import Detail
from bot.answers.reply import Button, Citation
from bot.facts.entries import Bilingual, Entry, Snapshot
from bot.language.numerals import canonical
from bot.language.script import to_traditional

LIMIT = 400
"""Longest reply in characters (product.md allows English twice that; shorter reads better on a phone)."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
BILINGUAL = "zh+en"


def reply_language(question_language: str) -> str:
    """The language of the reply: Chinese and English together where the question is in neither."""
    return question_language if question_language in ("zh-Hans", "zh-Hant", "en") else BILINGUAL


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Messages by language (zh, en) and name, read once."""
    loaded: dict[str, dict[str, str]] = yaml.safe_load(
        (files("bot.answers") / "data" / "messages.yml").read_text("utf-8")
    )
    return loaded


@dataclass(frozen=True)
class Composer:
    """Composes replies about one snapshot.

    Args:
        snapshot: entries, source and topics.
        hotline: telephone number of the city's service line.
    """

    snapshot: Snapshot
    hotline: str = "12345"

    def answer(self, entries: Sequence[Entry], language: str, lead: str = "", tail: str = "") -> str:
        """A statement or several, with status and source; the quotation where it fits.

        Args:
            entries: what is stated, best first.
            language: reply language.
            lead: name of a message put first, such as ``wrong``.
            tail: text put after the statements, already in the reply's language.
        """
        if language == BILINGUAL:
            return self._answer_twice(entries, lead)
        return self._in(language, lambda code: self._answer(entries, code, lead, tail))

    def say(self, name: str, language: str, **values: str) -> str:
        """A catalogue message in the reply's language."""
        return self._in(language, lambda code: self._message(name, code, **values))

    def refer(self, referral: Entry, language: str) -> str:
        """The words of a referral."""
        return self._in(language, referral.statement.get)

    def unknown_detail(self, entry: Entry, detail: Detail, language: str, numeric: bool) -> str:
        """The report lacks a detail: says so, says what is known, and where to ask.

        Args:
            entry: the entry whose detail is asked for.
            detail: what is asked.
            language: reply language.
            numeric: the detail would be a figure, so no other figure is stated beside it.
        """

        short = language == BILINGUAL

        def text(code: str) -> str:
            subject = entry.subject.get(code)
            label = detail.label_en if code == "en" else detail.label_zh
            parts = [self._message("detail_unknown", code, subject=subject, detail=label)]
            known = self._message("known", code) + entry.statement.get(code)
            if numeric or len(known) > LIMIT // 2:
                known = self._message("known_subject", code, subject=subject)
            parts += [known, self._message("ask_hotline", code)]
            joined = (" " if code == "en" else "").join(parts)
            return joined if short else joined + "\n" + self._source([entry], code)

        return self._in(language, text)

    def clarification(self, options: Sequence[Entry], language: str) -> str:
        """Asks which of two to four entries is meant."""

        def text(code: str) -> str:
            lines = [f"{number}. {entry.subject.get(code)}" for number, entry in enumerate(options, 1)]
            return "\n".join([self._message("clarify", code), *lines])

        return self._in(language, text)

    def total(self, entries: Sequence[Entry], language: str) -> tuple[str, float] | None:
        """The sum of like with like, or None where units differ or a figure is missing."""
        values = [entry.value for entry in entries if entry.value is not None]
        units = {entry.unit.zh for entry in entries if entry.unit}
        periods = {entry.period for entry in entries}
        if len(values) < 2 or len(values) < len(entries) or len(units) != 1 or len(periods) != 1 or "%" in units:
            return None
        amount = round(sum(values), 6)
        bounded = any(entry.bound == "at_least" for entry in entries)
        unit = entries[0].unit
        assert unit is not None

        def text(code: str) -> str:
            bound = self._message("sum_at_least", code) if bounded else ""
            return self._message("sum", code, sum=canonical(amount), unit=unit.get(code), bound=bound)

        return self._in(language, text), amount

    def provenance(self, entry: Entry | None, language: str) -> str:
        """Where the last answer came from: report, date, section, position, and the quotation if loaded."""

        def text(code: str) -> str:
            if entry is None or entry.section is None or entry.locator is None:
                return self._message("source_report", code)
            position = self._message(
                "source_position", code,
                paragraph=str(entry.locator.paragraph), sentence=str(entry.locator.sentence),
            )  # fmt: skip
            said = self._message("source_answer", code, section=entry.section.get(code), position=position)
            return said + (f"\n{self._message('quote', code, quote=entry.quote)}" if entry.quote else "")

        return self._in(language, text)

    def citation(self, entry: Entry, language: str, stated: bool = True) -> Citation:
        """Where an entry comes from, in the words that `answer` uses; in Chinese where the reply is in two languages.

        Args:
            entry: the entry stated first.
            language: reply language.
            stated: False where the reply says that the entry lacks what was asked: no status and no quotation then.
        """
        code = "en" if language == "en" else "zh"
        section = entry.section or self._section_of_cited(entry)
        quoted = entry.quote or next((self.snapshot.by_id[key].quote for key in self._cited(entry)), "")
        parts = (
            self.snapshot.source.title.get(code),
            self._published(code),
            section.get(code) if section else "",
            quoted if stated else "",
            self._status(entry, code) if stated else "",
            self._source([entry], code),
        )
        return Citation(*(to_traditional(part) if language == "zh-Hant" else part for part in parts))

    def buttons(self, entries: Sequence[Entry], language: str) -> tuple[Button, ...]:
        """A suggestion for each entry: its first phrasing in the reply's language."""
        made = []
        for entry in entries:
            wanted = "en" if language == "en" else "zh"
            question = next((p.text for p in entry.phrasings if p.language == wanted), entry.subject.get(wanted))
            question = to_traditional(question) if language == "zh-Hant" else question
            made.append(Button(question, question))
        return tuple(made)

    @staticmethod
    def _in(language: str, text: Callable[[str], str]) -> str:
        if language == BILINGUAL:
            both = f"{text('zh')}\n\n{text('en')}"
            return both if len(both) <= LIMIT else text("en")[:LIMIT]
        if language == "en":
            return text("en")
        chinese = text("zh")
        return to_traditional(chinese) if language == "zh-Hant" else chinese

    def _answer_twice(self, entries: Sequence[Entry], lead: str) -> str:
        """Statements in Chinese and English together, as many as fit, with the source."""
        source = self._source(entries, "zh")
        text = ""
        for number, entry in enumerate(entries):
            before = {code: self._message(lead, code) if lead and not number else "" for code in ("zh", "en")}
            both = f"{before['zh']}{entry.statement.zh}\n{before['en']}{entry.statement.en}"
            longer = f"{text}\n{both}" if text else both
            if number and len(longer) + len(source) + 1 > LIMIT:
                break
            text = longer
        if len(text) > LIMIT:
            text = entries[0].statement.zh
        return f"{text}\n{source}" if len(text) + len(source) + 1 <= LIMIT else text

    def _answer(self, entries: Sequence[Entry], code: str, lead: str, tail: str) -> str:
        text = (self._message(lead, code) if lead else "") + entries[0].statement.get(code)
        text = "\n".join(part for part in (text, tail) if part)
        fixed = [part for part in (self._status(entries[0], code), self._source(entries, code)) if part]
        room = LIMIT - sum(len(part) + 1 for part in fixed)
        for number, entry in enumerate(entries[1:]):
            joint = f"\n{self._message('also', code)}" if number == 0 else " " if code == "en" else ""
            longer = f"{text}{joint}{entry.statement.get(code)}"
            if len(longer) <= room:
                text = longer
        for part in (*fixed, self._quote(entries[0], code)):
            if part and len(text) + len(part) + 1 <= LIMIT:
                text = f"{text}\n{part}"
        return text

    def _status(self, entry: Entry, code: str) -> str:
        expected = {"plan": self.snapshot.source.plan_year, "result": self.snapshot.source.plan_year - 1}
        if entry.status == "mixed" or (entry.status in expected and entry.period == str(expected[entry.status])):
            return self._message(f"status_{entry.status}", code)
        return ""

    def _quote(self, entry: Entry, code: str) -> str:
        return self._message("quote", code, quote=entry.quote) if entry.quote else ""

    def _source(self, entries: Sequence[Entry], code: str) -> str:
        section = entries[0].section or self._section_of_cited(entries[0])
        if section is None:
            return self._message("source_plain", code)
        return self._message("source", code, section=section.get(code))

    def _section_of_cited(self, entry: Entry) -> Bilingual | None:
        return next((self.snapshot.by_id[key].section for key in self._cited(entry)), None)

    def _cited(self, entry: Entry) -> list[str]:
        """Ids of the facts with a section that a FAQ draws on."""
        known = self.snapshot.by_id
        return [key for key in entry.cites if key in known and known[key].section is not None]

    def _message(self, name: str, code: str, **values: str) -> str:
        source = self.snapshot.source
        return catalogue()[code][name].format(
            **{
                "year": str(source.plan_year),
                "past": str(source.plan_year - 1),
                "title": source.title.get(code),
                "published": self._published(code),
                "hotline": self.hotline,
                **values,
            }
        )

    def _published(self, code: str) -> str:
        year, month = self.snapshot.source.published.split("-")[:2]
        month_name = MONTHS[int(month) - 1] if code == "en" else str(int(month))
        return catalogue()[code]["published"].format(year=year, month=month_name)
