"""Where conversations are kept."""

from __future__ import annotations

import json
import logging
from collections import OrderedDict
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.errors import StoreError
from bot.runtime.events import read_events
from bot.runtime.trackers import ConversationTracker

logger = logging.getLogger(__name__)

KEPT_RECENT = 500
"""Conversations held in memory beside the database."""

_STORED = "stored_events"
"""Attribute of a tracker: how many of its events are in the database."""

_PUBLISHED = "published_events"
"""Attribute of a tracker: how many of its events the broker has, if it has some that are not in the database."""


_EVENTS = SQLTrackerStore.SQLEvent.__table__
_INSERT = _EVENTS.insert()
_NEWEST = sa.select(sa.func.max(_EVENTS.c.id)).where(_EVENTS.c.sender_id == sa.bindparam("sender_id"))


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as Rasa's table holds it."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


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

    def _newest(self, connection: Any, sender_id: str) -> int:
        """Number of the newest event of a conversation, 0 without any."""
        return connection.execute(_NEWEST, {"sender_id": sender_id}).scalar() or 0

    def init_tracker(self, sender_id: str) -> ConversationTracker:
        """A conversation without events."""
        return ConversationTracker(sender_id, self.domain.slots)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The latest session of a conversation."""
        # Taken out, not looked up: a turn that fails half way must not leave its events in memory.
        newest, tracker = self._recent.pop(sender_id, (0, None))
        with self.engine.connect() as connection:
            stored = self._newest(connection, sender_id)
        if not stored or (tracker is not None and stored == newest):
            return tracker if stored else None
        return await super().retrieve(sender_id)

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            rows = self._event_query(session, sender_id, fetch_events_from_all_sessions)
            events = read_events(json.loads(row.data) for row in rows.with_entities(self.SQLEvent.data))
        if not events:
            return None
        tracker = ConversationTracker.from_events(sender_id, events, self.domain.slots)
        setattr(tracker, _STORED, len(events))
        return tracker

    def _remember(self, tracker: DialogueStateTracker, newest: int, new_events: list[Any]) -> None:
        """Keep a tracker in memory, unless it holds an older session too: the next message needs the latest only."""
        if any(isinstance(event, SessionStarted) for event in new_events) and len(new_events) < len(tracker.events):
            return
        self._recent[tracker.sender_id] = (newest, tracker)
        if len(self._recent) > KEPT_RECENT:
            self._recent.popitem(last=False)

    def _new_events(self, tracker: DialogueStateTracker) -> list[Any]:
        stored = getattr(tracker, _STORED, None)
        if stored is not None or not tracker.events:
            return list(islice(tracker.events, stored, None))
        with self.session_scope() as session:
            return list(self._additional_events(session, tracker))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events that are new since the tracker was retrieved or saved, and publish them."""
        events = self._new_events(tracker)
        with self.engine.begin() as connection:
            if events:
                connection.execute(_INSERT, [_row(tracker.sender_id, event) for event in events])
            newest = self._newest(connection, tracker.sender_id)
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
