"""Which web sites may call the server from a browser: the allow-list and CORS, exactly for it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from sanic import Sanic
from sanic.request import Request
from sanic.response import BaseHTTPResponse, HTTPResponse

from bot.channels.messages import Messages
from bot.channels.rest import Refusal, refuse

API = "/webhooks/"
"""Paths that answer preflight requests."""

CLOSED = "/webhooks/web/"
"""Paths that refuse a foreign origin before anything is done; elsewhere a browser just may not read the reply."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "7200",
}
HARDENING = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
"""Headers of every response that has none of its own under these names."""

_PORTS = {"http": 80, "https": 443}


class Origins:
    """The allow-list.

    Args:
        allowed: origins such as ``https://www.example.gov.cn``; the server's own origin is always allowed.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(origin.lower() for origin in allowed)

    def allows(self, origin: str, host: str) -> bool:
        """True for a listed origin, and for that of the server itself.

        Args:
            origin: header Origin of a request; ``null`` is never allowed.
            host: header Host of the request, as the outermost proxy saw it.
        """
        origin = origin.lower()
        if origin in self._allowed:
            return True
        try:
            parts, own = urlsplit(origin), urlsplit(f"{urlsplit(origin).scheme}://{host.lower()}")
            default = _PORTS[parts.scheme]
            return bool(parts.hostname) and (parts.hostname, parts.port or default) == (
                own.hostname,
                own.port or default,
            )
        except (ValueError, KeyError):
            return False


def guard(app: Sanic, origins: Origins, messages: Messages) -> None:
    """Answer preflight requests, refuse foreign origins, and put the headers on every response."""

    async def admit(request: Request) -> HTTPResponse | None:
        origin = request.headers.get("origin", "")
        if not origin or not request.path.startswith(API):
            return None
        allowed = origins.allows(origin, request.host)
        preflight = request.method == "OPTIONS" and "access-control-request-method" in request.headers
        if preflight and allowed:
            return HTTPResponse(status=204, headers=PREFLIGHT)
        if not allowed and (preflight or request.path.startswith(CLOSED)):
            return refuse(messages, Refusal(403, "foreign_origin", "foreign_origin"))
        return None

    async def harden(request: Request, response: BaseHTTPResponse) -> None:
        for name, value in HARDENING.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(API):
            return
        response.headers["Vary"] = "Origin"
        origin = request.headers.get("origin", "")
        if origin and origins.allows(origin, request.host):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After"

    app.register_middleware(admit, "request")
    app.register_middleware(harden, "response")
