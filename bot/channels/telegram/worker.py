"""Takes each update through once: stored, answered, sent; in order within a chat, side by side between chats."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from bot.channels.rates import TokenBuckets
from bot.channels.telegram.responses import Responder
from bot.channels.telegram.sending import DeliveryError, Sender
from bot.channels.telegram.store import Job, TelegramStore
from bot.channels.telegram.updates import Incoming
from bot.clock import Clock
from bot.errors import StoreError

logger = logging.getLogger(__name__)

AT_ONCE = 16
"""Chats whose messages are answered at the same time."""

MOST_WAITING = 2000
"""Updates under way from which on no more are taken; Telegram keeps them."""

TOO_OLD = timedelta(hours=24)
"""An update that could not be answered for so long is given up, as Telegram itself does."""

MOST_CANCELLATIONS = 20
"""How often a task is cancelled before it is left alone."""

RECENT = 10_000
"""Numbers of updates kept in memory, for while the database is away."""


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks until they have ended; an HTTP library may swallow a cancellation that comes at a bad moment."""
    pending = {task for task in tasks if not task.done()}
    for _ in range(MOST_CANCELLATIONS):
        if not pending:
            return
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)


class Worker:
    """Answers updates.

    Args:
        store: where updates are kept until they are done.
        responder: decides on replies.
        sender: delivers them.
        rates: how often a chat may write.
        notices: how often a chat is told that it writes too fast, or that pictures are not understood.
        clock: the current time.
    """

    def __init__(
        self,
        store: TelegramStore,
        responder: Responder,
        sender: Sender,
        rates: TokenBuckets,
        notices: TokenBuckets,
        clock: Clock,
    ) -> None:
        self._store, self._responder, self._sender = store, responder, sender
        self._rates, self._notices, self._clock = rates, notices, clock
        self._jobs: dict[int, Job] = {}
        self._last: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._recent: OrderedDict[int, None] = OrderedDict()
        self._slots = asyncio.Semaphore(AT_ONCE)

    @property
    def is_full(self) -> bool:
        """True if no more updates should be fetched for now."""
        return len(self._jobs) >= MOST_WAITING

    async def accept(self, incoming: Sequence[Incoming]) -> None:
        """Take updates; when this returns they may be confirmed. Those that were taken before are passed over."""
        fresh = [one for one in incoming if one.update_id not in self._recent and one.update_id not in self._jobs]
        for one in fresh:
            self._recent[one.update_id] = None
        while len(self._recent) > RECENT:
            self._recent.popitem(last=False)
        allowed = [one for one in fresh if self._is_allowed(one)]
        if not allowed:
            return
        try:
            jobs = await asyncio.to_thread(self._store.accept, allowed)
        except Exception as error:
            logger.error("updates could not be stored, they are answered all the same: %s", type(error).__name__)
            now = self._clock()
            jobs = [Job(one, self._store.new_conversation_id(one.chat_id), now, stored=False) for one in allowed]
        for job in jobs:
            self._start(job)

    def _is_allowed(self, incoming: Incoming) -> bool:
        """False if a chat writes too fast; it is told so, but not each time."""
        chat = str(incoming.chat_id)
        if incoming.kind == "wordless" and self._notices.take(f"wordless {chat}"):
            return False
        if not self._rates.take(f"telegram {chat}"):
            return True
        if incoming.kind == "press" or not self._notices.take(f"fast {chat}"):
            self._run(self._slow_down(incoming))
        return False

    async def _slow_down(self, incoming: Incoming) -> None:
        job = Job(incoming, self._store.new_conversation_id(incoming.chat_id), self._clock(), stored=False)
        job.replies = await self._responder.slow_down(job)
        try:
            await self._deliver(job)
        except DeliveryError as error:
            logger.warning("a notice was not delivered: %s", error)

    async def recover(self, *, all_of_them: bool = False) -> None:
        """Go on with what was left unfinished, and keep what is under way; to be called at the start, then often.

        Args:
            all_of_them: also what another process may be at, which with long polling there is not.
        """
        try:
            if self._jobs:
                await asyncio.to_thread(self._store.hold, list(self._jobs.values()))
            jobs = await asyncio.to_thread(lambda: self._store.claim(all_of_them=all_of_them))
        except StoreError as error:
            logger.error("unfinished updates could not be read: %s", error)
            return
        for job in jobs:
            if job.incoming.update_id not in self._jobs:
                self._start(job)

    async def stop(self, seconds: float) -> None:
        """Let what is under way finish, for so many seconds; give back the rest, for the next start."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await end(self._tasks)
        left = [job for job in self._jobs.values() if job.stored]
        if left:
            try:
                await asyncio.to_thread(self._store.hold, left, timedelta())
            except StoreError as error:
                logger.error("unfinished updates could not be given back: %s", error)

    def _start(self, job: Job) -> None:
        self._jobs[job.incoming.update_id] = job
        before = self._last.get(job.conversation_id)
        task = self._run(self._work(job, before))
        self._last[job.conversation_id] = task
        task.add_done_callback(lambda done: self._forget_task(job.conversation_id, done))

    def _run(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _forget_task(self, conversation_id: str, task: asyncio.Task[None]) -> None:
        if self._last.get(conversation_id) is task:
            del self._last[conversation_id]

    async def _work(self, job: Job, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            if job.received < self._clock() - TOO_OLD:
                logger.warning("an update could not be answered for %s; it is given up", TOO_OLD)
            else:
                if job.replies is None:
                    await self._answer(job)
                await self._deliver(job)
            await self._note(self._store.done, job)
        except DeliveryError as error:
            if error.permanent or not job.stored:
                logger.warning("a reply was not delivered: %s", error)
                await self._note(self._store.done, job)
            else:
                logger.warning("a reply waits for the next attempt: %s", error)
        except Exception as error:
            logger.error("an update failed", exc_info=error)
            await self._note(self._store.done, job)
        self._jobs.pop(job.incoming.update_id, None)

    async def _answer(self, job: Job) -> None:
        async with self._slots:
            if job.incoming.kind == "text":
                async with self._sender.typing(job.incoming.chat_id):
                    job.replies = await self._responder.respond(job)
            else:
                job.replies = await self._responder.respond(job)
        await self._note(self._store.answered, job)

    async def _deliver(self, job: Job) -> None:
        replies = job.replies or []
        for number, reply in enumerate(replies[job.sent :], job.sent + 1):
            await self._sender.send(job.incoming.chat_id, reply)
            job.sent = number
            if number < len(replies):
                await self._note(self._store.sent, job)

    async def _note(self, write: Callable[[Job], None], job: Job) -> None:
        """Write the state of a job down; while the database is away it goes on without."""
        if not job.stored:
            return
        try:
            await asyncio.to_thread(write, job)
        except StoreError as error:
            logger.error("the state of an update could not be stored: %s", error)
