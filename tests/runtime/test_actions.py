"""Custom actions in the server's own process."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection

from bot.errors import StoreError
from bot.runtime.actions import LazyEvents, NativeAction, RemoteActions, Run, load_actions, sdk_tracker
from tests.runtime.conftest import make_domain

DOMAIN = make_domain(responses={"utter_hello": [{"text": "您好"}]}, actions=["action_x"])
APOLOGY = "出错了"


def conversation() -> DialogueStateTracker:
    tracker = DialogueStateTracker("s", DOMAIN.slots)
    tracker.update(ActionExecuted("action_listen"))
    tracker.update(
        UserUttered("问题", {"name": "ask"}, [], {"intent": {"name": "ask"}, "entities": [], "text": "问题"})
    )
    tracker.update(SlotSet("context", {"entries": ["f1"]}))
    return tracker


async def perform(run: Run, domain: Domain = DOMAIN, seconds: float = 1) -> list[Event]:
    nlg = TemplatedNaturalLanguageGenerator(domain.responses)
    action = NativeAction("action_x", run, seconds, APOLOGY)
    return await action.run(CollectingOutputChannel(), nlg, conversation(), domain)


async def test_what_is_said_and_set_comes_back() -> None:
    async def run(dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(
            text=tracker.latest_message["text"],
            buttons=[{"title": "t", "payload": "p"}],
            metadata={"outcome": "answered"},
        )
        dispatcher.utter_message(response="utter_hello")
        return [{"event": "slot", "name": "context", "value": {"entries": []}}]

    said, hello, slot = await perform(run)
    assert isinstance(said, BotUttered) and said.text == "问题"
    assert said.message()["metadata"] == {"outcome": "answered"}
    assert said.message()["buttons"] == [{"title": "t", "payload": "p"}]
    assert isinstance(hello, BotUttered) and hello.text == "您好"
    assert slot == SlotSet("context", {"entries": []})


async def test_a_plain_function_may_return_nothing() -> None:
    assert await perform(lambda dispatcher, tracker, domain: None) == []


async def test_a_failure_is_an_apology_without_the_citizens_words(caplog: pytest.LogCaptureFixture) -> None:
    def run(dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> None:
        dispatcher.utter_message(text="half an answer")
        raise ValueError(tracker.latest_message["text"])

    [said] = await perform(run)
    assert isinstance(said, BotUttered) and said.text == APOLOGY
    assert said.message()["metadata"] == {"outcome": "error"}
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "问题" not in caplog.records[0].getMessage()


async def test_the_domain_may_word_the_apology() -> None:
    domain = make_domain(responses={"utter_error": [{"text": "抱歉"}]}, actions=["action_x"])

    def run(*_: Any) -> None:
        raise ValueError

    [said] = await perform(run, domain)
    assert isinstance(said, BotUttered) and said.text == "抱歉"


async def test_an_action_may_not_take_for_ever() -> None:
    async def run(*_: Any) -> None:
        await asyncio.sleep(60)

    [said] = await perform(run, seconds=0.01)
    assert isinstance(said, BotUttered) and said.text == APOLOGY


async def test_a_rejection_stays_a_rejection() -> None:
    def run(*_: Any) -> None:
        raise SdkRejection("action_x")

    with pytest.raises(ActionExecutionRejection):
        await perform(run)


def test_the_sdk_tracker_holds_copies() -> None:
    tracker = conversation()
    seen = sdk_tracker(tracker)
    seen.slots["context"]["entries"].append("f2")
    assert tracker.get_slot("context") == {"entries": ["f1"]}
    assert seen.latest_message["intent"] == {"name": "ask"}
    assert seen.get_latest_input_channel() is None
    assert seen.slots_to_validate() == {"context": {"entries": ["f1"]}}


def test_lazy_events_behave_like_a_list() -> None:
    tracker = conversation()
    events = LazyEvents(tracker)
    assert list(events) == [event.as_dict() for event in tracker.events]
    assert events[-1]["event"] == "slot" and [event["event"] for event in events[1:]] == ["user", "slot"]
    events.append({"event": "x"})
    assert events[-1] == {"event": "x"} and len(events) == len(tracker.events) + 1
    with pytest.raises(IndexError):
        events[99]


async def test_rasas_remote_actions_need_no_network() -> None:
    def run(dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="太短")
        return [{"event": "slot", "name": "matter", "value": None}]

    def reject(*_: Any) -> None:
        raise SdkRejection("validate_b")

    def fail(*_: Any) -> None:
        raise ValueError

    endpoint = RemoteActions({"validate_a": run, "validate_b": reject, "validate_c": fail}, 1, APOLOGY)
    call = {"tracker": conversation().current_state(), "domain": {}}
    reply = await endpoint.request(json={**call, "next_action": "validate_a"})
    assert reply["events"] == [{"event": "slot", "name": "matter", "value": None}]
    assert reply["responses"][0]["text"] == "太短"
    with pytest.raises(ClientResponseError):
        await endpoint.request(json={**call, "next_action": "validate_b"})
    assert (await endpoint.request(json={**call, "next_action": "validate_c"}))["responses"][0]["text"] == APOLOGY


def test_actions_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_actions"
    package.mkdir()
    (package / "__init__.py").write_text("")
    body = "from rasa_sdk import Action\nclass A(Action):\n    def name(self): return 'action_a'\n"
    (package / "one.py").write_text(body)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert list(load_actions("some_actions")) == ["action_a"]
    (package / "two.py").write_text(body)
    for name in [name for name in sys.modules if name.startswith("some_actions")]:
        del sys.modules[name]
    with pytest.raises(StoreError, match="action_a is already taken"):
        load_actions("some_actions")
    with pytest.raises(StoreError, match="no_such_package"):
        load_actions("no_such_package")
