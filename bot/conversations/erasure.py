"""Deleting a conversation because its citizen asks for it."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.clock import Clock, utc_now
from bot.conversations.models import ConversationRow, ErasureRow, FeedbackRow, OutgoingRow, TicketRow, TurnRow
from bot.conversations.spool import Spool
from bot.conversations.store import conversation_hash, insert
from bot.database import BUSY_MILLISECONDS, SessionFactory, writing

CLEAR_MILLISECONDS = 200
"""How long readers may hold up the emptying of the write-ahead log; SQLite does it itself later."""


class Erasure:
    """Deletes what is kept of a conversation beside Rasa's tracker.

    Args:
        session_factory: of a migrated database.
        spool: where records may wait.
        clock: the current time.
    """

    def __init__(self, session_factory: SessionFactory, spool: Spool, clock: Clock = utc_now) -> None:
        self._session_factory, self._spool, self._clock = session_factory, spool, clock

    def forget(self, conversation_id: str) -> None:
        """Delete turns, feedback, what waits to be delivered, what is spooled, and the contact of its tickets.

        The matter of a ticket stays until staff have dealt with it. Records of the conversation that are still on
        their way (in memory, in the spool of another machine) are dropped when they arrive. Call it off the event loop.

        Raises:
            StoreError: the database is away; nothing was deleted.
            OSError: the spool could not be written; the rest was deleted.
        """
        with writing(self._session_factory) as session:
            _forget(session, conversation_id, self._clock())
        self._spool.remove(conversation_id)
        clear_log_file(self._session_factory)


def _forget(session: Session, conversation_id: str, now: datetime) -> None:
    turns = select(TurnRow.id).where(TurnRow.conversation_id == conversation_id)
    statements: tuple[Any, ...] = (
        delete(FeedbackRow).where(FeedbackRow.turn_id.in_(turns)),
        delete(TurnRow).where(TurnRow.conversation_id == conversation_id),
        delete(ConversationRow).where(ConversationRow.id == conversation_id),
        delete(OutgoingRow).where(OutgoingRow.conversation_id == conversation_id),
        update(TicketRow).where(TicketRow.sender_id == conversation_id).values(contact=""),
    )
    for statement in statements:
        session.execute(statement.execution_options(synchronize_session=False))
    erased = insert(session, ErasureRow).values(conversation_hash=conversation_hash(conversation_id), at=now)
    session.execute(erased.on_conflict_do_update(index_elements=["conversation_hash"], set_={"at": erased.excluded.at}))


def clear_log_file(session_factory: SessionFactory) -> None:
    """Empty SQLite's write-ahead log, which still holds what was deleted, unless someone reads it just now."""
    session: Session = session_factory()
    engine = session.get_bind()
    session.close()
    if engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(SQLAlchemyError, sqlite3.Error), engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout = {CLEAR_MILLISECONDS}")  # who waits here keeps all others from writing
        try:
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            driver.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
