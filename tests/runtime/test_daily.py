"""Daily work: again and again, also after a failure."""

from __future__ import annotations

import asyncio

import pytest

from bot.runtime import daily


async def test_work_goes_on_after_a_failure(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(daily, "RETRY_SECONDS", 0.0)
    done = asyncio.Event()
    times = []

    def work() -> None:
        times.append(1)
        if len(times) == 1:
            raise RuntimeError("a secret")
        if len(times) == 3:
            loop.call_soon_threadsafe(done.set)

    loop = asyncio.get_running_loop()
    task = asyncio.create_task(daily.every_day("the work", work, first=0.0, day=0.0))
    await asyncio.wait_for(done.wait(), 5)
    task.cancel()
    assert "the work failed" in caplog.text and "secret" not in caplog.text
