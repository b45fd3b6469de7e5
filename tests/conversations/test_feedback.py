"""A thumb belongs to a turn of the conversation that gives it; the last one counts."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from bot.conversations.feedback import Feedback, FeedbackRepository
from bot.conversations.models import ConversationRow, FeedbackRow, TurnRow
from bot.database import SessionFactory, make_engine, make_session_factory, reading, writing
from bot.errors import StoreError
from tests.conversations.conftest import NOW, Clock

TURN, UNKNOWN = "a" * 32, "b" * 32


@dataclass
class Log:
    """A log that knows some turns."""

    turns: dict[str, str] = field(default_factory=dict)
    added: list[Feedback] = field(default_factory=list)

    def conversation_of(self, turn_id: str) -> str | None:
        return self.turns.get(turn_id)

    def add(self, record: Feedback) -> None:
        self.added.append(record)


@pytest.fixture
def stored(sessions: SessionFactory) -> SessionFactory:
    """A database with one turn of the conversation c1."""
    with writing(sessions) as session:
        session.add(ConversationRow(id="c1", channel="web", started_at=NOW, last_at=NOW))
        session.flush()
        session.add(
            TurnRow(id=TURN, conversation_id="c1", at=NOW, channel="web", language="zh-Hans", act="", outcome="answered",
                    kind="", topic="", entries=[], first_entry="", scores=[], latency_ms=1)
        )  # fmt: skip
    return sessions


def values(sessions: SessionFactory) -> list[str]:
    with reading(sessions) as session:
        return list(session.scalars(select(FeedbackRow.value)))


def test_the_last_thumb_counts(stored: SessionFactory, clock: Clock) -> None:
    feedback = FeedbackRepository(stored, clock=clock)
    assert feedback.record(TURN, "c1", "up")
    assert feedback.record(TURN, "c1", "down")
    assert values(stored) == ["down"]


@pytest.mark.parametrize(
    ("turn", "conversation", "value"),
    [(TURN, "c2", "up"), (UNKNOWN, "c1", "up"), (TURN, "c1", "great"), ("", "c1", "up"), ("a" * 500, "c1", "up")],
)
def test_what_is_refused(stored: SessionFactory, turn: str, conversation: str, value: str) -> None:
    log = Log()
    assert not FeedbackRepository(stored).record(turn, conversation, value)
    assert not FeedbackRepository(stored, log).record(turn, conversation, value)
    assert values(stored) == [] and not log.added


def test_a_turn_that_is_not_stored_yet(stored: SessionFactory, clock: Clock) -> None:
    log = Log({UNKNOWN: "c1"})
    feedback = FeedbackRepository(stored, log, clock)
    assert feedback.record(UNKNOWN, "c1", "up") and not feedback.record(UNKNOWN, "c2", "up")
    assert feedback.record(TURN, "c1", "down")
    assert log.added == [Feedback(UNKNOWN, "c1", "up", NOW), Feedback(TURN, "c1", "down", NOW)]


def test_the_database_is_away() -> None:
    sessions = make_session_factory(make_engine("postgresql://u@127.0.0.1:9/none"))
    log = Log()
    assert FeedbackRepository(sessions, log).record(TURN, "c1", "up") and len(log.added) == 1
    with pytest.raises(StoreError):
        FeedbackRepository(sessions).record(TURN, "c1", "up")
