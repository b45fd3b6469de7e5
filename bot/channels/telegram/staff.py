"""Delivers what staff say to citizens on Telegram."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from bot.channels.messages import Messages
from bot.channels.telegram.messages import compose
from bot.channels.telegram.responses import CHANNEL
from bot.channels.telegram.sending import DeliveryError, Sender
from bot.channels.telegram.store import TelegramStore

logger = logging.getLogger(__name__)


class Waiting(Protocol):
    """Where messages of staff wait."""

    def waiting(self, *, channel: str) -> Sequence[Any]:
        """Messages for a channel, each with id, conversation_id, text and kind."""

    def delivered(self, id: str) -> None:
        """Note that a message arrived."""

    def failed(self, id: str, reason: str) -> None:
        """Note that a message never will."""


class StaffDelivery:
    """Delivers what waits.

    Args:
        outbox: where it waits.
        store: knows the chats.
        sender: delivers.
        messages: the wording around it.
        language: tells the language of a conversation.
    """

    def __init__(
        self,
        outbox: Waiting,
        store: TelegramStore,
        sender: Sender,
        messages: Messages,
        language: Callable[[str], Awaitable[str]],
    ) -> None:
        self._outbox, self._store, self._sender = outbox, store, sender
        self._messages, self._language = messages, language

    async def deliver(self) -> None:
        """Deliver all that waits; what fails for now goes on waiting. One chat that is slow holds up no other one."""
        waiting = await asyncio.to_thread(lambda: self._outbox.waiting(channel=CHANNEL))
        chats: dict[str, list[Any]] = {}
        for message in waiting:
            chats.setdefault(message.conversation_id, []).append(message)
        await asyncio.gather(*(self._deliver_chat(id, messages) for id, messages in chats.items()))

    async def _deliver_chat(self, conversation_id: str, messages: Sequence[Any]) -> None:
        chat_id = await asyncio.to_thread(self._store.chat_of, conversation_id)
        for message in messages:
            try:
                await self._deliver_one(chat_id, message)
            except DeliveryError as error:
                if not error.permanent:
                    logger.warning("a message of staff waits for the next attempt: %s", error)
                    return
                logger.warning("a message of staff cannot be delivered: %s", error)
                await asyncio.to_thread(self._outbox.failed, message.id, str(error))
            else:
                await asyncio.to_thread(self._outbox.delivered, message.id)

    async def _deliver_one(self, chat_id: int | None, message: Any) -> None:
        if chat_id is None:
            raise DeliveryError("there is no such chat (any more)", permanent=True)
        key = "telegram_staff" if message.kind == "reply" else "telegram_notice"
        heading = self._messages.text(key, await self._language(message.conversation_id)).replace("\n", " / ")
        for part in compose(message.text, heading):
            await self._sender.send(chat_id, part)
