"""The message form: matter, optional contact, ticket number; cancelled or interrupted at any step."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.answer import CONTEXT_SLOT, context_of, turn_for, utter
from bot.answers import speech
from bot.answers.reply import Context
from bot.answers.turn import Turn
from bot.conversations.message_form import cancels, declines_contact

logger = logging.getLogger(__name__)

MATTER, CONTACT = "matter", "contact"
_END: dict[str, Any] = {"requested_slot": None, "matter": None, "contact": None}
"""What a validation returns to end the form; `ActionSubmitMessage` then finds no matter."""
INTERRUPTS_FROM = 0.75
"""Probability of an answer from which a question in the middle of the form is answered."""
INTERRUPTION_LENGTH = 260
"""Longest answer, in characters, that is given whole in the middle of the form."""
NONE_GIVEN = "-"
"""Contact slot of a citizen who leaves none."""
_QUESTION = re.compile(
    r"[?？]|吗|呢|多少|几|什么|啥|哪|怎么|咋|\bhow (many|much|long|large|big|far)\b|"
    r"\b(know|tell me|wonder(ing)?|ask) (how|what|which|where|when|who|if|whether)\b|"
    r"(^|[.;:!\n])\s*((and|but|so|ok|okay|also|please|sorry|wait|hi|hello|by the way)\b[, ]*)*"
    r"(how|what|which|where|when|who|is|are|will|do|does|can)\b",
    re.I,
)
"""What shows that a message may be a question; in English only where a sentence begins with the word: a matter is often
told with it (the lamp is broken, where I live)."""


def _language(tracker: Tracker, context: Context) -> str:
    text = tracker.latest_message.get("text") or ""
    return services().answers.current().language_of(text, context)


def _say(dispatcher: CollectingDispatcher, tracker: Tracker, name: str, **values: str) -> Context:
    """Say a phrase of the form in the conversation's language; returns the context with that language."""
    context = context_of(tracker)
    language = _language(tracker, context)
    if (
        context.last_language
        and not context.language
        and re.fullmatch(r"[\W\d_〔〕a-z]{0,20}", tracker.latest_message.get("text") or "")
    ):
        language = context.last_language
    text = speech.say(name, language, hotline=services().answers.hotline, **values)
    dispatcher.utter_message(text=text, metadata={"outcome": name, "entries": [], "language": language})
    context.last_language = language
    return context


def ends_form(tracker: Tracker) -> bool:
    """True if the message cancels the form or tells of danger, which comes before any form."""
    text = tracker.latest_message.get("text") or ""
    return cancels(text) or bool(speech.danger(text))


def interruption(tracker: Tracker) -> Turn | None:
    """The reply to a question in the middle of the form; None if the message belongs to the form."""
    text = tracker.latest_message.get("text") or ""
    if not _QUESTION.search(text):
        return None
    answers = services().answers.current()
    return brief(turn_for(tracker)) if answers.confidence(text) >= INTERRUPTS_FROM else None


def brief(turn: Turn) -> Turn:
    """The turn with its first and last line (statement and source) if it is long: the form asks again after it."""
    lines = turn.text.split("\n")
    if len(turn.text) <= INTERRUPTION_LENGTH or len(lines) < 3:
        return turn
    return replace(turn, text=f"{lines[0]}\n{lines[-1]}")


class ActionAskMatter(Action):
    """Asks what the message is about."""

    def name(self) -> str:
        """Name that Rasa looks for when the form needs the slot."""
        return "action_ask_matter"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask."""
        return [SlotSet(CONTEXT_SLOT, _say(dispatcher, tracker, "ask_matter").to_json())]


class ActionAskContact(Action):
    """Asks for a name or a good time, which may be skipped."""

    def name(self) -> str:
        """Name that Rasa looks for when the form needs the slot."""
        return "action_ask_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask."""
        return [SlotSet(CONTEXT_SLOT, _say(dispatcher, tracker, "ask_contact").to_json())]


class ValidateMessageForm(FormValidationAction):
    """Accepts what is written into the form; answers a question in between and asks again."""

    def name(self) -> str:
        """Name that Rasa looks for when the form has a new value."""
        return "validate_message_form"

    async def validate_matter(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The matter, unless the message interrupts the form."""
        if ends_form(tracker):
            return _END
        turn = interruption(tracker)
        if turn is not None:
            utter(dispatcher, turn)
            return {MATTER: None, CONTEXT_SLOT: turn.context.to_json()}
        return {MATTER: str(value)}

    async def validate_contact(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any]:
        """The contact, or `NONE_GIVEN` if it is skipped, unless the message interrupts the form."""
        text = str(value)
        if not speech.danger(text) and declines_contact(text):
            return {CONTACT: NONE_GIVEN}
        if ends_form(tracker):
            return _END
        turn = interruption(tracker)
        if turn is not None:
            utter(dispatcher, turn)
            return {CONTACT: None, CONTEXT_SLOT: turn.context.to_json()}
        return {CONTACT: text}


class ActionSubmitMessage(Action):
    """Stores the message and gives its ticket number."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_submit_message"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Store, off the event loop; if the database is away the citizen is told and nothing is claimed."""
        contact = tracker.get_slot(CONTACT)
        if not tracker.get_slot(MATTER):
            return self._ended(dispatcher, tracker)
        cleared: list[EventType] = [SlotSet(MATTER, None), SlotSet(CONTACT, None)]
        try:
            number = await asyncio.to_thread(
                services().tickets.create_ticket,
                matter=tracker.get_slot(MATTER) or "",
                contact="" if contact in (None, NONE_GIVEN) else contact,
                channel=tracker.get_latest_input_channel() or "rest",
                sender_id=tracker.sender_id,
            )
        except Exception as error:  # whatever the database does, the citizen gets a reply
            logger.error("a message could not be stored: %s", type(error).__name__)
            return [*cleared, SlotSet(CONTEXT_SLOT, _say(dispatcher, tracker, "ticket_failed").to_json())]
        context = _say(dispatcher, tracker, "ticket_created", number=number)
        return [*cleared, SlotSet(CONTEXT_SLOT, context.to_json())]

    @staticmethod
    def _ended(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        if speech.danger(tracker.latest_message.get("text") or ""):
            turn = turn_for(tracker)
            utter(dispatcher, turn)
            return [SlotSet(CONTEXT_SLOT, turn.context.to_json())]
        return [SlotSet(CONTEXT_SLOT, _say(dispatcher, tracker, "message_cancelled").to_json())]


class ActionCancelMessage(Action):
    """Says that the message is cancelled."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_cancel_message"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say so and forget what was written."""
        context = _say(dispatcher, tracker, "message_cancelled")
        return [SlotSet(MATTER, None), SlotSet(CONTACT, None), SlotSet(CONTEXT_SLOT, context.to_json())]
