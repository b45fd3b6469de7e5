"""What is asked for twice with one key is done once."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.replays import KeyReusedError, Replays


class Work:
    """Counts how often it is done."""

    def __init__(self, fails: int = 0) -> None:
        self.done, self.fails, self.free = 0, fails, asyncio.Event()

    async def __call__(self) -> int:
        await self.free.wait()
        self.done += 1
        if self.done <= self.fails:
            raise RuntimeError("no")
        return self.done


async def test_a_retry_awaits_the_first_and_gets_its_reply() -> None:
    replays, work = Replays(), Work()
    first, second = (asyncio.create_task(replays.once("c", "key", "问", work)) for _ in range(2))
    await asyncio.sleep(0)
    work.free.set()
    assert (await first, await second, await replays.once("c", "key", "问", work)) == (1, 1, 1)
    assert await replays.once("c", "other", "问", work) == 2
    assert await replays.once("d", "key", "问", work) == 3


async def test_it_is_done_even_if_the_first_goes_away() -> None:
    replays, work = Replays(), Work()
    first = asyncio.create_task(replays.once("c", "key", "问", work))
    await asyncio.sleep(0)
    first.cancel()
    work.free.set()
    assert await replays.once("c", "key", "问", work) == 1 and work.done == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_failure_is_tried_anew() -> None:
    replays, work = Replays(), Work(fails=1)
    work.free.set()
    with pytest.raises(RuntimeError):
        await replays.once("c", "key", "问", work)
    await asyncio.sleep(0)
    assert await replays.once("c", "key", "问", work) == 2


async def test_a_key_stands_for_one_content() -> None:
    replays, work = Replays(), Work()
    work.free.set()
    await replays.once("c", "key", "问", work)
    with pytest.raises(KeyReusedError):
        await replays.once("c", "key", "另一个\ud800", work)


async def test_the_oldest_are_forgotten() -> None:
    replays, work = Replays(keys=2, conversations=2), Work()
    work.free.set()
    for key in ("a", "b", "c", "a"):
        await replays.once("c", key, "", work)
    assert work.done == 4
    for conversation in ("d", "e", "c"):
        await replays.once(conversation, "a", "", work)
    assert work.done == 7
