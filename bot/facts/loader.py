"""Loading facts files, and a report's sentences, into the database: everything or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from bot.database import SessionFactory, writing
from bot.errors import FactsFileError, ReportError
from bot.facts import report, rules, schema
from bot.facts.document import read_bytes
from bot.facts.entries import Locator
from bot.facts.models import (
    CitationRow,
    EntryRow,
    FactRow,
    FaqRow,
    LoadRow,
    QuestionRow,
    ReferralRow,
    RevisionRow,
    SectionRow,
    SentenceRow,
    SourceRow,
    TopicRow,
)
from bot.facts.schema import FactsFile, ReadEntry

_FORMAT = b"1\n"
"""Part of every checksum: raise it when the tables take something new from an unchanged file."""

_REFERRALS = "referrals"


@dataclass(frozen=True)
class LoadResult:
    """What a load did.

    Args:
        revision: the revision that is published now.
        changed: what was replaced, such as ``source hunnan2020``; empty if all was there already.
        entries: number of entries in the files.
    """

    revision: int
    changed: tuple[str, ...]
    entries: int


@dataclass(frozen=True)
class _Prepared:
    file: FactsFile
    name: str
    checksum: str


def packaged_files() -> tuple[Path, ...]:
    """The facts files that come with the assistant."""
    folder = Path(str(files("bot.facts")))
    return folder / "hunnan_2020.yml", folder / "referrals.yml"


def read_file(path: Path) -> FactsFile:
    """Read and fully check a facts file, without a database.

    Raises:
        FactsFileError: something is wrong, with the entry and the line.
    """
    return _prepare(path).file


def load(
    session_factory: SessionFactory, paths: Iterable[Path], *, now: datetime, report_path: Path | None = None
) -> LoadResult:
    """Publish the entries of facts files as the next revision; an unchanged file changes nothing.

    Each file replaces what was loaded of its source (or the referrals). Questions that staff added to an entry stay
    as long as the entry does.

    Args:
        session_factory: of a migrated database.
        paths: facts files.
        now: the time, aware.
        report_path: the report of the one source among the files; its sentences are stored for quotations.

    Raises:
        FactsFileError: a file is wrong; the database is as it was.
        ReportError: the report does not fit the file; the database is as it was.
        StoreError: the database cannot be reached.
    """
    prepared = [_prepare(path) for path in paths]
    sentences, report_of, report_checksum = _read_report(prepared, report_path)
    changed: list[str] = []
    with writing(session_factory) as session:
        for item in prepared:
            if _is_new(session, item.name, item.checksum, now):
                _replace(session, item.file)
                changed.append(item.name)
        if report_of and _is_new(session, f"report {report_of}", report_checksum, now):
            _replace_sentences(session, report_of, sentences)
            changed.append(f"report {report_of}")
        _check_ids_across(session, prepared)
        number = int(session.scalar(select(func.max(RevisionRow.number))) or 0)
        if changed:
            number += 1
            session.add(RevisionRow(number=number, created_at=now, reason="load " + ", ".join(changed)))
    return LoadResult(number, tuple(changed), sum(len(item.file.entries) for item in prepared))


def _prepare(path: Path) -> _Prepared:
    content = read_bytes(path)
    file = schema.read(path, content)
    rules.check(file)
    name = f"source {file.source.id}" if file.source else _REFERRALS
    return _Prepared(file, name, hashlib.sha256(_FORMAT + content).hexdigest())


def _read_report(prepared: list[_Prepared], path: Path | None) -> tuple[dict[Locator, str], str, str]:
    """Sentences of the report, the id of its source, and a checksum over the text and how it is cut."""
    if path is None:
        return {}, "", ""
    sources = [item.file for item in prepared if item.file.source]
    if len(sources) != 1 or sources[0].source is None:
        raise ReportError(f"{path}: a report needs exactly one facts file of its source; there are {len(sources)}")
    text = report.read(path)
    sentences = report.parse(text, sources[0].sections)
    for read in sources[0].entries:
        if read.entry.locator and read.entry.locator not in sentences:
            raise ReportError(f"{path}: {read.entry.id}: locator {read.entry.locator} points at no sentence")
    cut = repr([(section.id, section.heading) for section in sources[0].sections])
    return sentences, sources[0].source.id, hashlib.sha256(_FORMAT + cut.encode() + text.encode()).hexdigest()


def _is_new(session: Session, name: str, checksum: str, now: datetime) -> bool:
    """Note the checksum; True if another one, or none, was noted before."""
    row = session.get(LoadRow, name)
    if row is not None and row.checksum == checksum:
        return False
    session.merge(LoadRow(name=name, checksum=checksum, loaded_at=now))
    return True


def _replace(session: Session, file: FactsFile) -> None:
    source_id = file.source.id if file.source else None
    belongs = EntryRow.source_id == source_id if source_id else EntryRow.source_id.is_(None)
    kept = _staff_questions(session, belongs)
    session.execute(delete(EntryRow).where(belongs).execution_options(synchronize_session=False))
    if source_id:
        _replace_head(session, file, source_id)
    rows = {read.entry.id: _row(read, position, source_id) for position, read in enumerate(file.entries)}
    session.add_all(rows.values())
    session.flush()
    questions = [
        {"entry_key": rows[read.entry.id].key, "position": position, "text": asked.text, "language": asked.language,
         "origin": "file"}
        for read in file.entries
        for position, asked in enumerate(read.entry.phrasings)
    ]  # fmt: skip
    present = {(question["entry_key"], question["text"]) for question in questions}
    for entry_id, question in kept:
        if entry_id in rows and (rows[entry_id].key, question["text"]) not in present:
            questions.append({**question, "entry_key": rows[entry_id].key})
    if questions:
        session.execute(insert(QuestionRow.__table__), questions)
    citations = [
        {"faq_key": rows[read.entry.id].key, "fact_key": rows[cited].key, "position": position}
        for read in file.entries
        for position, cited in enumerate(read.entry.cites)
    ]
    if citations:
        session.execute(insert(CitationRow.__table__), citations)


def _staff_questions(session: Session, belongs: Any) -> list[tuple[str, dict[str, Any]]]:
    """Questions that did not come from a file, with the id of their entry."""
    query = (
        select(EntryRow.id, QuestionRow)
        .join(QuestionRow, QuestionRow.entry_key == EntryRow.key)
        .where(belongs, QuestionRow.origin != "file")
        .order_by(QuestionRow.key)
    )
    columns = ("position", "text", "language", "origin")
    return [(entry_id, {name: getattr(row, name) for name in columns}) for entry_id, row in session.execute(query)]


def _replace_head(session: Session, file: FactsFile, source_id: str) -> None:
    """Source, sections and topics; the report's sentences are dropped if the sections are cut differently now."""
    source = file.source
    assert source is not None
    session.merge(
        SourceRow(
            id=source.id,
            title_zh=source.title.zh,
            title_en=source.title.en,
            publisher_zh=source.publisher.zh,
            publisher_en=source.publisher.en,
            published=source.published,
            plan_year=source.plan_year,
            home=list(source.home),
        )
    )
    session.flush()
    held = select(SectionRow.id, SectionRow.heading).where(SectionRow.source_id == source_id)
    before = [tuple(row) for row in session.execute(held.order_by(SectionRow.position))]
    if before and before != [(section.id, section.heading) for section in file.sections]:
        session.execute(delete(SentenceRow).where(SentenceRow.source_id == source_id))
        session.execute(delete(LoadRow).where(LoadRow.name == f"report {source_id}"))
    session.execute(delete(SectionRow).where(SectionRow.source_id == source_id))
    session.execute(delete(TopicRow).where(TopicRow.source_id == source_id))
    for position, section in enumerate(file.sections):
        session.add(
            SectionRow(
                source_id=source_id,
                id=section.id,
                position=position,
                label_zh=section.label.zh,
                label_en=section.label.en,
                heading=section.heading,
            )
        )
    topics = [
        {"source_id": source_id, "id": topic.id, "parent_id": topic.parent or None, "position": position,
         "label_zh": topic.label.zh, "label_en": topic.label.en, "aliases": list(topic.aliases)}
        for position, topic in enumerate(file.topics)
    ]  # fmt: skip
    if topics:
        session.execute(insert(TopicRow.__table__), topics)


