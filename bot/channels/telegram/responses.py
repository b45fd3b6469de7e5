"""What is replied to what comes from Telegram."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, get_args

from bot.answers.reply import Outcome
from bot.channels.commands import Command, Conversations, recognise
from bot.channels.messages import Messages
from bot.channels.reception import Handler, Reception
from bot.channels.replays import turn_of
from bot.channels.telegram import keyboards
from bot.channels.telegram.messages import Outgoing, compose
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.store import Button, Job, TelegramStore

logger = logging.getLogger(__name__)

CHANNEL = "telegram"
"""Name of the channel, in conversations and tickets."""

_START = re.compile(r"/start(\s.*)?", re.I | re.S)
_SCRIPTS = ("zh-Hans", "zh-Hant", "en")


class FeedbackLog(Protocol):
    """Where thumbs are recorded."""

    def record(self, turn_id: str, conversation_id: str, value: str) -> bool:
        """Record ``up`` or ``down``; False if the turn does not belong to the conversation."""


class Responder:
    """Decides on replies; never raises.

    Args:
        reception: what all channels share: commands, guards, the assistant.
        conversations: tells the language of a conversation.
        store: remembers buttons.
        sender: confirms presses.
        feedback: where thumbs are recorded.
        handle: passes a message to Rasa.
    """

    def __init__(
        self,
        reception: Reception,
        conversations: Conversations,
        store: TelegramStore,
        sender: Sender,
        feedback: FeedbackLog,
        handle: Handler,
    ) -> None:
        self._reception, self._conversations, self._store = reception, conversations, store
        self._sender, self._feedback, self._handle = sender, feedback, handle

    @property
    def _messages(self) -> Messages:
        return self._reception.messages

    async def respond(self, job: Job) -> list[Outgoing]:
        """The replies to what came."""
        kinds: dict[str, Callable[[Job], Awaitable[list[Outgoing]]]] = {
            "text": self._answer, "press": self._press, "wordless": self._wordless, "added": self._greet_group,
            "moved": self._move,
        }  # fmt: skip
        try:
            return await kinds[job.incoming.kind](job)
        except Exception as error:
            logger.error("an update could not be answered", exc_info=error)
            if job.incoming.kind == "press":
                await self._confirm(job, "error")
                return []
            return compose(self._messages.text("error", job.incoming.language))

    async def slow_down(self, job: Job) -> list[Outgoing]:
        """The reply to somebody who writes too fast."""
        if job.incoming.kind == "press":
            await self._confirm(job, "too_many")
            return []
        return compose(self._messages.text("too_many", await self._language(job)))

    async def _answer(self, job: Job) -> list[Outgoing]:
        if _START.fullmatch(job.incoming.text):
            return await self._start(job)
        return await self._ask(job, job.incoming.text or "/help")

    async def _start(self, job: Job) -> list[Outgoing]:
        language = await self._language(job)
        titles = [
            self._messages.text("telegram_example", code) for code in ([language] if language else ["zh-Hans", "en"])
        ]
        rows = await self._rows(job, [*(Button("ask", title, title) for title in titles), *self._languages()])
        return compose(self._messages.text("telegram_start", language), buttons=rows)

    async def _ask(self, job: Job, text: str, heading: str = "") -> list[Outgoing]:
        """What the assistant says to a text, as it says it to every channel."""
        turn = turn_of(job.conversation_id, str(job.incoming.update_id))
        replies = await self._reception.receive(text, job.conversation_id, CHANNEL, self._handle, turn)
        reply_to = 0 if job.incoming.private else job.incoming.message_id
        sent: list[Outgoing] = []
        for reply in replies:
            rows = await self._rows(job, await self._buttons_of(job, reply, text))
            sent += compose(str(reply.get("text", "")), "" if sent else heading, rows, 0 if sent else reply_to)
        if any(reply.get("metadata", {}).get("outcome") == "forget" for reply in replies):
            await self._forget_buttons(job)
        return sent

    async def _buttons_of(self, job: Job, reply: dict[str, Any], text: str) -> list[Button]:
        metadata = reply.get("metadata") or {}
        buttons = [Button("ask", button["title"], button["payload"]) for button in reply.get("buttons", ())]
        if recognise(text) == Command("lang"):
            return self._languages()
        if metadata.get("outcome") == "source":
            question = self._messages.text("telegram_ask_source", await self._language(job, "zh-Hans"))
            return [Button("ask", question, question)]
        turn = metadata.get("turn")
        if isinstance(turn, str) and metadata.get("outcome") in get_args(Outcome):
            buttons += [Button("up", "👍", turn), Button("down", "👎", turn)]
        return buttons

    def _languages(self) -> list[Button]:
        named = [Button("ask", self._messages.text(f"name_{code}", code), f"/lang {code}") for code in _SCRIPTS]
        return [*named, Button("ask", self._messages.text("telegram_auto", "zh-Hans"), "/lang auto")]

    async def _rows(self, job: Job, buttons: list[Button]) -> list[list[list[str]]]:
        """Buttons with their ids, thumbs in a row of their own; none if they cannot be stored."""
        if not buttons:
            return []
        try:
            ids = await asyncio.to_thread(self._store.add_buttons, job.conversation_id, buttons)
        except Exception as error:
            logger.error("buttons could not be stored: %s", type(error).__name__)
            return []
        titled = [(button.kind, [button.title, id]) for button, id in zip(buttons, ids)]
        rows = keyboards.rows([button for kind, button in titled if kind == "ask"])
        thumbs = [button for kind, button in titled if kind != "ask"]
        return [*rows, thumbs] if thumbs else rows

    async def _press(self, job: Job) -> list[Outgoing]:
        incoming = job.incoming
        button = await asyncio.to_thread(self._store.button, incoming.text, job.conversation_id)
        if button is None:
            await self._confirm(job, "telegram_expired")
            return []
        if button.kind == "ask":
            await self._sender.answer_press(incoming.callback_id)
            return await self._ask(job, button.payload, "" if button.payload.startswith("/") else f"▸ {button.title}")
        return await self._record(job, button)

    async def _record(self, job: Job, button: Button) -> list[Outgoing]:
        recorded = await asyncio.to_thread(self._feedback.record, button.payload, job.conversation_id, button.kind)
        if not recorded:
            await self._confirm(job, "telegram_expired")
            return []
        await self._confirm(job, "telegram_thanks")
        if button.kind == "up":
            return []
        language = await self._language(job, "zh-Hans")
        leave = self._messages.text("telegram_leave", language)
        rows = await self._rows(job, [Button("ask", leave, leave)])
        return compose(self._messages.text("telegram_sorry", language), buttons=rows)

    async def _confirm(self, job: Job, notice: str) -> None:
        await self._sender.answer_press(
            job.incoming.callback_id, self._messages.text(notice, await self._language(job))
        )

    async def _wordless(self, job: Job) -> list[Outgoing]:
        return compose(self._messages.text("telegram_wordless", await self._language(job)))

    async def _greet_group(self, job: Job) -> list[Outgoing]:
        return compose(self._messages.text("telegram_group", await self._language(job)))

    async def _move(self, job: Job) -> list[Outgoing]:
        await asyncio.to_thread(self._store.move, job.incoming.chat_id, job.incoming.new_chat_id)
        return []

    async def _forget_buttons(self, job: Job) -> None:
        try:
            await asyncio.to_thread(self._store.forget, job.conversation_id)
        except Exception as error:
            logger.error("the buttons of a conversation could not be deleted: %s", type(error).__name__)

    async def _language(self, job: Job, default: str = "") -> str:
        """The language of a conversation, else that of the citizen's Telegram, else `default` (empty: both)."""
        try:
            context = await self._conversations.context(job.conversation_id)
        except Exception:
            return job.incoming.language or default
        language = context.language or context.last_language
        return (language if language in _SCRIPTS else "") or job.incoming.language or default
