"""One row a turn from Rasa's events, and never an exception."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from rasa.utils.endpoints import EndpointConfig

from bot.conversations.turn import Turn
from bot.errors import StoreError
from bot.runtime import broker
from bot.runtime.broker import ConversationLogBroker

NOW = datetime(2020, 1, 15, tzinfo=timezone.utc)


class Log:
    """Collects turns, or fails."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.fails = False

    def add(self, record: Turn) -> None:
        if self.fails:
            raise RuntimeError
        self.turns.append(record)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def events(log: Log) -> ConversationLogBroker:
    return ConversationLogBroker(log, lambda: NOW + timedelta(milliseconds=80))  # type: ignore[arg-type]


def user(text: str = "路灯", sender: str = "s", **more: Any) -> dict[str, Any]:
    return {
        "event": "user",
        "sender_id": sender,
        "text": text,
        "timestamp": NOW.timestamp() + 1,
        "input_channel": "web",
        "parse_data": {"intent": {"name": "ask_amount", "confidence": 0.9}},
        "metadata": {"turn": "a" * 32, "received": NOW.timestamp()},
        **more,
    }


def bot(text: str | None, sender: str = "s", **metadata: Any) -> dict[str, Any]:
    return {"event": "bot", "sender_id": sender, "text": text, "metadata": {"metadata": metadata, "model_id": "m"}}


def listen(sender: str = "s") -> dict[str, Any]:
    return {"event": "action", "sender_id": sender, "name": "action_listen"}


def context(value: Any, sender: str = "s") -> dict[str, Any]:
    return {"event": "slot", "sender_id": sender, "name": "context", "value": value}


def publish(events: ConversationLogBroker, *published: dict[str, Any]) -> None:
    for event in published:
        events.publish(event)


def test_a_turn(events: ConversationLogBroker, log: Log) -> None:
    answer = {"outcome": "answered", "entries": ["lamps"], "language": "zh-Hans", "confidence": 0.97, "kind": ""}
    publish(
        events,
        {"event": "session_started", "sender_id": "s"},
        listen(),
        user("路灯多少，打13800138000"),
        {"event": "action", "sender_id": "s", "name": "action_answer"},
        bot("1300盏", **answer, candidates=[{"entry": "lamps", "probability": 0.97}]),
        context({"topic": "rural"}),
        listen(),
    )
    [turn] = log.turns
    assert turn == Turn(
        "a" * 32, "s", "web", NOW, "路灯多少，打〔手机号〕", "1300盏", "zh-Hans", "ask_amount", 0.9, "answered", "",
        "rural", ("lamps",), 0.97, ({"entry": "lamps", "probability": 0.97},), 80,
    )  # fmt: skip


def test_an_answer_in_the_middle_of_a_form(events: ConversationLogBroker, log: Log) -> None:
    publish(events, user(), bot("1300盏", outcome="answered", entries=["lamps"]), bot("留言？", outcome="ask_matter"))
    publish(events, bot(None, outcome="x"), listen())
    assert [(turn.outcome, turn.reply) for turn in log.turns] == [("answered", "1300盏\n\n留言？")]


def test_conversations_do_not_mix(events: ConversationLogBroker, log: Log) -> None:
    publish(events, user("甲", "s"), user("乙", "t"), bot("答乙", "t"), bot("答甲", "s"), listen("s"), listen("t"))
    assert [(turn.conversation_id, turn.question, turn.reply) for turn in log.turns] == [
        ("s", "甲", "答甲"),
        ("t", "乙", "答乙"),
    ]


def test_a_turn_without_end_is_logged_with_the_next(
    events: ConversationLogBroker, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(events, user("甲"), user("乙"), listen(), listen())
    assert [turn.question for turn in log.turns] == ["甲", "乙"]
    monkeypatch.setattr(broker, "MOST_OPEN", 2)
    publish(events, *(user(str(number), f"s{number}") for number in range(5)))
    assert [turn.question for turn in log.turns[2:]] == ["0", "1", "2"]


def test_a_message_that_reception_did_not_see(events: ConversationLogBroker, log: Log) -> None:
    publish(events, user(metadata=None, parse_data=None), listen(), user(metadata={}, timestamp=None), listen())
    assert [turn.at - NOW for turn in log.turns] == [timedelta(seconds=1), timedelta(milliseconds=80)]
    assert all(len(turn.id) == 32 and turn.id != "a" * 32 for turn in log.turns)


@pytest.mark.parametrize(
    "event",
    [{}, {"sender_id": "s"}, {"event": None, "sender_id": "s"}, bot("x"), context("y"), user(parse_data=5),
     user(metadata={"received": "soon"}), user(timestamp="x", metadata={}), user(text=5), None, 5],
)  # fmt: skip
def test_nothing_raises(events: ConversationLogBroker, log: Log, event: Any) -> None:
    publish(events, event, listen())
    log.fails = True
    publish(events, user(), bot("答", outcome=["x"], entries=5), listen())
    log.fails = False
    log.turns.clear()
    publish(events, user(), listen())
    assert len(log.turns) == 1


async def test_it_is_made_with_the_log_or_not_at_all(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "_logs", [])
    config = EndpointConfig(type="bot.runtime.broker.ConversationLogBroker")
    with pytest.raises(StoreError, match="in the server only"):
        await ConversationLogBroker.from_endpoint_config(config)
    broker.setup(log)  # type: ignore[arg-type]
    made = await ConversationLogBroker.from_endpoint_config(config)
    made.publish(user())
    made.publish(listen())
    assert len(log.turns) == 1
    await made.close()