def _row(read: ReadEntry, position: int, source_id: str | None) -> Any:
    """The row of an entry, without its questions."""
    entry = read.entry
    shared: dict[str, Any] = {
        "id": entry.id,
        "source_id": source_id,
        "topic_id": entry.topic if source_id else None,
        "position": position,
        "subject_zh": entry.subject.zh,
        "subject_en": entry.subject.en,
        "statement_zh": entry.statement.zh,
        "statement_en": entry.statement.en,
        "status": entry.status,
        "period": entry.period,
        "answers": sorted(entry.answers),
        "keywords": list(entry.keywords),
    }
    if entry.kind == "referral":
        return ReferralRow(**shared, question_kind=entry.topic)
    if entry.kind == "faq":
        return FaqRow(**shared, value_sum=entry.value_sum)
    assert entry.locator is not None and read.action is not None
    return FactRow(
        **shared,
        action_zh=read.action.zh,
        action_en=read.action.en,
        value=entry.value,
        unit_zh=entry.unit.zh if entry.unit else None,
        unit_en=entry.unit.en if entry.unit else None,
        bound=entry.bound,
        measure=entry.measure,
        section=entry.locator.section,
        paragraph=entry.locator.paragraph,
        sentence=entry.locator.sentence,
    )


def _replace_sentences(session: Session, source_id: str, sentences: dict[Locator, str]) -> None:
    session.execute(delete(SentenceRow).where(SentenceRow.source_id == source_id))
    rows = [
        {
            "source_id": source_id,
            "section": at.section,
            "paragraph": at.paragraph,
            "sentence": at.sentence,
            "text": text,
        }
        for at, text in sentences.items()
    ]
    if rows:
        session.execute(insert(SentenceRow.__table__), rows)


def _check_ids_across(session: Session, prepared: list[_Prepared]) -> None:
    """No id may stand for a referral and for an entry of a report."""
    of_reports = select(EntryRow.id).where(EntryRow.source_id.is_not(None))
    both = session.scalars(select(EntryRow.id).where(EntryRow.source_id.is_(None), EntryRow.id.in_(of_reports))).first()
    if both is not None:
        culprit = next((item for item in prepared for read in item.file.entries if read.entry.id == both), prepared[0])
        raise FactsFileError(str(culprit.file.path), both, "the id stands for a referral and for an entry of a report")
