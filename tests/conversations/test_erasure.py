"""Forgetting a conversation deletes all of it, and nothing of others; on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversations import models
from bot.conversations.erasure import Erasure
from bot.conversations.feedback import Feedback
from bot.conversations.outbox import Outbox
from bot.conversations.spool import Spool
from bot.conversations.store import TurnStore
from bot.conversations.tickets import TicketRepository
from bot.database import SessionFactory, make_engine, make_session_factory, reading
from bot.errors import StoreError
from tests.conversations.conftest import NOW, Clock, make, questions


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def count(sessions: SessionFactory, row: type) -> int:
    with reading(sessions) as session:
        return int(session.scalar(select(func.count()).select_from(row)))


def test_everything_of_a_conversation_goes(sessions: SessionFactory, spool: Spool, clock: Clock) -> None:
    store = TurnStore(sessions)
    turns = [make(1), make(2, "c2"), make(3)]
    store.write([*turns, *(Feedback(turn.id, turn.conversation_id, "up", NOW) for turn in turns)])
    spool.append([make(4), make(5, "c2")])
    outbox, tickets = Outbox(sessions), TicketRepository(sessions)
    for conversation in ("c1", "c2"):
        outbox.add(conversation, "web", "您好", "notice")
        tickets.create_ticket(matter="桥", contact="早上", channel="web", sender_id=conversation)
    clock.forward(minutes=1)
    Erasure(sessions, spool, clock).forget("c1")
    assert questions(sessions) == ["问2"]
    assert [count(sessions, row) for row in (models.ConversationRow, models.FeedbackRow)] == [1, 1]
    assert not outbox.waiting("c1") and len(outbox.waiting("c2")) == 1
    assert [(ticket.contact, ticket.matter) for ticket in tickets.tickets()] == [("", "桥"), ("早上", "桥")]
    left: list[object] = []
    spool.replay(left.extend)
    assert left == [make(5, "c2")]


def test_what_arrives_late_is_dropped_and_what_is_new_is_kept(
    sessions: SessionFactory, spool: Spool, clock: Clock
) -> None:
    store, erasure = TurnStore(sessions), Erasure(sessions, spool, clock)
    clock.forward(seconds=10)
    erasure.forget("c1")
    clock.forward(seconds=10)
    erasure.forget("c1")
    store.write([make(15), make(25)])
    assert questions(sessions) == ["问25"]
    with reading(sessions) as session:
        assert "c1" not in session.scalar(select(models.ErasureRow.conversation_hash))


def test_nothing_is_left_in_the_files_of_sqlite(
    sqlite_sessions: SessionFactory, spool: Spool, tmp_path: Path, clock: Clock
) -> None:
    TurnStore(sqlite_sessions).write([make(1, question="一个秘密", replies=["说出来"])])
    clock.forward(minutes=1)
    Erasure(sqlite_sessions, spool, clock).forget("c1")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
    assert "一个秘密".encode() not in kept and "说出来".encode() not in kept


def test_the_database_is_away(spool: Spool) -> None:
    spool.append([make(1)])
    with pytest.raises(StoreError):
        Erasure(make_session_factory(make_engine("postgresql://u@127.0.0.1:9/none")), spool).forget("c1")
    assert not spool.is_empty()
