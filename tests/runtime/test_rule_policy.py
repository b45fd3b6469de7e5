"""The rules looked up predict what Rasa's rules predict."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.runtime.rule_policy import IndexedRulePolicy
from bot.runtime.trackers import ConversationTracker
from tests.runtime.conftest import make_domain

DOMAIN = make_domain(
    intents=["ask", "leave", "cancel", "unruled"],
    actions=["action_answer", "action_submit", "action_cancel"],
    forms={"message_form": {"required_slots": []}},
)
LOOP = {"active_loop": {"name": "message_form"}}


def after(action: str, intent: str = "", **more: Any) -> dict[str, Any]:
    user = {"user": {"intent": intent}} if intent else {}
    return {"prev_action": {"action_name": action}, **user, **more}


def key(*states: dict[str, Any]) -> str:
    return json.dumps(states, sort_keys=True)


RULES = {
    key(after("action_listen", "ask")): "action_answer",
    key(after("action_listen", "ask"), after("action_answer", "ask")): "action_listen",
    key(after("action_listen", "leave")): "message_form",
    key({}, after("action_listen", "unruled")): "action_cancel",
    key(after("message_form", active_loop={"name": "should_not_be_set"})): "action_submit",
    key(after("action_listen", "cancel", **LOOP)): "action_deactivate_loop",
    key(after("action_listen", "cancel", **LOOP), after("action_deactivate_loop", "cancel")): "action_cancel",
    key(
        after("action_listen", "leave"),
        after("message_form", "leave", **LOOP),
        after("action_listen", "ask", **LOOP),
        after("action_answer", "ask", **LOOP),
    ): "message_form",
}
UNHAPPY = {
    key(after("action_answer"), after("action_listen", **LOOP)): "loop_was_interrupted",
    key(after("action_answer", **LOOP)): "do_not_predict_loop_action",
}
EVENTS: list[Event] = [
    *(UserUttered("一", {"name": intent}) for intent in ("ask", "leave", "cancel", "unruled")),
    *(
        ActionExecuted(name)
        for name in ("action_listen", "action_answer", "message_form", "action_submit", "action_deactivate_loop")
    ),
    SlotSet("context", {}),
    ActiveLoop("message_form"),
    ActiveLoop(None),
    ActionExecutionRejected("message_form"),
    SessionStarted(),
]


@pytest.fixture(params=[False, True], ids=["intents", "texts"])
def policies(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[RulePolicy, IndexedRulePolicy]:
    context = ExecutionContext(GraphSchema({}))
    config = {**RulePolicy.get_default_config(), "core_fallback_action_name": "action_answer"}
    lookup = {
        "rules": TEXT_RULES if request.param else RULES,
        "rules_for_loop_unhappy_path": UNHAPPY,
        "rules_not_in_stories": list(RULES)[:2],
        "rule_only_slots": [],
        "rule_only_loops": [],
    }
    trained = RulePolicy(config, LocalModelStorage(tmp_path), Resource("rules"), context, lookup=lookup)
    return trained, IndexedRulePolicy(trained, context)


def predictions(policies: tuple[RulePolicy, IndexedRulePolicy], events: Iterable[Event]) -> tuple[list[Any], list[Any]]:
    found = []
    for policy, tracker in zip(
        policies, (DialogueStateTracker("s", DOMAIN.slots), ConversationTracker("s", DOMAIN.slots))
    ):
        made = []
        for event in events:
            tracker.update(event)
            prediction = policy.predict_action_probabilities(tracker, DOMAIN)
            made.append((prediction.probabilities, prediction.events, prediction.hide_rule_turn))
        found.append(made)
    return found[0], found[1]


TEXT_RULES = {
    **RULES,
    key({"prev_action": {"action_name": "action_listen"}, "user": {"text": "一"}}): "action_submit",
    key({"prev_action": {"action_name": "action_listen"}}): "action_answer",
}


@pytest.mark.parametrize("seed", range(40))
def test_any_conversation(policies: tuple[RulePolicy, IndexedRulePolicy], seed: int) -> None:
    chance = random.Random(seed)
    rasas, ours = predictions(policies, [chance.choice(EVENTS) for _ in range(50)])
    assert ours == rasas


def test_rules_are_found(policies: tuple[RulePolicy, IndexedRulePolicy]) -> None:
    turn = [ActionExecuted("action_listen"), UserUttered("二", {"name": "ask"}), ActionExecuted("action_answer")]
    _, ours = predictions(policies, turn)
    names = [DOMAIN.action_names_or_texts[probabilities.index(1.0)] for probabilities, *_ in ours[1:]]
    assert names == ["action_answer", "action_listen"]


def test_a_tracker_of_rasas_will_do(policies: tuple[RulePolicy, IndexedRulePolicy]) -> None:
    tracker = DialogueStateTracker("s", DOMAIN.slots)
    for event in EVENTS:
        tracker.update(event)
    first, second = (policy.predict_action_probabilities(tracker, DOMAIN).probabilities for policy in policies)
    assert first == second
