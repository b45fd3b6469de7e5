"""What keeps conversations going while their database is away."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.runtime.trackers import ConversationTracker

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
"""How long a failed tracker store is left alone, so that no message waits for it."""

KEPT_UNSAVED = 2000
"""Conversations held in memory while the database is away."""


class ResilientTrackerStore(TrackerStore):  # type: ignore[misc]  # Rasa is not type-checked
    """Keeps conversations going while the tracker store fails, and stores them as soon as it works again.

    Rasa's FailSafeTrackerStore writes to memory but never reads from there, and logs the failing statement.

    Args:
        store: the real one.
        clock: seconds that only go forward.
    """

    def __init__(self, store: TrackerStore, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._clock, self._rest_until = clock, float("-inf")
        self._unsaved: OrderedDict[str, DialogueStateTracker] = OrderedDict()
        self.max_event_history = None

    @property
    def domain(self) -> Domain:
        """The domain of the real store."""
        return self.store.domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        self.store.domain = domain

    @property
    def event_broker(self) -> EventBroker | None:
        """The broker of the real store."""
        return self.store.event_broker

    def init_tracker(self, sender_id: str) -> ConversationTracker:
        """A conversation without events."""
        return ConversationTracker(sender_id, self.domain.slots)

    def _failed(self, error: Exception, what: str) -> None:
        self._rest_until = self._clock() + PAUSE_SECONDS
        logger.error("tracker store: conversations could not be %s: %s", what, type(error).__name__)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session: from memory if it could not be stored, else from the store."""
        if sender_id in self._unsaved:
            return self._unsaved[sender_id]
        if self._clock() < self._rest_until:
            return None
        try:
            return await self.store.retrieve(sender_id)
        except Exception as error:
            self._failed(error, "read")
            return None

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """All sessions, as far as they are stored."""
        try:
            return await self.store.retrieve_full_tracker(conversation_id)
        except Exception as error:
            self._failed(error, "read")
            return None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store a conversation, or keep it in memory; never raises."""
        if self._clock() >= self._rest_until:
            try:
                await self.store.save(tracker)
                self._unsaved.pop(tracker.sender_id, None)
                return
            except Exception as error:
                self._failed(error, "stored")
        publish = getattr(self.store, "publish_unstored", None)
        if publish is not None:
            await publish(tracker)
        self._unsaved[tracker.sender_id] = tracker
        self._unsaved.move_to_end(tracker.sender_id)
        if len(self._unsaved) > KEPT_UNSAVED:
            self._unsaved.popitem(last=False)

    async def keys(self) -> Iterable[str]:
        """Ids of all stored conversations."""
        keys: Iterable[str] = await self.store.keys()
        return keys

    async def forget(self, sender_id: str) -> None:
        """Delete a conversation; raises what the store raises, for the citizen must know."""
        self._unsaved.pop(sender_id, None)
        await self.store.forget(sender_id)

    def check(self) -> None:
        """Ask the store for a sign of life; raises what it raises."""
        check = getattr(self.store, "check", None)
        if check is not None:
            check()

    def close(self) -> None:
        """Close the store's connections."""
        close = getattr(self.store, "close", None)
        if close is not None:
            close()
