"""What happens to every message before Rasa: commands, guards, then the assistant."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels.commands import Commands, recognise
from bot.channels.guards import MAX_CHARACTERS, Rejected, admit
from bot.channels.messages import Messages
from bot.channels.output import ReplyCollector
from bot.language.detect import detect
from bot.language.normalise import has_words

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]


class Reception:
    """Receives messages of all channels.

    Args:
        commands: the assistant's own commands.
        messages: the wording.
    """

    def __init__(self, commands: Commands, messages: Messages) -> None:
        self._commands, self.messages = commands, messages

    async def receive(self, text: str, sender_id: str, channel: str, handle: Handler) -> list[dict[str, Any]]:
        """Answer a message; never raises, and never returns an empty list.

        Args:
            text: the message as it came.
            sender_id: id of the conversation.
            channel: name of the input channel.
            handle: passes a message to Rasa.

        Returns:
            Messages with recipient_id, text, and buttons and metadata where there are any.
        """
        collector = ReplyCollector()
        try:
            command = recognise(text)
            if command is not None:
                return [_message(sender_id, await self._commands.answer(command, sender_id), command.name)]
            admitted = admit(text)
            if isinstance(admitted, Rejected):
                reply = self.messages.text(admitted.reason, self._language(text), limit=MAX_CHARACTERS)
                return [_message(sender_id, reply, admitted.reason)]
            await handle(UserMessage(admitted.text, collector, sender_id, input_channel=channel))
        except Exception as error:
            logger.error("a message could not be handled", exc_info=error)
        return collector.messages or [_message(sender_id, self.messages.text("error", self._language(text)), "error")]

    @staticmethod
    def _language(text: str) -> str:
        start = text[:500]
        if not has_words(start):
            return ""
        return {"zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant", "en": "en"}.get(detect(start), "")


def _message(sender_id: str, text: str, outcome: str) -> dict[str, Any]:
    return {"recipient_id": sender_id, "text": text, "metadata": {"outcome": outcome}}
