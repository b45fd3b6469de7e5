"""What the assistant asks of the facts database, one method per question."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, with_polymorphic

from bot.database import SessionFactory, reading
from bot.errors import StoreError
from bot.facts.entries import Bilingual, Entry, Locator, Phrasing, Section, Snapshot, Source, Topic
from bot.facts.models import (
    CitationRow,
    EntryRow,
    QuestionRow,
    RevisionRow,
    SectionRow,
    SentenceRow,
    SourceRow,
    TopicRow,
)


class FactsRepository:
    """Reads published entries.

    Args:
        session_factory: of a migrated database.
    """

    def __init__(self, session_factory: SessionFactory) -> None:
        self._session_factory = session_factory

    def revision(self) -> int:
        """Number of the published revision, 0 before the first load: one query on a primary key.

        Raises:
            StoreError: the database cannot be read.
        """
        with reading(self._session_factory) as session:
            return _revision(session)

    def snapshot(self) -> Snapshot:
        """All that is published: the report with the latest plan year, and the referrals. Eight queries.

        Raises:
            StoreError: the database cannot be read, or nothing was loaded yet.
        """
        with reading(self._session_factory) as session:
            revision = _revision(session)
            source = session.scalars(select(SourceRow).order_by(SourceRow.plan_year.desc(), SourceRow.id)).first()
            if source is None:
                raise StoreError("there are no facts in the database: run `facts load` first")
            sections = tuple(_section(row) for row in _of_source(session, SectionRow, source.id))
            topics = tuple(_topic(row) for row in _of_source(session, TopicRow, source.id))
            entries = _entries(session, source.id, sections)
            return Snapshot(revision, _source(source), sections, topics, entries)

    def source_sentence(self, locator: Locator) -> str:
        """The sentence of the latest report that a locator points at; empty if the report is not loaded.

        Raises:
            StoreError: the database cannot be read.
        """
        query = (
            select(SentenceRow.text)
            .join(SourceRow, SourceRow.id == SentenceRow.source_id)
            .where(
                SentenceRow.section == locator.section,
                SentenceRow.paragraph == locator.paragraph,
                SentenceRow.sentence == locator.sentence,
            )
            .order_by(SourceRow.plan_year.desc(), SourceRow.id)
        )
        with reading(self._session_factory) as session:
            return str(session.scalars(query).first() or "")


def _revision(session: Session) -> int:
    return int(session.scalar(select(func.max(RevisionRow.number))) or 0)


def _of_source(session: Session, row: Any, source_id: str) -> Any:
    return session.scalars(select(row).where(row.source_id == source_id).order_by(row.position))


def _entries(session: Session, source_id: str, sections: tuple[Section, ...]) -> tuple[Entry, ...]:
    rows_of = with_polymorphic(EntryRow, "*")
    published = (rows_of.source_id == source_id) | rows_of.source_id.is_(None)
    rows = session.scalars(
        select(rows_of).where(published).order_by(rows_of.kind == "referral", rows_of.position)
    ).all()
    phrasings: dict[int, list[Phrasing]] = defaultdict(list)
    asked = select(QuestionRow.entry_key, QuestionRow.text, QuestionRow.language)
    for key, text, language in session.execute(
        asked.order_by(QuestionRow.entry_key, QuestionRow.position, QuestionRow.key)
    ):
        phrasings[key].append(Phrasing(text, language))
    ids = {row.key: row.id for row in rows}
    cites: dict[int, list[str]] = defaultdict(list)
    cited = select(CitationRow.faq_key, CitationRow.fact_key).order_by(CitationRow.faq_key, CitationRow.position)
    for faq_key, fact_key in session.execute(cited):
        if fact_key in ids:
            cites[faq_key].append(ids[fact_key])
    quotes = {
        Locator(row.section, row.paragraph, row.sentence): row.text
        for row in session.scalars(select(SentenceRow).where(SentenceRow.source_id == source_id))
    }
    labels = {section.id: section.label for section in sections}
    return tuple(_entry(row, tuple(phrasings[row.key]), tuple(cites[row.key]), labels, quotes) for row in rows)


def _entry(
    row: Any,
    phrasings: tuple[Phrasing, ...],
    cites: tuple[str, ...],
    labels: dict[str, Bilingual],
    quotes: dict[Locator, str],
) -> Entry:
    own: dict[str, Any] = {}
    if row.kind == "fact":
        locator = Locator(row.section, row.paragraph, row.sentence)
        own = {
            "value": row.value,
            "unit": Bilingual(row.unit_zh, row.unit_en) if row.value is not None else None,
            "bound": row.bound,
            "measure": row.measure,
            "locator": locator,
            "section": labels.get(row.section),
            "quote": quotes.get(locator, ""),
        }
    elif row.kind == "faq":
        own = {"cites": cites, "value_sum": row.value_sum}
    return Entry(
        id=row.id,
        kind=row.kind,
        topic=row.question_kind if row.kind == "referral" else row.topic_id,
        subject=Bilingual(row.subject_zh, row.subject_en),
        statement=Bilingual(row.statement_zh, row.statement_en),
        status=row.status,
        period=row.period,
        answers=frozenset(row.answers),
        keywords=tuple(row.keywords),
        phrasings=phrasings,
        **own,
    )


def _source(row: Any) -> Source:
    return Source(
        id=row.id,
        title=Bilingual(row.title_zh, row.title_en),
        publisher=Bilingual(row.publisher_zh, row.publisher_en),
        published=row.published,
        plan_year=row.plan_year,
        home=tuple(row.home),
    )


def _section(row: Any) -> Section:
    return Section(row.id, Bilingual(row.label_zh, row.label_en), row.heading)


def _topic(row: Any) -> Topic:
    return Topic(row.id, row.parent_id or "", Bilingual(row.label_zh, row.label_en), tuple(row.aliases))
