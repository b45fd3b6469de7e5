"""Tables of conversations: turns, feedback, what is to be delivered, tickets. Text of citizens in them is masked.

A turn loses its texts after one period and its row after a longer one (`bot.conversations.retention`). Tables of a
staff console (reviews, tags, notes) refer to `turns.id` and `conversations.id`.
"""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint

from bot.database import Base, UtcDateTime, one_of

TURN_ID = 32
"""Length of a turn's id: the hexadecimal digits of a UUID."""

CONVERSATION_ID = 255
"""Longest id of a conversation, as in Rasa's own table."""

FEEDBACK_VALUES = ("up", "down")
OUTGOING_KINDS = ("reply", "notice")
OUTGOING_STATES = ("waiting", "delivered", "failed")
TICKET_STATES = ("open", "answered", "closed")


class ConversationRow(Base):
    """A conversation of which at least one turn is kept."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "last_at"),)

    id = Column(String(CONVERSATION_ID), primary_key=True)
    channel = Column(String(40), nullable=False)
    started_at = Column(UtcDateTime, nullable=False)
    last_at = Column(UtcDateTime, nullable=False)


class TurnRow(Base):
    """A message of a citizen with the reply; `question` and `reply` are null once the text has expired."""

    __tablename__ = "turns"
    __table_args__ = (
        Index(None, "conversation_id", "at"),
        Index(None, "at"),
        Index(None, "first_entry", "at"),
    )

    id = Column(String(TURN_ID), primary_key=True)
    conversation_id = Column(ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)
    at = Column(UtcDateTime, nullable=False)
    channel = Column(String(40), nullable=False)
    language = Column(String(20), nullable=False)
    question = Column(Text)
    reply = Column(Text)
    act = Column(String(80), nullable=False)
    act_confidence = Column(Float)
    outcome = Column(String(80), nullable=False)
    kind = Column(String(80), nullable=False)
    topic = Column(String(80), nullable=False)
    entries = Column(JSON, nullable=False)
    first_entry = Column(String(80), nullable=False)
    confidence = Column(Float)
    scores = Column(JSON, nullable=False)
    latency_ms = Column(Integer, nullable=False)


class FeedbackRow(Base):
    """What a citizen thinks of a reply; the last word counts."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint(one_of("value", FEEDBACK_VALUES), name="value"),)

    turn_id = Column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    value = Column(String(4), nullable=False)
    at = Column(UtcDateTime, nullable=False)


class TicketRow(Base):
    """A message that a citizen left; matter and contact are masked before they come here."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("state", TICKET_STATES), name="state"),
        CheckConstraint("matter <> ''", name="filled"),
        Index(None, "sender_id"),
    )

    id = Column(Integer, primary_key=True)
    number = Column(String(40), nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    matter = Column(Text, nullable=False)
    contact = Column(Text, nullable=False, default="")
    channel = Column(String(40), nullable=False)
    sender_id = Column(String(CONVERSATION_ID), nullable=False)
    state = Column(String(10), nullable=False, default="open")
    closed_at = Column(UtcDateTime)


class OutgoingRow(Base):
    """Something that staff say to a citizen, until the channel has delivered it."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(one_of("kind", OUTGOING_KINDS), name="kind"),
        CheckConstraint(one_of("state", OUTGOING_STATES), name="state"),
        Index(None, "conversation_id", "state"),
        Index(None, "channel", "state"),
        {"sqlite_autoincrement": True},  # an id that was deleted must not come again: clients remember the last one
    )

    id = Column(Integer, primary_key=True)
    conversation_id = Column(String(CONVERSATION_ID), nullable=False)
    channel = Column(String(40), nullable=False)
    ticket_id = Column(ForeignKey("tickets.id", ondelete="SET NULL"))
    kind = Column(String(10), nullable=False)
    text = Column(Text, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)
    state = Column(String(10), nullable=False, default="waiting")
    done_at = Column(UtcDateTime)
    reason = Column(Text, nullable=False, default="")


class ErasureRow(Base):
    """A conversation that was deleted on request; what arrives late of it (from the spool) is dropped.

    `conversation_hash` is `bot.conversations.erasure.conversation_hash` of the id, which itself is not kept.
    """

    __tablename__ = "erasures"

    conversation_hash = Column(String(64), primary_key=True)
    at = Column(UtcDateTime, nullable=False)
