"""A stand-in for Telegram's Bot API: real HTTP on loopback, real long polling, and failures on request."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

TOKEN = "123456789:AAE-not-a-real-token_0123456789abcdef"
BOT = {"id": 123456789, "is_bot": True, "first_name": "浑南", "username": "hunnan_bot"}
DROP: tuple[int, dict[str, Any]] = (0, {})
"""A scripted answer: the connection is closed instead."""


def failure(status: int, description: str, **parameters: int) -> tuple[int, dict[str, Any]]:
    """A scripted answer: an error as Telegram words it."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, {**body, "parameters": parameters} if parameters else body


class FakeTelegram:
    """The API, in a thread of its own while the block lasts.

    `calls` holds what was called; `script` the answers to give instead of the right ones, in order, by method or by
    (method, chat).
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.script: dict[Any, deque[tuple[int, dict[str, Any]]]] = defaultdict(deque)
        self.pending: list[dict[str, Any]] = []
        self.webhook: dict[str, Any] = {}
        self.address, self.token = "", TOKEN
        self._ids, self._message_ids = itertools.count(7001), itertools.count(900)
        self._loop = asyncio.new_event_loop()
        self._changed, self._poll = asyncio.Event(), 0
        self._ready, self._stop = threading.Event(), asyncio.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        await self._stop.wait()
        self._poll = -1
        self._changed.set()
        await asyncio.sleep(0)
        await runner.cleanup()

    def __enter__(self) -> FakeTelegram:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = {name: _value(str(value)) for name, value in (await request.post()).items()}
        self.calls.append((method, params))
        if request.match_info["token"] != self.token:
            return _respond(*failure(401, "Unauthorized"))
        for key in ((method, params.get("chat_id")), method):
            if self.script[key]:
                status, body = self.script[key].popleft()
                if not status and request.transport is not None:
                    request.transport.close()
                return _respond(status or 500, body)
        if method == "getUpdates":
            return await self._updates(params)
        return _respond(200, {"ok": True, "result": self._result(method, params)})

    def _result(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getMe":
            return BOT
        if method == "setWebhook":
            self.webhook = params
        if method == "deleteWebhook":
            self.webhook = {}
        if method == "sendMessage":
            chat = {"id": params["chat_id"], "type": "private"}
            return {"message_id": next(self._message_ids), "date": 0, "chat": chat, "text": str(params["text"])}
        return True

    async def _updates(self, params: dict[str, Any]) -> web.StreamResponse:
        if self.webhook:
            return _respond(*failure(409, "Conflict: can't use getUpdates method while webhook is active"))
        self._poll += 1
        poll, offset = self._poll, int(params.get("offset", 0))
        self._changed.set()
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        deadline = self._loop.time() + float(params.get("timeout", 0))
        while not self.pending and self._loop.time() < deadline:
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), deadline - self._loop.time())
            except asyncio.TimeoutError:
                break
            if self._poll != poll:
                return _respond(*failure(409, "Conflict: terminated by other getUpdates request"))
        return _respond(200, {"ok": True, "result": self.pending[:100]})

    def push(self, update: dict[str, Any]) -> int:
        """Something happens in a chat; gives the number of the update."""
        numbered = {"update_id": next(self._ids), **update}

        def add() -> None:
            self.pending.append(numbered)
            self._changed.set()

        self._loop.call_soon_threadsafe(add)
        return int(numbered["update_id"])

    def of(self, method: str, chat_id: int | None = None) -> list[dict[str, Any]]:
        """The calls of a method, for one chat or all."""
        called = [params for name, params in list(self.calls) if name == method]
        return [params for params in called if chat_id is None or params.get("chat_id") == chat_id]

    def said(self, chat_id: int | None = None) -> list[str]:
        """The texts of all messages, those that failed included."""
        return [str(params["text"]) for params in self.of("sendMessage", chat_id)]

    def keyboard(self, number: int = -1) -> list[list[dict[str, str]]]:
        """The buttons of a message."""
        markup = self.of("sendMessage")[number].get("reply_markup")
        rows: list[list[dict[str, str]]] = markup["inline_keyboard"] if markup else []
        return rows

    def button(self, title: str) -> str:
        """Callback data of the newest button with a title."""
        for number in range(len(self.of("sendMessage")) - 1, -1, -1):
            for row in self.keyboard(number):
                for button in row:
                    if button["text"] == title:
                        return button["callback_data"]
        raise AssertionError(f"there is no button {title}")


async def until(happened: Callable[[], Any], seconds: float = 8) -> Any:
    """Wait until something is true, and give it."""
    end = asyncio.get_running_loop().time() + seconds
    while not (result := happened()):
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.01)
    return result


def message(text: str | None = "路灯多少盏", chat_id: int = 42, **fields: Any) -> dict[str, Any]:
    """An update: a message in a private chat; any field can be given."""
    body: dict[str, Any] = {
        "message_id": 11,
        "date": 1_580_000_000,
        "chat": {"id": chat_id, "type": "private", "first_name": "张三"},
        "from": {"id": chat_id, "is_bot": False, "first_name": "张三", "language_code": "zh-hans"},
    }
    if text is not None:
        body["text"] = text
    return {"message": {**body, **fields}}


def group(text: str | None, *entities: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An update: a message in a group."""
    chat = {"id": -1001, "type": "supergroup", "title": "村民"}
    return message(text, chat=chat, entities=list(entities), **fields)


def press(data: str, chat_id: int = 42, **fields: Any) -> dict[str, Any]:
    """An update: a button is pressed."""
    query = {
        "id": f"q-{data}",
        "from": {"id": chat_id, "is_bot": False, "first_name": "张三", "language_code": "zh-hans"},
        "chat_instance": "1",
        "data": data,
        "message": message("…", chat_id)["message"],
    }
    return {"callback_query": {**query, **fields}}


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, (dict, list, int)) else text


def _respond(status: int, body: dict[str, Any]) -> web.Response:
    return web.json_response(body, status=status)
