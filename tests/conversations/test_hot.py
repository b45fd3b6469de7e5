"""What is asked most."""

from __future__ import annotations

from bot.conversations.hot import HotQuestion, hot_questions
from bot.conversations.store import TurnStore
from bot.database import SessionFactory
from tests.conversations.conftest import NOW, Clock, make


def test_most_asked_first(sessions: SessionFactory, clock: Clock) -> None:
    def asked(number: int, entry: str, outcome: str = "answered", **more: object) -> None:
        metadata = {"outcome": outcome, "entries": [entry] if entry else []}
        TurnStore(sessions).write([make(number, metadata=metadata, **more)])

    for number, entry in enumerate(["lamps", "roads", "lamps", "bins", "roads", "lamps", ""]):
        asked(number, entry)
    asked(20, "weather", "not_in_report")
    asked(21, "weather", "not_in_report")
    asked(22, "bins", at=NOW.replace(year=2019))
    assert hot_questions(sessions, 30, 2, clock) == [HotQuestion("lamps", 3), HotQuestion("roads", 2)]
    assert hot_questions(sessions, 30, 9, clock)[2:] == [HotQuestion("bins", 1)]
    clock.forward(days=31)
    assert hot_questions(sessions, 30, 9, clock) == []
