"""Puts together what the web channel works with."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sanic import Sanic

from bot.channels.delivery import Delivery, Outbox
from bot.channels.hot import HotQuestions, Log
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Reception
from bot.channels.replays import Replays
from bot.channels.streams import Streams
from bot.channels.suggestions import Suggestions
from bot.channels.tokens import Tokens, read_secret
from bot.channels.web import CHANNEL, WebLimits, WebServices
from bot.channels.web_form import Tickets, WebForm
from bot.facts.entries import Snapshot
from bot.settings import Settings

NEW_SESSIONS = 60
"""Conversations that one address may begin at once; then one a second."""


def build_web(
    settings: Settings,
    reception: Reception,
    conversations: Any,
    tickets: Tickets,
    report: Callable[[], Snapshot | None],
    outbox: Outbox,
    feedback: Callable[[str, str, str], bool],
    asked: Log,
) -> WebServices:
    """The services of the channel.

    Args:
        settings: all settings.
        reception: receives messages.
        conversations: the agent, which remembers conversations.
        tickets: stores messages to the staff.
        report: gives what is published now.
        outbox: what staff wrote.
        feedback: stores a thumb.
        asked: what was asked most.

    Raises:
        SettingsError: the secret of the tokens cannot be read.
    """
    streams = Streams()
    limits = WebLimits(
        TokenBuckets(settings.sender_burst, settings.sender_rate, time.monotonic),
        TokenBuckets(settings.address_burst, settings.address_rate, time.monotonic),
        TokenBuckets(min(settings.address_burst, NEW_SESSIONS), 1.0, time.monotonic),
        TokenBuckets(settings.address_burst, settings.address_rate, time.monotonic),
    )
    secret = read_secret(settings.web_secret_file)
    return WebServices(
        tokens=Tokens(secret, round(settings.web_session_hours * 3600), time.time),
        limits=limits,
        reception=reception,
        conversations=conversations,
        replays=Replays(),
        form=WebForm(tickets, conversations, CHANNEL, settings.hotline),
        suggestions=Suggestions(report),
        hot=HotQuestions(asked, report, HotQuestions.read_seeds()),
        streams=streams,
        delivery=Delivery(outbox, streams, CHANNEL),
        feedback=feedback,
    )


def run_delivery(app: Sanic) -> None:
    """Deliver while the application runs, and end the open streams when it stops."""
    tasks: list[asyncio.Task[None]] = []

    @app.after_server_start
    async def start(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        tasks.append(loop.create_task(app.ctx.web.delivery.run()))

    @app.before_server_stop
    async def stop(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        app.ctx.web.streams.stop()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
