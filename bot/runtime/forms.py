"""Rasa's forms, with their actions called directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.actions.forms import FormAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.runtime.actions import NativeAction


class NativeForm(FormAction):  # type: ignore[misc]  # Rasa is not type-checked
    """A form whose validation and questions are native actions.

    Rasa's form calls them as RemoteActions, which write out the whole history and check the reply against a JSON
    schema: 10 ms for each of up to three calls in a turn.

    Args:
        name: name of the form.
        actions: native actions by name.
        endpoint: where Rasa looks for actions that are none of them.
    """

    def __init__(self, name: str, actions: Mapping[str, NativeAction], endpoint: EndpointConfig | None) -> None:
        super().__init__(name, endpoint)
        self._actions = actions

    async def validate_slots(
        self,
        slot_candidates: dict[str, Any],
        tracker: DialogueStateTracker,
        domain: Domain,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
    ) -> list[Event]:
        """What the validation makes of values for slots; nothing if the domain names no validation."""
        action = self._actions.get(f"validate_{self.name()}")
        if action is None or action.name() not in domain.action_names_or_texts:
            rasas: list[Event] = await super().validate_slots(slot_candidates, tracker, domain, output_channel, nlg)
            return rasas
        candidates = [SlotSet(name, value) for name, value in slot_candidates.items()]
        return await action.run(output_channel, nlg, self._temporary_tracker(tracker, candidates, domain), domain)

    async def _ask_for_slot(
        self,
        domain: Domain,
        nlg: NaturalLanguageGenerator,
        output_channel: OutputChannel,
        slot_name: str,
        tracker: DialogueStateTracker,
    ) -> list[Event]:
        action = self._actions.get(self._name_of_utterance(domain, slot_name) or "")
        if action is not None:
            return await action.run(output_channel, nlg, tracker, domain)
        rasas: list[Event] = await super()._ask_for_slot(domain, nlg, output_channel, slot_name, tracker)
        return rasas
