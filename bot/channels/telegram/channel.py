"""Rasa's input channel for Telegram."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.commands import Conversations
from bot.channels.guards import MAX_BODY_BYTES
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Handler, Reception
from bot.channels.rest import Limits, Refusal, refuse, respond
from bot.channels.telegram.polling import Connection, webhook_secret
from bot.channels.telegram.responses import CHANNEL, FeedbackLog, Responder
from bot.channels.telegram.sending import Bot, Sender, Sleep
from bot.channels.telegram.staff import StaffDelivery, Waiting
from bot.channels.telegram.store import TelegramStore
from bot.channels.telegram.worker import Worker, end
from bot.clock import utc_now
from bot.database import SessionFactory
from bot.settings import Settings

logger = logging.getLogger(__name__)

STOP_SECONDS = 4.0
"""How long messages under way may take when the server stops."""

STAFF_SECONDS = 2.0
"""How often the outbox of staff is looked into."""

RECOVER_SECONDS = 30.0
"""How often unfinished updates are looked for."""

PRUNE_EVERY = 120
"""Old rows are deleted at every so manieth look."""

NOTICE_SECONDS = 20.0
"""A chat is not told more often than this that it writes too fast, or that pictures are not understood."""


@dataclass(frozen=True)
class TelegramOptions:
    """What the channel needs.

    Args:
        token: of the bot.
        webhook_url: public address of this server; empty for long polling.
        api_url: address of Telegram's API.
        sessions: of a migrated database.
        feedback: where thumbs are recorded.
        outbox: where messages of staff wait.
    """

    token: str
    webhook_url: str
    api_url: str
    sessions: SessionFactory
    feedback: FeedbackLog
    outbox: Waiting

    @classmethod
    def from_settings(
        cls, settings: Settings, sessions: SessionFactory, feedback: FeedbackLog, outbox: Waiting
    ) -> TelegramOptions | None:
        """As the settings say; None without a token."""
        if not settings.telegram_token:
            return None
        urls = (settings.telegram_webhook_url, settings.telegram_api_url)
        return cls(settings.telegram_token, *urls, sessions, feedback, outbox)


class TelegramService:
    """All parts of the channel, put together and running.

    Args:
        options: settings and services.
        reception: what all channels share.
        limits: how often one chat, and one address, may write.
        conversations: tells the language of a conversation.
        handle: passes a message to Rasa.
        sleep: waits for seconds, where Telegram is away or asks to wait.
    """

    def __init__(
        self,
        options: TelegramOptions,
        reception: Reception,
        limits: Limits,
        conversations: Conversations,
        handle: Handler,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.secret = webhook_secret(options.token)
        self.has_webhook = bool(options.webhook_url)
        self._conversations = conversations
        self._bot = Bot(options.token, options.api_url)
        self._store = TelegramStore(options.sessions, options.token, utc_now)
        sender = Sender(self._bot, self._moved, sleep)
        responder = Responder(reception, conversations, self._store, sender, options.feedback, handle)
        notices = TokenBuckets(1, 1 / NOTICE_SECONDS, time.monotonic)
        self.worker = Worker(self._store, responder, sender, limits.senders, notices, utc_now)
        self.connection = Connection(
            self._bot, self.worker, reception.messages, options.webhook_url, self.secret, sleep
        )
        self._staff = StaffDelivery(options.outbox, self._store, sender, reception.messages, self._language)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin, in the background: the server is there at once, whether or not Telegram is."""
        for work in (self._connect(), self._look_after_updates(), self._look_after_staff()):
            self._tasks.append(asyncio.create_task(work))

    async def _connect(self) -> None:
        await self.worker.recover(all_of_them=not self.has_webhook)
        await self.connection.run()

    async def stop(self) -> None:
        """Fetch nothing more, finish what is under way, and close all connections."""
        await end(self._tasks)
        await self.worker.stop(STOP_SECONDS)
        with suppress(Exception):
            await self._bot.shutdown()

    async def _moved(self, chat_id: int, new_chat_id: int) -> None:
        await asyncio.to_thread(self._store.move, chat_id, new_chat_id)

    async def _language(self, conversation_id: str) -> str:
        try:
            context = await self._conversations.context(conversation_id)
        except Exception:
            return ""
        return context.language or context.last_language

    async def _look_after_updates(self) -> None:
        looks = 0
        while True:
            if looks % PRUNE_EVERY == 0:
                with suppress(Exception):
                    await asyncio.to_thread(self._store.prune)
            looks += 1
            await asyncio.sleep(RECOVER_SECONDS)
            await self.worker.recover()

    async def _look_after_staff(self) -> None:
        failed = False
        while True:
            try:
                await self._staff.deliver()
                failed = False
            except Exception as error:
                if not failed:
                    logger.error("messages of staff could not be delivered: %s", type(error).__name__)
                failed = True
            await asyncio.sleep(STAFF_SECONDS)


