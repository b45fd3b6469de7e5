"""Forms call their validation and their questions directly."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.actions.action import ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.runtime.actions import NativeAction
from bot.runtime.forms import NativeForm
from bot.runtime.trackers import ConversationTracker
from tests.runtime.conftest import make_domain


def form_domain(*actions: str) -> Domain:
    """A domain with a form of one slot and a response that asks for it."""
    return make_domain(
        intents=["ask"],
        slots={"matter": {"type": "text", "influence_conversation": False, "mappings": [{"type": "from_text"}]}},
        forms={"message_form": {"required_slots": ["matter"]}},
        responses={"utter_ask_matter": [{"text": "什么事？"}]},
        actions=list(actions),
    )


class Validate(FormValidationAction):
    def name(self) -> str:
        return "validate_message_form"

    def validate_matter(self, value: str, dispatcher: CollectingDispatcher, *_: Any) -> dict[str, Any]:
        dispatcher.utter_message(text=f"收到{value}")
        return {"matter": value if len(value) > 1 else None}


def ask_matter(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> None:
    dispatcher.utter_message(text=f"请说 {domain['forms']['message_form']['required_slots']}")


ACTIONS = {
    "validate_message_form": NativeAction("validate_message_form", Validate().run, 1, "出错了"),
    "action_ask_matter": NativeAction("action_ask_matter", ask_matter, 1, "出错了"),
}


async def fill(text: str, domain: Domain) -> list[Event]:
    """What a form does with a message that answers its question."""
    tracker = ConversationTracker("s", domain.slots)
    for event in (
        ActionExecuted("message_form"),
        ActiveLoop("message_form"),
        SlotSet("requested_slot", "matter"),
        ActionExecuted("action_listen"),
        UserUttered(text, {"name": "ask"}),
        SlotSet("matter", text),
    ):
        tracker.update(event)
    nlg = TemplatedNaturalLanguageGenerator(domain.responses)
    done: list[Event] = await NativeForm("message_form", ACTIONS, None).run(
        CollectingOutputChannel(), nlg, tracker, domain
    )
    return done


def said(events: list[Event]) -> list[str | None]:
    return [event.text for event in events if isinstance(event, BotUttered)]


async def test_a_value_is_validated() -> None:
    events = await fill("路灯坏了", form_domain("validate_message_form", "action_ask_matter"))
    assert said(events) == ["收到路灯坏了"]
    assert SlotSet("matter", "路灯坏了") in events and ActiveLoop(None) in events


async def test_a_wrong_value_is_asked_for_again() -> None:
    events = await fill("灯", form_domain("validate_message_form", "action_ask_matter"))
    assert said(events) == ["收到灯", "请说 ['matter']"]
    assert SlotSet("matter", None) in events and ActiveLoop(None) not in events


async def test_a_response_may_ask() -> None:
    assert said(await fill("灯", form_domain("validate_message_form"))) == ["收到灯", "什么事？"]


async def test_a_form_needs_no_validation() -> None:
    assert said(await fill("灯", form_domain())) == []


async def test_a_message_without_a_value_is_rejected() -> None:
    domain = form_domain("validate_message_form")
    tracker = ConversationTracker("s", domain.slots)
    for event in (
        ActiveLoop("message_form"),
        SlotSet("requested_slot", "matter"),
        ActionExecuted("action_listen"),
        UserUttered("一", {"name": "ask"}),
    ):
        tracker.update(event)
    with pytest.raises(ActionExecutionRejection):
        await NativeForm("message_form", ACTIONS, None).run(
            CollectingOutputChannel(), TemplatedNaturalLanguageGenerator(domain.responses), tracker, domain
        )
