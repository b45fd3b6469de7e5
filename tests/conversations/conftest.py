"""What the tests of conversations share: a clock, and turns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.models import TurnRow
from bot.conversations.turn import Turn, make_turn
from bot.database import SessionFactory, reading

NOW = datetime(2020, 1, 15, 20, 0, tzinfo=timezone.utc)


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make(number: int, conversation: str = "c1", **changed: Any) -> Turn:
    """Turn `number` of a conversation: its id, question and second tell the number."""
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "conversation_id": conversation,
        "channel": "web",
        "at": NOW + timedelta(seconds=number),
        "question": f"问{number}",
        "replies": [f"答{number}"],
        "metadata": {"outcome": "answered", "entries": ["lamps", "roads"], "language": "zh-Hans", "confidence": 0.9},
        "ended": NOW + timedelta(seconds=number, milliseconds=40),
        "act": "ask_amount",
        "act_confidence": 0.8,
        "topic": "rural",
    }
    return make_turn(**{**given, **changed})


def questions(sessions: SessionFactory) -> list[str | None]:
    """The questions that are stored, oldest first."""
    with reading(sessions) as session:
        return list(session.scalars(select(TurnRow.question).order_by(TurnRow.at)))
