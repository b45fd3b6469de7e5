"""The REST channel: Rasa's webhook, hardened."""

from __future__ import annotations

import json
import logging
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.rest import RestInput
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.guards import MAX_BODY_BYTES, MAX_SENDER, conversation_id, valid_sender
from bot.channels.messages import Messages
from bot.channels.rates import TokenBuckets
from bot.channels.reception import Handler, Reception

logger = logging.getLogger(__name__)

SIGNED = "web-"
"""How ids begin of conversations that only a signed token opens (`bot.channels.tokens`): no client may name one."""


@dataclass(frozen=True)
class Limits:
    """How often one sender and one address may write."""

    senders: TokenBuckets
    addresses: TokenBuckets


class Refusal(Exception):
    """A request that is answered with an HTTP status of 4xx.

    Args:
        status: the HTTP status.
        error: a word for programs.
        reason: key of the sentence in the catalogue.
        limit: the limit that the sentence names, if it names one.
        wait: seconds after which to try again, if that helps.
    """

    def __init__(self, status: int, error: str, reason: str, limit: int = 0, wait: float = 0.0) -> None:
        super().__init__(error)
        self.status, self.error, self.reason, self.limit, self.wait = status, error, reason, limit, wait


def respond(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    """A JSON response in UTF-8."""
    return HTTPResponse(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        status=status,
        headers=dict(headers or {}),
        content_type="application/json; charset=utf-8",
    )


def refuse(messages: Messages, refusal: Refusal, headers: Mapping[str, str] | None = None) -> HTTPResponse:
    """The JSON body of a refusal: a word for programs, and a sentence in both languages for people."""
    text = messages.text(refusal.reason, "", limit=refusal.limit)
    return respond({"error": refusal.error, "message": text}, refusal.status, headers)


class RestChannel(RestInput):  # type: ignore[misc]  # Rasa is not type-checked
    """POST /webhooks/rest/webhook: {"sender", "message"} → a list of {"recipient_id", "text", "buttons", "metadata"}.

    Everything else in the body (input_channel, metadata) and in the query (stream) is ignored. A missing or empty
    sender starts a new conversation, whose id is the recipient_id of the reply.

    The application's context must hold a `reception` (`Reception`) and `limits` (`Limits`).
    """

    @classmethod
    def name(cls) -> str:
        """Name of the channel and of its path."""
        return "rest"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """The endpoints of the channel."""
        webhook = Blueprint("rest_webhook")

        async def health(request: Request) -> HTTPResponse:
            return respond({"status": "ok"})

        async def receive(request: Request) -> HTTPResponse:
            reception: Reception = request.app.ctx.reception
            limits: Limits = request.app.ctx.limits
            wait = limits.addresses.take(request.remote_addr or request.ip or "")
            try:
                if wait:
                    raise Refusal(429, "too_many_messages", "too_many")
                text, sender = _read(request.body)
                wait = limits.senders.take(sender)
                if wait:
                    raise Refusal(429, "too_many_messages", "too_many")
            except Refusal as refusal:
                headers = {"Retry-After": str(math.ceil(wait))} if refusal.status == 429 else None
                return refuse(reception.messages, refusal, headers)
            replies = await reception.receive(text, conversation_id(sender), self.name(), on_new_message)
            return respond([{**reply, "recipient_id": sender} for reply in replies])

        webhook.add_route(health, "/", methods=["GET"])
        webhook.add_route(receive, "/webhook", methods=["POST"])
        return webhook


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a request body holds.

    Raises:
        Refusal: the body is too large, or not a JSON object.
    """
    if len(body) > MAX_BODY_BYTES:
        raise Refusal(413, "body_too_large", "body_too_large", MAX_BODY_BYTES // 1024)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Refusal(400, "invalid_json", "bad_json")
    return data


def _read(body: bytes) -> tuple[str, str]:
    """Message and sender of a request body.

    Raises:
        Refusal: the body is too large, not a JSON object, or a value has the wrong type.
    """
    data = read_object(body)
    text, sender = data.get("message"), data.get("sender")
    if not isinstance(text, str):
        raise Refusal(400, "invalid_message", "bad_message")
    if sender is None or sender == "":
        sender = uuid.uuid4().hex
    if not isinstance(sender, str) or not valid_sender(sender):
        raise Refusal(400, "invalid_sender", "bad_sender", MAX_SENDER)
    if sender.startswith(SIGNED):
        raise Refusal(400, "reserved_sender", "reserved_sender")
    return text, sender


def handle_errors(app: Sanic, messages: Messages) -> None:
    """Answer what goes wrong outside of handlers (no such path, wrong method, broken request) in the same form."""

    async def on_http_error(request: Request, error: SanicException) -> HTTPResponse:
        status = getattr(error, "status_code", None) or 400
        headers = getattr(error, "headers", None)
        if status == 404:
            return refuse(messages, Refusal(404, "not_found", "not_found"))
        if status == 413:
            return refuse(messages, Refusal(413, "body_too_large", "body_too_large", MAX_BODY_BYTES // 1024))
        return refuse(messages, Refusal(status, "refused", "refused"), headers)

    async def on_failure(request: Request, error: Exception) -> HTTPResponse:
        logger.error("a request failed", exc_info=error)
        return refuse(messages, Refusal(500, "failed", "error"))

    app.error_handler.add(SanicException, on_http_error)
    app.error_handler.add(Exception, on_failure)
