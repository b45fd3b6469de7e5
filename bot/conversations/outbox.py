"""What staff say to a citizen later, until the citizen's channel has delivered it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import Clock, utc_now
from bot.conversations.models import OutgoingRow
from bot.database import SessionFactory, reading, writing

MOST_AT_ONCE = 100
"""Messages that one look into the outbox gives."""


@dataclass(frozen=True)
class OutgoingMessage:
    """A message that waits for its channel.

    Args:
        id: rises with each message; what `after_id` compares.
        conversation_id: conversation that it belongs to.
        text: as staff wrote it.
        kind: ``reply`` to a ticket, or ``notice``.
        created: when it was written, in UTC.
        channel: name of the channel of the conversation.
    """

    id: str
    conversation_id: str
    text: str
    kind: str
    created: datetime
    channel: str = ""


class Outbox:
    """Messages to deliver. Every method asks the database: call it off the event loop (``asyncio.to_thread``).

    Args:
        session_factory: of a migrated database.
        clock: the current time.
    """

    def __init__(self, session_factory: SessionFactory, clock: Clock = utc_now) -> None:
        self._session_factory, self._clock = session_factory, clock

    def add(self, conversation_id: str, channel: str, text: str, kind: str) -> str:
        """Put a message into the outbox and give its id.

        Args:
            conversation_id: conversation that it is for.
            channel: name of its channel.
            text: what the citizen will read.
            kind: ``reply`` or ``notice``.

        Raises:
            StoreError: it could not be stored, or the kind is unknown.
        """
        with writing(self._session_factory) as session:
            return put(session, conversation_id, channel, text, kind, self._clock())

    def waiting(
        self,
        conversation_id: str | None = None,
        channel: str | None = None,
        after_id: str | None = None,
        limit: int = MOST_AT_ONCE,
    ) -> list[OutgoingMessage]:
        """Messages that are neither delivered nor failed, oldest first.

        Args:
            conversation_id: of this conversation only.
            channel: of this channel only.
            after_id: only those after this id; anything but an id that `add` gave counts as none.
            limit: how many at most.

        Raises:
            ValueError: neither a conversation nor a channel is given.
            StoreError: the database cannot be read.
        """
        if conversation_id is None and channel is None:
            raise ValueError("give a conversation or a channel")
        query = select(OutgoingRow).where(OutgoingRow.state == "waiting").order_by(OutgoingRow.id).limit(limit)
        if conversation_id is not None:
            query = query.where(OutgoingRow.conversation_id == conversation_id)
        if channel is not None:
            query = query.where(OutgoingRow.channel == channel)
        if after_id:
            query = query.where(OutgoingRow.id > (_key(after_id) or 0))
        with reading(self._session_factory) as session:
            return [_message(row) for row in session.scalars(query)]

    def delivered(self, id: str) -> None:
        """Note that the citizen has a message; doing so twice, or for an unknown id, changes nothing.

        Raises:
            StoreError: it could not be noted.
        """
        self._finish(id, "delivered", "")

    def failed(self, id: str, reason: str) -> None:
        """Note that a message can never be delivered (the citizen blocked the bot); what may work later stays waiting.

        Args:
            id: what `add` gave.
            reason: for staff, without the text or an address of the citizen.

        Raises:
            StoreError: it could not be noted.
        """
        self._finish(id, "failed", reason[:500])

    def _finish(self, id: str, state: str, reason: str) -> None:
        key = _key(id)
        if key is None:
            return
        with writing(self._session_factory) as session:
            session.execute(
                update(OutgoingRow)
                .where(OutgoingRow.id == key, OutgoingRow.state == "waiting")
                .values(state=state, reason=reason, done_at=self._clock())
            )


def put(
    session: Session,
    conversation_id: str,
    channel: str,
    text: str,
    kind: str,
    now: datetime,
    ticket_id: int | None = None,
) -> str:
    """Put a message into the outbox within a transaction of the caller; gives its id."""
    row = OutgoingRow(
        conversation_id=conversation_id, channel=channel, text=text, kind=kind, created_at=now, ticket_id=ticket_id
    )
    session.add(row)
    session.flush()
    return str(row.id)


def _key(id: str) -> int | None:
    return int(id) if id.isascii() and id.isdigit() and len(id) <= 18 else None


def _message(row: Any) -> OutgoingMessage:
    return OutgoingMessage(str(row.id), row.conversation_id, row.text, row.kind, row.created_at, row.channel)
