"""A turn is masked and bounded when it is made, whatever comes in."""

from __future__ import annotations

import json
import math

import pytest

from bot.conversations.turn import MAX_TEXT, Turn
from tests.conversations.conftest import NOW, make


def test_everything_is_carried() -> None:
    candidates = [{"entry": "lamps", "probability": 0.91234567}]
    turn = make(1, metadata={"outcome": "answered", "entries": ["lamps"], "confidence": 1, "candidates": candidates})
    assert (turn.outcome, turn.entries, turn.confidence, turn.topic) == ("answered", ("lamps",), 1.0, "rural")
    assert turn.scores == ({"entry": "lamps", "probability": 0.9123},)
    assert turn.latency_ms == 40 and turn.act == "ask_amount"


def test_personal_data_is_masked() -> None:
    turn = make(1, question="打13800138000", replies=["您的13800138000", "", "第二段"])
    assert (turn.question, turn.reply) == ("打〔手机号〕", "您的〔手机号〕\n\n第二段")


def test_a_refusal_has_no_topic() -> None:
    assert make(1, metadata={"outcome": "not_in_report", "kind": "weather", "entries": ["r"]}).topic == ""
    assert make(1, metadata={"outcome": "greet", "entries": []}).topic == ""


@pytest.mark.parametrize("number", [math.nan, math.inf, "high", None])
def test_odd_numbers_are_none(number: object) -> None:
    assert make(1, metadata={"confidence": number}, act_confidence=number).confidence is None


def test_any_database_takes_it() -> None:
    turn = make(1, question="a\x00b\ud800c", replies=["答" * 9000], channel="c" * 99, conversation="s" * 999)
    assert turn.question == "abc" and len(turn.reply) == MAX_TEXT
    assert len(turn.channel) == 40 and len(turn.conversation_id) == 255
    assert make(1, ended=NOW).latency_ms == 0


def test_json_and_back() -> None:
    turn = make(1)
    assert Turn.from_json(json.loads(json.dumps(turn.to_json()))) == turn


@pytest.mark.parametrize("change", [{"at": "2020-01-15T00:00:00"}, {"at": "soon"}, {"entries": 5}])
def test_json_that_is_no_turn(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Turn.from_json({**make(1).to_json(), **change})
