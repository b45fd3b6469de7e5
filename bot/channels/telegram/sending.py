"""Sending to Telegram: what is tried again, and for how long."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.messages import Outgoing
from bot.errors import AskHunnanError

logger = logging.getLogger(__name__)

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between attempts while Telegram cannot be reached."""

LONGEST_WAIT = 120.0
"""Most seconds that a message waits because Telegram asks for it, before it is put aside."""

TYPING_SECONDS = 4.0
"""Telegram shows "typing" for five seconds."""

POLL_SECONDS = 30
"""How long Telegram holds a request for updates open."""

Sleep = Callable[[float], Awaitable[None]]
Moved = Callable[[int, int], Awaitable[None]]


class DeliveryError(AskHunnanError):
    """A message was not delivered.

    Args:
        reason: why, without any address.
        permanent: True if it never will be: the citizen blocked the bot, or the chat is gone.
    """

    def __init__(self, reason: str, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Bot(telegram.Bot):
    """Telegram's API.

    Args:
        token: of the bot.
        api_url: address of the API.
    """

    def __init__(self, token: str, api_url: str) -> None:
        super().__init__(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=HTTPXRequest(connection_pool_size=64, read_timeout=15, connect_timeout=10, pool_timeout=15),
            get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=10, connect_timeout=10),
        )

    async def raw_updates(self, offset: int, allowed: tuple[str, ...]) -> list[dict[str, Any]]:
        """Updates as JSON, so that one that cannot be read does not hold up the others.

        Args:
            offset: updates before this number are confirmed; 0 confirms none.
            allowed: kinds of updates.

        Raises:
            TelegramError: Telegram refused, or cannot be reached.
        """
        data = {"timeout": POLL_SECONDS, "allowed_updates": list(allowed)}
        if offset:
            data["offset"] = offset
        updates = await self._post("getUpdates", data, read_timeout=POLL_SECONDS + 10)
        return updates if isinstance(updates, list) else []


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait: int | float | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Sender:
    """Delivers messages.

    Args:
        bot: Telegram's API.
        moved: called with the old and the new id of a group that moved.
        sleep: waits for seconds.
    """

    def __init__(self, bot: Bot, moved: Moved, sleep: Sleep = asyncio.sleep) -> None:
        self._bot, self._moved, self._sleep = bot, moved, sleep
        self._typing: set[asyncio.Task[None]] = set()

    async def send(self, chat_id: int, message: Outgoing) -> None:
        """Deliver a message, in several attempts if need be.

        A connection that is lost after the message was sent and before Telegram confirmed it leads to a second
        delivery: better than none.

        Raises:
            DeliveryError: it was not delivered.
        """
        simple = False
        waited, failures = 0.0, 0
        while True:
            try:
                await self._send(chat_id, message, simple)
                return
            except RetryAfter as error:
                wait = seconds_of(error)
                waited += wait
                if waited > LONGEST_WAIT:
                    raise DeliveryError(f"Telegram asks to wait {wait:g} s", permanent=False) from None
                logger.warning("Telegram asks to wait %g s before the next message to a chat", wait)
                await self._sleep(wait)
            except ChatMigrated as error:
                await self._moved(chat_id, error.new_chat_id)
                chat_id, simple = error.new_chat_id, False
            except Forbidden:
                raise DeliveryError("the citizen blocked the bot, or the group removed it", permanent=True) from None
            except BadRequest as error:
                if simple or "chat not found" in error.message.lower():
                    raise DeliveryError("Telegram refuses the message or does not know the chat", True) from None
                logger.warning("Telegram refused the form of a message; it is sent as plain text")
                simple = True
            except TelegramError as error:
                if not isinstance(error, NetworkError) or failures == len(PAUSES):
                    raise DeliveryError(f"Telegram cannot be reached ({type(error).__name__})", False) from None
                await self._sleep(PAUSES[failures])
                failures += 1

    async def _send(self, chat_id: int, message: Outgoing, simple: bool) -> None:
        if simple:
            await self._bot.send_message(chat_id, message.plain())
            return
        keyboard = [[InlineKeyboardButton(title, callback_data=id) for title, id in row] for row in message.buttons]
        reply = ReplyParameters(message.reply_to, allow_sending_without_reply=True) if message.reply_to else None
        await self._bot.send_message(
            chat_id,
            message.html(),
            parse_mode=ParseMode.HTML,
            reply_markup=InlineKeyboardMarkup(keyboard) if keyboard else None,
            reply_parameters=reply,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )

    async def answer_press(self, callback_id: str, text: str = "") -> None:
        """Stop the clock on a button, with a short notice if there is one; a press that is too old is passed over."""
        try:
            await self._bot.answer_callback_query(callback_id, text or None)
        except TelegramError as error:
            logger.warning("a press of a button could not be confirmed: %s", type(error).__name__)

    @asynccontextmanager
    async def typing(self, chat_id: int) -> AsyncIterator[None]:
        """Show "typing" while the block lasts; whether that works makes no difference."""
        finished = asyncio.Event()

        async def show() -> None:
            with suppress(TelegramError):
                while not finished.is_set():
                    await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
                    with suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(finished.wait(), TYPING_SECONDS)

        task = asyncio.create_task(show())
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)
        try:
            yield
        finally:
            finished.set()
