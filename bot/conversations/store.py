"""Writing the log of conversations into the database: once, however often the same records come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from bot.conversations.feedback import Feedback
from bot.conversations.models import ConversationRow, ErasureRow, FeedbackRow, TurnRow
from bot.conversations.turn import Turn
from bot.database import SessionFactory, writing
from bot.errors import StoreError

Record = Turn | Feedback
"""What is logged."""


class RefusedError(StoreError):
    """The database works, but does not take what is written."""


def conversation_hash(conversation_id: str) -> str:
    """What is remembered of a deleted conversation's id."""
    return hashlib.sha256(conversation_id.encode("utf-8", "replace")).hexdigest()


class TurnStore:
    """Writes turns and feedback.

    Args:
        session_factory: of a migrated database.
    """

    def __init__(self, session_factory: SessionFactory) -> None:
        self._session_factory = session_factory

    def write(self, records: Sequence[Record]) -> None:
        """Write records in one transaction.

        A turn that is there already stays as it is; of several thumbs for a turn the latest counts; a thumb for a
        turn of another conversation, and whatever was said before its conversation was deleted, is dropped.

        Raises:
            RefusedError: the database does not take one of them.
            StoreError: the database is away.
        """
        try:
            with writing(self._session_factory) as session:
                kept = _not_erased(session, records)
                _write_turns(session, [record for record in kept if isinstance(record, Turn)])
                _write_feedback(session, [record for record in kept if isinstance(record, Feedback)])
        except StoreError as error:
            if isinstance(error.__cause__, (DataError, IntegrityError)):
                raise RefusedError(str(error)) from error
            raise


def insert(session: Session, row: Any) -> Any:
    """An INSERT of the database's own dialect, which knows ON CONFLICT."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(row.__table__)


def _not_erased(session: Session, records: Iterable[Record]) -> list[Record]:
    hashes = {record.conversation_id: conversation_hash(record.conversation_id) for record in records}
    query = select(ErasureRow.conversation_hash, ErasureRow.at).where(
        ErasureRow.conversation_hash.in_(sorted(set(hashes.values())))
    )
    erased: dict[str, datetime] = dict(session.execute(query).all())
    if not erased:
        return list(records)
    return [
        record for record in records if (at := erased.get(hashes[record.conversation_id])) is None or record.at > at
    ]


def _write_turns(session: Session, turns: Sequence[Turn]) -> None:
    if not turns:
        return
    conversations: dict[str, dict[str, Any]] = {}
    for turn in turns:
        known = conversations.setdefault(
            turn.conversation_id,
            {"id": turn.conversation_id, "channel": turn.channel, "started_at": turn.at, "last_at": turn.at},
        )
        known["started_at"], known["last_at"] = min(known["started_at"], turn.at), max(known["last_at"], turn.at)
    statement = insert(session, ConversationRow)
    new, row = statement.excluded, ConversationRow.__table__.c
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={
                "started_at": case((new.started_at < row.started_at, new.started_at), else_=row.started_at),
                "last_at": case((new.last_at > row.last_at, new.last_at), else_=row.last_at),
            },
        ),
        list(conversations.values()),
    )
    session.execute(
        insert(session, TurnRow).on_conflict_do_nothing(index_elements=["id"]), [_columns(turn) for turn in turns]
    )


def _columns(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "conversation_id": turn.conversation_id,
        "at": turn.at,
        "channel": turn.channel,
        "language": turn.language,
        "question": turn.question,
        "reply": turn.reply,
        "act": turn.act,
        "act_confidence": turn.act_confidence,
        "outcome": turn.outcome,
        "kind": turn.kind,
        "topic": turn.topic,
        "entries": list(turn.entries),
        "first_entry": turn.entries[0] if turn.entries else "",
        "confidence": turn.confidence,
        "scores": list(turn.scores),
        "latency_ms": turn.latency_ms,
    }


def _write_feedback(session: Session, thumbs: Sequence[Feedback]) -> None:
    if not thumbs:
        return
    ids = sorted({thumb.turn_id for thumb in thumbs})
    owners = dict(session.execute(select(TurnRow.id, TurnRow.conversation_id).where(TurnRow.id.in_(ids))).all())
    latest: dict[str, Feedback] = {}
    for thumb in thumbs:
        if owners.get(thumb.turn_id) != thumb.conversation_id:
            continue
        if thumb.turn_id not in latest or thumb.at >= latest[thumb.turn_id].at:
            latest[thumb.turn_id] = thumb
    if not latest:
        return
    statement = insert(session, FeedbackRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["turn_id"],
            set_={"value": statement.excluded.value, "at": statement.excluded.at},
            where=FeedbackRow.__table__.c.at <= statement.excluded.at,
        ),
        [{"turn_id": thumb.turn_id, "value": thumb.value, "at": thumb.at} for thumb in latest.values()],
    )