class TelegramChannel(InputChannel):  # type: ignore[misc]  # Rasa is not type-checked
    """Long polling, or POST /webhooks/telegram/webhook; without a token there is nothing at that path.

    The application's context must hold a `telegram` (`TelegramOptions` or None), a `reception`, `limits` and an
    `agent` (`Conversations`).
    """

    @classmethod
    def name(cls) -> str:
        """Name of the channel and of its path."""
        return CHANNEL

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The endpoint of the webhook, and what starts and stops with the server."""
        webhook = Blueprint("telegram_webhook")

        async def start(app: Sanic, loop: Any) -> None:
            await start_service(app, on_new_message)

        async def stop(app: Sanic, loop: Any) -> None:
            await stop_service(app)

        async def receive(request: Request) -> HTTPResponse:
            service: TelegramService | None = request.app.ctx.telegram_service
            try:
                await _take(request, service)
            except Refusal as refusal:
                headers = {"Retry-After": str(refusal.limit)} if refusal.status == 429 else None
                return refuse(request.app.ctx.reception.messages, refusal, headers)
            return respond({"ok": True})

        webhook.listener("after_server_start")(start)
        webhook.listener("before_server_stop")(stop)
        webhook.add_route(receive, "/webhook", methods=["POST"])
        return webhook


async def start_service(app: Sanic, handle: Handler) -> None:
    """Begin, if the application has a token; what began is in its context as `telegram_service`, else None."""
    app.ctx.telegram_service = None
    if app.ctx.telegram is not None:
        app.ctx.telegram_service = TelegramService(
            app.ctx.telegram, app.ctx.reception, app.ctx.limits, app.ctx.agent, handle
        )
        app.ctx.telegram_service.start()


async def stop_service(app: Sanic) -> None:
    """End what `start_service` began."""
    if app.ctx.telegram_service is not None:
        await app.ctx.telegram_service.stop()
        app.ctx.telegram_service = None


async def _take(request: Request, service: TelegramService | None) -> None:
    """Take a post of Telegram; when this returns the update is stored.

    Raises:
        Refusal: it is not from Telegram, is malformed, or there is too much to do already.
    """
    if service is None or not service.has_webhook:
        raise Refusal(404, "not_found", "not_found")
    given = request.headers.get("x-telegram-bot-api-secret-token", "")
    if not secrets.compare_digest(given.encode("utf-8", "replace"), service.secret.encode()):
        wait = request.app.ctx.limits.addresses.take(request.remote_addr or request.ip or "")
        if wait:
            raise Refusal(429, "too_many_messages", "too_many", math.ceil(wait))
        raise Refusal(403, "forbidden", "telegram_forged")
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "wrong_content_type", "telegram_content_type")
    if len(request.body) > MAX_BODY_BYTES:
        raise Refusal(413, "body_too_large", "body_too_large", MAX_BODY_BYTES // 1024)
    try:
        data = json.loads(request.body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        raise Refusal(400, "invalid_json", "bad_json")
    if service.worker.is_full:
        raise Refusal(429, "too_many_messages", "too_many", 5)
    incoming = service.connection.understand(data)
    if incoming is not None:
        await service.worker.accept([incoming])
