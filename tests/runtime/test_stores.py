"""Conversations are kept, on both databases, and go on while the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import StoreError
from bot.runtime.endpoints import build_stores
from bot.runtime.locks import LocalLockStore
from bot.runtime.resilience import PAUSE_SECONDS, ResilientTrackerStore
from bot.runtime.stores import KEPT_RECENT, ConversationTrackerStore
from tests.runtime.conftest import make_domain

DOMAIN = make_domain()


@pytest.fixture
def store(database_url: str) -> Iterator[ConversationTrackerStore]:
    opened = ConversationTrackerStore(DOMAIN, database_url)
    yield opened
    opened.close()


def say(tracker: DialogueStateTracker, text: str) -> None:
    tracker.update(UserUttered(text, {"name": "ask", "confidence": 1.0}))
    tracker.update(SlotSet("context", {"question": text}))
    tracker.update(ActionExecuted("action_listen"))


async def begin(store: TrackerStore, sender: str = "s") -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update_with_events([SessionStarted(), ActionExecuted("action_listen")], DOMAIN)
    say(tracker, "一")
    await store.save(tracker)
    return tracker


def texts(tracker: DialogueStateTracker | None) -> list[str | None]:
    assert tracker is not None
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def test_turns_are_stored_once(store: ConversationTrackerStore, database_url: str) -> None:
    await begin(store)
    for text in ("二", "三"):
        tracker = await store.retrieve("s")
        assert tracker is not None
        say(tracker, text)
        await store.save(tracker)
        await store.save(tracker)
    fresh = ConversationTrackerStore(DOMAIN, database_url)
    stored = await fresh.retrieve("s")
    assert texts(stored) == ["一", "二", "三"]
    assert stored is not None and stored.get_slot("context") == {"question": "三"}
    assert await store.keys() == ["s"]
    fresh.close()


async def test_another_process_is_noticed(store: ConversationTrackerStore, database_url: str) -> None:
    await begin(store)
    other = ConversationTrackerStore(DOMAIN, database_url)
    theirs = await other.retrieve("s")
    assert theirs is not None
    say(theirs, "二")
    await other.save(theirs)
    assert texts(await store.retrieve("s")) == ["一", "二"]
    await other.forget("s")
    assert await store.retrieve("s") is None
    other.close()


async def test_a_failed_turn_leaves_nothing(store: ConversationTrackerStore) -> None:
    await begin(store)
    abandoned = await store.retrieve("s")
    assert abandoned is not None
    say(abandoned, "failed half way")
    assert texts(await store.retrieve("s")) == ["一"]


async def test_only_the_latest_session_is_read(store: ConversationTrackerStore) -> None:
    tracker = await begin(store)
    tracker.update_with_events([SessionStarted(), ActionExecuted("action_listen")], DOMAIN)
    say(tracker, "二")
    await store.save(tracker)
    assert texts(await store.retrieve("s")) == ["二"]
    assert texts(await store.retrieve_full_tracker("s")) == ["一", "二"]


async def test_memory_is_bounded(store: ConversationTrackerStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.stores.KEPT_RECENT", 3)
    assert KEPT_RECENT > 3
    for number in range(5):
        await begin(store, f"s{number}")
    assert len(store._recent) == 3
    assert texts(await store.retrieve("s0")) == ["一"]


async def test_rasas_own_store_reads_the_same_table(store: ConversationTrackerStore, database_url: str) -> None:
    await begin(store)
    rasas = SQLTrackerStore(DOMAIN, host=database_url)
    assert texts(await rasas.retrieve("s")) == ["一"]
    rasas.engine.dispose()


class Broker(EventBroker):  # type: ignore[misc]
    """Collects events, or fails."""

    def __init__(self, fails: bool) -> None:
        self.fails, self.events = fails, list[dict[str, Any]]()

    def publish(self, event: dict[str, Any]) -> None:
        if self.fails:
            raise ConnectionError
        self.events.append(event)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_broker_never_costs_a_conversation(store: ConversationTrackerStore, fails: bool) -> None:
    store.event_broker = Broker(fails)
    await begin(store)
    assert texts(await store.retrieve("s")) == ["一"]
    assert [event["event"] for event in store.event_broker.events].count("user") == (0 if fails else 1)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def database_away(store: ConversationTrackerStore) -> Iterator[None]:
    """Meanwhile neither the store's engine nor its sessions reach the database."""

    def away() -> None:
        raise ConnectionError("INSERT … 一个秘密")

    works = store.engine, store.sessionmaker
    store.engine, store.sessionmaker = SimpleNamespace(begin=away, connect=away), away
    yield
    store.engine, store.sessionmaker = works


