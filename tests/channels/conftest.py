"""The REST and the web channel on a real server, with stand-ins for the assistant and the database."""

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
from sanic.touchup.service import TouchUp

from bot.answers.reply import Context
from bot.channels.commands import Commands
from bot.channels.delivery import Delivery
from bot.channels.hot import HotQuestions
from bot.channels.messages import Messages
from bot.channels.origins import Origins, guard
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Reception
from bot.channels.replays import Replays
from bot.channels.rest import Limits, RestChannel, handle_errors
from bot.channels.streams import Streams
from bot.channels.suggestions import Suggestions
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.tokens import Tokens
from bot.channels.web import CHANNEL, WebChannel, WebLimits, WebServices
from bot.channels.web_form import WebForm
from bot.clock import utc_now
from bot.conversations.hot import HotQuestion
from bot.conversations.outbox import OutgoingMessage
from bot.errors import StoreError
from bot.facts.entries import Bilingual, Entry, Phrasing, Section, Snapshot, Source
from bot.widget.assets import load_widget, widget_blueprint

SNAPSHOT = Snapshot(
    revision=1,
    source=Source("r1", Bilingual("报道甲", "Report A"), Bilingual("某区", "Some District"), "2020-01", 2020),
    sections=(
        Section("s1", Bilingual("规划引领", "Planning"), "一"),
        Section("s2", Bilingual("改革破冰", "Reform"), "二"),
    ),
    topics=(),
    entries=(
        Entry(
            "lamps", "fact", "rural", Bilingual("路灯", "lamps"), Bilingual("装1300盏。", "1,300 lamps."),
            phrasings=(
                Phrasing("乡村要装多少盏路灯？", "zh"), Phrasing("村里的灯 数量", "zh"),
                Phrasing("How many street lamps?", "en"),
            ),
        ),
        Entry(
            "parking", "faq", "city", Bilingual("停车", "parking"), Bilingual("共享车位。", "Shared."),
            phrasings=(Phrasing("停车难怎么解决？", "zh"), Phrasing("What about parking?", "en")),
        ),
        Entry(
            "weather", "referral", "weather", Bilingual("天气", "weather"), Bilingual("请看天气预报。", "See the forecast."),
            phrasings=(Phrasing("今天停车场下雨吗？", "zh"),),
        ),
    ),
)  # fmt: skip
ORIGIN = "https://www.gov.example"
"""A web site on the allow-list."""


@dataclass
class FakeAgent:
    """Says what it was asked; keeps contexts; fails or stays silent on request."""

    seen: list[UserMessage] = field(default_factory=list)
    contexts: dict[str, Context] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    broken: bool = False
    pauses: float = 0.0
    noted: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    said: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Replies of turns before a restart."""

    async def handle_message(self, message: UserMessage) -> None:
        self.seen.append(message)
        await asyncio.sleep(self.pauses)
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

    async def replies(self, sender_id: str, turn_id: str) -> list[dict[str, Any]]:
        if self.broken:
            raise RuntimeError("no database")
        return self.said.get(f"{sender_id} {turn_id}", [])

    async def finish_form(self, sender_id: str, text: str, metadata: dict[str, Any]) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.noted.append((sender_id, text, metadata))

    async def forget(self, sender_id: str) -> None:
        if self.broken:
            raise RuntimeError("no database")
        self.forgotten.append(sender_id)


@dataclass
class FakeTickets:
    """Numbers tickets."""

    stored: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False

    def create_ticket(self, **ticket: str) -> str:
        if self.broken:
            raise StoreError("no database")
        self.stored.append(ticket)
        return f"HN-20200115-{len(self.stored):04d}"


@dataclass
class FakeOutbox:
    """Keeps what waits, as the outbox does."""

    kept: list[OutgoingMessage] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def add(self, conversation_id: str, text: str, kind: str = "reply") -> str:
        number = str(len(self.kept) + 1)
        self.kept.append(OutgoingMessage(number, conversation_id, text, kind, utc_now(), CHANNEL))
        return number

    def waiting(
        self, conversation_id: str | None = None, channel: str | None = None, after_id: str | None = None
    ) -> list[OutgoingMessage]:
        return [
            message
            for message in self.kept
            if message.id not in self.done
            and conversation_id in (None, message.conversation_id)
            and channel in (None, message.channel)
            and int(message.id) > int(after_id or 0)
        ]

    def delivered(self, id: str) -> None:
        self.done.append(id)


@dataclass
class FakeFeedback:
    """Knows the turns that the tests name."""

    given: list[tuple[str, str, str]] = field(default_factory=list)

    def record(self, turn_id: str, conversation_id: str, value: str) -> bool:
        self.given.append((turn_id, conversation_id, value))
        return turn_id != "unknown"


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
    """The running application with its address."""
    app = Sanic("test_channels", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = 1024 * 1024
    app.ctx.telegram = None
    guard(app, Origins([ORIGIN]), messages)
    register([RestChannel(), WebChannel(), TelegramChannel()], app, route="/webhooks/")
    app.blueprint(widget_blueprint(load_widget("12345")))
    handle_errors(app, messages)
    with running(app) as address:
        yield app, address


@pytest.fixture
def tickets() -> FakeTickets:
    return FakeTickets()


@pytest.fixture
def outbox() -> FakeOutbox:
    return FakeOutbox()


@pytest.fixture
def feedback() -> FakeFeedback:
    return FakeFeedback()


@pytest.fixture
def web(
    agent: FakeAgent, clock: Clock, messages: Messages, tickets: FakeTickets, outbox: FakeOutbox, feedback: FakeFeedback
) -> WebServices:
    """Fresh services of the web channel: 5 messages at once in a conversation, 50 from an address."""
    streams = Streams(each=2)
    seeds = {"zh": ["种子问题一？", "种子问题二？"], "en": ["A seed?"]}
    asked = [HotQuestion("parking", 3), HotQuestion("gone", 2)]
    return WebServices(
        tokens=Tokens(b"s" * 32, 3600, clock),
        limits=WebLimits(*(TokenBuckets(burst, 1.0, clock) for burst in (5, 50, 20, 40))),
        reception=Reception(Commands(agent, messages, lambda: SNAPSHOT), messages),
        conversations=agent,
        replays=Replays(),
        form=WebForm(tickets, agent, CHANNEL, "12345"),
        suggestions=Suggestions(lambda: SNAPSHOT),
        hot=HotQuestions(lambda days, limit: asked, lambda: SNAPSHOT, seeds),
        streams=streams,
        delivery=Delivery(outbox, streams, CHANNEL),
        feedback=feedback.record,
    )


@pytest.fixture
def client(
    server: tuple[Sanic, str], agent: FakeAgent, clock: Clock, messages: Messages, web: WebServices
) -> Iterator[httpx.Client]:
    """A client of the application, which has a fresh agent and fresh limits."""
    app, address = server
    app.ctx.web = web
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
        for connection in list(server.connections):  # browsers keep theirs, and uvloop does not close on open ones
            connection.abort()
        await asyncio.sleep(0.1)
        await server.after_stop()

    def __enter__(self) -> str:
        self._thread.start()
        assert self._ready.wait(10)
        TouchUp._registry.clear()  # Sanic prepares its classes once, and fails where a second application asks for it
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()
        self._socket.close()
