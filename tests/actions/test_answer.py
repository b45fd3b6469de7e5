"""The action that replies to every message outside the message form."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

import actions
from actions.answer import ActionAnswer, context_of
from bot.answers import speech
from bot.answers.reply import Context
from tests.actions.conftest import slots_of, tracker

QUESTION = "今年农村装多少盏路灯？"


async def run(dispatcher: CollectingDispatcher, text: str | None, intent: str = "", **slots: Any) -> dict[str, Any]:
    """The slots after `ActionAnswer`."""
    return slots_of(await ActionAnswer().run(dispatcher, tracker(text, intent, **slots), {}))


async def test_a_question_is_answered(dispatcher: CollectingDispatcher) -> None:
    slots = await run(dispatcher, QUESTION, "ask_amount")
    [said] = dispatcher.messages
    assert "1300" in said["text"]
    assert said["metadata"]["outcome"] == "answered" and said["metadata"]["entries"][0] == "lamps.plan"
    assert set(slots) == {"context"} and slots["context"]["entries"][0] == "lamps.plan"


async def test_buttons_send_their_question(dispatcher: CollectingDispatcher) -> None:
    await run(dispatcher, QUESTION, "ask_amount")
    buttons = dispatcher.messages[0]["buttons"]
    assert 0 < len(buttons) <= 4
    assert all(button["title"] and button["payload"] and not button["payload"].startswith("/") for button in buttons)


async def test_the_slot_is_json_and_carries_the_conversation(dispatcher: CollectingDispatcher) -> None:
    first = await run(dispatcher, QUESTION, "ask_amount")
    kept = json.loads(json.dumps(first["context"]))
    second = await run(dispatcher, "那农村公路呢", "follow_up", context=kept)
    assert second["context"]["entries"][0] == "roads.rural"
    assert "30" in dispatcher.messages[-1]["text"]


async def test_what_is_said_can_be_sent(dispatcher: CollectingDispatcher) -> None:
    for text, intent in (
        (QUESTION, "ask_amount"),
        ("你好", "greet"),
        ("明天会下雨吗？", "out_of_scope"),
        ("多少座", ""),
    ):
        await run(dispatcher, text, intent)
    assert json.loads(json.dumps(dispatcher.messages)) == dispatcher.messages


async def test_small_talk(dispatcher: CollectingDispatcher) -> None:
    await run(dispatcher, "你好", "greet")
    [said] = dispatcher.messages
    assert said["text"] == speech.say("greet", "zh-Hans") and said["metadata"]["outcome"] == "greet"


async def test_danger_comes_first(dispatcher: CollectingDispatcher) -> None:
    await run(dispatcher, "着火了，" + QUESTION, "ask_amount")
    assert dispatcher.messages[0]["metadata"]["outcome"] == "emergency" and "119" in dispatcher.messages[0]["text"]


@pytest.mark.parametrize("text", [None, "", "😀", "\ud800", "?" * 500, "/greet", "{0}"])
async def test_any_message_gets_one_reply(dispatcher: CollectingDispatcher, text: str | None) -> None:
    await run(dispatcher, text)
    [said] = dispatcher.messages
    assert said["text"]


@pytest.mark.parametrize("slot", [None, "", 7, [], {"entries": 1}, {"entries": ["gone"], "topic": "gone"}])
async def test_any_slot_will_do(dispatcher: CollectingDispatcher, slot: object) -> None:
    slots = await run(dispatcher, QUESTION, "ask_amount", context=slot)
    assert slots["context"]["entries"][0] == "lamps.plan"


async def test_a_message_without_an_intent(dispatcher: CollectingDispatcher) -> None:
    conversation = tracker(QUESTION)
    conversation.latest_message = {"text": QUESTION, "intent": None}
    await ActionAnswer().run(dispatcher, conversation, {})
    conversation.latest_message = {"text": QUESTION, "intent": {"name": None, "confidence": None}}
    await ActionAnswer().run(dispatcher, conversation, {})
    assert all("1300" in said["text"] for said in dispatcher.messages)


def test_the_context_of_a_conversation() -> None:
    context = replace(Context(), topic="rural", entries=["lamps.plan"])
    assert context_of(tracker("x", context=context.to_json())) == context
    assert context_of(tracker("x")) == Context()


def test_names_are_those_of_the_domain() -> None:
    assert ActionAnswer().name() == "action_answer"


def test_without_services_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_services", [])
    with pytest.raises(RuntimeError, match="setup"):
        actions.services()
