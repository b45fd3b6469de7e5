"""Server-sent events: staff replies arrive, once, also after an interruption."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.channels import web as web_module
from bot.channels.delivery import Delivery
from bot.channels.streams import WAITING, Event, Streams
from bot.channels.web import WebServices
from tests.channels.conftest import FakeOutbox
from tests.channels.test_web import WEB, Citizen


@pytest.fixture
def citizen(client: httpx.Client) -> Citizen:
    return Citizen(client)


def events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    """The data of each event."""
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line[6:])


def test_what_waits_is_sent_at_once_and_stays_until_it_is_received(
    client: httpx.Client, citizen: Citizen, outbox: FakeOutbox
) -> None:
    first = outbox.add(citizen.conversation, "已修好。")
    outbox.add("web-other", "别人的")
    for _ in range(2):
        with client.stream("GET", f"{WEB}/events", headers=citizen.headers) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            message = next(events(stream.iter_lines()))
        assert (message["id"], message["text"], message["kind"]) == (first, "已修好。", "reply")
    assert citizen.post("received", id=first).json() == {"status": "ok"}
    assert citizen.post("received", id=first).json() == {"status": "unknown"}
    assert citizen.post("received", id="2").json() == {"status": "unknown"}
    assert outbox.done == [first]


def test_the_last_event_id_acknowledges(client: httpx.Client, citizen: Citizen, outbox: FakeOutbox) -> None:
    outbox.add(citizen.conversation, "一")
    outbox.add(citizen.conversation, "二", "notice")
    with client.stream("GET", f"{WEB}/events", headers={**citizen.headers, "Last-Event-ID": "1"}) as stream:
        assert next(events(stream.iter_lines()))["text"] == "二"
    assert outbox.done == ["1"]
    for wrong in ("x", "9" * 40, "-1"):
        with client.stream("GET", f"{WEB}/events", headers={**citizen.headers, "Last-Event-ID": wrong}) as stream:
            assert next(events(stream.iter_lines()))["text"] == "二"


def test_what_comes_later_is_sent_and_others_are_served_meanwhile(
    client: httpx.Client, citizen: Citizen, outbox: FakeOutbox, web: WebServices
) -> None:
    with client.stream("GET", f"{WEB}/events", headers=citizen.headers) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 3000"
        assert citizen.ask("问").status_code == 200
        outbox.add(citizen.conversation, "后来")
        asyncio.run(web.delivery.look())
        assert next(events(lines))["text"] == "后来"
    deadline = time.monotonic() + 5
    while web.streams.conversations() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert web.streams.conversations() == []


def test_a_stream_that_has_nothing_to_say_stays_alive(
    client: httpx.Client, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_module, "HEARTBEAT_SECONDS", 0.05)
    with client.stream("GET", f"{WEB}/events", headers=citizen.headers) as stream:
        lines = stream.iter_lines()
        assert [next(lines) for _ in range(5)] == ["retry: 3000", "", ":", "", ":"]


def test_too_many_streams_of_a_conversation(client: httpx.Client, citizen: Citizen) -> None:
    opened = [client.stream("GET", f"{WEB}/events", headers=citizen.headers) for _ in range(3)]
    with opened[0], opened[1], opened[2] as refused:
        assert refused.status_code == 429 and json.loads(refused.read())["error"] == "too_many_streams"
        assert refused.headers["retry-after"] == "30"


def test_a_stream_ends_when_the_server_stops(client: httpx.Client, citizen: Citizen, web: WebServices) -> None:
    with client.stream("GET", f"{WEB}/events", headers=citizen.headers) as stream:
        lines = stream.iter_lines()
        next(lines)
        web.streams.stop()
        assert [line for line in lines if line] == []


def test_a_slow_reader_is_cut_off_and_the_count_is_kept() -> None:
    streams = Streams(most=2, each=2)
    queue = streams.open("a")
    assert queue is not None and streams.open("b") is not None and streams.open("c") is None
    for number in range(WAITING + 1):
        streams.send("a", Event(str(number), "message", {}))
    assert queue.get_nowait() is None and queue.empty()
    streams.close("a", queue)
    streams.close("a", queue)
    assert streams.conversations() == ["b"] and streams.open("c") is not None and streams.open("d") is None


def test_no_address_takes_up_all_streams() -> None:
    streams = Streams(most=9, address=2)
    opened = [streams.open(conversation, "1.2.3.4") for conversation in "abc"]
    assert opened[0] and opened[1] and opened[2] is None and streams.open("d", "5.6.7.8")
    streams.close("a", opened[0])
    assert streams.open("c", "1.2.3.4") and streams.open("e", "1.2.3.4") is None


async def test_each_message_is_sent_once_by_a_process() -> None:
    streams, outbox = Streams(), FakeOutbox()
    delivery = Delivery(outbox, streams, "web")
    outbox.add("absent", "later")
    queue = streams.open("c")
    assert queue is not None
    outbox.add("c", "一")
    for _ in range(3):
        await delivery.look()
    outbox.add("c", "二\n第二行")
    await delivery.look()
    sent = [queue.get_nowait() for _ in range(queue.qsize())]
    assert [event.data["text"] for event in sent if event] == ["一", "二\n第二行"]
    assert sent[1] is not None and sent[1].encode().count("\n") == 4
    assert [event.data["text"] for event in await delivery.missed("absent", "")] == ["later"]


async def test_delivery_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.channels.delivery.LOOK_SECONDS", 0.01)
    streams, outbox = Streams(), FakeOutbox()
    queue = streams.open("c")
    assert queue is not None
    delivery = Delivery(outbox, streams, "web")
    real, calls = outbox.waiting, []

    def waiting(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == 1:
            raise RuntimeError("no database")
        return real(*args)

    monkeypatch.setattr(outbox, "waiting", waiting)
    outbox.add("c", "一")
    task = asyncio.create_task(delivery.run())
    event = await asyncio.wait_for(queue.get(), 5)
    task.cancel()
    assert event is not None and event.data["text"] == "一" and "the outbox could not be read" in caplog.text
