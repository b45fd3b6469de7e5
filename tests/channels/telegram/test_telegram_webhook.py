"""The webhook on a real server: only Telegram's posts pass, each is taken once."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sanic import Sanic

from bot.channels.rates import TokenBuckets
from bot.channels.rest import Limits
from bot.channels.telegram.channel import TelegramOptions, start_service, stop_service
from bot.channels.telegram.polling import WEBHOOK_PATH, webhook_secret
from tests.channels.conftest import FakeAgent
from tests.channels.telegram.fake import TOKEN, FakeTelegram, failure, message

SECRET = {"X-Telegram-Bot-Api-Secret-Token": webhook_secret(TOKEN)}
JSON = {"Content-Type": "application/json"}
Post = Callable[..., httpx.Response]


def wait(happened: Callable[[], Any], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def post(
    client: httpx.Client, server: tuple[Sanic, str], options: TelegramOptions, api: FakeTelegram, agent: FakeAgent
) -> Iterator[Post]:
    """Posts to the webhook of the running server, as Telegram does unless told otherwise."""
    app, _ = server
    app.ctx.limits = Limits(app.ctx.limits.senders, TokenBuckets(6, 0.01, time.monotonic))
    app.ctx.telegram = replace(options, webhook_url="https://ask.example.gov.cn")
    asyncio.run_coroutine_threadsafe(start_service(app, agent.handle_message), app.ctx.loop).result(10)
    wait(lambda: api.webhook)

    def send(body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post(WEBHOOK_PATH, content=content, headers=SECRET | JSON if headers is None else headers)

    yield send
    asyncio.run_coroutine_threadsafe(stop_service(app), app.ctx.loop).result(10)
    app.ctx.telegram = None


def test_telegram_is_told_where_to_post(post: Post, api: FakeTelegram) -> None:
    assert api.webhook["url"] == "https://ask.example.gov.cn/webhooks/telegram/webhook"
    assert api.webhook["secret_token"] == webhook_secret(TOKEN) and TOKEN not in str(api.webhook)
    assert re.fullmatch(r"[\w-]{1,256}", api.webhook["secret_token"])
    assert api.webhook["allowed_updates"] == ["message", "edited_message", "callback_query"]
    assert not api.of("getUpdates")


def test_a_post_is_answered_once_however_often_it_comes(post: Post, api: FakeTelegram, agent: FakeAgent) -> None:
    update = {"update_id": 5, **message()}
    assert [post(update).status_code for _ in range(3)] == [200] * 3
    assert post(update, SECRET | {"Content-Type": "application/json; charset=utf-8"}).status_code == 200
    wait(api.said)
    assert post({"update_id": 6, **message("/help")}).json() == {"ok": True}
    wait(lambda: len(api.said()) == 2)
    assert len(agent.seen) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        ({"update_id": 1, **message()}, JSON, 403),
        ({"update_id": 1, **message()}, JSON | {"X-Telegram-Bot-Api-Secret-Token": "guess"}, 403),
        ({"update_id": 1, **message()}, JSON | {"X-Telegram-Bot-Api-Secret-Token": ""}, 403),
        (b"x" * 70_000, JSON, 403),
        ({"update_id": 1, **message()}, SECRET | {"Content-Type": "text/plain"}, 415),
        ({"update_id": 1, **message()}, SECRET, 415),
        (b'{"update_id": 1, "x": "' + b"x" * 65_536 + b'"}', SECRET | JSON, 413),
        (b"{", SECRET | JSON, 400),
        (b"", SECRET | JSON, 400),
        (b"[]", SECRET | JSON, 400),
        (b"\xff\xfe", SECRET | JSON, 400),
        (b"[" * 60_000, SECRET | JSON, 400),
        ({"message": "no number"}, SECRET | JSON, 400),
        ({"update_id": "1"}, SECRET | JSON, 400),
    ],
    ids=lambda value: str(value)[:30],
)
def test_wrong_posts(
    post: Post, api: FakeTelegram, agent: FakeAgent, body: Any, headers: dict[str, str], status: int
) -> None:
    response = post(body, headers)
    assert response.status_code == status
    said = response.json()["message"]
    assert re.search("[a-z]", said) and re.search("[\u4e00-\u9fff]", said) and TOKEN not in response.text
    assert post({"update_id": 2, **message("还在吗")}).status_code == 200
    wait(api.said)
    assert [seen.text for seen in agent.seen] == ["还在吗"]


@pytest.mark.parametrize(
    "update", [{}, {"message": {"chat": 5}}, {"message": None}, {"poll": {"id": 5}}, {"message": []}]
)
def test_what_is_not_understood_does_not_come_again(post: Post, agent: FakeAgent, update: dict[str, Any]) -> None:
    assert post({"update_id": 3, **update}).status_code == 200
    assert not agent.seen


def test_a_flood_of_forged_posts(post: Post, api: FakeTelegram, agent: FakeAgent) -> None:
    statuses = [post({"update_id": number, **message()}, JSON) for number in range(9)]
    assert [response.status_code for response in statuses] == [403] * 6 + [429] * 3
    assert int(statuses[-1].headers["Retry-After"]) > 0
    assert post({"update_id": 1, **message("别人")}).status_code == 200
    wait(api.said)
    assert [seen.text for seen in agent.seen] == ["别人"]


def test_a_webhook_that_telegram_refuses(
    server: tuple[Sanic, str], client: httpx.Client, options: TelegramOptions, api: FakeTelegram, agent: FakeAgent,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    app, _ = server
    api.script["setMyCommands"].append(failure(400, "Bad Request: BOT_COMMAND_INVALID"))
    api.script["setWebhook"].append(failure(400, "Bad Request: bad webhook: IP address is reserved"))
    app.ctx.telegram = replace(options, webhook_url="https://10.0.0.1")
    asyncio.run_coroutine_threadsafe(start_service(app, agent.handle_message), app.ctx.loop).result(10)
    wait(lambda: api.webhook)
    asyncio.run_coroutine_threadsafe(stop_service(app), app.ctx.loop).result(10)
    app.ctx.telegram = None
    said = [record.message for record in caplog.records]
    assert sum("refuses TELEGRAM_WEBHOOK_URL" in line for line in said) == 1 and len(api.of("setWebhook")) == 2


def test_too_much_at_once_is_asked_to_come_again(post: Post, monkeypatch: Any, agent: FakeAgent) -> None:
    monkeypatch.setattr("bot.channels.telegram.worker.MOST_WAITING", 0)
    response = post({"update_id": 1, **message()})
    assert response.status_code == 429 and response.headers["Retry-After"] == "5" and not agent.seen


def test_without_a_webhook_there_is_nothing_there(
    client: httpx.Client, server: tuple[Sanic, str], options: TelegramOptions, agent: FakeAgent, api: FakeTelegram
) -> None:
    app, _ = server
    update = {"update_id": 1, **message()}
    assert client.post(WEBHOOK_PATH, json=update, headers=SECRET).status_code == 404
    app.ctx.telegram = options
    asyncio.run_coroutine_threadsafe(start_service(app, agent.handle_message), app.ctx.loop).result(10)
    wait(lambda: api.of("getUpdates"))
    assert client.post(WEBHOOK_PATH, json=update, headers=SECRET).status_code == 404
    asyncio.run_coroutine_threadsafe(stop_service(app), app.ctx.loop).result(10)
    app.ctx.telegram = None
    assert not agent.seen
