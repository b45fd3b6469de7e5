"""Hot questions: what was asked most, filled up from a list of seeds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import yaml

from bot.facts.entries import Entry, Snapshot
from bot.language.script import to_traditional

logger = logging.getLogger(__name__)

SEEDS = Path(__file__).with_name("hot.yml")
DAYS = 30
"""How far back questions count."""

MOST = 4
"""Questions shown."""

KEPT_SECONDS = 600.0
"""How long a list is used before the log is asked again."""


class Asked(Protocol):
    """An entry with how often it was asked for."""

    @property
    def entry_id(self) -> str:
        """Id of the entry."""


Log = Callable[[int, int], Sequence[Asked]]
"""Days back and a limit → the entries that answered most questions; asks the database."""


class HotQuestions:
    """The questions that the widget offers before anything is asked.

    Args:
        log: what was asked most.
        report: gives what is published now.
        seeds: questions by language (zh, en), used where the log has too few.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        log: Log,
        report: Callable[[], Snapshot | None],
        seeds: Mapping[str, Sequence[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log, self._report, self._seeds, self._clock = log, report, seeds, clock
        self._entries: list[Entry] = []
        self._until = float("-inf")

    @staticmethod
    def read_seeds(file: Path = SEEDS) -> dict[str, list[str]]:
        """The seeds of a file."""
        seeds: dict[str, list[str]] = yaml.safe_load(file.read_text("utf-8"))
        return seeds

    async def questions(self, language: str) -> list[str]:
        """At most `MOST` questions in a language (``zh-Hans``, ``zh-Hant``, ``en``)."""
        if self._clock() >= self._until:
            self._until = self._clock() + KEPT_SECONDS
            self._entries = await asyncio.to_thread(self._most_asked)
        code = "en" if language == "en" else "zh"
        asked = [next((p.text for p in entry.phrasings if p.language == code), "") for entry in self._entries]
        texts = list(dict.fromkeys(text for text in [*asked, *self._seeds[code]] if text))[:MOST]
        return [to_traditional(text) for text in texts] if language == "zh-Hant" else texts

    def _most_asked(self) -> list[Entry]:
        try:
            snapshot = self._report()
            known = snapshot.by_id if snapshot else {}
            return [known[asked.entry_id] for asked in self._log(DAYS, MOST) if asked.entry_id in known]
        except Exception as error:
            logger.error("the hot questions could not be read: %s", type(error).__name__)
            return []
