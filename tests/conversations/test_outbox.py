"""Messages of staff wait until a channel has delivered them, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from bot.conversations.models import OutgoingRow
from bot.conversations.outbox import Outbox
from bot.database import SessionFactory, writing
from bot.errors import StoreError
from tests.conversations.conftest import NOW, Clock


@pytest.fixture
def outbox(sessions: SessionFactory, clock: Clock) -> Outbox:
    return Outbox(sessions, clock)


def test_a_message_waits_until_it_is_delivered(outbox: Outbox) -> None:
    first = outbox.add("c1", "web", "您好", "reply")
    second = outbox.add("c1", "web", "再见", "notice")
    outbox.add("c2", "telegram", "别人的", "reply")
    waiting = outbox.waiting("c1")
    assert [(message.id, message.text, message.kind) for message in waiting] == [
        (first, "您好", "reply"),
        (second, "再见", "notice"),
    ]
    assert (waiting[0].conversation_id, waiting[0].channel, waiting[0].created) == ("c1", "web", NOW)
    assert [message.id for message in outbox.waiting("c1", after_id=first)] == [second]
    assert [message.text for message in outbox.waiting(channel="telegram")] == ["别人的"]
    outbox.delivered(first)
    outbox.delivered(first)
    outbox.failed(second, "blocked")
    outbox.delivered(second)
    assert outbox.waiting("c1") == []


@pytest.mark.parametrize("odd", ["", "x", "-1", "１", "9" * 40])
def test_ids_from_clients_do_no_harm(outbox: Outbox, odd: str) -> None:
    outbox.add("c1", "web", "您好", "reply")
    assert len(outbox.waiting("c1", after_id=odd)) == 1
    outbox.delivered(odd)
    assert len(outbox.waiting("c1")) == 1


def test_an_id_never_comes_again(outbox: Outbox, sessions: SessionFactory) -> None:
    first = outbox.add("c1", "web", "您好", "reply")
    with writing(sessions) as session:
        session.execute(delete(OutgoingRow))
    outbox.add("c1", "web", "再见", "reply")
    assert [message.text for message in outbox.waiting("c1", after_id=first)] == ["再见"]


def test_what_is_refused(outbox: Outbox) -> None:
    with pytest.raises(StoreError):
        outbox.add("c1", "web", "您好", "shout")
    with pytest.raises(ValueError, match="conversation or a channel"):
        outbox.waiting()
