"""Tickets: stored with a number, answered into the outbox, closed; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.conversations.outbox import Outbox
from bot.conversations.tickets import SAME, TicketError, TicketRepository
from bot.database import SessionFactory
from bot.errors import StoreError
from tests.conversations.conftest import NOW, Clock


@pytest.fixture
def tickets(sessions: SessionFactory, clock: Clock) -> TicketRepository:
    return TicketRepository(sessions, clock)


def leave(tickets: TicketRepository, matter: str = "桥坏了", contact: str = "") -> str:
    return tickets.create_ticket(matter=matter, contact=contact, channel="web", sender_id="c1")


def test_a_ticket(tickets: TicketRepository) -> None:
    number = leave(tickets, "桥坏了，我的电话13800138000", "zs@example.com")
    assert number == "HN-20200116-0001"  # already the next day in China
    [ticket] = tickets.tickets()
    assert (ticket.number, ticket.created, ticket.state, ticket.conversation_id) == (number, NOW, "open", "c1")
    assert (ticket.matter, ticket.contact) == ("桥坏了，我的电话〔手机号〕", "〔邮箱〕")
    with pytest.raises(StoreError):
        leave(tickets, "")


def test_a_message_that_comes_again_is_one_ticket(tickets: TicketRepository, clock: Clock) -> None:
    number = leave(tickets)
    assert leave(tickets) == number and len(tickets.tickets()) == 1
    assert leave(tickets, "路坏了") != number and leave(tickets, contact="王女士") != number
    other = tickets.create_ticket(matter="桥坏了", contact="", channel="web", sender_id="c2")
    assert other != number
    clock.now += SAME
    assert leave(tickets) != number


def test_tickets_stored_at_once_have_different_numbers(tickets: TicketRepository) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda position: leave(tickets, f"{position}"), range(40)))) == 40


def test_a_reply_goes_to_the_conversation(tickets: TicketRepository, sessions: SessionFactory) -> None:
    number = leave(tickets)
    outbox = Outbox(sessions)
    sent = tickets.reply(number.lower(), " 明天修 ")
    [message] = outbox.waiting("c1")
    assert (message.id, message.text, message.kind, message.channel) == (sent, "明天修", "reply", "web")
    outbox.delivered(sent)
    [ticket] = tickets.tickets()
    assert (ticket.state, ticket.replies) == ("answered", (("明天修", "delivered"),))


def test_closing(tickets: TicketRepository) -> None:
    number = leave(tickets)
    tickets.close(number)
    tickets.close(number)
    assert tickets.tickets() == []
    assert [ticket.state for ticket in tickets.tickets(closed=True)] == ["closed"]
    with pytest.raises(TicketError, match="is closed"):
        tickets.reply(number, "您好")


def test_what_is_refused(tickets: TicketRepository) -> None:
    number = leave(tickets)
    with pytest.raises(TicketError, match="HN-1: there is no such ticket"):
        tickets.reply("HN-1", "您好")
    with pytest.raises(TicketError, match="no such ticket"):
        tickets.close("HN-1")
    with pytest.raises(TicketError, match="the reply is empty"):
        tickets.reply(number, "  ")