async def test_conversations_go_on_while_the_database_is_away(
    store: ConversationTrackerStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    resilient = ResilientTrackerStore(store, clock)
    await begin(resilient)
    with database_away(store):
        for text in ("二", "三"):
            tracker = await resilient.get_or_create_tracker("s")
            say(tracker, text)
            await resilient.save(tracker)
        kept = await resilient.retrieve("s")
    assert texts(kept)[-1] == "三"
    assert "秘密" not in caplog.text and "ConnectionError" in caplog.text
    clock.now += PAUSE_SECONDS
    assert kept is not None
    say(kept, "四")
    await resilient.save(kept)
    assert texts(await store.retrieve_full_tracker("s"))[-1] == "四"


async def test_the_broker_does_not_wait_for_the_database(store: ConversationTrackerStore) -> None:
    broker = store.event_broker = Broker(fails=False)
    resilient = ResilientTrackerStore(store, Clock())
    tracker = await begin(resilient)
    with database_away(store):
        for text in ("二", "三"):
            say(tracker, text)
            await resilient.save(tracker)
    assert [event["text"] for event in broker.events if event["event"] == "user"] == ["一", "二", "三"]
    assert texts(await store.retrieve_full_tracker("s")) == ["一"]
    resilient._rest_until = 0.0
    say(tracker, "四")
    await resilient.save(tracker)
    say(tracker, "五")
    await resilient.save(tracker)
    published = [event["text"] for event in broker.events if event["event"] == "user"]
    assert published == ["一", "二", "三", "四", "五"]
    assert texts(await store.retrieve_full_tracker("s")) == published


async def test_forgetting(store: ConversationTrackerStore) -> None:
    resilient = ResilientTrackerStore(store)
    await begin(resilient)
    await begin(resilient, "other")
    await resilient.forget("s")
    assert await resilient.retrieve("s") is None and await resilient.retrieve("other") is not None
    resilient.check()
    resilient.close()


def test_a_database_that_does_not_answer_stops_the_start() -> None:
    with pytest.raises(StoreError, match=r"tracker_store: postgresql://u:\*\*\*@127\.0\.0\.1:1/d: OperationalError"):
        ConversationTrackerStore(DOMAIN, "postgresql://u:secret@127.0.0.1:1/d")
    with pytest.raises(StoreError, match="no url"):
        ConversationTrackerStore(DOMAIN)


TRACKERS = "tracker_store: {{type: {tracker}, url: 'sqlite:///{path}'}}\nlock_store: {{type: {lock}}}\n{more}"
GOOD = {
    "tracker": "bot.runtime.stores.ConversationTrackerStore",
    "lock": "bot.runtime.locks.LocalLockStore",
    "more": "",
}


async def build(tmp_path: Path, **changes: str) -> Any:
    file = tmp_path / "endpoints.yml"
    file.write_text(TRACKERS.format(**{**GOOD, "path": str(tmp_path / "x.db"), **changes}))
    return await build_stores(AvailableEndpoints.read_endpoints(str(file)))


async def test_stores_are_what_is_named(tmp_path: Path) -> None:
    tracker_store, lock_store = await build(tmp_path)
    assert type(tracker_store) is ConversationTrackerStore and type(lock_store) is LocalLockStore
    tracker_store.close()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tracker": "bot.runtime.stores.Typo"}, "tracker_store: endpoints.yml names bot.runtime.stores.Typo"),
        ({"lock": "bot.typo.LocalLockStore"}, "lock_store: endpoints.yml names bot.typo.LocalLockStore"),
        ({"lock": "typo"}, "lock_store: endpoints.yml names typo"),
        ({"tracker": "typo"}, "tracker_store: endpoints.yml names typo"),
        ({"more": "event_broker: {type: bot.no.Broker}"}, "event_broker: endpoints.yml names bot.no.Broker"),
        ({"tracker": "''"}, "tracker_store: endpoints.yml names no type"),
    ],
)
async def test_nothing_is_replaced_in_silence(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises(StoreError, match=message):
        await build(tmp_path, **changes)
