"""Serves the element and the demo page: read, put together and compressed once, at the start."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from sanic import Blueprint
from sanic.exceptions import NotFound
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.language.script import to_traditional

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
DEMO = FOLDER / "demo"
TEXTS = FOLDER / "texts.yml"
LOADER = "widget.js"
"""The one script that a page names; it loads the modules."""

SCRIPT, STYLE, PAGE = "text/javascript; charset=utf-8", "text/css; charset=utf-8", "text/html; charset=utf-8"
VERSION = "{{version}}"
"""Stands in the loader for the folder of the modules, which changes whenever one of them does."""

DEMO_FILES = {"/": ("index.html", PAGE), "/demo/page.css": ("page.css", STYLE), "/demo/page.js": ("page.js", SCRIPT)}
"""Path → file and type."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Content security policy of the demo page."""

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Any page may load the element (browsers ask where a script is a module); what it may call is another matter."""

_COMMENT = re.compile(rb"^\s*//.*\n|^\s*/\*\*.*\*/\n", re.MULTILINE)
"""Lines of comment: for those who read the source, not for telephones."""

_QUOTES = str.maketrans("“”", "「」")
_BILINGUAL = re.compile(r'(?P<before>data-en="[^"]*")>(?P<text>[^<"]*)<')

UNCHANGING = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: content, compressed content, type, and a tag that changes with the content."""

    body: bytes
    packed: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, content_type: str) -> Asset:
        """The asset of a content."""
        packed = gzip.compress(body, 9, mtime=0)
        return cls(body, packed, content_type, f'"{hashlib.sha256(body).hexdigest()[:20]}"')


@dataclass(frozen=True)
class Widget:
    """The files of the element.

    Args:
        version: changes with any of them.
        loader: the script that a page names.
        modules: the others, by name.
    """

    version: str
    loader: Asset
    modules: Mapping[str, Asset]


def load_widget(hotline: str) -> Widget:
    """Read the element's files; wording and style become modules of their own.

    Args:
        hotline: telephone number that some texts name.

    Raises:
        ValueError: a text lacks a language, or its languages use different fields.
    """
    sources = {file.name: _COMMENT.sub(b"", file.read_bytes()) for file in sorted(STATIC.glob("*.js"))}
    style = (STATIC / "style.css").read_text("utf-8")
    sources["style.js"] = f"export default {_script(style)};\n".encode()
    sources["texts.js"] = f"export default {_script(read_texts(hotline))};\n".encode()
    loader = sources.pop(LOADER)
    digest = hashlib.sha256(b"\0".join(name.encode() + b"\0" + body for name, body in sources.items())).hexdigest()
    version = digest[:12]
    assert VERSION.encode() in loader
    modules = {name: Asset.of(body, SCRIPT) for name, body in sources.items()}
    return Widget(version, Asset.of(loader.replace(VERSION.encode(), version.encode()), SCRIPT), modules)


def read_texts(hotline: str, file: Path = TEXTS) -> dict[str, dict[str, str]]:
    """The element's wording by language (zh-Hans, zh-Hant, en) and key.

    Args:
        hotline: telephone number that some texts name.
        file: zh and en by key; traditional Chinese is converted.

    Raises:
        ValueError: a text lacks a language, or its languages use different fields.
    """
    texts: dict[str, dict[str, str]] = yaml.safe_load(file.read_text("utf-8").replace("{hotline}", hotline))
    for key, text in texts.items():
        if set(text) != {"zh", "en"} or _fields(text["zh"]) != _fields(text["en"]):
            raise ValueError(f"{key}: needs zh and en with the same fields")
    return {
        "zh-Hans": {key: text["zh"] for key, text in texts.items()},
        "zh-Hant": {key: to_traditional(text["zh"]).translate(_QUOTES) for key, text in texts.items()},
        "en": {key: text["en"] for key, text in texts.items()},
    }


def widget_blueprint(widget: Widget) -> Blueprint:
    """The element and the demo page as a blueprint."""
    blueprint = Blueprint("widget")
    for path, (name, content_type) in DEMO_FILES.items():
        asset = Asset.of(_in_both_scripts((DEMO / name).read_bytes()), content_type)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        blueprint.add_route(_sender(asset, headers), path, methods=["GET", "HEAD"], name=name)
    loader = _sender(widget.loader, {**OPEN, "Cache-Control": "no-cache"})
    blueprint.add_route(loader, f"/{LOADER}", methods=["GET", "HEAD"], name="loader")

    async def module(request: Request, version: str, name: str) -> HTTPResponse:
        if name not in widget.modules:
            raise NotFound("no such module")
        caching = UNCHANGING if version == widget.version else "no-cache"  # another version: a page from before
        return _answer(request, widget.modules[name], {**OPEN, "Cache-Control": caching})

    blueprint.add_route(module, "/widget/<version>/<name>", methods=["GET", "HEAD"], name="module")
    return blueprint


def _in_both_scripts(page: bytes) -> bytes:
    """A file of the demo page; what has an English text beside its Chinese one gets a traditional one as well."""

    def add(found: re.Match[str]) -> str:
        return f'{found["before"]} data-hant="{to_traditional(found["text"])}">{found["text"]}<'

    return _BILINGUAL.sub(add, page.decode()).encode()


def _sender(asset: Asset, headers: Mapping[str, str]) -> Callable[[Request], Coroutine[Any, Any, HTTPResponse]]:
    async def send(request: Request) -> HTTPResponse:
        return _answer(request, asset, headers)

    return send


def _answer(request: Request, asset: Asset, headers: Mapping[str, str]) -> HTTPResponse:
    headers = {**headers, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    if asset.etag in request.headers.get("if-none-match", ""):
        return HTTPResponse(status=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return HTTPResponse(
            asset.packed, headers={**headers, "Content-Encoding": "gzip"}, content_type=asset.content_type
        )
    return HTTPResponse(asset.body, headers=headers, content_type=asset.content_type)


def _script(value: object) -> str:
    """A JSON value as JavaScript source (the two separators are line ends in older JavaScript)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
