"""The log of conversations: takes records without waiting, and writes them in the background."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from bot.conversations.spool import Spool
from bot.conversations.store import Record, RefusedError, TurnStore
from bot.conversations.turn import Turn
from bot.errors import StoreError

logger = logging.getLogger(__name__)

MOST_WAITING = 20_000
"""Records that wait in memory; more are dropped. The writer falls behind only if disk and database both hang."""

MOST_AT_ONCE = 500
"""Records of one transaction."""

GATHER_SECONDS = 0.2
"""How long records are gathered into one transaction; each holds up SQLite's other writers for some milliseconds."""

IDLE_SECONDS = 1.0
"""How often a spool is looked at while nothing comes."""

PAUSE_SECONDS = 5.0
"""How long a database that failed is left alone; records then go to the spool at once."""

KEPT_RECENT = 20_000
"""Turns whose conversation is known without asking the database."""


class ConversationLog:
    """Logs turns and feedback. One thread writes; it starts with `start` or with the first record.

    While the database is away, records go to the spool; as soon as it is back they are replayed in order, and what
    comes meanwhile queues up behind them.

    Args:
        store: writes into the database.
        spool: keeps records while the database is away.
        clock: seconds that only go forward.
        most_waiting: records that may wait in memory.
    """

    def __init__(
        self,
        store: TurnStore,
        spool: Spool,
        clock: Callable[[], float] = time.monotonic,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._store, self._spool, self._clock = store, spool, clock
        self._queue: queue.Queue[Record | threading.Event] = queue.Queue(most_waiting)
        self._recent: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._rest_until = float("-inf")
        self._closing = False
        self._dropped = 0

    def start(self) -> None:
        """Begin to write, first of all what an earlier process left in the spool; a second call does nothing."""
        with self._lock:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._run, name="conversation-log", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def add(self, record: Record) -> None:
        """Log a record soon; never raises and never waits."""
        try:
            if isinstance(record, Turn):
                self._remember(record)
            self._queue.put_nowait(record)
            if self._thread is None:
                self.start()
        except queue.Full:
            self._dropped += 1
            if self._dropped % 1000 == 1:
                logger.error("conversation log: too much waits to be written, %d records are lost", self._dropped)
        except Exception as error:
            logger.error("conversation log: %s", type(error).__name__)

    def conversation_of(self, turn_id: str) -> str | None:
        """The conversation of a recent turn, stored or not; None if it is not known."""
        with self._lock:
            return self._recent.get(turn_id)

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until all that was added is in the database or in the spool; False if that takes longer."""
        if self._thread is None or not self._thread.is_alive():
            return self._queue.empty()
        done = threading.Event()
        try:
            self._queue.put(done, timeout=seconds)
        except queue.Full:
            return False
        return done.wait(seconds)

    def close(self, seconds: float = 10.0) -> None:
        """Write what waits, and stop; what is not written within the time goes to the spool."""
        self._closing = True
        atexit.unregister(self.close)
        if self._thread is not None:
            self.flush(seconds)
            self._thread.join(seconds if self._queue.empty() else 0)
        rest = self._take(0)[0]
        if rest:
            self._to_spool(rest)

    def _remember(self, turn: Turn) -> None:
        with self._lock:
            self._recent[turn.id] = turn.conversation_id
            if len(self._recent) > KEPT_RECENT:
                self._recent.popitem(last=False)

    def _run(self) -> None:
        while True:
            records, flushed = self._take(0 if self._can_replay() else IDLE_SECONDS)
            try:
                if records:
                    self._keep(records)
                self._replay()
            except Exception as error:
                logger.error("conversation log: %d records are lost: %s", len(records), type(error).__name__)
            for event in flushed:
                event.set()
            if self._closing and self._queue.empty():
                return

    def _take(self, seconds: float) -> tuple[list[Record], list[threading.Event]]:
        """What waits, gathered for a moment unless someone waits for it."""
        records: list[Record] = []
        flushed: list[threading.Event] = []
        until = time.monotonic() + seconds
        while len(records) < MOST_AT_ONCE:
            left = until - time.monotonic()
            try:
                found = self._queue.get(timeout=left) if left > 0 and not flushed else self._queue.get_nowait()
            except queue.Empty:
                break
            if isinstance(found, threading.Event):
                flushed.append(found)
                continue
            if not records:
                until = min(until, time.monotonic() + GATHER_SECONDS)
            records.append(found)
        return records, flushed

    def _rests(self) -> bool:
        return self._clock() < self._rest_until

    def _can_replay(self) -> bool:
        return not self._rests() and not self._spool.is_empty()

    def _keep(self, records: list[Record]) -> None:
        rest = records
        if not self._rests() and self._spool.is_empty():
            rest = self._write(records)
        if rest:
            self._to_spool(rest)

    def _write(self, records: list[Record]) -> list[Record]:
        """Write; gives the records for which the database was away."""
        try:
            self._store.write(records)
        except (RefusedError, AttributeError, TypeError, ValueError):
            if len(records) == 1:
                logger.error("conversation log: the database refuses a record, which is lost")
                return []
            for position, record in enumerate(records):
                if self._write([record]):
                    return records[position:]
        except StoreError as error:
            self._rest_until = self._clock() + PAUSE_SECONDS
            logger.error("conversation log: the database is away, records go to the spool: %s", error)
            return records
        return []

    def _to_spool(self, records: list[Record]) -> None:
        try:
            self._spool.append(records)
        except OSError as error:
            logger.error("conversation log: %d records are lost, the spool: %s", len(records), error.strerror)

    def _replay(self) -> None:
        if self._can_replay():
            try:
                count = self._spool.replay(self._write_again)
            except StoreError:
                return  # `_write` has said so
            except OSError as error:
                self._rest_until = self._clock() + PAUSE_SECONDS
                logger.error("conversation log: the spool cannot be read: %s", error.strerror)
                return
            logger.info("conversation log: %d records from the spool are in the database", count)

    def _write_again(self, records: Sequence[Record]) -> None:
        if self._write(list(records)):
            raise StoreError("the database is away")
