"""What the Telegram channel remembers: chats, what buttons do, and which updates were taken."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.models import TelegramButtonRow, TelegramChatRow, TelegramUpdateRow
from bot.channels.telegram.updates import Incoming
from bot.clock import Clock
from bot.conversations.models import OutgoingRow, TicketRow
from bot.database import SessionFactory, reading, writing

LEASE = timedelta(minutes=2)
"""How long an update belongs to the process that took it; it may be prolonged."""

KEEP_UPDATES = timedelta(hours=49)
"""How long numbers of updates are kept; Telegram delivers none again after 24 hours."""

KEEP_BUTTONS = timedelta(days=90)
"""How long a button works."""


_LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""Ids of conversations hold no digits, or a run of them might be masked as a telephone number."""


@dataclass(frozen=True)
class Button:
    """What a button does.

    Args:
        kind: ask: asks `payload`; up, down: thumb for the turn `payload`.
        title: what stands on it.
        payload: a question or command, or the id of a turn.
    """

    kind: str
    title: str
    payload: str


@dataclass
class Job:
    """An update on its way through the worker.

    Args:
        incoming: what came.
        conversation_id: id of the conversation.
        received: when it came.
        replies: what is to be sent; None until it is known.
        sent: how many of them were sent.
        stored: False if the database was away.
    """

    incoming: Incoming
    conversation_id: str
    received: datetime
    replies: list[Outgoing] | None = None
    sent: int = 0
    stored: bool = field(default=True, compare=False)


