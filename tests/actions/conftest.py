"""The actions with a real assistant on a made-up report and a ticket store in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

import actions
from bot.answers.assistant import Assistant
from tests.answers.yunxi import HOTLINE, build_assistant


@dataclass
class FakeAnswers:
    """An answering service that always has the same assistant."""

    assistant: Assistant
    hotline: str = HOTLINE

    def current(self) -> Assistant:
        """The assistant."""
        return self.assistant


@dataclass
class FakeTickets:
    """A ticket store in memory, which can be broken."""

    stored: list[dict[str, str]] = field(default_factory=list)
    error: Exception | None = None

    def create_ticket(self, *, matter: str, contact: str, channel: str, sender_id: str) -> str:
        """Keep a message and number it."""
        if self.error:
            raise self.error
        self.stored.append({"matter": matter, "contact": contact, "channel": channel, "sender_id": sender_id})
        return f"20200115-{len(self.stored):04d}"


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """The assistant of the made-up district."""
    return build_assistant()


@pytest.fixture
def tickets() -> FakeTickets:
    """An empty ticket store."""
    return FakeTickets()


@pytest.fixture(autouse=True)
def services(assistant: Assistant, tickets: FakeTickets, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hand the actions their services for the time of a test."""
    monkeypatch.setattr(actions, "_services", [])
    actions.setup(FakeAnswers(assistant), tickets)
    yield


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    """Collects what an action says."""
    return CollectingDispatcher()


def tracker(
    text: str | None, intent: str = "", confidence: float = 0.95, channel: str = "rest", **slots: Any
) -> Tracker:
    """A conversation whose latest message is given.

    Args:
        text: the message.
        intent: what the classifier takes it for.
        confidence: how sure it is, 0 to 1.
        channel: where it came from.
        slots: slots that are set.
    """
    message: dict[str, Any] = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": []}
    user = {"event": "user", "input_channel": channel, **message}
    return Tracker(
        "sender-1", {"context": None, "matter": None, "contact": None, **slots}, message, [user], False, None, {}, None
    )


def slots_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that events set."""
    assert all(event["event"] == "slot" for event in events)
    return {event["name"]: event["value"] for event in events}
