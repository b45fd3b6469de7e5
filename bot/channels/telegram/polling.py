"""The connection to Telegram: signing in, long polling or the webhook, and what to do when it fails."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import BotCommand, Update
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.messages import Messages
from bot.channels.telegram.sending import Bot, Sleep, seconds_of
from bot.channels.telegram.updates import ALLOWED_UPDATES, Incoming, read
from bot.channels.telegram.worker import Worker

logger = logging.getLogger(__name__)

PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds between attempts to reach Telegram; the last one again and again."""

WEBHOOK_PATH = "/webhooks/telegram/webhook"
"""Where Telegram posts updates."""

COMMANDS = ("help", "lang", "source", "forget")
"""The menu, in its order."""

_PROBLEMS = (
    (Conflict, "another program fetches the updates of this bot, or has set a webhook: stop it; trying again"),
    (BadRequest, "Telegram refuses TELEGRAM_WEBHOOK_URL: it must be https, on port 443, 80, 88 or 8443; trying again"),
    (InvalidToken, "Telegram refuses TELEGRAM_TOKEN: compare it with what @BotFather gave; trying again"),
    (TelegramError, "Telegram cannot be reached: check the network or HTTPS_PROXY; trying again"),
)


def webhook_secret(token: str) -> str:
    """What Telegram sends with each post, so that nobody else can; derived from the token, which nobody else has."""
    return hmac.new(token.encode(), b"webhook of AskHunnan", hashlib.sha256).hexdigest()


class Connection:
    """Keeps the connection to Telegram; `run` is started as a task and never ends by itself.

    Args:
        bot: Telegram's API.
        worker: answers updates.
        messages: the wording of the menu.
        webhook_url: public address of this server; empty for long polling.
        secret: for the webhook.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        bot: Bot,
        worker: Worker,
        messages: Messages,
        webhook_url: str,
        secret: str,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot, self._worker, self._messages = bot, worker, messages
        self._webhook_url, self._secret, self._sleep = webhook_url, secret, sleep
        self._username = ""
        self._problem, self._failures = "", 0

    async def run(self) -> None:
        """Sign in, then fetch updates for ever, or have them posted."""
        await self._until_done(self._bot.initialize)
        self._username = self._bot.username
        await self._until_done(self._register)
        if not self._webhook_url:
            offset = 0
            while True:
                offset = await self._poll(offset)

    def understand(self, data: Any) -> Incoming | None:
        """Read an update; None if it needs no reply, or is of a form that is not known."""
        try:
            update = Update.de_json(data, self._bot)
            return read(update, int(self._bot.token.partition(":")[0]), self._username)
        except Exception as error:
            logger.warning("an update could not be read: %s", type(error).__name__)
            return None

    async def _poll(self, offset: int) -> int:
        """Fetch updates once and take them; gives the next offset.

        Telegram forgets updates only when the next request confirms them, that is after they were stored. Without new
        ones the offset goes back to 0, for Telegram may start anew with lower numbers after a quiet week.
        """
        while self._worker.is_full:
            await self._sleep(0.5)
        try:
            updates = await self._bot.raw_updates(offset, ALLOWED_UPDATES)
            numbers = [update["update_id"] for update in updates]
            understood = [self.understand(update) for update in updates]
            await self._worker.accept([one for one in understood if one is not None])
        except Exception as error:
            await self._wait_after(error)
            return offset
        self._works()
        return max(numbers) + 1 if numbers else 0

    async def _register(self) -> None:
        for code in ("", "zh", "en"):
            language = {"": "", "zh": "zh-Hans", "en": "en"}[code]
            menu = [BotCommand(name, self._title(name, language)) for name in COMMANDS]
            try:
                await self._bot.set_my_commands(menu, language_code=code or None)
            except BadRequest:
                logger.warning("Telegram refuses the menu of commands; it goes without")
        if self._webhook_url:
            await self._bot.set_webhook(
                self._webhook_url + WEBHOOK_PATH, secret_token=self._secret, allowed_updates=ALLOWED_UPDATES
            )
            logger.info("Telegram: @%s, webhook", self._username)
        else:
            await self._bot.delete_webhook(drop_pending_updates=False)
            logger.info("Telegram: @%s, long polling", self._username)

    def _title(self, name: str, language: str) -> str:
        return self._messages.text(f"menu_{name}", language).replace("\n", " / ")

    async def _until_done(self, step: Callable[[], Awaitable[Any]]) -> None:
        while True:
            try:
                await step()
            except Exception as error:
                await self._wait_after(error)
            else:
                self._works()
                return

    async def _wait_after(self, error: Exception) -> None:
        """Say once what is wrong, and wait, longer each time."""
        if isinstance(error, RetryAfter):
            await self._sleep(seconds_of(error))
            return
        default = f"Telegram: {type(error).__name__}; trying again"
        problem = next((text for kind, text in _PROBLEMS if isinstance(error, kind)), default)
        if problem != self._problem:
            self._problem, self._failures = problem, 0
            logger.error("Telegram: %s", problem)
        pause = PAUSES[min(self._failures, len(PAUSES) - 1)]
        self._failures += 1
        await self._sleep(pause)

    def _works(self) -> None:
        if self._problem:
            logger.warning("Telegram: works again")
        self._problem, self._failures = "", 0
