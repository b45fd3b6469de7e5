"""Messages of one conversation are handled one after another, in order; others do not wait."""

from __future__ import annotations

import asyncio
import time

import pytest
from rasa.core.lock_store import LockError

from bot.runtime.locks import LocalLockStore


async def test_order_without_waiting_for_others() -> None:
    store, handled = LocalLockStore(), list[str]()

    async def handle(sender: str, number: int) -> None:
        async with store.lock(sender):
            await asyncio.sleep(0.002)
            handled.append(f"{sender}{number}")

    start = time.perf_counter()
    await asyncio.gather(*(handle(sender, number) for number in range(20) for sender in "ab"))
    assert time.perf_counter() - start < 1
    for sender in "ab":
        assert [name for name in handled if name[0] == sender] == [f"{sender}{number}" for number in range(20)]
    assert len(store) == 0


async def test_a_failure_gives_the_lock_back() -> None:
    store = LocalLockStore()
    with pytest.raises(ValueError, match="x"):
        async with store.lock("s"):
            raise ValueError("x")
    async with store.lock("s"):
        pass
    assert len(store) == 0


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.runtime.locks.LOCK_SECONDS", 0.01)
    store = LocalLockStore()
    async with store.lock("s"):
        with pytest.raises(LockError):
            async with store.lock("s"):
                pass
    assert len(store) == 0


async def test_a_cancelled_wait_leaves_no_trace() -> None:
    store = LocalLockStore()

    async def wait() -> None:
        async with store.lock("s"):
            pass

    async with store.lock("s"):
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with store.lock("s"):
        pass
    assert len(store) == 0
