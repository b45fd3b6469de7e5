"""Conversations that do not replay themselves have the same state as Rasa's, whatever happens in them."""

from __future__ import annotations

import random

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.runtime.trackers import ConversationTracker
from tests.runtime.conftest import make_domain

DOMAIN = make_domain(
    intents=["ask", "leave"],
    actions=["action_answer", "action_ask_matter"],
    forms={"message_form": {"required_slots": []}},
)
USUAL: list[Event] = [
    UserUttered("一", {"name": "ask"}),
    UserUttered("二", {"name": "leave"}),
    ActionExecuted("action_listen"),
    ActionExecuted("action_answer"),
    ActionExecuted("message_form"),
    BotUttered("答"),
    SlotSet("context", {"entries": []}),
]
RARE: list[Event] = [
    ActiveLoop("message_form"),
    ActiveLoop(None),
    ActionExecutionRejected("message_form"),
    LoopInterrupted(True),
    SessionStarted(),
    Restarted(),
    ActionReverted(),
    UserUtteranceReverted(),
    AllSlotsReset(),
    FollowupAction("action_answer"),
    ConversationPaused(),
]


def conversations(seed: int) -> tuple[DialogueStateTracker, ConversationTracker, random.Random]:
    return DialogueStateTracker("s", DOMAIN.slots), ConversationTracker("s", DOMAIN.slots), random.Random(seed)


def state_of(tracker: DialogueStateTracker) -> list[object]:
    return [
        list(tracker.events),
        tracker.current_slot_values(),
        {name: slot.has_been_set for name, slot in tracker.slots.items()},
        tracker.latest_message,
        tracker.latest_action,
        tracker.latest_bot_utterance,
        tracker.followup_action,
        tracker.active_loop,
        tracker.is_paused(),
        tracker.model_id,
    ]


@pytest.mark.parametrize("seed", range(30))
def test_a_conversation_is_what_rasa_makes_of_it(seed: int) -> None:
    rasas, ours, chance = conversations(seed)
    for _ in range(60):
        event = chance.choice(USUAL if chance.random() < 0.85 else RARE)
        rasas.update(event)
        ours.update(event)
        if chance.random() < 0.7:
            assert ours.applied_events() == rasas.applied_events()
            assert ours.latest_states(DOMAIN, 3) == rasas.past_states(DOMAIN)[-3:]
        if chance.random() < 0.2:
            assert state_of(ours.copy()) == state_of(rasas.copy())
    assert ours.latest_states(DOMAIN, 100) == rasas.past_states(DOMAIN)


def test_a_copy_goes_its_own_way() -> None:
    _, tracker, _ = conversations(0)
    for event in USUAL:
        tracker.update(event)
    tracker.applied_events()
    copied = tracker.copy()
    copied.update(SlotSet("context", None))
    copied.update(ActiveLoop("message_form"))
    assert len(tracker.applied_events()) == len(copied.applied_events()) - 2
    assert tracker.get_slot("context") == {"entries": []} and tracker.active_loop is None


def test_states_may_be_changed() -> None:
    _, tracker, _ = conversations(0)
    for event in USUAL:
        tracker.update(event)
    tracker.latest_states(DOMAIN, 2)[-1]["user"].clear()
    assert tracker.latest_states(DOMAIN, 2)[-1]["user"]
