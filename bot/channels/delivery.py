"""Takes what staff wrote from the outbox to the citizens whose widget listens."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.channels.streams import Event, Streams

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often the outbox is looked into while someone listens."""

OVERLAP = 100
"""Ids looked at again, because transactions need not end in the order of their ids."""

REMEMBERED = 1000
"""Messages known to have been sent already."""


class Outgoing(Protocol):
    """A message of the outbox."""

    @property
    def id(self) -> str:
        """Rises with each message."""

    @property
    def conversation_id(self) -> str:
        """Conversation that it is for."""

    @property
    def text(self) -> str:
        """As staff wrote it."""

    @property
    def kind(self) -> str:
        """``reply`` or ``notice``."""

    @property
    def created(self) -> datetime:
        """When it was written."""


class Outbox(Protocol):
    """What is needed of the outbox; every method asks the database."""

    def waiting(
        self,
        conversation_id: str | None = None,
        channel: str | None = None,
        after_id: str | None = None,
    ) -> Sequence[Outgoing]:
        """Messages not yet delivered, oldest first, at most a page."""

    def delivered(self, id: str) -> None:
        """Note that the citizen has a message."""


class Delivery:
    """Delivers at least once: a message leaves the outbox when the widget has said that it came.

    Args:
        outbox: the outbox.
        streams: who listens.
        channel: name of the channel.
    """

    def __init__(self, outbox: Outbox, streams: Streams, channel: str) -> None:
        self._outbox, self._streams, self._channel = outbox, streams, channel
        self._sent: OrderedDict[str, None] = OrderedDict()
        self._newest = 0

    async def run(self) -> None:
        """Look into the outbox again and again, until cancelled."""
        while True:
            if self._streams.conversations():
                try:
                    await self.look()
                except Exception as error:
                    logger.error("the outbox could not be read: %s", type(error).__name__)
                    await asyncio.sleep(4 * LOOK_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Send what is new to those who listen."""
        after = max(0, self._newest - OVERLAP)
        while True:
            page = await asyncio.to_thread(self._outbox.waiting, None, self._channel, str(after))
            for message in page:
                if message.id not in self._sent:
                    self._streams.send(message.conversation_id, event_of(message))
                    self._remember(message.id)
            if not page:
                return
            after = int(page[-1].id)
            self._newest = max(self._newest, after)

    async def missed(self, conversation: str, last_id: str) -> list[Event]:
        """What waits for a conversation when its stream opens.

        Args:
            conversation: id of the conversation.
            last_id: header Last-Event-ID of the request, empty without one; what is not newer has been received.
        """
        last = int(last_id) if last_id.isascii() and last_id.isdigit() and len(last_id) <= 18 else 0
        events = []
        for message in await asyncio.to_thread(self._outbox.waiting, conversation):
            if int(message.id) > last:
                events.append(event_of(message))
            else:
                await asyncio.to_thread(self._outbox.delivered, message.id)
        return events

    async def received(self, conversation: str, id: str) -> bool:
        """Note that a message reached the widget; False if it does not wait for this conversation."""
        waiting = await asyncio.to_thread(self._outbox.waiting, conversation)
        if id not in {message.id for message in waiting}:
            return False
        await asyncio.to_thread(self._outbox.delivered, id)
        return True

    def _remember(self, id: str) -> None:
        self._sent[id] = None
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)


def event_of(message: Outgoing) -> Event:
    """The event that carries a message."""
    data = {"id": message.id, "kind": message.kind, "text": message.text, "at": message.created.isoformat()}
    return Event(message.id, "message", data)
