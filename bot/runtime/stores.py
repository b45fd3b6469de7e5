"""Where conversations are kept."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.errors import StoreError
from bot.runtime.events import read_events

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
"""How long a failed tracker store is left alone, so that no message waits for it."""

KEPT_RECENT = 500
"""Conversations held in memory beside the database."""

KEPT_UNSAVED = 2000
"""Conversations held in memory while the database is away."""

_STORED = "stored_events"
"""Attribute of a tracker: how many of its events are in the database."""

_PUBLISHED = "published_events"
"""Attribute of a tracker: how many of its events the broker has, if it has some that are not in the database."""


def _engine(url: str) -> Engine:
    """An engine for use on the event loop: one SQLite connection, or a pool whose connections are checked."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return sa.create_engine(
            url,
            future=True,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_timeout=3,
            connect_args={"connect_timeout": 3},
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": 3},
    )

    def configure(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    sa.event.listen(engine, "connect", configure)
    return engine


class ConversationTrackerStore(SQLTrackerStore):  # type: ignore[misc]  # Rasa is not type-checked
    """Rasa's SQL tracker store with a connection that stays open, and one query less in each save.

    It is used on the event loop only, so one SQLite connection suffices. The conversations used last stay in memory;
    one is taken from there only if the database holds nothing newer, so that processes may share the database. (They
    must not share a conversation without a common lock store.)

    Args:
        domain: the domain of the model.
        host: URL of the database (`url` in endpoints.yml).
        event_broker: where new events are published.

    Raises:
        StoreError: the database cannot be reached, or its tables cannot be made.
    """

    def __init__(
        self, domain: Domain | None = None, host: str | None = None, event_broker: EventBroker | None = None, **_: Any
    ) -> None:
        if not host:
            raise StoreError("tracker_store: endpoints.yml gives no url")
        # Not SQLTrackerStore.__init__: it waits for the database for ever.
        TrackerStore.__init__(self, domain, event_broker)
        self.engine = _engine(host)
        try:
            self.Base.metadata.create_all(self.engine)
        except SQLAlchemyError as error:
            where = make_url(host).render_as_string(hide_password=True)
            raise StoreError(f"tracker_store: {where}: {type(error).__name__}: is the database running?") from error
        self.sessionmaker = sa.orm.sessionmaker(bind=self.engine, future=True)
        self._recent: OrderedDict[str, tuple[int, DialogueStateTracker]] = OrderedDict()

    def _newest(self, session: Any, sender_id: str) -> int:
        """Number of the newest event of a conversation, 0 without any."""
        query = sa.select(sa.func.max(self.SQLEvent.id)).where(self.SQLEvent.sender_id == sender_id)
        return session.execute(query).scalar() or 0

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session of a conversation."""
        # Taken out, not looked up: a turn that fails half way must not leave its events in memory.
        newest, tracker = self._recent.pop(sender_id, (0, None))
        if tracker is not None:
            with self.session_scope() as session:
                if self._newest(session, sender_id) == newest:
                    return tracker
        return await super().retrieve(sender_id)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            rows = self._event_query(session, sender_id, fetch_events_from_all_sessions)
            events = read_events(json.loads(row.data) for row in rows.with_entities(self.SQLEvent.data))
        if not events:
            return None
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        setattr(tracker, _STORED, len(events))
        return tracker

    def _remember(self, tracker: DialogueStateTracker, newest: int, new_events: list[Any]) -> None:
        """Keep a tracker in memory, unless it holds an older session too: the next message needs the latest only."""
        if any(isinstance(event, SessionStarted) for event in new_events) and len(new_events) < len(tracker.events):
            return
        self._recent[tracker.sender_id] = (newest, tracker)
        if len(self._recent) > KEPT_RECENT:
            self._recent.popitem(last=False)

    def _new_events(self, session: Any, tracker: DialogueStateTracker) -> list[Any]:
        stored = getattr(tracker, _STORED, None)
        if stored is None:
            return list(self._additional_events(session, tracker))
        return list(islice(tracker.events, stored, None))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events that are new since the tracker was retrieved or saved, and publish them."""
        with self.session_scope() as session:
            events = self._new_events(session, tracker)
            rows = []
            for event in events:
                data = event.as_dict()
                rows.append(
                    {
                        "sender_id": tracker.sender_id,
                        "type_name": event.type_name,
                        "timestamp": data.get("timestamp"),
                        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
                        "action_name": data.get("name"),
                        "data": json.dumps(data),
                    }
                )
            if rows:
                session.execute(sa.insert(self.SQLEvent), rows)
                session.commit()
            newest = self._newest(session, tracker.sender_id)
        self._remember(tracker, newest, events)
        setattr(tracker, _STORED, len(tracker.events))
        published = getattr(tracker, _PUBLISHED, None)
        if published is not None:
            delattr(tracker, _PUBLISHED)
            events = list(islice(tracker.events, published, None))
        await self._publish(events, tracker.sender_id)

    async def publish_unstored(self, tracker: DialogueStateTracker) -> None:
        """Publish the events that could not be stored, so that the log does not wait for the database."""
        known = getattr(tracker, _PUBLISHED, None) or getattr(tracker, _STORED, 0)
        setattr(tracker, _PUBLISHED, len(tracker.events))
        await self._publish(list(islice(tracker.events, known, None)), tracker.sender_id)

    async def _publish(self, events: list[Any], sender_id: str) -> None:
        if self.event_broker is None:
            return
        try:
            await self._stream_new_events(self.event_broker, events, sender_id)
        except Exception as error:
            logger.error("the event broker failed: %s", type(error).__name__)

    async def forget(self, sender_id: str) -> None:
        """Delete all events of a conversation."""
        self._recent.pop(sender_id, None)
        with self.session_scope() as session:
            session.execute(sa.delete(self.SQLEvent).where(self.SQLEvent.sender_id == sender_id))
            session.commit()

    def check(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            SQLAlchemyError: it does not answer.
        """
        with self.engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


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
