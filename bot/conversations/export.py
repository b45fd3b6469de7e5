"""Conversations as JSON lines, for reviewers outside of the system."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from bot.conversations.masking import mask
from bot.conversations.models import FeedbackRow, TurnRow
from bot.database import SessionFactory, reading

PAGE = 500
"""Turns that are read at once."""


def json_lines(
    session_factory: SessionFactory, since: datetime | None = None, until: datetime | None = None, channel: str = ""
) -> Iterator[str]:
    """One JSON object a turn, oldest first, read page by page.

    Conversations have another name in every export, so that exports cannot be joined, nor led back to an account.

    Args:
        session_factory: of a migrated database.
        since: the first moment.
        until: the first moment that is too late.
        channel: turns of this channel only; empty: of all.

    Raises:
        StoreError: the database cannot be read.
    """
    key = secrets.token_bytes(32)
    query = select(TurnRow, FeedbackRow.value).outerjoin(FeedbackRow, FeedbackRow.turn_id == TurnRow.id)
    if since is not None:
        query = query.where(TurnRow.at >= since)
    if until is not None:
        query = query.where(TurnRow.at < until)
    if channel:
        query = query.where(TurnRow.channel == channel)
    query = query.order_by(TurnRow.at, TurnRow.id).limit(PAGE)
    page = query
    while True:
        with reading(session_factory) as session:
            rows = session.execute(page).all()
        for turn, feedback in rows:
            yield json.dumps(_line(turn, feedback, key), ensure_ascii=False)
        if len(rows) < PAGE:
            return
        last = rows[-1][0]
        page = query.where(tuple_(TurnRow.at, TurnRow.id) > tuple_(last.at, last.id))


def _line(turn: Any, feedback: str | None, key: bytes) -> dict[str, Any]:
    return {
        "turn": turn.id,
        "conversation": hmac.digest(key, turn.conversation_id.encode("utf-8"), "sha256").hex()[:16],
        "at": turn.at.isoformat(timespec="milliseconds"),
        "channel": turn.channel,
        "language": turn.language,
        "question": None if turn.question is None else mask(turn.question),
        "reply": None if turn.reply is None else mask(turn.reply),
        "act": turn.act,
        "act_confidence": turn.act_confidence,
        "outcome": turn.outcome,
        "kind": turn.kind,
        "topic": turn.topic,
        "entries": turn.entries,
        "confidence": turn.confidence,
        "scores": turn.scores,
        "latency_ms": turn.latency_ms,
        "feedback": feedback,
    }
