"""What a request of the widget holds, read and checked."""

from __future__ import annotations

import re
from typing import Any

from sanic.request import Request

from bot.channels.rates import TokenBuckets
from bot.channels.rest import Refusal

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_KEY = re.compile(r"[\w-]{8,64}", re.ASCII)


def address(request: Request) -> str:
    """The address of the caller, as the outermost trusted proxy saw it."""
    return request.remote_addr or request.ip or ""


def limit(buckets: TokenBuckets, key: str) -> None:
    """Take a token of a bucket.

    Raises:
        Refusal: there is none (status 429).
    """
    wait = buckets.take(key)
    if wait:
        raise Refusal(429, "too_many_messages", "too_many", wait=wait)


def bearer(request: Request) -> str:
    """The token of the header Authorization, or empty."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def text(data: dict[str, Any], name: str, default: str | None = None) -> str:
    """A text of the body.

    Raises:
        Refusal: it is missing without a default, or no string.
    """
    value = data.get(name, default)
    if not isinstance(value, str):
        if name == "message":
            raise Refusal(400, "invalid_message", "bad_message")
        raise Refusal(400, f"invalid_{name}", "bad_field")
    return value


def key(data: dict[str, Any]) -> str:
    """The key of the body.

    Raises:
        Refusal: it is missing or has another form.
    """
    key = data.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise Refusal(400, "invalid_key", "bad_key")
    return key


def language(data: dict[str, Any]) -> str:
    """The language of the body, or empty.

    Raises:
        Refusal: it is none that the assistant speaks.
    """
    chosen = data.get("language") or ""
    if chosen and chosen not in LANGUAGES:
        raise Refusal(400, "invalid_language", "bad_language")
    return str(chosen)


def language_of(request: Request) -> str:
    """The language of the query, simplified Chinese without one; raises as `language` does."""
    return language({"language": request.args.get("language", "")}) or LANGUAGES[0]


def clip(text: str) -> str:
    """The beginning of a text of the query, which may hold anything."""
    return text[:200].encode("utf-8", "replace").decode("utf-8")
