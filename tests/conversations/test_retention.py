"""Two clocks: texts go first, rows later; on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.conversations import models
from bot.conversations.erasure import Erasure
from bot.conversations.feedback import Feedback
from bot.conversations.outbox import Outbox
from bot.conversations.retention import Retention
from bot.conversations.spool import Spool
from bot.conversations.store import TurnStore
from bot.conversations.tickets import TicketRepository
from bot.database import SessionFactory, reading, writing
from tests.conversations.conftest import NOW, Clock, make, questions


@pytest.fixture
def filled(sessions: SessionFactory, clock: Clock, tmp_path: Path) -> SessionFactory:
    """A conversation with a thumb, a reply of staff, an open and a closed ticket, and an event of Rasa; all of NOW."""
    TurnStore(sessions).write([make(1), Feedback(make(1).id, "c1", "up", NOW)])
    Outbox(sessions, clock).add("c1", "web", "您好", "notice")
    tickets = TicketRepository(sessions, clock)
    for matter in ("路", "桥"):
        number = tickets.create_ticket(matter=matter, contact="", channel="web", sender_id="c1")
    tickets.close(number)
    Erasure(sessions, Spool(tmp_path), clock).forget("c9")
    with writing(sessions) as session:
        session.execute(text("CREATE TABLE events (id INTEGER PRIMARY KEY, timestamp FLOAT)"))
        session.execute(text("INSERT INTO events VALUES (1, :at), (2, :later)"),
                        {"at": NOW.timestamp(), "later": NOW.timestamp() + 90 * 86400})  # fmt: skip
    return sessions


def expire(sessions: SessionFactory, clock: Clock) -> dict[str, int]:
    """What a preview announces and an expiry then does; both must agree."""
    retention = Retention(sessions, 30, 100, clock)
    announced, done = retention.preview(), retention.expire()
    assert announced == done
    assert not any(found.count for found in retention.preview())
    return {found.name: found.count for found in done if found.count}


def test_texts_first_rows_later(filled: SessionFactory, clock: Clock) -> None:
    clock.forward(days=29)
    assert expire(filled, clock) == {}
    clock.forward(days=2)
    assert expire(filled, clock) == {
        "texts of turns": 1,
        "messages of staff": 1,
        "closed tickets": 1,
        "events of Rasa": 1,
    }
    assert questions(filled) == [None]
    with reading(filled) as session:
        assert session.scalar(select(models.TurnRow.outcome)) == "answered"
        assert session.scalar(select(models.FeedbackRow.value)) == "up"
    clock.forward(days=70)
    assert expire(filled, clock) == {"turns": 1, "conversations": 1, "marks of deleted conversations": 1}
    with reading(filled) as session:
        assert session.scalar(select(func.count()).select_from(models.FeedbackRow)) == 0
    assert [ticket.state for ticket in TicketRepository(filled).tickets(closed=True)] == ["open"]


def test_without_rasas_table(sessions: SessionFactory, clock: Clock) -> None:
    assert "events of Rasa" not in [found.name for found in Retention(sessions, 30, 100, clock).preview()]
    assert expire(sessions, clock) == {}


def test_a_conversation_stays_while_one_of_its_turns_does(sessions: SessionFactory, clock: Clock) -> None:
    clock.forward(days=50)
    TurnStore(sessions).write([make(1), make(2, at=clock.now)])
    clock.forward(days=60)
    assert expire(sessions, clock) == {"texts of turns": 2, "turns": 1}
