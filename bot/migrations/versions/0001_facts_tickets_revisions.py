"""Facts, questions, revisions and tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "loads",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_loads")),
    )
    op.create_table(
        "revisions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revisions")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("publisher_zh", sa.Text(), nullable=False),
        sa.Column("publisher_en", sa.Text(), nullable=False),
        sa.Column("published", sa.String(length=10), nullable=False),
        sa.Column("plan_year", sa.Integer(), nullable=False),
        sa.Column("home", sa.JSON(), nullable=False),
        sa.CheckConstraint("plan_year BETWEEN 1990 AND 2200", name=op.f("ck_sources_plan_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("sender_id", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("matter <> ''", name=op.f("ck_tickets_filled")),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_tickets_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
    )
    op.create_table(
        "sections",
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_sections_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source_id", "id", name=op.f("pk_sections")),
        sa.UniqueConstraint("source_id", "position", name=op.f("uq_sections_source_id_position")),
    )
    op.create_table(
        "source_sentences",
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("paragraph", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sentence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("paragraph >= 1 AND sentence >= 1", name=op.f("ck_source_sentences_position")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_source_sentences_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "section", "paragraph", "sentence", name=op.f("pk_source_sentences")),
    )
    op.create_table(
        "topics",
        sa.Column("source_id", sa.String(length=80), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("parent_id", sa.String(length=80), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label_zh", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_topics_parent")),
        sa.ForeignKeyConstraint(
            ["source_id", "parent_id"],
            ["topics.source_id", "topics.id"],
            name=op.f("fk_topics_source_id_parent_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_topics_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source_id", "id", name=op.f("pk_topics")),
        sa.UniqueConstraint("source_id", "position", name=op.f("uq_topics_source_id_position")),
    )
    op.create_table(
        "entries",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.String(length=80), nullable=True),
        sa.Column("topic_id", sa.String(length=80), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject_zh", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.Text(), nullable=False),
        sa.Column("statement_zh", sa.Text(), nullable=False),
        sa.Column("statement_en", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.CheckConstraint("(kind = 'referral') = (source_id IS NULL)", name=op.f("ck_entries_source")),
        sa.CheckConstraint("(kind = 'referral') = (status = '')", name=op.f("ck_entries_status_of_kind")),
        sa.CheckConstraint("(kind = 'referral') = (topic_id IS NULL)", name=op.f("ck_entries_topic")),
        sa.CheckConstraint("id <> '' AND statement_zh <> '' AND statement_en <> ''", name=op.f("ck_entries_filled")),
        sa.CheckConstraint("kind IN ('fact', 'faq', 'referral')", name=op.f("ck_entries_kind")),
        sa.CheckConstraint("status IN ('', 'plan', 'result', 'mixed')", name=op.f("ck_entries_status")),
        sa.ForeignKeyConstraint(
            ["source_id", "topic_id"], ["topics.source_id", "topics.id"], name=op.f("fk_entries_source_id_topic_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_entries_source_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_entries")),
        sa.UniqueConstraint("key", "kind", name=op.f("uq_entries_key_kind")),
        sa.UniqueConstraint("source_id", "id", name=op.f("uq_entries_source_id_id")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index(
            "uq_entries_id_without_source",
            ["id"],
            unique=True,
            sqlite_where=sa.text("source_id IS NULL"),
            postgresql_where=sa.text("source_id IS NULL"),
        )

    op.create_table(
        "facts",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("action_zh", sa.Text(), nullable=False),
        sa.Column("action_en", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit_zh", sa.Text(), nullable=True),
        sa.Column("unit_en", sa.Text(), nullable=True),
        sa.Column("bound", sa.String(length=10), nullable=False),
        sa.Column("measure", sa.String(length=80), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "bound IN ('exact', 'at_least', 'aim', 'reach', 'exceed', 'about', 'certain', 'within')",
            name=op.f("ck_facts_bound"),
        ),
        sa.CheckConstraint("kind = 'fact'", name=op.f("ck_facts_kind")),
        sa.CheckConstraint(
            "(value IS NULL) = (unit_zh IS NULL) AND (value IS NULL) = (unit_en IS NULL)",
            name=op.f("ck_facts_value_with_unit"),
        ),
        sa.CheckConstraint("paragraph >= 1 AND sentence >= 1", name=op.f("ck_facts_locator")),
        sa.ForeignKeyConstraint(
            ["key", "kind"], ["entries.key", "entries.kind"], name=op.f("fk_facts_key_kind"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_facts")),
    )
    op.create_table(
        "faqs",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value_sum", sa.Float(), nullable=True),
        sa.CheckConstraint("kind = 'faq'", name=op.f("ck_faqs_kind")),
        sa.ForeignKeyConstraint(
            ["key", "kind"], ["entries.key", "entries.kind"], name=op.f("fk_faqs_key_kind"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_faqs")),
    )
    op.create_table(
        "questions",
        sa.Column("key", sa.Integer(), nullable=False),
        sa.Column("entry_key", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en', 'ja', 'ko', 'ru')", name=op.f("ck_questions_language")),
        sa.CheckConstraint("origin IN ('file', 'staff', 'conversation')", name=op.f("ck_questions_origin")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_questions_filled")),
        sa.ForeignKeyConstraint(
            ["entry_key"], ["entries.key"], name=op.f("fk_questions_entry_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_questions")),
        sa.UniqueConstraint("entry_key", "text", name=op.f("uq_questions_entry_key_text")),
    )
    op.create_table(
        "referrals",
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("question_kind", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind = 'referral'", name=op.f("ck_referrals_kind")),
        sa.ForeignKeyConstraint(
            ["key", "kind"], ["entries.key", "entries.kind"], name=op.f("fk_referrals_key_kind"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_referrals")),
    )
    op.create_table(
        "faq_citations",
        sa.Column("faq_key", sa.Integer(), nullable=False),
        sa.Column("fact_key", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["fact_key"], ["facts.key"], name=op.f("fk_faq_citations_fact_key"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["faq_key"], ["faqs.key"], name=op.f("fk_faq_citations_faq_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("faq_key", "fact_key", name=op.f("pk_faq_citations")),
        sa.UniqueConstraint("faq_key", "position", name=op.f("uq_faq_citations_faq_key_position")),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("faq_citations")
    op.drop_table("referrals")
    op.drop_table("questions")
    op.drop_table("faqs")
    op.drop_table("facts")
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_entries_id_without_source",
            sqlite_where=sa.text("source_id IS NULL"),
            postgresql_where=sa.text("source_id IS NULL"),
        )

    op.drop_table("entries")
    op.drop_table("topics")
    op.drop_table("source_sentences")
    op.drop_table("sections")
    op.drop_table("tickets")
    op.drop_table("sources")
    op.drop_table("revisions")
    op.drop_table("loads")
