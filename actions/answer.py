"""The action that replies to every message outside the message form."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from bot.answers.reply import Context
from bot.answers.turn import Turn, take_turn

CONTEXT_SLOT = "context"


def context_of(tracker: Tracker) -> Context:
    """What the conversation remembers."""
    return Context.from_json(tracker.get_slot(CONTEXT_SLOT))


def utter(dispatcher: CollectingDispatcher, turn: Turn) -> None:
    """Say what a turn says, with its buttons and metadata."""
    buttons = [{"title": button.title, "payload": button.question} for button in turn.buttons]
    dispatcher.utter_message(text=turn.text, buttons=buttons, metadata=turn.metadata)


def turn_for(tracker: Tracker) -> Turn:
    """Work out the reply to the latest message."""
    message = tracker.latest_message
    intent = message.get("intent") or {}
    answers = services().answers
    return take_turn(
        answers.current(),
        message.get("text") or "",
        intent.get("name") or "",
        float(intent.get("confidence") or 0.0),
        context_of(tracker),
        answers.hotline,
    )


class ActionAnswer(Action):
    """Answers, refuses, asks back or makes small talk."""

    def name(self) -> str:
        """Name in domain.yml."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter the turn and remember its context."""
        turn = turn_for(tracker)
        utter(dispatcher, turn)
        return [SlotSet(CONTEXT_SLOT, turn.context.to_json())]
