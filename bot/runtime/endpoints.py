"""The stores that endpoints.yml names, and nothing else in their place."""

from __future__ import annotations

from rasa.core.brokers.broker import EventBroker
from rasa.core.lock_store import LockStore
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.utils.common import class_from_module_path
from rasa.utils.endpoints import EndpointConfig

from bot.errors import StoreError

RASAS_OWN = {
    "tracker_store": ("sql", "redis", "mongod", "dynamo"),
    "lock_store": ("redis", "in_memory"),
    "event_broker": ("pika", "sql", "file", "kafka"),
}
"""Types that are not the path of a class."""


async def build_stores(endpoints: AvailableEndpoints) -> tuple[TrackerStore, LockStore]:
    """Build the stores that endpoints.yml names, through Rasa, and make sure that they are what it names.

    Rasa itself falls back to memory, or to no broker, where a class cannot be loaded.

    Raises:
        StoreError: a class is missing, cannot be loaded, or cannot reach its service.
    """
    for kind in ("tracker_store", "lock_store", "event_broker"):
        config: EndpointConfig | None = getattr(endpoints, kind)
        if config is None and kind == "event_broker":
            continue
        if config is None or not config.type:
            raise StoreError(f"{kind}: endpoints.yml names no type")
        _require_class(kind, config.type)
    broker = await EventBroker.create(endpoints.event_broker)
    _require_loaded("event_broker", endpoints.event_broker, broker)
    try:
        tracker_store = TrackerStore.create(endpoints.tracker_store, event_broker=broker)
        lock_store = LockStore.create(endpoints.lock_store)
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(f"tracker_store or lock_store: {type(error).__name__}: {error}") from error
    _require_loaded("tracker_store", endpoints.tracker_store, tracker_store)
    _require_loaded("lock_store", endpoints.lock_store, lock_store)
    return tracker_store, lock_store


def _require_class(kind: str, name: str) -> None:
    if name.lower() in RASAS_OWN[kind]:
        return
    if "." not in name:
        raise StoreError(f"{kind}: endpoints.yml names {name}: give a class, or one of {', '.join(RASAS_OWN[kind])}")
    try:
        class_from_module_path(name)
    except (AttributeError, ImportError) as error:
        raise StoreError(f"{kind}: endpoints.yml names {name}, which cannot be loaded: {error}") from error


def _require_loaded(kind: str, config: EndpointConfig | None, loaded: object) -> None:
    if config is None:
        return
    cls = type(loaded)
    name = f"{cls.__module__}.{cls.__qualname__}"
    if ("." in config.type and name != config.type) or loaded is None:
        raise StoreError(f"{kind}: endpoints.yml names {config.type}, but {name} was loaded")
