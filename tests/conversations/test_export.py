"""The export: every turn once, in order, masked, without the ids of conversations; on both databases."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.conversations import export
from bot.conversations.export import json_lines
from bot.conversations.feedback import Feedback
from bot.conversations.models import TurnRow
from bot.conversations.store import TurnStore
from bot.database import SessionFactory, writing
from tests.conversations.conftest import NOW, make


def exported(sessions: SessionFactory, **limits: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in json_lines(sessions, **limits)]


def test_a_line(sessions: SessionFactory) -> None:
    TurnStore(sessions).write([make(1), Feedback(make(1).id, "c1", "down", NOW)])
    [line] = exported(sessions)
    assert len(line.pop("conversation")) == 16
    assert line == {
        "turn": make(1).id, "at": "2020-01-15T20:00:01.000+00:00", "channel": "web", "language": "zh-Hans",
        "question": "问1", "reply": "答1", "act": "ask_amount", "act_confidence": 0.8, "outcome": "answered", "kind": "",
        "topic": "rural", "entries": ["lamps", "roads"], "confidence": 0.9, "scores": [], "latency_ms": 40,
        "feedback": "down",
    }  # fmt: skip


def test_all_pages_in_order(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PAGE", 3)
    at = {"at": NOW, "ended": NOW}  # the same moment for all: the id decides
    TurnStore(sessions).write([make(number, **at) for number in range(9)])
    assert [line["question"] for line in exported(sessions)] == [f"问{number}" for number in range(9)]


def test_limits(sessions: SessionFactory) -> None:
    TurnStore(sessions).write([*(make(number) for number in range(5)), make(9, "c2", channel="telegram")])
    since, until = NOW + timedelta(seconds=1), NOW + timedelta(seconds=3)
    assert [line["question"] for line in exported(sessions, since=since, until=until)] == ["问1", "问2"]
    assert [line["question"] for line in exported(sessions, channel="telegram")] == ["问9"]


def test_conversations_cannot_be_told_from_their_names(sessions: SessionFactory) -> None:
    TurnStore(sessions).write([make(1, "13800138000"), make(2, "13800138000"), make(3, "c2")])
    names = [[line["conversation"] for line in exported(sessions)] for _ in range(2)]
    assert names[0][0] == names[0][1] != names[0][2] and names[0] != names[1]


def test_masked_once_more_and_expired_text_is_null(sessions: SessionFactory) -> None:
    TurnStore(sessions).write([make(1), make(2)])
    with writing(sessions) as session:
        session.execute(update(TurnRow).where(TurnRow.id == make(1).id).values(question="13800138000", reply=None))
    lines = exported(sessions)
    assert (lines[0]["question"], lines[0]["reply"]) == ("〔手机号〕", None)
