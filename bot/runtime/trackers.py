"""A conversation that does not replay itself.

Rasa works out the applied events, each copy and the states for its policies by replaying all events of a session,
several times a message. Here each of them is carried on from what was known at the message before.
"""

from __future__ import annotations

import copy
from collections import deque
from itertools import islice
from operator import is_

from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
)
from rasa.shared.core.trackers import DialogueStateTracker

_REWRITING = (ActionReverted, ActiveLoop, Restarted, SessionStarted, UserUtteranceReverted)
"""Events that change which of the earlier ones are applied; all applied events are then worked out anew."""


class ConversationTracker(DialogueStateTracker):  # type: ignore[misc]  # Rasa is not type-checked
    """Rasa's tracker, with the same results for less work, as long as events are only ever appended."""

    _applied: list[Event]
    _loops: frozenset[str | None] = frozenset()
    """Names of all loops that were ever active."""
    _applied_from: tuple[int, Event | None] = (0, None)
    """How many events `_applied` was worked out from, and the last of them."""
    _history: _History | None = None

    def applied_events(self) -> list[Event]:
        """The events of the session that were not reverted."""
        seen, last = self._applied_from
        if not seen or seen > len(self.events) or self.events[seen - 1] is not last:
            self._apply_all()
        elif seen < len(self.events):
            added = list(islice(self.events, seen, None))
            if any(isinstance(event, _REWRITING) or self._runs_a_loop(event) for event in added):
                self._apply_all()
            else:
                self._applied.extend(added)
        self._applied_from = (len(self.events), self.events[-1] if self.events else None)
        return list(self._applied)

    def _apply_all(self) -> None:
        self._loops = frozenset(event.name for event in self.events if isinstance(event, ActiveLoop) and event.name)
        self._applied = super().applied_events()

    def _runs_a_loop(self, event: Event) -> bool:
        return isinstance(event, ActionExecuted) and event.action_name in self._loops

    def copy(self) -> ConversationTracker:
        """A tracker in the same state; what happens to one does not reach the other."""
        copied = copy.copy(self)
        copied.events = self.events.copy()
        copied.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        copied.active_loop = copy.copy(self.active_loop)
        copied.model_id = copied.assistant_id = None  # Rasa's copies have none
        copied._applied_from, copied._history = (0, None), None
        return copied

    def latest_states(self, domain: Domain, most: int) -> list[State]:
        """The last states of `past_states`, at most `most` of them; they may be changed."""
        applied = self.applied_events()
        history = self._history
        if history is None or not history.leads_to(applied, domain, most):
            history = self._history = _History(self.init_copy(), domain, most)
        return history.follow(applied)


class _History:
    """The states before each action of a conversation, as far as it was followed.

    Args:
        replica: a tracker without events, which is taken along.
        domain: makes the states.
        most: how many states are kept.
    """

    def __init__(self, replica: DialogueStateTracker, domain: Domain, most: int) -> None:
        self._replica, self._domain = replica, domain
        self._followed: list[Event] = []
        self._states: deque[State] = deque(maxlen=most)

    def leads_to(self, applied: list[Event], domain: Domain, most: int) -> bool:
        """True if the events begin with those followed so far, so that only the others have to be."""
        return (
            self._domain is domain
            and self._states.maxlen == most
            and len(self._followed) <= len(applied)
            and all(map(is_, self._followed, applied))
        )

    def follow(self, applied: list[Event]) -> list[State]:
        """Go on to the last event; copies of the last states, the present one included."""
        for event in applied[len(self._followed) :]:
            if isinstance(event, ActionExecuted):
                self._states.append(self._domain.get_active_state(self._replica))
            self._replica.update(event)
        self._followed = applied
        states = [*self._states, self._domain.get_active_state(self._replica)][-(self._states.maxlen or 1) :]
        return [{kind: dict(part) for kind, part in state.items()} for state in states]
