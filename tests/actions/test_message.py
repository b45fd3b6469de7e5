"""The message form: matter, contact, ticket; cancelled or interrupted at any step."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk.executor import CollectingDispatcher

from actions import message
from actions.message import (
    CONTACT,
    INTERRUPTION_LENGTH,
    MATTER,
    NONE_GIVEN,
    ActionAskContact,
    ActionAskMatter,
    ActionCancelMessage,
    ActionSubmitMessage,
    ValidateMessageForm,
    brief,
)
from bot.answers import speech
from bot.answers.reply import Context
from bot.answers.turn import Turn
from tests.actions.conftest import FakeTickets, slots_of, tracker
from tests.answers.yunxi import HOTLINE

MATTER_TEXT = "我家楼下的路灯坏了一个月"
INTERRUPTION = "今年农村装多少盏路灯？"
FORM = ValidateMessageForm()
CANCELS = ["取消", "算了", "算了吧。", "取消留言", "退出", "cancel", "Never mind", "forget it", "stop!"]
DANGERS = ["着火了快来人", "我不想活了", "my house is on fire"]


async def matter(dispatcher: CollectingDispatcher, text: str, **slots: Any) -> dict[str, Any]:
    return dict(await FORM.validate_matter(text, dispatcher, tracker(text, **slots), {}))


async def contact(dispatcher: CollectingDispatcher, text: str) -> dict[str, Any]:
    return dict(await FORM.validate_contact(text, dispatcher, tracker(text, matter=MATTER_TEXT), {}))


async def submit(dispatcher: CollectingDispatcher, text: str, **slots: Any) -> dict[str, Any]:
    return slots_of(await ActionSubmitMessage().run(dispatcher, tracker(text, **slots), {}))


@pytest.mark.parametrize(
    "text",
    [
        MATTER_TEXT,
        "建议多修公园",
        "The lamp at my door is broken",
        "The street light near my house is out",
        "Our village road has potholes and nobody will repair it",
        "Parking is impossible where I live",
        "Our village road, which is full of holes, has no street lights",
        "路灯不亮",
        "噪音太大了，希望管一管",
        "停水三天了",
    ],
)
async def test_a_matter_is_taken_as_written(dispatcher: CollectingDispatcher, text: str) -> None:
    assert await matter(dispatcher, text) == {MATTER: text}
    assert dispatcher.messages == []


async def test_a_complaint_in_the_form_of_a_question_is_a_matter(dispatcher: CollectingDispatcher) -> None:
    text = "我家门口的垃圾桶什么时候有人来收？"
    assert await matter(dispatcher, text) == {MATTER: text}


@pytest.mark.parametrize("text", ["张先生，下午方便", "叫我李姐就行", "Mr Smith, after five", "139****0000"])
async def test_a_contact_is_taken_as_written(dispatcher: CollectingDispatcher, text: str) -> None:
    assert await contact(dispatcher, text) == {CONTACT: text}


@pytest.mark.parametrize("text", ["跳过", "跳過", "不用了谢谢", "不需要", "匿名", "没有", "skip", "no", "None"])
async def test_a_contact_may_be_skipped(dispatcher: CollectingDispatcher, text: str) -> None:
    assert await contact(dispatcher, text) == {CONTACT: NONE_GIVEN}


@pytest.mark.parametrize("text", [*CANCELS, *DANGERS])
async def test_the_form_ends_when_cancelled_or_in_danger(dispatcher: CollectingDispatcher, text: str) -> None:
    for ended in (await matter(dispatcher, text), await contact(dispatcher, text)):
        assert ended["requested_slot"] is None
        assert ended[MATTER] is None and ended[CONTACT] is None
    assert dispatcher.messages == []  # `ActionSubmitMessage` says it, once


async def test_leaving_nothing_depends_on_what_was_asked(dispatcher: CollectingDispatcher) -> None:
    assert (await matter(dispatcher, "不留了"))["requested_slot"] is None
    assert await contact(dispatcher, "不留了") == {CONTACT: NONE_GIVEN}


@pytest.mark.parametrize("text", ["取消晚高峰的单行道", "停车位被占了", "路灯算是坏了"])
async def test_a_matter_may_hold_words_of_cancelling(dispatcher: CollectingDispatcher, text: str) -> None:
    assert await matter(dispatcher, text) == {MATTER: text}


async def test_a_question_in_between_is_answered(dispatcher: CollectingDispatcher) -> None:
    for values, slot in (
        (await matter(dispatcher, INTERRUPTION), MATTER),
        (await contact(dispatcher, INTERRUPTION), CONTACT),
    ):
        assert values[slot] is None and values["context"]["entries"][0] == "lamps.plan"
    assert all("1300" in said["text"] for said in dispatcher.messages) and len(dispatcher.messages) == 2


@pytest.mark.parametrize(
    "text",
    [
        "How many village street lights will be installed?",
        "ok, how many village street lights will be installed",
        "wait. are street lights to be installed in villages this year",
        "I wonder how many village street lights will be installed",
        "village street lights this year, how many",
    ],
)
async def test_an_english_question_in_between_is_answered(dispatcher: CollectingDispatcher, text: str) -> None:
    values = await matter(dispatcher, text)
    assert values[MATTER] is None and values["context"]["entries"][0] == "lamps.plan"


@pytest.mark.parametrize(
    ("text", "shortened"),
    [
        ("一\n二\n来源", "一\n二\n来源"),
        (f"一\n{'二' * INTERRUPTION_LENGTH}\n来源", "一\n来源"),
        (f"一{'二' * INTERRUPTION_LENGTH}\n来源", f"一{'二' * INTERRUPTION_LENGTH}\n来源"),
    ],
)
def test_a_long_answer_in_between_keeps_statement_and_source(text: str, shortened: str) -> None:
    assert brief(Turn(text, "answered", "zh-Hans", Context())).text == shortened


async def test_the_form_goes_through_rasas_own_steps(dispatcher: CollectingDispatcher) -> None:
    domain = yaml.safe_load((Path(message.__file__).parents[1] / "domain.yml").read_text("utf-8"))
    given = {"active_loop": {"name": "message_form"}, "requested_slot": MATTER}
    conversation = tracker(MATTER_TEXT, requested_slot=MATTER, matter=MATTER_TEXT)
    conversation.active_loop = given["active_loop"]
    conversation.events.append({"event": "slot", "name": MATTER, "value": MATTER_TEXT})
    slots = slots_of(await FORM.run(dispatcher, conversation, domain))
    assert slots[MATTER] == MATTER_TEXT
    assert await FORM.required_slots([MATTER, CONTACT], dispatcher, conversation, domain) == [MATTER, CONTACT]


async def test_a_message_is_stored_and_numbered(dispatcher: CollectingDispatcher, tickets: FakeTickets) -> None:
    slots = await submit(dispatcher, "张先生", matter=MATTER_TEXT, contact="张先生")
    [stored] = tickets.stored
    assert stored == {"matter": MATTER_TEXT, "contact": "张先生", "channel": "rest", "sender_id": "sender-1"}
    [said] = dispatcher.messages
    assert "20200115-0001" in said["text"] and said["metadata"]["outcome"] == "ticket_created"
    assert slots[MATTER] is None and slots[CONTACT] is None


@pytest.mark.parametrize("given", [NONE_GIVEN, None])
async def test_no_contact_is_stored_as_none(
    dispatcher: CollectingDispatcher, tickets: FakeTickets, given: str | None
) -> None:
    await submit(dispatcher, "跳过", matter=MATTER_TEXT, contact=given)
    assert tickets.stored[0]["contact"] == ""


@pytest.mark.parametrize("error", [OSError("disk"), RuntimeError("boom"), ValueError(MATTER_TEXT)])
async def test_a_store_that_fails_claims_nothing(
    dispatcher: CollectingDispatcher, tickets: FakeTickets, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    tickets.error = error
    slots = await submit(dispatcher, "跳过", matter=MATTER_TEXT, contact=NONE_GIVEN)
    [said] = dispatcher.messages
    assert said["metadata"]["outcome"] == "ticket_failed" and HOTLINE in said["text"]
    assert said["text"] == speech.say("ticket_failed", "zh-Hans", hotline=HOTLINE)
    assert slots[MATTER] is None and slots[CONTACT] is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert MATTER_TEXT not in caplog.text


@pytest.mark.parametrize("text", ["取消", "cancel"])
async def test_a_cancelled_form_stores_nothing(
    dispatcher: CollectingDispatcher, tickets: FakeTickets, text: str
) -> None:
    await submit(dispatcher, text)
    [said] = dispatcher.messages
    assert said["metadata"]["outcome"] == "message_cancelled" and tickets.stored == []


@pytest.mark.parametrize(("text", "outcome"), [("着火了快来人", "emergency"), ("我不想活了", "self_harm")])
async def test_danger_in_the_form_gets_its_numbers(
    dispatcher: CollectingDispatcher, tickets: FakeTickets, text: str, outcome: str
) -> None:
    await submit(dispatcher, text)
    [said] = dispatcher.messages
    assert said["metadata"]["outcome"] == outcome and "120" in said["text"] and tickets.stored == []


async def test_cancelling_forgets_what_was_written(dispatcher: CollectingDispatcher) -> None:
    conversation = tracker("取消", matter=MATTER_TEXT, contact="张先生")
    slots = slots_of(await ActionCancelMessage().run(dispatcher, conversation, {}))
    assert slots[MATTER] is None and slots[CONTACT] is None
    assert dispatcher.messages[0]["metadata"]["outcome"] == "message_cancelled"


@pytest.mark.parametrize(
    ("text", "language"),
    [("我要留言", "zh-Hans"), ("我要給你們留言", "zh-Hant"), ("Leave a message for the staff", "en")],
)
async def test_the_form_speaks_the_citizens_language(
    dispatcher: CollectingDispatcher, text: str, language: str
) -> None:
    for action, phrase in ((ActionAskMatter(), "ask_matter"), (ActionAskContact(), "ask_contact")):
        slots = slots_of(await action.run(dispatcher, tracker(text), {}))
        assert dispatcher.messages[-1]["text"] == speech.say(phrase, language)
        assert slots["context"]["last_language"] == language


async def test_a_fixed_language_holds_in_the_form(dispatcher: CollectingDispatcher) -> None:
    conversation = tracker("我要留言", context={"language": "en"})
    await ActionAskMatter().run(dispatcher, conversation, {})
    assert dispatcher.messages[0]["text"] == speech.say("ask_matter", "en")


async def test_the_form_keeps_the_thread(dispatcher: CollectingDispatcher) -> None:
    kept = {"entries": ["lamps.plan"], "topic": "rural.lamps"}
    for action in (ActionAskMatter(), ActionAskContact(), ActionSubmitMessage(), ActionCancelMessage()):
        slots = slots_of(await action.run(dispatcher, tracker("好的", context=kept), {}))
        assert slots["context"]["entries"] == ["lamps.plan"]


def test_names_are_those_of_the_domain() -> None:
    domain = yaml.safe_load((Path(message.__file__).parents[1] / "domain.yml").read_text("utf-8"))
    form = [action().name() for action in (ActionAskMatter, ActionAskContact, ActionSubmitMessage, ActionCancelMessage)]
    assert {*form, FORM.name()} <= set(domain["actions"])
    assert domain["forms"]["message_form"]["required_slots"] == [MATTER, CONTACT]
