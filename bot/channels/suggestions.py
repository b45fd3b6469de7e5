"""Suggestions while a citizen types: published questions, from memory."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.facts.entries import Snapshot
from bot.language.normalise import normalise
from bot.language.pronounce import syllables
from bot.language.script import to_traditional

MOST = 5
"""Suggestions at once."""

LONGEST = 60
"""Characters of a text for which suggestions are looked up; what is longer is a sentence of its own."""

CHECK_SECONDS = 2.0
"""How often it is looked up whether something new was published."""

_MARKS = re.compile(r"[^\w]+")
_LATIN = re.compile(r"[a-z]{2,}")
_FUZZY = re.compile(r"(?<=[zcs])h|(?<=[aei]n)g")
"""What `syllables` merges, so that typed pinyin is compared in the same form."""


class Report(Protocol):
    """Gives what is published now; may ask the database."""

    def __call__(self) -> Snapshot | None:
        """The snapshot, or None without any."""


@dataclass(frozen=True)
class _Question:
    """A phrasing; `shown` is the first phrasing of its entry, which is suggested wherever any of them fits."""

    shown: str
    first: bool
    folded: str
    sounds: str = ""
    initials: str = ""


def _read(snapshot: Snapshot) -> dict[str, list[_Question]]:
    """The questions of facts and FAQs by language (zh, en)."""
    read: dict[str, list[_Question]] = {"zh": [], "en": []}
    for entry in snapshot.entries:
        if entry.kind == "referral":
            continue
        for language, questions in read.items():
            texts = [phrasing.text for phrasing in entry.phrasings if phrasing.language == language]
            for number, text in enumerate(texts):
                folded = _fold(text)
                heard = syllables(folded) if language == "zh" else []
                initials = "".join(syllable[0] for syllable in heard if syllable)
                questions.append(_Question(texts[0], number == 0, folded, "".join(heard), initials))
    return read


def _fold(text: str) -> str:
    return _MARKS.sub(" ", normalise(text)).strip()


def _rank(question: _Question, typed: str, parts: Sequence[str], sounds: str) -> int:
    """How well a question fits what is typed: 0 best, -1 not at all."""
    if question.folded.startswith(typed):
        return 0
    if typed in question.folded:
        return 1
    if len(parts) > 1 and all(part in question.folded for part in parts):
        return 2
    if len(typed) > 2 and not typed.isascii() and _in_order(typed, question.folded):
        return 3
    if sounds and (question.initials.startswith(typed) or question.sounds.startswith(sounds)):
        return 4
    if sounds and len(sounds) > 2 and (typed in question.initials or sounds in question.sounds):
        return 5
    return -1


def _in_order(typed: str, text: str) -> bool:
    """True if all characters that are typed stand in the text in this order (路灯多 in 路灯要装多少盏)."""
    place = -1
    for character in typed.replace(" ", ""):
        place = text.find(character, place + 1)
        if place < 0:
            return False
    return True


class Suggestions:
    """Looks up published questions by their beginning, a part of them, or their pinyin.

    Args:
        report: gives what is published; it is called in a thread, at most every `CHECK_SECONDS`.
        clock: seconds that only go forward.
    """

    def __init__(self, report: Report, clock: Callable[[], float] = time.monotonic) -> None:
        self._report, self._clock = report, clock
        self._questions: dict[str, list[_Question]] = {"zh": [], "en": []}
        self._revision, self._checked = 0, float("-inf")

    async def find(self, text: str, language: str) -> list[str]:
        """At most `MOST` questions, one for each entry, best first.

        Args:
            text: what is typed so far.
            language: ``zh-Hans``, ``zh-Hant`` or ``en``: the language of the suggestions.
        """
        await self._refresh()
        typed = _fold(text) if len(text) <= LONGEST else ""
        if not typed or (typed.isascii() and len(typed) < 2):
            return []
        code = "en" if language == "en" else "zh"
        sounds = _FUZZY.sub("", typed) if code == "zh" and _LATIN.fullmatch(typed) else ""
        parts = typed.split()
        best: dict[str, tuple[int, bool, int]] = {}
        for question in self._questions[code]:
            rank = _rank(question, typed, parts, sounds)
            found = (rank, not question.first, len(question.folded))
            if rank >= 0 and (question.shown not in best or found < best[question.shown]):
                best[question.shown] = found
        texts = sorted(best, key=lambda text: (best[text], text))[:MOST]
        return [to_traditional(text) for text in texts] if language == "zh-Hant" else texts

    async def _refresh(self) -> None:
        if self._clock() - self._checked < CHECK_SECONDS:
            return
        self._checked = self._clock()
        snapshot = await asyncio.to_thread(self._report)
        if snapshot is not None and snapshot.revision != self._revision:
            self._questions = await asyncio.to_thread(_read, snapshot)
            self._revision = snapshot.revision
