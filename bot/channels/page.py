"""The chat page at the server's root: one page, its style and its script, from files of the package."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

FOLDER = Path(__file__).with_name("static")
FILES = {
    "/": ("chat.html", "text/html; charset=utf-8"),
    "/static/chat.css": ("chat.css", "text/css; charset=utf-8"),
    "/static/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
}
"""Path → file and type."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


def page_blueprint(folder: Path = FOLDER) -> Blueprint:
    """The page as a blueprint; its files are read once, here."""
    page = Blueprint("page")
    for path, (name, content_type) in FILES.items():
        page.add_route(_sender((folder / name).read_bytes(), content_type), path, methods=["GET", "HEAD"], name=name)
    return page


def _sender(body: bytes, content_type: str) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    async def send(request: Request) -> HTTPResponse:
        headers = {**HEADERS, "ETag": etag}
        if request.headers.get("if-none-match") == etag:
            return HTTPResponse(status=304, headers=headers)
        return HTTPResponse(body, headers=headers, content_type=content_type)

    return send
