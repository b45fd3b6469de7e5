"""What keeps the messages of a conversation in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore
from rasa.utils.endpoints import EndpointConfig

LOCK_SECONDS = 30.0
"""Longest wait for the messages before in the same conversation."""


class LocalLockStore(LockStore):  # type: ignore[misc]  # Rasa is not type-checked
    """One asyncio lock a conversation: messages are handled in the order in which they came, without polling.

    For one process. A lock lives as long as someone holds or awaits it.

    Args:
        endpoint_config: the entry of endpoints.yml; it needs no settings.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        super().__init__()
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_SECONDS, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the lock of a conversation.

        Args:
            conversation_id: id of the conversation.
            lock_lifetime: not used: a lock is given back in any case.
            wait_time_in_seconds: not used: nothing polls.

        Raises:
            LockError: the messages before took longer than `LOCK_SECONDS`.
        """
        lock, users = self._locks.get(conversation_id, (None, 0))
        lock = lock or asyncio.Lock()
        self._locks[conversation_id] = (lock, users + 1)
        try:
            if lock.locked():
                try:
                    await asyncio.wait_for(lock.acquire(), LOCK_SECONDS)
                except asyncio.TimeoutError:
                    raise LockError(f"waited more than {LOCK_SECONDS:g} s for a conversation") from None
            else:
                await lock.acquire()
            try:
                yield TicketLock(conversation_id)
            finally:
                lock.release()
        finally:
            _, users = self._locks[conversation_id]
            if users == 1:
                del self._locks[conversation_id]
            else:
                self._locks[conversation_id] = (lock, users - 1)