class TelegramStore:
    """Every method but `new_conversation_id` asks the database: call it off the event loop (``asyncio.to_thread``).

    Args:
        session_factory: of a migrated database.
        token: the bot's token; ids of new conversations are derived from it.
        clock: the current time.
    """

    def __init__(self, session_factory: SessionFactory, token: str, clock: Clock) -> None:
        self._sessions, self._clock = session_factory, clock
        self._bot_id = int(token.partition(":")[0])
        self._key = hashlib.sha256(f"conversations of {token}".encode()).digest()

    def new_conversation_id(self, chat_id: int) -> str:
        """The id that a chat's conversation gets: a keyed hash. Once stored it stays, whatever becomes of the token."""
        digest = hmac.new(self._key, str(chat_id).encode(), hashlib.sha256).hexdigest()
        return "tg-" + digest[:32].translate(_LETTERS)

    def accept(self, incoming: Iterable[Incoming]) -> list[Job]:
        """Store updates before they are confirmed; gives those that were not stored before.

        Raises:
            StoreError: they could not be stored.
        """
        now = self._clock()
        jobs: list[Job] = []
        with writing(self._sessions) as session:
            for one in incoming:
                if session.get(TelegramUpdateRow, (self._bot_id, one.update_id)) is not None:
                    continue
                conversation_id = self._conversation(session, one.chat_id, now)
                session.add(
                    TelegramUpdateRow(
                        bot_id=self._bot_id,
                        update_id=one.update_id,
                        conversation_id=conversation_id,
                        received_at=now,
                        lease_until=now + LEASE,
                        incoming=one.to_json(),
                    )
                )
                session.flush()
                jobs.append(Job(one, conversation_id, now))
        return jobs

    def _conversation(self, session: Session, chat_id: int, now: datetime) -> str:
        known = session.scalars(select(TelegramChatRow).where(TelegramChatRow.chat_id == chat_id)).first()
        if known is not None:
            return str(known.conversation_id)
        row = TelegramChatRow(conversation_id=self.new_conversation_id(chat_id), chat_id=chat_id, created_at=now)
        session.add(row)
        session.flush()
        return str(row.conversation_id)

    def answered(self, job: Job) -> None:
        """Note what is to be sent, so that a restart sends it without asking again.

        Raises:
            StoreError: it could not be noted.
        """
        replies = [reply.to_json() for reply in job.replies or ()]
        self._change(job, state="answered", incoming=job.incoming.to_json(), replies=replies, sent=job.sent)

    def sent(self, job: Job) -> None:
        """Note how many replies were sent.

        Raises:
            StoreError: it could not be noted.
        """
        self._change(job, sent=job.sent)

    def done(self, job: Job) -> None:
        """Keep only the number of an update.

        Raises:
            StoreError: it could not be noted.
        """
        self._change(job, state="done", incoming=None, replies=None)

    def _change(self, job: Job, **values: Any) -> None:
        with writing(self._sessions) as session:
            session.execute(update(TelegramUpdateRow).where(*self._is(job)).values(**values))

    def _is(self, job: Job) -> tuple[Any, Any]:
        return TelegramUpdateRow.bot_id == self._bot_id, TelegramUpdateRow.update_id == job.incoming.update_id

    def hold(self, jobs: Sequence[Job], lease: timedelta = LEASE) -> None:
        """Prolong the lease of updates; a lease of nothing gives them back.

        Raises:
            StoreError: it could not be noted.
        """
        numbers = [job.incoming.update_id for job in jobs]
        with writing(self._sessions) as session:
            session.execute(
                update(TelegramUpdateRow)
                .where(TelegramUpdateRow.bot_id == self._bot_id, TelegramUpdateRow.update_id.in_(numbers))
                .values(lease_until=self._clock() + lease)
            )

    def claim(self, *, all_of_them: bool = False) -> list[Job]:
        """Take over updates that another process, or this one before a restart, left unfinished; oldest first.

        Args:
            all_of_them: also those with a lease that still runs: right where no other process can be at work.

        Raises:
            StoreError: the database does not answer.
        """
        now = self._clock()
        query = select(TelegramUpdateRow).where(
            TelegramUpdateRow.bot_id == self._bot_id, TelegramUpdateRow.state != "done"
        )
        if not all_of_them:
            query = query.where(TelegramUpdateRow.lease_until <= now)
        jobs = []
        with writing(self._sessions) as session:
            for row in session.scalars(query.order_by(TelegramUpdateRow.received_at, TelegramUpdateRow.update_id)):
                row.lease_until = now + LEASE
                replies = None if row.replies is None else [Outgoing.from_json(reply) for reply in row.replies]
                incoming = Incoming.from_json(row.incoming)
                jobs.append(Job(incoming, row.conversation_id, row.received_at, replies, row.sent))
        return jobs

    def chat_of(self, conversation_id: str) -> int | None:
        """The chat of a conversation; None if there is none.

        Raises:
            StoreError: the database cannot be read.
        """
        with reading(self._sessions) as session:
            row = session.get(TelegramChatRow, conversation_id)
            return None if row is None else int(row.chat_id)

    def move(self, chat_id: int, new_chat_id: int) -> None:
        """A group got a new id: its conversation goes on there.

        Raises:
            StoreError: it could not be noted.
        """
        with writing(self._sessions) as session:
            chats = select(func.count()).select_from(TelegramChatRow).where(TelegramChatRow.chat_id == new_chat_id)
            if not session.scalar(chats):
                moved = update(TelegramChatRow).where(TelegramChatRow.chat_id == chat_id)
                session.execute(moved.values(chat_id=new_chat_id))

    def add_buttons(self, conversation_id: str, buttons: Sequence[Button]) -> list[str]:
        """Remember what buttons do; gives an opaque id for each.

        Raises:
            StoreError: they could not be stored.
        """
        now = self._clock()
        ids = [secrets.token_urlsafe(12) for _ in buttons]
        with writing(self._sessions) as session:
            for id, button in zip(ids, buttons):
                session.add(
                    TelegramButtonRow(
                        id=id,
                        conversation_id=conversation_id,
                        kind=button.kind,
                        title=button.title,
                        payload=button.payload,
                        created_at=now,
                    )
                )
        return ids

    def button(self, id: str, conversation_id: str) -> Button | None:
        """What a button of a conversation does; None if it is not known (any more).

        Raises:
            StoreError: the database cannot be read.
        """
        with reading(self._sessions) as session:
            row = session.get(TelegramButtonRow, id)
            if row is None or row.conversation_id != conversation_id:
                return None
            return Button(row.kind, row.title, row.payload)

    def forget(self, conversation_id: str) -> None:
        """Delete the buttons of a conversation; the chat stays known, so that staff can still answer its messages.

        Raises:
            StoreError: they could not be deleted.
        """
        with writing(self._sessions) as session:
            session.execute(delete(TelegramButtonRow).where(TelegramButtonRow.conversation_id == conversation_id))

    def prune(self) -> None:
        """Delete what is too old to be of use; a chat goes with the last of its rows, here and among the tickets.

        Raises:
            StoreError: it could not be deleted.
        """
        now = self._clock()
        old = TelegramUpdateRow.received_at < now - KEEP_UPDATES
        with writing(self._sessions) as session:
            session.execute(delete(TelegramUpdateRow).where(old))
            session.execute(delete(TelegramButtonRow).where(TelegramButtonRow.created_at < now - KEEP_BUTTONS))
            kept = (
                TelegramUpdateRow.conversation_id, TelegramButtonRow.conversation_id, TicketRow.sender_id,
                OutgoingRow.conversation_id,
            )  # fmt: skip
            idle = [~exists().where(column == TelegramChatRow.conversation_id) for column in kept]
            session.execute(delete(TelegramChatRow).where(*idle).execution_options(synchronize_session=False))
