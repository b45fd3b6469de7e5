"""How long conversations are kept: their text for one period, rows without text (the access log) for a longer one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bot.clock import Clock, utc_now
from bot.conversations.erasure import clear_log_file
from bot.conversations.models import ConversationRow, ErasureRow, OutgoingRow, TicketRow, TurnRow
from bot.database import SessionFactory, reading, writing

RASA_EVENTS = sa.table("events", sa.column("timestamp"))
"""Rasa's own table of conversations, where it is in the same database."""


@dataclass(frozen=True)
class Expired:
    """What expired.

    Args:
        name: of what.
        count: how many rows.
    """

    name: str
    count: int


class Retention:
    """Deletes what has been kept long enough.

    Args:
        session_factory: of a migrated database.
        text_days: how long texts are kept: questions and replies, what staff wrote, closed tickets, Rasa's events.
        access_days: how long rows without text are kept.
        clock: the current time.
    """

    def __init__(
        self, session_factory: SessionFactory, text_days: int, access_days: int, clock: Clock = utc_now
    ) -> None:
        self._session_factory, self._clock = session_factory, clock
        self._text, self._access = timedelta(days=text_days), timedelta(days=access_days)

    def preview(self) -> list[Expired]:
        """What `expire` would delete now.

        Raises:
            StoreError: the database cannot be read.
        """
        with reading(self._session_factory) as session:
            return [
                Expired(name, session.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0)
                for name, table, condition, _ in self._rules(session, self._clock())
            ]

    def expire(self) -> list[Expired]:
        """Delete what has been kept long enough; call it off the event loop.

        Raises:
            StoreError: the database cannot be written.
        """
        with writing(self._session_factory) as session:
            expired = []
            for name, _, condition, statement in self._rules(session, self._clock()):
                done = session.execute(statement.where(condition).execution_options(synchronize_session=False))
                expired.append(Expired(name, done.rowcount))
        if any(found.count for found in expired):
            clear_log_file(self._session_factory)
        return expired

    def _rules(self, session: Session, now: datetime) -> Iterator[tuple[str, Any, Any, Any]]:
        """Name, table, condition and statement of each kind; in an order in which they may be carried out."""
        text, access = now - self._text, now - self._access
        has_text = TurnRow.question.is_not(None) | TurnRow.reply.is_not(None)
        without_text = sa.update(TurnRow).values(question=None, reply=None)
        yield "texts of turns", TurnRow, (TurnRow.at < text) & has_text, without_text
        yield "messages of staff", OutgoingRow, OutgoingRow.created_at < text, sa.delete(OutgoingRow)
        yield "closed tickets", TicketRow, TicketRow.closed_at < text, sa.delete(TicketRow)
        if sa.inspect(session.connection()).has_table(RASA_EVENTS.name):
            yield "events of Rasa", RASA_EVENTS, RASA_EVENTS.c.timestamp < text.timestamp(), sa.delete(RASA_EVENTS)
        yield "turns", TurnRow, TurnRow.at < access, sa.delete(TurnRow)
        of_it = (TurnRow.conversation_id == ConversationRow.id) & (TurnRow.at >= access)
        left = sa.select(TurnRow.id).where(of_it).exists()
        yield (
            "conversations",
            ConversationRow,
            (ConversationRow.last_at < access) & ~left,
            sa.delete(ConversationRow),
        )
        yield "marks of deleted conversations", ErasureRow, ErasureRow.at < access, sa.delete(ErasureRow)
