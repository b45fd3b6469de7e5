"""Records are stored once, in whatever order and however often they come; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.conversations.feedback import Feedback
from bot.conversations.models import ConversationRow, ErasureRow, FeedbackRow, TurnRow
from bot.conversations.store import RefusedError, TurnStore, conversation_hash
from bot.database import SessionFactory, make_engine, make_session_factory, reading, writing
from bot.errors import StoreError
from tests.conversations.conftest import NOW, make, questions


@pytest.fixture
def store(sessions: SessionFactory) -> TurnStore:
    return TurnStore(sessions)


def thumb(number: int, value: str, seconds: int = 100, conversation: str = "c1") -> Feedback:
    return Feedback(f"{number:032x}", conversation, value, NOW + timedelta(seconds=seconds))


def thumbs(sessions: SessionFactory) -> dict[str, str]:
    with reading(sessions) as session:
        return {id[-1]: value for id, value in session.execute(select(FeedbackRow.turn_id, FeedbackRow.value))}


def test_a_turn_is_stored_whole(store: TurnStore, sessions: SessionFactory) -> None:
    turn = make(1)
    store.write([turn])
    with reading(sessions) as session:
        row = session.scalars(select(TurnRow)).one()
        assert {name: getattr(row, name) for name in ("id", "question", "reply", "at", "act", "outcome", "topic")} == {
            name: getattr(turn, name) for name in ("id", "question", "reply", "at", "act", "outcome", "topic")
        }
        assert (row.entries, row.first_entry, row.confidence, row.latency_ms) == (["lamps", "roads"], "lamps", 0.9, 40)


def test_the_same_twice_is_once(store: TurnStore, sessions: SessionFactory) -> None:
    store.write([make(1), make(2), make(1)])
    store.write([make(2), make(3), make(1)])
    assert questions(sessions) == ["问1", "问2", "问3"]


def test_a_conversation_knows_its_first_and_last_turn(store: TurnStore, sessions: SessionFactory) -> None:
    for numbers in ((5, 4), (9,), (2, 3)):
        store.write([make(number) for number in numbers])
    store.write([make(7, "c2", id="7" * 32)])
    with reading(sessions) as session:
        row = session.get(ConversationRow, "c1")
        assert (row.started_at, row.last_at) == (make(2).at, make(9).at)


def test_the_latest_thumb_counts(store: TurnStore, sessions: SessionFactory) -> None:
    store.write([make(1), make(2), thumb(1, "up", 50), thumb(1, "down", 60), thumb(2, "up", 50)])
    store.write([thumb(1, "up", 55), thumb(2, "down", 70)])
    store.write([])
    assert thumbs(sessions) == {"1": "down", "2": "down"}


def test_thumbs_for_others_are_dropped(store: TurnStore, sessions: SessionFactory) -> None:
    store.write([make(1), thumb(1, "up", conversation="c2"), thumb(9, "up")])
    assert thumbs(sessions) == {}


def test_what_comes_late_of_a_deleted_conversation_is_dropped(store: TurnStore, sessions: SessionFactory) -> None:
    with writing(sessions) as session:
        session.add(ErasureRow(conversation_hash=conversation_hash("c1"), at=make(5).at))
    store.write([make(4), make(5), make(6), make(3, "c2"), thumb(4, "up", 4), thumb(6, "up", 7)])
    assert questions(sessions) == ["问3", "问6"]
    assert thumbs(sessions) == {"6": "up"}


def test_refused_is_not_away(store: TurnStore, sessions: SessionFactory) -> None:
    wrong = Feedback(make(1).id, "c1", "great", NOW)
    with pytest.raises(RefusedError):
        store.write([make(1), wrong])
    assert questions(sessions) == []
    with writing(sessions) as session:
        session.execute(text("DROP TABLE feedback"))
        session.execute(text("DROP TABLE turns"))
    with pytest.raises(StoreError) as caught:
        store.write([make(1)])
    assert not isinstance(caught.value, RefusedError)


def test_away() -> None:
    with pytest.raises(StoreError) as caught:
        TurnStore(make_session_factory(make_engine("postgresql://u@127.0.0.1:9/none"))).write([make(1)])
    assert not isinstance(caught.value, RefusedError)
