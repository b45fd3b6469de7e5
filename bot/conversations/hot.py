"""What citizens ask most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import desc, func, select

from bot.clock import Clock, utc_now
from bot.conversations.models import TurnRow
from bot.database import SessionFactory, reading

ANSWERED = ("answered", "corrected", "listed", "compared")
"""Outcomes of a question that the report answers."""


@dataclass(frozen=True)
class HotQuestion:
    """An entry that many citizens asked for.

    There are no words of citizens in it: what is shown is the entry's own first phrasing.

    Args:
        entry_id: the entry that answered.
        asked: in how many turns.
    """

    entry_id: str
    asked: int


def hot_questions(session_factory: SessionFactory, days: int, limit: int, clock: Clock = utc_now) -> list[HotQuestion]:
    """The entries that answered most questions, most asked first; call it off the event loop.

    Args:
        session_factory: of a migrated database.
        days: how far back to look.
        limit: how many at most.
        clock: the current time.

    Raises:
        StoreError: the database cannot be read.
    """
    asked = func.count().label("asked")
    query = (
        select(TurnRow.first_entry, asked)
        .where(TurnRow.at >= clock() - timedelta(days=days), TurnRow.first_entry != "", TurnRow.outcome.in_(ANSWERED))
        .group_by(TurnRow.first_entry)
        .order_by(desc(asked), TurnRow.first_entry)
        .limit(limit)
    )
    with reading(session_factory) as session:
        return [HotQuestion(entry_id, count) for entry_id, count in session.execute(query)]
