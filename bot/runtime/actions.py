"""Custom actions run in the server's own process.

Rasa's RemoteAction serialises the whole history, sends it by HTTP and checks the reply against a JSON schema (16 ms
each time). `NativeAction` calls the rasa_sdk action directly. Only where Rasa builds RemoteActions itself (slots with
custom mappings), they get `RemoteActions`, an action endpoint that answers without a network.
"""

from __future__ import annotations

import asyncio
import copy
import importlib
import json
import logging
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    RemoteAction,
    create_bot_utterance,
)
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk import Action as SdkAction
from rasa_sdk import Tracker as SdkTracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection as SdkRejection
from rasa_sdk.utils import all_subclasses, call_potential_coroutine

from bot.errors import StoreError
from bot.runtime.events import read_events

logger = logging.getLogger(__name__)

Run = Callable[[CollectingDispatcher, SdkTracker, dict[str, Any]], Any]
ERROR_RESPONSE = "utter_error"
"""Response of the domain that is uttered where an action fails."""


def load_actions(package: str) -> dict[str, Run]:
    """Import a package with its modules, and instantiate the actions that it defines.

    Args:
        package: name of the package, such as ``actions``.

    Returns:
        `run` of each action by the action's name.

    Raises:
        StoreError: the package cannot be imported, or two actions share a name.
    """
    try:
        module = importlib.import_module(package)
        for found in pkgutil.walk_packages(module.__path__, f"{package}."):
            importlib.import_module(found.name)
    except ImportError as error:
        raise StoreError(f"actions: the package {package} cannot be imported: {error}") from error
    runs: dict[str, Run] = {}
    for cls in sorted(all_subclasses(SdkAction), key=lambda found: f"{found.__module__}.{found.__qualname__}"):
        if cls.__module__.partition(".")[0] != package or getattr(cls, "__abstractmethods__", None):
            continue
        action = cls()
        name = action.name()
        if name in runs:
            raise StoreError(f"actions: {cls.__module__}.{cls.__qualname__}: the name {name} is already taken")
        runs[name] = action.run
    return runs


class LazyEvents(Sequence[Any]):
    """The events of a tracker as dicts, each made when it is looked at; most actions look at none."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self._events = list(tracker.events)
        self._added: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._events) + len(self._added)

    def __getitem__(self, position: int | slice) -> Any:
        if isinstance(position, slice):
            return [self[index] for index in range(*position.indices(len(self)))]
        index = position + len(self) if position < 0 else position
        if not 0 <= index < len(self):
            raise IndexError(position)
        return self._events[index].as_dict() if index < len(self._events) else self._added[index - len(self._events)]

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    def append(self, event: dict[str, Any]) -> None:
        """Add an event, as rasa_sdk's form validation does; Rasa's tracker is not changed."""
        self._added.append(event)


def sdk_tracker(tracker: DialogueStateTracker) -> SdkTracker:
    """What a rasa_sdk action sees of the conversation; slots are copies, events are made when looked at."""
    message = tracker.latest_message
    return SdkTracker(
        tracker.sender_id,
        copy.deepcopy(tracker.current_slot_values()),
        dict(message.parse_data, text=message.text) if message and message.parse_data else {},
        cast("list[dict[str, Any]]", LazyEvents(tracker)),
        tracker.is_paused(),
        tracker.followup_action,
        tracker.active_loop.__dict__ if tracker.active_loop else {},
        tracker.latest_action_name,
    )


class NativeAction(Action):  # type: ignore[misc]  # Rasa is not type-checked
    """A rasa_sdk action, called directly.

    Args:
        name: name of the action.
        run: its `run`.
        seconds: time that it may take.
        error_text: said if it fails and the domain has no response `utter_error`.
    """

    def __init__(self, name: str, run: Run, seconds: float, error_text: str) -> None:
        self._name, self._run, self._seconds, self._error_text = name, run, seconds, error_text

    def name(self) -> str:
        """Name of the action."""
        return self._name

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Run the action; a failure becomes an apology, so that the citizen is never left without a reply.

        Raises:
            ActionExecutionRejection: the action rejects its execution (Rasa then predicts another one).
        """
        dispatcher = CollectingDispatcher()
        try:
            events = await asyncio.wait_for(
                call_potential_coroutine(self._run(dispatcher, sdk_tracker(tracker), domain.as_dict())), self._seconds
            )
            said = await RemoteAction._utter_responses(dispatcher.messages, output_channel, nlg, tracker)
            return [*said, *read_events(ActionExecutor.validate_events(events or [], self._name))]
        except SdkRejection as rejection:
            raise ActionExecutionRejection(rejection.action_name, rejection.message) from rejection
        except asyncio.TimeoutError:
            logger.error("action %s took more than %g seconds", self._name, self._seconds)
        except Exception as error:
            logger.error("action %s failed", self._name, exc_info=error)
        return [create_bot_utterance(await self._apology(output_channel, nlg, tracker, domain))]

    async def _apology(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> dict[str, Any]:
        draft = None
        if ERROR_RESPONSE in domain.responses:
            draft = await nlg.generate(
                ERROR_RESPONSE, tracker, output_channel.name(), domain_responses=domain.responses
            )
        return {**(draft or {"text": self._error_text}), "metadata": {"outcome": "error"}}


class RemoteActions(EndpointConfig):  # type: ignore[misc]  # Rasa is not type-checked
    """The action endpoint for what Rasa asks for itself: same process, no network.

    Args:
        runs: `run` of each action by name.
        seconds: time that an action may take.
        error_text: said if an action fails.
    """

    def __init__(self, runs: Mapping[str, Run], seconds: float, error_text: str) -> None:
        super().__init__(url="inprocess://actions")
        self._runs, self._seconds, self._error_text = runs, seconds, error_text

    async def request(self, method: str = "post", *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Run the action that a RemoteAction asks for.

        Returns:
            The reply of an action server: events and responses.

        Raises:
            ClientResponseError: status 400, the action rejects its execution.
        """
        call = kwargs["json"]
        name, dispatcher = call["next_action"], CollectingDispatcher()
        try:
            events = await asyncio.wait_for(
                call_potential_coroutine(
                    self._runs[name](dispatcher, SdkTracker.from_dict(call["tracker"]), call.get("domain", {}))
                ),
                self._seconds,
            )
            return {"events": ActionExecutor.validate_events(events or [], name), "responses": dispatcher.messages}
        except SdkRejection as rejection:
            body = json.dumps({"action_name": rejection.action_name, "error": rejection.message})
            raise ClientResponseError(400, "rejected", body) from rejection
        except asyncio.TimeoutError:
            logger.error("action %s took more than %g seconds", name, self._seconds)
        except Exception as error:
            logger.error("action %s failed", name, exc_info=error)
        return {"events": [], "responses": [{"text": self._error_text, "metadata": {"outcome": "error"}}]}
