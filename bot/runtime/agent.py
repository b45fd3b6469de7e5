"""Rasa's agent and message processor, with custom actions in the same process and a reply for every message."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionListen, ActionSessionStart
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.interface import GraphRunner
from rasa.model import get_latest_model
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    DEFAULT_ACTION_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.answers.reply import Context
from bot.errors import ModelMissingError, StoreError
from bot.runtime.actions import NativeAction, RemoteActions, Run
from bot.runtime.broker import metadata_of
from bot.runtime.forms import NativeForm
from bot.runtime.graph import run_serially
from bot.runtime.resilience import ResilientTrackerStore

logger = logging.getLogger(__name__)

CONTEXT_SLOT = "context"
EVENTS_PER_SESSION = 120
"""Events after which a session ends although its citizen goes on writing; slots are carried over.

Rasa replays a session several times a message, so an endless session would slow down every conversation.
"""


class SessionStart(ActionSessionStart):  # type: ignore[misc]  # Rasa is not type-checked
    """Begins a session with the slots of the last one.

    Rasa's own action copies every event that ever set a slot, so that each session begins with the history of all.
    """

    @staticmethod
    def _slot_set_events_from_tracker(tracker: DialogueStateTracker) -> list[SlotSet]:
        latest = {event.key: event for event in tracker.applied_events() if isinstance(event, SlotSet)}
        return [SlotSet(event.key, event.value, metadata=event.metadata) for event in latest.values()]


class NativeProcessor(MessageProcessor):  # type: ignore[misc]  # Rasa is not type-checked
    """A message processor that runs custom actions and forms directly, and bounds the length of sessions."""

    def __init__(self, runs: Mapping[str, Run], seconds: float, error_text: str, **kwargs: Any) -> None:
        endpoint = RemoteActions(runs, seconds, error_text)
        super().__init__(action_endpoint=endpoint, **kwargs)
        self._native = {name: NativeAction(name, run, seconds, error_text) for name, run in runs.items()}
        self._forms = {name: NativeForm(name, self._native, endpoint) for name in self.domain.form_names}
        self._intents = frozenset(self.domain.intents)
        self.graph_runner: GraphRunner = run_serially(self.graph_runner)
        missing = sorted(name for name in custom_actions(self.domain) if name not in runs)
        if missing:
            raise StoreError(f"actions: the domain names {', '.join(missing)}, which the package does not define")

    def _get_action(self, action_name: str) -> Action | None:
        if action_name == ACTION_SESSION_START_NAME:
            return SessionStart()
        native = self._native.get(action_name)
        if native is not None and action_name in self.domain.action_names_or_texts:
            return native
        return self._forms.get(action_name) or super()._get_action(action_name)

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """The next action, as Rasa predicts it, replaced by its native form where there is one.

        A custom action never follows itself: where no rule fits, RulePolicy predicts its fallback action again and
        again, and a citizen would read the same reply ten times.

        Raises:
            ActionLimitReached: too many actions in this turn.
        """
        action, prediction = super().predict_next_with_tracker_if_should(tracker)
        native = self._native.get(action.name())
        if native is None:
            return self._forms.get(action.name(), action), prediction
        if action.name() == tracker.latest_action_name:
            return ActionListen(), PolicyPrediction.for_action_name(self.domain, ACTION_LISTEN_NAME)
        return native, prediction

    async def _run_prediction_loop(self, output_channel: OutputChannel, tracker: DialogueStateTracker) -> None:
        await super()._run_prediction_loop(output_channel, tracker)
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            # The limit of actions was reached. Without a listen the next message would meet the same limit, and
            # the conversation would stay dead.
            tracker.update_with_events([ActiveLoop(None), ActionExecuted(ACTION_LISTEN_NAME)], self.domain)

    def _check_for_unseen_features(self, parse_data: dict[str, Any]) -> None:
        """Warn of intents and entities that the domain lacks; Rasa builds an empty domain to compare with each time."""
        if parse_data["intent"]["name"] not in self._intents or parse_data["entities"]:
            super()._check_for_unseen_features(parse_data)

    def _log_action_on_tracker(
        self, tracker: DialogueStateTracker, action: Action, events: list[Event] | None, prediction: PolicyPrediction
    ) -> None:
        """As Rasa does, without copying all events for a line of a log that is switched off."""
        events = events or []
        if not any(isinstance(event, ActionExecutionRejected) for event in events):
            tracker.update_with_events(prediction.events, self.domain)
            tracker.update(action.event_for_successful_execution(prediction))
        tracker.update_with_events(events, self.domain)

    @staticmethod
    def _log_slots(tracker: DialogueStateTracker) -> None:
        """Nothing: slots hold what citizens wrote."""

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        if super()._has_session_expired(tracker):
            return True
        return len(tracker.events) > EVENTS_PER_SESSION and tracker.active_loop_name is None


def custom_actions(domain: Domain) -> list[str]:
    """The actions of a domain that must be defined in Python."""
    return [
        name
        for name in domain.user_actions
        if not name.startswith(UTTER_PREFIX) and name not in DEFAULT_ACTION_NAMES and name not in domain.form_names
    ]


class AssistantAgent(Agent):  # type: ignore[misc]  # Rasa is not type-checked
    """The agent that serves AskHunnan.

    Args:
        runs: `run` of each custom action by name.
        seconds: time that an action may take.
        error_text: said where an action fails and the domain has no `utter_error`.
        tracker_store: where conversations are kept.
        lock_store: keeps the messages of a conversation in order.
    """

    def __init__(
        self,
        runs: Mapping[str, Run],
        seconds: float,
        error_text: str,
        tracker_store: TrackerStore,
        lock_store: LockStore,
    ) -> None:
        self._runs, self._seconds, self._error_text = runs, seconds, error_text
        super().__init__(tracker_store=tracker_store, lock_store=lock_store)

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain | None) -> TrackerStore:
        if store is None:
            raise StoreError("tracker_store: none is configured")
        store.domain = domain
        return ResilientTrackerStore(store)

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Load a model file, or the newest one of a folder.

        Raises:
            ModelMissingError: there is none.
            StoreError: the domain names an action that is not defined.
        """
        newest = get_latest_model(str(model_path)) if Path(model_path).is_dir() else str(model_path)
        if newest is None or not Path(newest).is_file():
            raise ModelMissingError(f"{model_path}: there is no trained model; train one first: ./run train")
        self.processor = NativeProcessor(
            self._runs,
            self._seconds,
            self._error_text,
            model_path=newest,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses

    async def warm_up(self) -> None:
        """Understand one sentence, so that the first citizen does not wait for dictionaries to load."""
        await self.parse_message("你好 hello")

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Handle a message; whatever fails in Rasa, the citizen gets a reply."""
        try:
            replies: list[dict[str, Any]] | None = await super().handle_message(message)
            return replies
        except Exception as error:
            logger.error("a message failed in Rasa", exc_info=error)
            apology = {"text": self._error_text, "metadata": {"outcome": "error"}}
            await message.output_channel.send_response(message.sender_id, apology)
            return None

    async def context(self, sender_id: str) -> Context:
        """What is remembered of a conversation; an empty context for an unknown one."""
        tracker = await self.tracker_store.retrieve(sender_id)
        return Context.from_json(tracker.get_slot(CONTEXT_SLOT)) if tracker else Context()

    async def set_context(self, sender_id: str, context: Context) -> None:
        """Replace what is remembered of a conversation; starts it, if it is new."""
        if self.processor is None:
            raise ModelMissingError("no model is loaded")
        async with self.lock_store.lock(sender_id):
            tracker = await self.processor.fetch_tracker_and_update_session(sender_id)
            tracker.update(SlotSet(CONTEXT_SLOT, context.to_json()), self.domain)
            await self.processor.save_tracker(tracker)

    async def replies(self, sender_id: str, turn_id: str) -> list[dict[str, Any]]:
        """What was said in a turn (text, buttons and metadata of each message); empty if there is no such turn."""
        tracker = await self.tracker_store.retrieve(sender_id)
        found: list[dict[str, Any]] = []
        for event in reversed(tracker.events if tracker else ()):
            if isinstance(event, BotUttered) and "outcome" not in event.metadata:  # or it was said by `finish_form`
                reply = {"buttons": event.data.get("buttons") or [], "metadata": dict(metadata_of(event.metadata))}
                found.insert(0, {"text": event.text or "", **reply})
            elif isinstance(event, UserUttered):
                if event.metadata.get("turn") == turn_id:
                    return found
                found = []
        return []

    async def finish_form(self, sender_id: str, text: str, metadata: dict[str, Any]) -> None:
        """Note in a conversation what a form outside of the dialogue led to, and end the form of the dialogue.

        Args:
            sender_id: id of the conversation; it starts, if it is new.
            text: what the citizen was told.
            metadata: outcome and the like; JSON types only.
        """
        if self.processor is None:
            raise ModelMissingError("no model is loaded")
        async with self.lock_store.lock(sender_id):
            tracker = await self.processor.fetch_tracker_and_update_session(sender_id)
            events: list[Event] = [BotUttered(text, metadata=metadata)]
            if tracker.active_loop_name:
                slots = [REQUESTED_SLOT, *self.processor.domain.required_slots_for_form(tracker.active_loop_name)]
                events += [ActiveLoop(None), *(SlotSet(name, None) for name in slots)]
            tracker.update_with_events(events, self.processor.domain)
            await self.processor.save_tracker(tracker)

    async def forget(self, sender_id: str) -> None:
        """Delete all events of a conversation."""
        async with self.lock_store.lock(sender_id):
            await self.tracker_store.forget(sender_id)
