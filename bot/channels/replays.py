"""A request that is sent again gets the reply of the first one; what it asks for is done once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from hashlib import sha256
from typing import Any

from bot.conversations.models import TURN_ID


class KeyReusedError(Exception):
    """The key came before with another content."""


def turn_of(conversation: str, key: str) -> str:
    """The id of the turn that a key stands for: the same after a restart, so that the log holds the turn once."""
    return sha256(f"{conversation} {key}".encode()).hexdigest()[:TURN_ID]


class Replays:
    """Remembers the replies of the last keys of each conversation, in this process.

    Args:
        keys: replies kept for a conversation.
        conversations: conversations kept; the ones used longest ago go first.
    """

    def __init__(self, keys: int = 10, conversations: int = 2000) -> None:
        self._keys, self._conversations = keys, conversations
        self._kept: OrderedDict[str, OrderedDict[str, tuple[bytes, asyncio.Task[Any]]]] = OrderedDict()
        self._running: set[asyncio.Task[Any]] = set()

    def knows(self, conversation: str) -> bool:
        """True if a reply of the conversation is kept; False after a restart."""
        return conversation in self._kept

    async def once(self, conversation: str, key: str, content: str, run: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do something for a key, or wait for what is done for it already.

        What was begun goes on even if the one who asked for it goes away: a retry then finds its reply.

        Args:
            conversation: id of the conversation.
            key: chosen by the client, one for each message.
            content: what the request says; a key stands for one content only.
            run: does it.

        Raises:
            KeyReusedError: the key came before with another content.
        """
        digest = sha256(content.encode("utf-8", "surrogatepass")).digest()
        kept = self._kept.setdefault(conversation, OrderedDict())
        self._kept.move_to_end(conversation)
        known, task = kept.get(key, (digest, None))
        if known != digest:
            raise KeyReusedError
        if task is None:
            task = asyncio.get_running_loop().create_task(run())
            kept[key] = (digest, task)
            self._running.add(task)
            task.add_done_callback(lambda done: self._done(conversation, key, done))
            if len(kept) > self._keys:
                kept.popitem(last=False)
            if len(self._kept) > self._conversations:
                self._kept.popitem(last=False)
        return await asyncio.shield(task)

    def _done(self, conversation: str, key: str, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled() or task.exception() is not None:  # a failure is no reply: the next try is a first one
            self._kept.get(conversation, OrderedDict()).pop(key, None)
