"""The Telegram channel on a stand-in for Telegram's API and for the assistant, with a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.commands import Commands
from bot.channels.messages import Messages
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Reception
from bot.channels.rest import Limits
from bot.channels.telegram.channel import TelegramOptions, TelegramService
from bot.conversations.outbox import Outbox
from bot.database import SessionFactory
from tests.channels.conftest import SNAPSHOT, Clock, FakeAgent
from tests.channels.telegram.fake import TOKEN, FakeTelegram

Start = Callable[..., Awaitable[TelegramService]]


@dataclass
class FakeFeedback:
    """Keeps thumbs; knows no turn if `known` is False."""

    given: list[tuple[str, str, str]] = field(default_factory=list)
    known: bool = True

    def record(self, turn_id: str, conversation_id: str, value: str) -> bool:
        self.given.append((turn_id, conversation_id, value))
        return self.known


@dataclass
class Pauses:
    """Sleeps for a hundredth of the time, and remembers how long it should have been."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(seconds / 100)


@pytest.fixture
def api() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture
def feedback() -> FakeFeedback:
    return FakeFeedback()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def outbox(sqlite_sessions: SessionFactory) -> Outbox:
    return Outbox(sqlite_sessions)


@pytest.fixture
def options(
    api: FakeTelegram, sqlite_sessions: SessionFactory, feedback: FakeFeedback, outbox: Outbox
) -> TelegramOptions:
    return TelegramOptions(TOKEN, "", api.address, sqlite_sessions, feedback, outbox)


@pytest.fixture
async def start(
    options: TelegramOptions, agent: FakeAgent, messages: Messages, pauses: Pauses, clock: Clock
) -> AsyncIterator[Start]:
    """Starts the channel; what still runs at the end is stopped."""
    services: list[TelegramService] = []

    async def start_service(handle: Any = None, burst: int = 5) -> TelegramService:
        reception = Reception(Commands(agent, messages, lambda: SNAPSHOT), messages)
        limits = Limits(TokenBuckets(burst, 1.0, clock), TokenBuckets(3, 1.0, clock))
        service = TelegramService(options, reception, limits, agent, handle or agent.handle_message, pauses)
        services.append(service)
        service.start()
        return service

    yield start_service
    for service in services:
        await service.stop()
