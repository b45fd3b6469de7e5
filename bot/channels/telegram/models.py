"""Tables of the Telegram channel."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique

from bot.database import Base, UtcDateTime


class TelegramChatRow(Base):
    """A chat and its conversation, whose id tells nothing about the chat."""

    __tablename__ = "telegram_chats"
    __table_args__ = (Unique("chat_id"),)

    conversation_id = Column(String(40), primary_key=True)
    chat_id = Column(BigInteger, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class TelegramButtonRow(Base):
    """What a button does; its opaque id is all that Telegram gets."""

    __tablename__ = "telegram_buttons"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("kind IN ('ask', 'up', 'down')", name="kind"),
        Index(None, "created_at"),
        Index(None, "conversation_id"),
    )

    id = Column(String(24), primary_key=True)
    conversation_id = Column(ForeignKey("telegram_chats.conversation_id", ondelete="CASCADE"), nullable=False)
    kind = Column(String(4), nullable=False)
    title = Column(Text, nullable=False)
    payload = Column(Text, nullable=False)
    created_at = Column(UtcDateTime, nullable=False)


class TelegramUpdateRow(Base):
    """An update that was taken: `received` with what came, `answered` with what is to be sent, `done` with neither."""

    __tablename__ = "telegram_updates"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("state IN ('received', 'answered', 'done')", name="state"),
        Index(None, "conversation_id"),
        Index(None, "state", "lease_until"),
        Index(None, "received_at"),
    )

    bot_id = Column(BigInteger, primary_key=True, autoincrement=False)
    update_id = Column(BigInteger, primary_key=True, autoincrement=False)
    conversation_id = Column(ForeignKey("telegram_chats.conversation_id", ondelete="CASCADE"), nullable=False)
    received_at = Column(UtcDateTime, nullable=False)
    lease_until = Column(UtcDateTime, nullable=False)
    state = Column(String(8), nullable=False, default="received")
    incoming = Column(JSON(none_as_null=True))
    replies = Column(JSON(none_as_null=True))
    sent = Column(Integer, nullable=False, default=0)
