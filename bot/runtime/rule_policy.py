"""Rasa's rules, looked up instead of tried one by one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.engine.graph import ExecutionContext
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from bot.runtime.trackers import ConversationTracker


class IndexedRulePolicy(RulePolicy):  # type: ignore[misc]  # Rasa is not type-checked
    """Predicts what a trained RulePolicy predicts.

    Rasa compares every rule with every state of the session. A rule is as long as its states, so that states further
    back than the longest rule decide nothing; and most rules fail on the last state already, by its action or intent.

    Args:
        trained: the policy whose rules are used.
        context: the context that it was loaded in.
    """

    def __init__(self, trained: RulePolicy, context: ExecutionContext) -> None:
        super().__init__(
            trained.config, trained._model_storage, trained._resource, context, trained.featurizer, trained.lookup
        )
        lookups = [self.lookup.get(name, {}) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)]
        self._indexes = [(lookup, _RuleIndex(lookup)) for lookup in lookups]
        self._longest = max(1, *(index.longest for _, index in self._indexes))
        self._reads_text = bool(self._indexes[0][1].candidates({PREVIOUS_ACTION: {ACTION_NAME: ACTION_LISTEN_NAME}}))

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not self._reads_text and not tracker.active_loop_name:
            return None, None, False  # every rule for what a citizen said names an intent
        found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
            tracker, domain, use_text_for_last_user_input
        )
        return found

    def _prediction_states(
        self, tracker: DialogueStateTracker, domain: Domain, *args: Any, **kwargs: Any
    ) -> list[State]:
        if isinstance(tracker, ConversationTracker):
            tracker = _Latest(tracker.latest_states(domain, self._longest))
        states: list[State] = super()._prediction_states(tracker, domain, *args, **kwargs)
        return states

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        index = next((index for known, index in self._indexes if known is lookup), None)
        if index is not None and states:
            lookup = dict.fromkeys(index.candidates(states[-1]), "")
        keys: set[str] = super()._get_possible_keys(lookup, states)
        return keys


class _Latest:
    """What the featurizer asks of a tracker: its states."""

    def __init__(self, states: list[State]) -> None:
        self._states = states

    def past_states(self, *_: Any, **__: Any) -> list[State]:
        return self._states


class _RuleIndex:
    """Rules by the action and the intent that their last state names.

    Args:
        lookup: rules by their keys, which are JSON lists of states.
    """

    def __init__(self, lookup: Mapping[str, str]) -> None:
        self._keys: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
        self.longest = 0
        for key in lookup:
            states = json.loads(key)
            self.longest = max(self.longest, len(states))
            self._keys[_action_and_intent(states[-1])].append(key)

    def candidates(self, state: State) -> list[str]:
        """The rules whose last state may match: each action or intent is the state's own, or none."""
        action, intent = _action_and_intent(state)
        found = dict.fromkeys([(action, intent), (action, None), (None, intent), (None, None)])
        return [key for name in found for key in self._keys.get(name, ())]


def _action_and_intent(state: State) -> tuple[str | None, str | None]:
    """What a state has to match by; None where it names nothing, or nothing that can be compared directly."""
    if not state.get(PREVIOUS_ACTION):
        return None, None  # the beginning of a conversation is compared as such, whatever else the state says
    named = state[PREVIOUS_ACTION].get(ACTION_NAME), state.get(USER, {}).get(INTENT)
    action, intent = (name if isinstance(name, str) and name != SHOULD_NOT_BE_SET else None for name in named)
    return action or None, intent or None
