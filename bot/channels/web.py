"""The web channel: what the widget talks to."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.answers.reply import Context
from bot.channels import web_requests as read
from bot.channels.delivery import Delivery
from bot.channels.hot import HotQuestions
from bot.channels.parts import present
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Handler, Reception
from bot.channels.replays import KeyReusedError, Replays, turn_of
from bot.channels.rest import Refusal, read_object, refuse, respond
from bot.channels.streams import Streams
from bot.channels.suggestions import Suggestions
from bot.channels.tokens import Session, TokenError, Tokens
from bot.channels.web_form import WebForm
from bot.language.normalise import clean

logger = logging.getLogger(__name__)

CHANNEL = "web"
HEARTBEAT_SECONDS = 15.0
"""Pause after which an idle stream sends a comment, so that no proxy takes it for dead."""

RETRY_MS = 3000
"""When a widget reconnects after its stream ended."""

Answer = Callable[[Request], Coroutine[Any, Any, HTTPResponse | None]]


class Conversations(Protocol):
    """Where the language of a conversation, and what was said in it, is remembered."""

    async def context(self, sender_id: str) -> Context:
        """What is remembered."""

    async def set_context(self, sender_id: str, context: Context) -> None:
        """Replace what is remembered."""

    async def replies(self, sender_id: str, turn_id: str) -> list[dict[str, Any]]:
        """What was said in a turn; empty if there is no such turn."""


@dataclass(frozen=True)
class WebLimits:
    """How often one conversation may write, and one address write, begin conversations, and look something up."""

    senders: TokenBuckets
    addresses: TokenBuckets
    sessions: TokenBuckets
    lookups: TokenBuckets


@dataclass(frozen=True)
class WebServices:
    """What the channel works with; stands in the application's context as `web`.

    Args:
        feedback: stores a thumb (turn, conversation, up or down); False if there is no such turn. Asks the database.
    """

    tokens: Tokens
    limits: WebLimits
    reception: Reception
    conversations: Conversations
    replays: Replays
    form: WebForm
    suggestions: Suggestions
    hot: HotQuestions
    streams: Streams
    delivery: Delivery
    feedback: Callable[[str, str, str], bool]


class WebChannel(InputChannel):  # type: ignore[misc]  # Rasa is not type-checked
    """JSON over HTTP for the widget, and server-sent events for what comes later.

    A session token, from POST session, goes with every request in the header Authorization. POST messages and
    tickets carry a key: a request that is sent again with the same key gets the reply of the first.
    """

    @classmethod
    def name(cls) -> str:
        """Name of the channel and of its path."""
        return CHANNEL

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The endpoints of the channel."""
        webhook = Blueprint("web_webhook")
        endpoints = Endpoints(on_new_message)
        for name in ("session", "messages", "tickets", "feedback", "received"):
            webhook.add_route(tidy(getattr(endpoints, name)), f"/{name}", methods=["POST"], name=name)
        for name in ("suggestions", "hot", "events"):
            webhook.add_route(tidy(getattr(endpoints, name)), f"/{name}", methods=["GET"], name=name)
        return webhook


def tidy(answer: Answer) -> Answer:
    """A handler whose refusals become responses."""

    async def handle(request: Request) -> HTTPResponse | None:
        try:
            return await answer(request)
        except Refusal as refusal:
            headers = {"Retry-After": str(math.ceil(refusal.wait))} if refusal.wait else None
            return refuse(_services(request).reception.messages, refusal, headers)

    return handle


