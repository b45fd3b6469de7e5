"""Tables of the facts database.

An entry is a row of `entries` and one of `facts`, `faqs` or `referrals` (joined inheritance), so that an id is unique
over the three kinds. What belongs to a report carries its `source_id`; a referral belongs to none.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import relationship

from bot.database import Base, UtcDateTime, one_of
from bot.facts.entries import BOUNDS

LANGUAGES = ("zh", "en", "ja", "ko", "ru")
"""Languages that questions are written in."""

ORIGINS = ("file", "staff", "conversation")
"""Where a phrasing comes from: the facts file, an editor, or a citizen's conversation."""

ID_LENGTH = 80


class SourceRow(Base):
    """A published report."""

    __tablename__ = "sources"
    __table_args__ = (CheckConstraint("plan_year BETWEEN 1990 AND 2200", name="plan_year"),)

    id = Column(String(ID_LENGTH), primary_key=True)
    title_zh = Column(Text, nullable=False)
    title_en = Column(Text, nullable=False)
    publisher_zh = Column(Text, nullable=False)
    publisher_en = Column(Text, nullable=False)
    published = Column(String(10), nullable=False)
    plan_year = Column(Integer, nullable=False)
    home = Column(JSON, nullable=False)


class SectionRow(Base):
    """A section of a report."""

    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("source_id", "position"),)

    source_id = Column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    id = Column(String(ID_LENGTH), primary_key=True)
    position = Column(Integer, nullable=False)
    label_zh = Column(Text, nullable=False)
    label_en = Column(Text, nullable=False)
    heading = Column(Text, nullable=False)


class SentenceRow(Base):
    """A sentence of the report itself, there only when the deployment loaded the report."""

    __tablename__ = "source_sentences"
    __table_args__ = (CheckConstraint("paragraph >= 1 AND sentence >= 1", name="position"),)

    source_id = Column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    section = Column(String(ID_LENGTH), primary_key=True)
    paragraph = Column(Integer, primary_key=True, autoincrement=False)
    sentence = Column(Integer, primary_key=True, autoincrement=False)
    text = Column(Text, nullable=False)


class TopicRow(Base):
    """A node of the topic tree."""

    __tablename__ = "topics"
    __table_args__ = (
        ForeignKeyConstraint(
            ["source_id", "parent_id"], ["topics.source_id", "topics.id"], deferrable=True, initially="DEFERRED"
        ),
        UniqueConstraint("source_id", "position"),
        CheckConstraint("parent_id <> id", name="parent"),
    )

    source_id = Column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    id = Column(String(ID_LENGTH), primary_key=True)
    parent_id = Column(String(ID_LENGTH))
    position = Column(Integer, nullable=False)
    label_zh = Column(Text, nullable=False)
    label_en = Column(Text, nullable=False)
    aliases = Column(JSON, nullable=False)


class EntryRow(Base):
    """What facts, FAQs and referrals have in common."""

    __tablename__ = "entries"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("source_id", "id"),
        UniqueConstraint("key", "kind"),
        Index(
            "uq_entries_id_without_source",
            "id",
            unique=True,
            sqlite_where=text("source_id IS NULL"),
            postgresql_where=text("source_id IS NULL"),
        ),
        ForeignKeyConstraint(["source_id", "topic_id"], ["topics.source_id", "topics.id"]),
        CheckConstraint(one_of("kind", ("fact", "faq", "referral")), name="kind"),
        CheckConstraint("(kind = 'referral') = (source_id IS NULL)", name="source"),
        CheckConstraint("(kind = 'referral') = (topic_id IS NULL)", name="topic"),
        CheckConstraint(one_of("status", ("", "plan", "result", "mixed")), name="status"),
        CheckConstraint("(kind = 'referral') = (status = '')", name="status_of_kind"),
        CheckConstraint("id <> '' AND statement_zh <> '' AND statement_en <> ''", name="filled"),
    )

    key = Column(Integer, primary_key=True)
    id = Column(String(ID_LENGTH), nullable=False)
    kind = Column(String(10), nullable=False)
    source_id = Column(ForeignKey("sources.id", ondelete="CASCADE"))
    topic_id = Column(String(ID_LENGTH))
    position = Column(Integer, nullable=False)
    subject_zh = Column(Text, nullable=False)
    subject_en = Column(Text, nullable=False)
    statement_zh = Column(Text, nullable=False)
    statement_en = Column(Text, nullable=False)
    status = Column(String(10), nullable=False, default="")
    period = Column(String(40), nullable=False, default="")
    answers = Column(JSON, nullable=False)
    keywords = Column(JSON, nullable=False)

    questions = relationship("QuestionRow", order_by="QuestionRow.position", cascade="all, delete-orphan")

    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_on": kind}


