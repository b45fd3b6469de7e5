"""What the channel remembers, on both databases."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select

from bot.channels.telegram.messages import Outgoing
from bot.channels.telegram.models import TelegramButtonRow, TelegramChatRow, TelegramUpdateRow
from bot.channels.telegram.store import KEEP_BUTTONS, KEEP_UPDATES, LEASE, Button, TelegramStore
from bot.channels.telegram.updates import Incoming
from bot.conversations.tickets import TicketRepository
from bot.database import SessionFactory
from tests.channels.telegram.fake import TOKEN


class Now:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime(2020, 1, 15, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def store(sessions: SessionFactory, now: Now) -> TelegramStore:
    return TelegramStore(sessions, TOKEN, now)


def text(update_id: int, chat_id: int = 42) -> Incoming:
    return Incoming(update_id, chat_id, "text", "路灯", message_id=1)


def test_an_update_is_accepted_once(store: TelegramStore) -> None:
    jobs = store.accept([text(1), text(2), text(1)])
    assert [job.incoming.update_id for job in jobs] == [1, 2]
    assert [job.incoming.update_id for job in store.accept([text(2), text(3, 43)])] == [3]
    store.done(jobs[0])
    assert store.accept([text(1)]) == []


def test_another_bots_updates_are_others(store: TelegramStore, sessions: SessionFactory, now: Now) -> None:
    assert store.accept([text(1)]) and TelegramStore(sessions, "987654321:x", now).accept([text(1)])


def test_ids_of_conversations(store: TelegramStore, sessions: SessionFactory, now: Now) -> None:
    [first, second] = store.accept([text(1, 1234567), text(2, -100987654)])
    assert re.fullmatch("tg-[a-p]{32}", first.conversation_id) and first.conversation_id != second.conversation_id
    assert store.chat_of(first.conversation_id) == 1234567 and store.chat_of("tg-unknown") is None
    renewed = TelegramStore(sessions, TOKEN.replace("AAE", "BBF"), now)
    assert renewed.new_conversation_id(1234567) != first.conversation_id
    assert renewed.accept([text(3, 1234567)])[0].conversation_id == first.conversation_id


def test_what_was_left_is_taken_over_when_its_lease_ends(store: TelegramStore, now: Now) -> None:
    [first, second, third] = store.accept([text(1), text(2), text(3)])
    store.done(third)
    second.replies, second.sent = [Outgoing("答", buttons=[[["甲", "x"]]]), Outgoing("乙")], 1
    store.answered(second)
    assert store.claim() == []
    now.now += LEASE
    assert store.claim() == [first, second] and store.claim() == []
    assert store.claim(all_of_them=True) == [first, second]
    store.hold([first], timedelta())
    assert store.claim() == [first]
    now.now += LEASE
    store.hold([first])
    assert store.claim() == [second]


def test_what_is_done_leaves_no_text(store: TelegramStore, sessions: SessionFactory) -> None:
    [job] = store.accept([text(1)])
    job.replies = [Outgoing("答")]
    store.answered(job)
    store.done(job)
    with sessions() as session:
        row = session.scalars(select(TelegramUpdateRow)).one()
        assert (row.state, row.incoming, row.replies) == ("done", None, None)


def test_buttons(store: TelegramStore) -> None:
    [job, other] = store.accept([text(1), text(2, 43)])
    button = Button("ask", "路灯", "乡村要装多少盏路灯？" * 20)
    ids = store.add_buttons(job.conversation_id, [button, Button("up", "👍", "t" * 32)])
    assert len(set(ids)) == 2 and all(len(id.encode()) <= 64 for id in ids)
    assert store.button(ids[0], job.conversation_id) == button
    assert store.button(ids[0], other.conversation_id) is None
    assert store.button("unknown", job.conversation_id) is None
    store.forget(job.conversation_id)
    assert store.button(ids[0], job.conversation_id) is None


def test_a_group_moves(store: TelegramStore) -> None:
    [job] = store.accept([text(1, -1)])
    store.move(-1, -100)
    store.move(-1, -100)
    assert store.chat_of(job.conversation_id) == -100
    assert store.accept([text(2, -100)])[0].conversation_id == job.conversation_id


def test_old_rows_go_and_chats_with_the_last_of_them(store: TelegramStore, sessions: SessionFactory, now: Now) -> None:
    def left() -> list[int]:
        with sessions() as session:
            tables = (TelegramUpdateRow, TelegramButtonRow, TelegramChatRow)
            return [session.scalar(select(func.count()).select_from(table)) for table in tables]

    [job, other] = store.accept([text(1), text(2, 43)])
    store.add_buttons(job.conversation_id, [Button("ask", "甲", "乙")])
    TicketRepository(sessions, now).create_ticket(
        matter="路灯坏了", contact="", channel="telegram", sender_id=other.conversation_id
    )
    now.now += KEEP_UPDATES - timedelta(minutes=1)
    store.prune()
    assert left() == [2, 1, 2]
    now.now += timedelta(minutes=2)
    store.prune()
    assert left() == [0, 1, 2]
    now.now += KEEP_BUTTONS
    store.prune()
    assert left() == [0, 0, 1] and store.chat_of(other.conversation_id) == 43