class Endpoints:
    """The handlers.

    Args:
        on_new_message: passes a message to Rasa.
    """

    def __init__(self, on_new_message: Handler) -> None:
        self._on_new_message = on_new_message

    async def session(self, request: Request) -> HTTPResponse:
        """A token for a new conversation, or a new one for the conversation of a token that still holds."""
        web = _services(request)
        read.limit(web.limits.sessions, read.address(request))
        read_object(request.body or b"{}")
        try:
            conversation = web.tokens.read(read.bearer(request)).conversation
        except TokenError:
            conversation = ""
        return respond(_issued(web, conversation))

    async def messages(self, request: Request) -> HTTPResponse:
        """{"message", "key", "language"?} → {"messages", "session"?}."""
        web, session, data = self._open(request)
        text, language = read.text(data, "message"), read.language(data)
        key = f"m:{read.key(data)}"
        turn = turn_of(session.conversation, key)
        is_first = not web.replays.knows(session.conversation)

        async def handle() -> list[dict[str, Any]]:
            said = await _said(web.conversations, session.conversation, turn) if is_first else []
            if said:
                return said
            if language:
                await _fix_language(web.conversations, session.conversation, language)
            return await web.reception.receive(text, session.conversation, CHANNEL, self._on_new_message, turn)

        replies = await _once(web, session, key, text, handle)
        return respond({"messages": [present(reply) for reply in replies], **_renewed(web, session)})

    async def tickets(self, request: Request) -> HTTPResponse:
        """{"matter", "contact"?, "key", "language"?} → {"messages", "session"?}."""
        web, session, data = self._open(request)
        matter, contact = read.text(data, "matter"), read.text(data, "contact", "")
        language = read.language(data) or read.LANGUAGES[0]
        key = f"t:{read.key(data)}"

        async def submit() -> dict[str, Any]:
            stored = web.form.submit(session.conversation, matter, contact, language)
            turn = turn_of(session.conversation, key)
            return await web.reception.take_form(clean(matter), session.conversation, CHANNEL, stored, turn)

        reply = await _once(web, session, key, json.dumps([matter, contact]), submit)
        shown = {**present(reply), "ticket": reply["metadata"].get("ticket", "")}
        return respond({"messages": [shown], **_renewed(web, session)})

    async def feedback(self, request: Request) -> HTTPResponse:
        """{"turn", "value"}: up or down, of an answer of this conversation."""
        web, session, data = self._open(request)
        turn, value = read.text(data, "turn"), read.text(data, "value")
        if value not in ("up", "down"):
            raise Refusal(400, "invalid_value", "bad_feedback")
        if not await asyncio.to_thread(web.feedback, turn, session.conversation, value):
            raise Refusal(404, "unknown_turn", "unknown_turn")
        return respond({"status": "ok", **_renewed(web, session)})

    async def received(self, request: Request) -> HTTPResponse:
        """{"id"}: the widget has an event; it is not sent again."""
        web, session, data = self._open(request)
        known = await web.delivery.received(session.conversation, read.text(data, "id"))
        return respond({"status": "ok" if known else "unknown"})

    async def suggestions(self, request: Request) -> HTTPResponse:
        """?q=…&language=…: published questions for what is typed so far."""
        web = _services(request)
        read.limit(web.limits.lookups, read.address(request))
        text = read.clip(request.args.get("q", ""))
        return respond({"suggestions": await web.suggestions.find(text, read.language_of(request))})

    async def hot(self, request: Request) -> HTTPResponse:
        """?language=…: what is asked most."""
        web = _services(request)
        read.limit(web.limits.lookups, read.address(request))
        return respond({"questions": await web.hot.questions(read.language_of(request))})

    async def events(self, request: Request) -> HTTPResponse | None:
        """A stream of server-sent events: messages of staff, until the widget goes."""
        web = _services(request)
        read.limit(web.limits.lookups, read.address(request))
        session = _session(request)
        queue = web.streams.open(session.conversation, read.address(request))
        if queue is None:
            raise Refusal(429, "too_many_streams", "too_many_streams", wait=RETRY_MS * 10 / 1000)
        try:
            stream = await request.respond(
                content_type="text/event-stream; charset=utf-8", headers={"X-Accel-Buffering": "no"}
            )
            await stream.send(f"retry: {RETRY_MS}\n\n")
            try:
                last_id = request.headers.get("last-event-id", "")
                for missed in await web.delivery.missed(session.conversation, last_id):
                    await stream.send(missed.encode())
            except Exception as error:
                logger.error("the outbox could not be read: %s", type(error).__name__)
                return None  # the widget reconnects, and asks again
            while session.expires > web.tokens.now():
                try:
                    event = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except asyncio.TimeoutError:
                    await stream.send(":\n\n")
                    continue
                if event is None:
                    break
                await stream.send(event.encode())
            await stream.eof()
        finally:
            web.streams.close(session.conversation, queue)
        return None

    @staticmethod
    def _open(request: Request) -> tuple[WebServices, Session, dict[str, Any]]:
        """Services, session and body of a request that writes; the limits hold before anything is read."""
        web = _services(request)
        read.limit(web.limits.addresses, read.address(request))
        session = _session(request)
        read.limit(web.limits.senders, session.conversation)
        return web, session, read_object(request.body)


def _services(request: Request) -> WebServices:
    services: WebServices = request.app.ctx.web
    return services


def _session(request: Request) -> Session:
    token = read.bearer(request)
    if not token:
        raise Refusal(401, "session_missing", "session_missing")
    try:
        return _services(request).tokens.read(token)
    except TokenError as error:
        if error.reason == "expired":
            raise Refusal(401, "session_expired", "session_expired") from None
        raise Refusal(401, "session_invalid", "session_invalid") from None


def _issued(web: WebServices, conversation: str) -> dict[str, Any]:
    token, session = web.tokens.issue(conversation)
    return {"token": token, "expires": session.expires}


def _renewed(web: WebServices, session: Session) -> dict[str, Any]:
    return {"session": _issued(web, session.conversation)} if web.tokens.ages(session) else {}


async def _fix_language(conversations: Conversations, conversation: str, language: str) -> None:
    """Let replies be in a language from now on, as the command /lang does."""
    try:
        context = await conversations.context(conversation)
        if context.language != language:
            await conversations.set_context(conversation, replace(context, language=language))
    except Exception as error:
        logger.error("the language of a conversation could not be kept: %s", type(error).__name__)


async def _said(conversations: Conversations, conversation: str, turn: str) -> list[dict[str, Any]]:
    """What was replied before a restart to a message that comes again; empty if it is a new one."""
    try:
        replies = await conversations.replies(conversation, turn)
    except Exception as error:
        logger.error("an earlier reply could not be read: %s", type(error).__name__)
        return []
    return [{**reply, "metadata": {**reply["metadata"], "turn": turn}} for reply in replies]


async def _once(
    web: WebServices, session: Session, key: str, content: str, run: Callable[[], Coroutine[Any, Any, Any]]
) -> Any:
    try:
        return await web.replays.once(session.conversation, key, content, run)
    except KeyReusedError:
        raise Refusal(409, "key_reused", "key_reused") from None