class FactRow(EntryRow):
    """One measure or one named thing of a report."""

    __tablename__ = "facts"
    __table_args__: ClassVar[Any] = (
        ForeignKeyConstraint(["key", "kind"], ["entries.key", "entries.kind"], ondelete="CASCADE"),
        CheckConstraint("kind = 'fact'", name="kind"),
        CheckConstraint(one_of("bound", BOUNDS), name="bound"),
        CheckConstraint(
            "(value IS NULL) = (unit_zh IS NULL) AND (value IS NULL) = (unit_en IS NULL)", name="value_with_unit"
        ),
        CheckConstraint("paragraph >= 1 AND sentence >= 1", name="locator"),
    )

    key = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(String(10), nullable=False)
    action_zh = Column(Text, nullable=False)
    action_en = Column(Text, nullable=False)
    value = Column(Float)
    unit_zh = Column(Text)
    unit_en = Column(Text)
    bound = Column(String(10), nullable=False)
    measure = Column(String(ID_LENGTH), nullable=False, default="")
    section = Column(String(ID_LENGTH), nullable=False)
    paragraph = Column(Integer, nullable=False)
    sentence = Column(Integer, nullable=False)

    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "fact"}


class FaqRow(EntryRow):
    """An answer over several facts."""

    __tablename__ = "faqs"
    __table_args__: ClassVar[Any] = (
        ForeignKeyConstraint(["key", "kind"], ["entries.key", "entries.kind"], ondelete="CASCADE"),
        CheckConstraint("kind = 'faq'", name="kind"),
    )

    key = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(String(10), nullable=False)
    value_sum = Column(Float)

    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "faq"}


class ReferralRow(EntryRow):
    """A kind of question that no report answers, with where to ask instead."""

    __tablename__ = "referrals"
    __table_args__: ClassVar[Any] = (
        ForeignKeyConstraint(["key", "kind"], ["entries.key", "entries.kind"], ondelete="CASCADE"),
        CheckConstraint("kind = 'referral'", name="kind"),
    )

    key = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(String(10), nullable=False)
    question_kind = Column(String(ID_LENGTH), nullable=False)

    __mapper_args__: ClassVar[dict[str, Any]] = {"polymorphic_identity": "referral"}


class CitationRow(Base):
    """A FAQ draws on a fact."""

    __tablename__ = "faq_citations"
    __table_args__ = (UniqueConstraint("faq_key", "position"),)

    faq_key = Column(ForeignKey("faqs.key", ondelete="CASCADE"), primary_key=True)
    fact_key = Column(ForeignKey("facts.key", ondelete="CASCADE"), primary_key=True)
    position = Column(Integer, nullable=False)


class QuestionRow(Base):
    """One way to ask for an entry."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("entry_key", "text"),
        CheckConstraint(one_of("language", LANGUAGES), name="language"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint("text <> ''", name="filled"),
    )

    key = Column(Integer, primary_key=True)
    entry_key = Column(ForeignKey("entries.key", ondelete="CASCADE"), nullable=False)
    position = Column(Integer, nullable=False)
    text = Column(Text, nullable=False)
    language = Column(String(2), nullable=False)
    origin = Column(String(12), nullable=False, default="file")


class LoadRow(Base):
    """What was loaded last under a name (a source, its report, the referrals); an unchanged file is passed over."""

    __tablename__ = "loads"

    name = Column(String(120), primary_key=True)
    checksum = Column(String(64), nullable=False)
    loaded_at = Column(UtcDateTime, nullable=False)


class RevisionRow(Base):
    """A state of the published entries; processes compare the number to see that something changed."""

    __tablename__ = "revisions"

    number = Column(Integer, primary_key=True, autoincrement=False)
    created_at = Column(UtcDateTime, nullable=False)
    reason = Column(Text, nullable=False)
