"""The assistant's own commands: a fixed list, recognised before Rasa sees the message."""

from __future__ import annotations

import asyncio
import logging
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.answers.reply import Context
from bot.channels.messages import Messages
from bot.facts.entries import Snapshot
from bot.language.normalise import clean

logger = logging.getLogger(__name__)

_COMMAND = re.compile(r"/(?P<name>help|lang|source|forget)(?:@\w+)?(?: (?P<argument>[\w-]{1,16}))?", re.I)
LANGUAGES = {
    "zh": "zh-Hans", "zh-hans": "zh-Hans", "zh-cn": "zh-Hans", "cn": "zh-Hans", "中文": "zh-Hans", "简体": "zh-Hans",
    "zh-hant": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "繁体": "zh-Hant", "繁體": "zh-Hant",
    "en": "en", "english": "en", "英文": "en", "auto": "", "自动": "",
}  # fmt: skip
"""What may follow /lang, and the language that it fixes; empty: follow the question."""


class Conversations(Protocol):
    """What commands need of the conversations."""

    async def context(self, sender_id: str) -> Context:
        """What is remembered of a conversation; an empty context for an unknown one."""

    async def set_context(self, sender_id: str, context: Context) -> None:
        """Replace what is remembered."""

    async def forget(self, sender_id: str) -> None:
        """Delete all that is kept of a conversation."""


@dataclass(frozen=True)
class Command:
    """A recognised command: `name` of help, lang, source, forget; `argument` in lower case, or empty."""

    name: str
    argument: str = ""


def recognise(text: str) -> Command | None:
    """The command that a message consists of, if it is one of the fixed list; only /lang takes an argument."""
    if len(text) > 100:
        return None
    match = _COMMAND.fullmatch(unicodedata.normalize("NFKC", clean(text)).strip())
    if match is None or (match["argument"] and match["name"].lower() != "lang"):
        return None
    return Command(match["name"].lower(), (match["argument"] or "").lower())


class Commands:
    """Answers the commands.

    Args:
        conversations: where the language is remembered and conversations are deleted.
        messages: the wording.
        report: what is published now, or None without any.
        erase: deletes what else is kept of a conversation (`bot.conversations.erasure.Erasure.forget`); may wait.
    """

    def __init__(
        self,
        conversations: Conversations,
        messages: Messages,
        report: Callable[[], Snapshot | None],
        erase: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._conversations, self._messages, self._report, self._erase = conversations, messages, report, erase

    async def answer(self, command: Command, sender_id: str) -> str:
        """Carry out a command and say so, in the language of the conversation (both, while it has none)."""
        context = await self._context(sender_id)
        language = context.language or context.last_language
        if command.name == "lang":
            return await self._set_language(command.argument, sender_id, context, language)
        if command.name == "source":
            return self._source(await asyncio.to_thread(self._report), language)
        if command.name == "forget":
            return await self._forget(sender_id, language)
        return self._messages.text("help", language)

    async def _context(self, sender_id: str) -> Context:
        try:
            return await self._conversations.context(sender_id)
        except Exception as error:
            logger.error("the context of a conversation could not be read: %s", type(error).__name__)
            return Context()

    async def _set_language(self, argument: str, sender_id: str, context: Context, language: str) -> str:
        if argument not in LANGUAGES:
            return self._messages.text("lang_options", language)
        chosen = LANGUAGES[argument]
        try:
            await self._conversations.set_context(sender_id, replace(context, language=chosen))
        except Exception as error:
            logger.error("the language of a conversation could not be kept: %s", type(error).__name__)
            return self._messages.text("error", language)
        if not chosen:
            return self._messages.text("lang_auto", context.last_language)
        return self._messages.text("lang_set", chosen, name=self._messages.text(f"name_{chosen}", chosen))

    def _source(self, snapshot: Snapshot | None, language: str) -> str:
        if snapshot is None:
            return self._messages.text("source_missing", language)
        if language not in ("zh-Hans", "zh-Hant", "en"):
            return f"{self._source(snapshot, 'zh-Hans')}\n{self._source(snapshot, 'en')}"
        labels = [section.label.get(language) for section in snapshot.sections]
        return self._messages.text(
            "source",
            language,
            title=snapshot.source.title.get(language),
            publisher=snapshot.source.publisher.get(language),
            published=snapshot.source.published,
            sections=("; " if language == "en" else "、").join(labels),
        )

    async def _forget(self, sender_id: str, language: str) -> str:
        try:
            await self._conversations.forget(sender_id)
            await asyncio.to_thread(self._erase, sender_id)
        except Exception as error:
            logger.error("a conversation could not be deleted: %s", type(error).__name__)
            return self._messages.text("forget_failed", language)
        return self._messages.text("forget", language)
