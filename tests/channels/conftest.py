"""The REST channel and the page on a real server, with a stand-in for the assistant."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from rasa.core.channels.channel import UserMessage, register
from sanic import Sanic

from bot.answers.reply import Context
from bot.channels.commands import Commands
from bot.channels.messages import Messages
from bot.channels.page import page_blueprint
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Reception
from bot.channels.rest import Limits, RestChannel, handle_errors
from bot.channels.telegram.channel import TelegramChannel
from bot.facts.entries import Bilingual, Section, Snapshot, Source

SNAPSHOT = Snapshot(
    revision=1,
    source=Source("r1", Bilingual("报道甲", "Report A"), Bilingual("某区", "Some District"), "2020-01", 2020),
    sections=(
        Section("s1", Bilingual("规划引领", "Planning"), "一"),
        Section("s2", Bilingual("改革破冰", "Reform"), "二"),
    ),
    topics=(),
    entries=(),
)


@dataclass
class FakeAgent:
    """Says what it was asked; keeps contexts; fails or stays silent on request."""

    seen: list[UserMessage] = field(default_factory=list)
    contexts: dict[str, Context] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    broken: bool = False

    async def handle_message(self, message: UserMessage) -> None:
        self.seen.append(message)
        if message.text == "boom":
            raise RuntimeError("a secret")
        if message.text == "silence":
            return
        await message.output_channel.send_response(
            message.sender_id,
            {
                "text": f"答：{message.text}\n\n第二段",
                "buttons": [{"title": "路灯", "payload": "路灯多少盏"}],
                "metadata": {"outcome": "answered", "entries": ["f1"]},
                "elements": [],
                "custom": None,
            },
        )

    async def context(self, sender_id: str) -> Context:
        if self.broken:
            raise RuntimeError("no database")
        return self.contexts.get(sender_id, Context())

    async def set_context(self, sender_id: str, context: Context) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.contexts[sender_id] = context

    async def forget(self, sender_id: str) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.forgotten.append(sender_id)


@dataclass
class Clock:
    """A clock that the test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def messages() -> Messages:
    return Messages.load("12345")


@pytest.fixture
def agent() -> FakeAgent:
    return FakeAgent()


@pytest.fixture(scope="session")
def server(messages: Messages) -> Iterator[tuple[Sanic, str]]:
    """The running application with its address; one for all tests, for Sanic prepares its classes only once."""
    app = Sanic("test_channels", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = 1024 * 1024
    app.ctx.telegram = None
    register([RestChannel(), TelegramChannel()], app, route="/webhooks/")
    app.blueprint(page_blueprint())
    handle_errors(app, messages)
    with running(app) as address:
        yield app, address


@pytest.fixture
def client(server: tuple[Sanic, str], agent: FakeAgent, clock: Clock, messages: Messages) -> Iterator[httpx.Client]:
    """A client of the application, which has a fresh agent and fresh limits."""
    app, address = server
    app.ctx.agent = agent
    app.ctx.reception = Reception(Commands(agent, messages, lambda: SNAPSHOT), messages)
    app.ctx.limits = Limits(TokenBuckets(5, 1.0, clock), TokenBuckets(50, 10.0, clock))
    with httpx.Client(base_url=address, timeout=10) as opened:
        yield opened


class running:
    """Runs an application in a thread while the block lasts; gives its address."""

    def __init__(self, app: Sanic) -> None:
        self._app, self._loop = app, asyncio.new_event_loop()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)

    async def _serve(self) -> None:
        self._app.ctx.loop = self._loop
        server: Any = await self._app.create_server(sock=self._socket, return_asyncio_server=True, access_log=False)
        await server.startup()
        await server.before_start()
        await server.after_start()
        self._ready.set()
        await self._stop.wait()
        await server.before_stop()
        await server.close()
        await server.after_stop()

    def __enter__(self) -> str:
        self._thread.start()
        assert self._ready.wait(10)
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()
        self._socket.close()
