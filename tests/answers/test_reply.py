"""Context and reply as JSON, whatever a slot or a client holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.answers.reply import Button, Candidate, Context, Reply

FULL = Context("路灯?", ["a"], "rural", "amount", ["b", "c"], ["d"], ["a", "e"], "en", "zh-Hant")


def test_a_context_survives_json() -> None:
    assert Context.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL
    assert Context.from_json(Context().to_json()) == Context()


@pytest.mark.parametrize("data", [None, "", "text", 7, 1.5, True, [], ["entries"], {}, {"unknown": 1}, {1: 2}])
def test_anything_unexpected_is_an_empty_context(data: object) -> None:
    assert Context.from_json(data) == Context()


@pytest.mark.parametrize(
    ("name", "value"),
    [("question", None), ("question", ["x"]), ("entries", "lamps"), ("entries", None), ("shown", {}), ("language", 3)],
)
def test_a_field_of_another_type_is_left_out(name: str, value: Any) -> None:
    data = {**FULL.to_json(), name: value}
    read = Context.from_json(data)
    assert getattr(read, name) == getattr(Context(), name)
    assert read.topic == FULL.topic


def test_fields_of_another_version_do_no_harm() -> None:
    assert Context.from_json({"topic": "rural", "mood": "good"}) == Context(topic="rural")


def test_contexts_share_nothing() -> None:
    one, other = Context(), Context.from_json({})
    one.entries.append("a")
    assert other.entries == [] and Context().entries == []
    FULL.to_json()["entries"].append("z")
    assert FULL.entries == ["a"]


def test_metadata_is_json_and_holds_no_text() -> None:
    reply = Reply(
        "1300盏", "answered", "zh-Hans", Context(), ("lamps.plan",), buttons=(Button("t", "q"),), derived=(2100.0,),
        confidence=0.98765, candidates=(Candidate("lamps.plan", 0.9),),
    )  # fmt: skip
    data = json.loads(json.dumps(reply.metadata()))
    assert data["outcome"] == "answered" and data["entries"] == ["lamps.plan"] and data["language"] == "zh-Hans"
    assert data["derived"] == [2100.0] and data["confidence"] == pytest.approx(0.988)
    assert "1300盏" not in json.dumps(data, ensure_ascii=False)
