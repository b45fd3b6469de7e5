"""Open streams of server-sent events: who listens, and what is sent to whom."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

WAITING = 50
"""Events that may wait for a slow reader; with more its stream ends, and it reconnects."""


@dataclass(frozen=True)
class Event:
    """One event: its id, its name, and JSON data."""

    id: str
    name: str
    data: Any

    def encode(self) -> str:
        """The event in the format of the HTML standard (section 9.2)."""
        return f"id: {self.id}\nevent: {self.name}\ndata: {json.dumps(self.data, ensure_ascii=False)}\n\n"


Queue = asyncio.Queue["Event | None"]
"""Events for one stream; None ends it."""


class Streams:
    """The open streams of this process.

    Args:
        most: streams in all.
        address: streams of one address, so that none takes up all.
        each: streams of one conversation.
    """

    def __init__(self, most: int = 5000, address: int = 1000, each: int = 4) -> None:
        self._most, self._address, self._each = most, address, each
        self._open: dict[str, list[Queue]] = {}
        self._addresses: Counter[str] = Counter()
        self._from: dict[int, str] = {}

    def open(self, conversation: str, address: str = "") -> Queue | None:
        """A new stream, or None if there are too many."""
        queues = self._open.get(conversation, [])
        if len(self._from) >= self._most or len(queues) >= self._each or self._addresses[address] >= self._address:
            return None
        queue: Queue = asyncio.Queue(WAITING)
        self._open.setdefault(conversation, []).append(queue)
        self._addresses[address] += 1
        self._from[id(queue)] = address
        return queue

    def close(self, conversation: str, queue: Queue) -> None:
        """Forget a stream."""
        queues = self._open.get(conversation, [])
        if queue in queues:
            queues.remove(queue)
            self._addresses -= Counter([self._from.pop(id(queue))])
        if not queues:
            self._open.pop(conversation, None)

    def conversations(self) -> list[str]:
        """The conversations that listen."""
        return list(self._open)

    def send(self, conversation: str, event: Event | None) -> None:
        """Send an event to all streams of a conversation; None ends them."""
        for queue in self._open.get(conversation, ()):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                event = None
            queue.put_nowait(event)

    def stop(self) -> None:
        """End all streams."""
        for conversation in self.conversations():
            self.send(conversation, None)
