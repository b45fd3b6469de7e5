"""The webhook: what it answers, and that nothing makes it fail."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest

from tests.channels.conftest import Clock, FakeAgent

WEBHOOK = "/webhooks/rest/webhook"


def ask(client: httpx.Client, message: Any, sender: Any = "s", **more: Any) -> httpx.Response:
    return client.post(WEBHOOK, json={"sender": sender, "message": message, **more})


def test_a_reply_is_one_message_with_buttons_and_metadata(client: httpx.Client) -> None:
    response = ask(client, "路灯多少盏")
    assert response.status_code == 200
    [reply] = response.json()
    assert re.fullmatch("[0-9a-f]{32}", reply["metadata"].pop("turn"))
    assert [reply] == [
        {
            "recipient_id": "s",
            "text": "答：路灯多少盏\n\n第二段",
            "buttons": [{"title": "路灯", "payload": "路灯多少盏"}],
            "metadata": {"outcome": "answered", "entries": ["f1"]},
        }
    ]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[]", "invalid_json"),
        (b'"text"', "invalid_json"),
        (b"null", "invalid_json"),
        (b"\xff\xfe\xff", "invalid_json"),
        (b"[" * 60000, "invalid_json"),
        (b'{"sender": "s"}', "invalid_message"),
        (b'{"sender": "s", "message": null}', "invalid_message"),
        (b'{"sender": "s", "message": 5}', "invalid_message"),
        (b'{"sender": "s", "message": {"text": "x"}}', "invalid_message"),
        (b'{"sender": "s", "message": ["x"]}', "invalid_message"),
        (b'{"sender": 5, "message": "x"}', "invalid_sender"),
        (b'{"sender": false, "message": "x"}', "invalid_sender"),
        (b'{"sender": {"$ne": 1}, "message": "x"}', "invalid_sender"),
        (b'{"sender": "a\\u0000b", "message": "x"}', "invalid_sender"),
        (b'{"sender": "web-0123456789abcdef0123456789abcdef", "message": "x"}', "reserved_sender"),
        (b'{"sender": "\\ud800", "message": "x"}', "invalid_sender"),
        (b'{"sender": "' + b"s" * 129 + b'", "message": "x"}', "invalid_sender"),
    ],
)
@pytest.mark.parametrize("query", ["", "?stream=true"])
def test_wrong_bodies_are_refused(client: httpx.Client, agent: FakeAgent, body: bytes, error: str, query: str) -> None:
    response = client.post(WEBHOOK + query, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"] == error
    assert re.search("[a-z]", response.json()["message"]) and re.search("[\u4e00-\u9fff]", response.json()["message"])
    assert not agent.seen


@pytest.mark.parametrize("size", [65 * 1024, 600 * 1024, 3 * 1024 * 1024])
def test_large_bodies_are_refused(client: httpx.Client, size: int) -> None:
    try:
        response = client.post(WEBHOOK, content=json.dumps({"sender": "s", "message": "x" * size}))
    except (httpx.WriteError, httpx.ReadError):
        assert size > 1024 * 1024  # cut off while it was sent
        return
    assert response.status_code == 413
    assert response.json()["error"] == "body_too_large"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("😀😀", "empty"),
        ("？！……", "empty"),
        ("\x00\x01", "empty"),
        ("\ud800", "empty"),
        ("\u200b\u202e", "empty"),
        ("/", "empty"),
        ("／／", "empty"),
        ("问" * 2001, "too_long"),
    ],
)
def test_nothing_to_answer_gets_a_polite_reply(client: httpx.Client, agent: FakeAgent, typed: str, reason: str) -> None:
    response = client.post(WEBHOOK, content=json.dumps({"sender": "s", "message": typed}))
    assert response.status_code == 200
    [reply] = response.json()
    assert reply["metadata"]["outcome"] == reason and reply["text"]
    assert not agent.seen


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("/restart", "restart"),
        ('/ask_x{"a":1}', 'ask_x{"a":1}'),
        ("／restart", "restart"),
        (" / /restart", "restart"),
        ("//greet", "greet"),
        ("\u200b/greet", "greet"),
        ("⁄greet", "greet"),
        ("路灯\x00多少\ud800盏", "路灯 多少盏"),
        ("我的手机是13800138000", "我的手机是〔手机号〕"),
        ("/help me", "help me"),
        ("/helpme", "helpme"),
        ("问" * 2000, "问" * 2000),
    ],
)
def test_what_rasa_sees(client: httpx.Client, agent: FakeAgent, typed: str, seen: str) -> None:
    assert client.post(WEBHOOK, content=json.dumps({"sender": "s", "message": typed})).status_code == 200
    assert [message.text for message in agent.seen] == [seen]


def test_claims_of_the_client_are_ignored(client: httpx.Client, agent: FakeAgent) -> None:
    response = client.post(
        WEBHOOK + "?stream=true",
        json={
            "sender": "s",
            "message": "问",
            "input_channel": "telegram",
            "metadata": {"role": "admin"},
            "stream": True,
        },
    )
    assert isinstance(response.json(), list)
    [message] = agent.seen
    assert (message.input_channel, message.parse_data) == ("rest", None)
    assert set(message.metadata) == {"turn", "received"}


@pytest.mark.parametrize("sender", [None, ""])
def test_a_sender_is_issued(client: httpx.Client, sender: str | None) -> None:
    ids = {ask(client, "问", sender).json()[0]["recipient_id"] for _ in range(3)}
    assert len(ids) == 3 and all(re.fullmatch("[0-9a-f]{32}", issued) for issued in ids)


@pytest.mark.parametrize("sender", ["13800138000", "zs@example.com", "１３８００１３８０００"])
def test_a_sender_that_is_personal_data_is_not_kept(client: httpx.Client, agent: FakeAgent, sender: str) -> None:
    assert ask(client, "问", sender).json()[0]["recipient_id"] == sender
    ask(client, "问", sender)
    kept = {message.sender_id for message in agent.seen}
    assert len(kept) == 1 and all(re.fullmatch("id-[0-9a-f]{32}", id) for id in kept)


@pytest.mark.parametrize("typed", ["boom", "silence"])
def test_a_failure_is_never_silent(client: httpx.Client, typed: str) -> None:
    response = ask(client, typed)
    assert response.status_code == 200
    [reply] = response.json()
    assert reply["metadata"]["outcome"] == "error" and "12345" in reply["text"] and "secret" not in reply["text"]


def test_one_sender_is_slowed_down(client: httpx.Client, clock: Clock) -> None:
    assert [ask(client, "问").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = ask(client, "问")
    assert refused.headers["Retry-After"] == "1" and refused.json()["error"] == "too_many_messages"
    assert ask(client, "问", "other").status_code == 200
    clock.now += 1
    assert ask(client, "问").status_code == 200


def test_one_address_is_slowed_down(client: httpx.Client) -> None:
    statuses = [ask(client, "问", f"s{number}").status_code for number in range(51)]
    assert statuses == [200] * 50 + [429]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", WEBHOOK, 405), ("PUT", WEBHOOK, 405), ("GET", "/webhooks/rest/", 200)],
)
def test_other_requests(client: httpx.Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/json")
