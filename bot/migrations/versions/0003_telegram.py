"""Chats, buttons and updates of Telegram."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of the Telegram channel."""
    op.create_table(
        "telegram_chats",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_telegram_chats")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_telegram_chats_chat_id")),
    )

    op.create_table(
        "telegram_buttons",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('ask', 'up', 'down')", name=op.f("ck_telegram_buttons_kind")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["telegram_chats.conversation_id"],
            name=op.f("fk_telegram_buttons_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telegram_buttons")),
    )
    op.create_index(op.f("ix_telegram_buttons_conversation_id"), "telegram_buttons", ["conversation_id"])
    op.create_index(op.f("ix_telegram_buttons_created_at"), "telegram_buttons", ["created_at"])

    op.create_table(
        "telegram_updates",
        sa.Column("bot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("incoming", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("replies", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('received', 'answered', 'done')", name=op.f("ck_telegram_updates_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["telegram_chats.conversation_id"],
            name=op.f("fk_telegram_updates_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name=op.f("pk_telegram_updates")),
    )
    op.create_index(op.f("ix_telegram_updates_conversation_id"), "telegram_updates", ["conversation_id"])
    op.create_index(op.f("ix_telegram_updates_received_at"), "telegram_updates", ["received_at"])
    op.create_index(op.f("ix_telegram_updates_state_lease_until"), "telegram_updates", ["state", "lease_until"])


def downgrade() -> None:
    """Drop them."""
    for table in ("telegram_updates", "telegram_buttons", "telegram_chats"):
        op.drop_table(table)
