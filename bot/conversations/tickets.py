"""Messages that citizens leave for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import CHINA_TIME, Clock, utc_now
from bot.conversations import outbox
from bot.conversations.masking import mask
from bot.conversations.models import OutgoingRow, TicketRow
from bot.database import SessionFactory, reading, writing
from bot.errors import AskHunnanError

SAME = timedelta(hours=1)
"""How long a message that comes again, word for word, is taken for the one that is there already."""


class TicketError(AskHunnanError):
    """There is no such ticket, or it cannot be answered."""


@dataclass(frozen=True)
class Ticket:
    """A ticket as staff see it.

    Args:
        number: such as ``HN-20200115-0042``.
        created: when it was left, in UTC.
        matter: what the citizen wants, masked.
        contact: what the citizen left beside it, masked; may be empty.
        channel: name of the citizen's channel.
        conversation_id: where the reply goes.
        state: ``open``, ``answered`` or ``closed``.
        replies: what staff wrote, each with ``waiting``, ``delivered`` or ``failed``.
    """

    number: str
    created: datetime
    matter: str
    contact: str
    channel: str
    conversation_id: str
    state: str
    replies: tuple[tuple[str, str], ...] = ()


class TicketRepository:
    """Stores and answers tickets.

    Args:
        session_factory: of a migrated database.
        clock: the current time.
    """

    def __init__(self, session_factory: SessionFactory, clock: Clock = utc_now) -> None:
        self._session_factory, self._clock = session_factory, clock

    def create_ticket(self, *, matter: str, contact: str, channel: str, sender_id: str) -> str:
        """Store a citizen's message and give its number, such as ``HN-20200115-0042``.

        The same message of the same conversation within `SAME` is the same ticket: a citizen sends it again, or a
        program, when the reply did not come.

        Args:
            matter: what the citizen wants.
            contact: how to reach them; may be empty.
            channel: name of the input channel.
            sender_id: id of the conversation.

        Raises:
            StoreError: the ticket could not be stored.
        """
        now = self._clock()
        left = {"matter": mask(matter), "contact": mask(contact), "channel": channel, "sender_id": sender_id}
        with writing(self._session_factory) as session:
            known = select(TicketRow.number).filter_by(**left, state="open").where(TicketRow.created_at > now - SAME)
            number: str | None = session.scalars(known).first()
            if number is not None:
                return number
            ticket = TicketRow(number=uuid4().hex, created_at=now, **left)  # until the row has its id
            session.add(ticket)
            session.flush()
            number = f"HN-{now.astimezone(CHINA_TIME):%Y%m%d}-{ticket.id:04d}"
            ticket.number = number
        return number

    def tickets(self, *, closed: bool = False) -> list[Ticket]:
        """All tickets, oldest first.

        Args:
            closed: also those that are closed.

        Raises:
            StoreError: the database cannot be read.
        """
        query = select(TicketRow).order_by(TicketRow.id)
        if not closed:
            query = query.where(TicketRow.state != "closed")
        with reading(self._session_factory) as session:
            replies: dict[int, list[tuple[str, str]]] = {}
            said = select(OutgoingRow.ticket_id, OutgoingRow.text, OutgoingRow.state).order_by(OutgoingRow.id)
            for ticket_id, text, state in session.execute(said.where(OutgoingRow.ticket_id.is_not(None))):
                replies.setdefault(ticket_id, []).append((text, state))
            return [_ticket(row, tuple(replies.get(row.id, ()))) for row in session.scalars(query)]

    def reply(self, number: str, text: str) -> str:
        """Answer a ticket: the text goes into the outbox of its conversation; gives the id of that message.

        Raises:
            TicketError: there is no such ticket, it is closed, or the text is empty.
            StoreError: the reply could not be stored.
        """
        if not text.strip():
            raise TicketError(f"{number}: the reply is empty")
        with writing(self._session_factory) as session:
            row = _find(session, number)
            if row.state == "closed":
                raise TicketError(f"{number}: is closed; a closed ticket is not answered")
            row.state = "answered"
            return outbox.put(session, row.sender_id, row.channel, text.strip(), "reply", self._clock(), row.id)

    def close(self, number: str) -> None:
        """Close a ticket; one that is closed stays so.

        Raises:
            TicketError: there is no such ticket.
            StoreError: it could not be stored.
        """
        with writing(self._session_factory) as session:
            row = _find(session, number)
            if row.state != "closed":
                row.state, row.closed_at = "closed", self._clock()


def _find(session: Session, number: str) -> TicketRow:
    row: TicketRow | None = session.scalars(select(TicketRow).where(TicketRow.number == number.strip().upper())).first()
    if row is None:
        raise TicketError(f"{number}: there is no such ticket; ./run tickets list shows all that are open")
    return row


def _ticket(row: TicketRow, replies: tuple[tuple[str, str], ...]) -> Ticket:
    return Ticket(row.number, row.created_at, row.matter, row.contact, row.channel, row.sender_id, row.state, replies)
