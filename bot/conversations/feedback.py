"""What citizens think of a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select

from bot.clock import Clock, utc_now
from bot.conversations.models import FEEDBACK_VALUES, TURN_ID, FeedbackRow, TurnRow
from bot.database import SessionFactory, reading, writing
from bot.errors import StoreError


@dataclass(frozen=True)
class Feedback:
    """A thumb for a turn.

    Args:
        turn_id: the turn.
        conversation_id: conversation that the turn must belong to.
        value: ``up`` or ``down``.
        at: when it was given.
    """

    turn_id: str
    conversation_id: str
    value: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Feedback:
        """Read back what `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: it is not that.
        """
        at = datetime.fromisoformat(data["at"])
        if at.tzinfo is None or data["value"] not in FEEDBACK_VALUES:
            raise ValueError("a time without zone, or a value that is none")
        return cls(str(data["turn_id"]), str(data["conversation_id"]), data["value"], at)


class TurnLog(Protocol):
    """What feedback needs of the log of turns."""

    def conversation_of(self, turn_id: str) -> str | None:
        """The conversation of a recent turn that may not be stored yet; None if it is not known."""

    def add(self, record: Feedback) -> None:
        """Store feedback soon, after the turns before it, even if the database is away now."""


class FeedbackRepository:
    """Stores feedback. `record` asks the database: call it off the event loop (``asyncio.to_thread``).

    Args:
        session_factory: of a migrated database.
        log: the log of turns of this process; without it, feedback is stored at once.
        clock: the current time.
    """

    def __init__(self, session_factory: SessionFactory, log: TurnLog | None = None, clock: Clock = utc_now) -> None:
        self._session_factory, self._log, self._clock = session_factory, log, clock

    def record(self, turn_id: str, conversation_id: str, value: str) -> bool:
        """Store a thumb; of several for the same turn the last one counts.

        Args:
            turn_id: ``turn`` of the metadata of the reply.
            conversation_id: conversation of whoever gives it, as the channel knows it (not as a client claims it).
            value: ``up`` or ``down``.

        Returns:
            False if the value is none of these, or the turn does not belong to the conversation or is not known.

        Raises:
            StoreError: there is no log, and the database does not answer.
        """
        if value not in FEEDBACK_VALUES or len(turn_id) != TURN_ID:
            return False
        feedback = Feedback(turn_id, conversation_id, value, self._clock())
        if self._log is None:
            if self._stored_conversation(turn_id) != conversation_id:
                return False
            with writing(self._session_factory) as session:
                session.merge(FeedbackRow(turn_id=turn_id, value=value, at=feedback.at))
            return True
        owner = self._log.conversation_of(turn_id)
        if owner is None:
            try:
                owner = self._stored_conversation(turn_id)
            except StoreError:
                owner = conversation_id  # checked again when it is stored
        if owner != conversation_id:
            return False
        self._log.add(feedback)
        return True

    def _stored_conversation(self, turn_id: str) -> str | None:
        with reading(self._session_factory) as session:
            found: str | None = session.scalar(select(TurnRow.conversation_id).where(TurnRow.id == turn_id))
            return found
