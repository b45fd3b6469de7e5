"""What happens to every message before Rasa: commands, guards, then the assistant; and that every turn is logged."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from rasa.core.channels.channel import UserMessage

from bot.channels.commands import Command, Commands, recognise
from bot.channels.guards import MAX_CHARACTERS, Rejected, admit
from bot.channels.messages import Messages
from bot.channels.output import ReplyCollector
from bot.clock import Clock, utc_now
from bot.conversations.turn import Turn, make_turn
from bot.language.detect import detect
from bot.language.normalise import clean, has_words

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]


class Log(Protocol):
    """Where turns are logged (`bot.conversations.log.ConversationLog`)."""

    def add(self, record: Turn) -> None:
        """Log a turn; must not raise, nor wait."""

    def conversation_of(self, turn_id: str) -> str | None:
        """The conversation of a recent turn; None if it was not logged."""


@dataclass(frozen=True)
class Arrival:
    """A message that came: the id of its turn, its conversation and channel, and when."""

    turn_id: str
    sender_id: str
    channel: str
    at: datetime


class Reception:
    """Receives messages of all channels.

    Args:
        commands: the assistant's own commands.
        messages: the wording.
        log: where turns that do not reach Rasa's event broker are logged; None: nowhere.
        clock: the current time.
    """

    def __init__(self, commands: Commands, messages: Messages, log: Log | None = None, clock: Clock = utc_now) -> None:
        self._commands, self.messages, self._log, self._clock = commands, messages, log, clock

    async def receive(
        self, text: str, sender_id: str, channel: str, handle: Handler, turn_id: str = ""
    ) -> list[dict[str, Any]]:
        """Answer a message; never raises, and never returns an empty list.

        Args:
            text: the message as it came.
            sender_id: id of the conversation.
            channel: name of the input channel.
            handle: passes a message to Rasa.
            turn_id: id of the turn, where the channel knows one that stays when the message comes again.

        Returns:
            Messages with recipient_id, text, metadata, and buttons where there are any. The metadata hold the
            ``outcome`` and the id of the ``turn``, against which feedback is given.
        """
        arrival = Arrival(turn_id or uuid4().hex, sender_id, channel, self._clock())
        question, replies = await self._reply(text, arrival, handle)
        for reply in replies:
            reply["metadata"] = {**reply.get("metadata", {}), "turn": arrival.turn_id}
        self._note(arrival, question, replies)
        return replies

    async def take_form(
        self, text: str, sender_id: str, channel: str, replying: Awaitable[dict[str, Any]], turn_id: str = ""
    ) -> dict[str, Any]:
        """Log a turn that is answered outside of the dialogue, by a form.

        Args:
            text: what the citizen wrote into the form.
            sender_id: id of the conversation.
            channel: name of the input channel.
            replying: gives the reply, with text and metadata; what it raises is raised, and nothing is logged.
            turn_id: as for `receive`.

        Returns:
            The reply, with the id of the turn in its metadata.
        """
        arrival = Arrival(turn_id or uuid4().hex, sender_id, channel, self._clock())
        reply = await replying
        reply["metadata"] = {**reply["metadata"], "turn": arrival.turn_id}
        self._note(arrival, text, [reply])
        return reply

    async def _reply(self, text: str, arrival: Arrival, handle: Handler) -> tuple[str, list[dict[str, Any]]]:
        """The question as far as it may be logged, and what is said in return."""
        collector, question = ReplyCollector(), ""
        try:
            command = recognise(text)
            if command is not None:
                return _typed(command), [
                    _message(arrival, await self._commands.answer(command, arrival.sender_id), command.name)
                ]
            admitted = admit(text)
            if isinstance(admitted, Rejected):
                reply = self.messages.text(admitted.reason, self._language(text), limit=MAX_CHARACTERS)
                question = clean(text) if admitted.reason == "empty" else ""
                return question, [_message(arrival, reply, admitted.reason)]
            question = admitted.text
            known = {"turn": arrival.turn_id, "received": arrival.at.timestamp()}
            await handle(
                UserMessage(question, collector, arrival.sender_id, input_channel=arrival.channel, metadata=known)
            )
        except Exception as error:
            logger.error("a message could not be handled", exc_info=error)
        return question, collector.messages or [
            _message(arrival, self.messages.text("error", self._language(text)), "error")
        ]

    def _note(self, arrival: Arrival, question: str, replies: list[dict[str, Any]]) -> None:
        """Log the turn, unless Rasa's event broker did."""
        if self._log is None or self._log.conversation_of(arrival.turn_id) is not None:
            return
        metadata = replies[0]["metadata"]
        if metadata.get("outcome") == "forget":
            return  # it would be the one row that is left of the conversation
        try:
            turn = make_turn(
                id=arrival.turn_id,
                conversation_id=arrival.sender_id,
                channel=arrival.channel,
                at=arrival.at,
                question=question,
                replies=[reply.get("text", "") for reply in replies],
                metadata=metadata,
                ended=self._clock(),
                language=self._language(replies[0].get("text", "")),
            )
            self._log.add(turn)
        except Exception as error:
            logger.error("a turn could not be logged: %s", type(error).__name__)

    @staticmethod
    def _language(text: str) -> str:
        start = text[:500]
        if not has_words(start):
            return ""
        return {"zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant", "en": "en"}.get(detect(start), "")


def _typed(command: Command) -> str:
    return f"/{command.name} {command.argument}".rstrip()


def _message(arrival: Arrival, text: str, outcome: str) -> dict[str, Any]:
    return {"recipient_id": arrival.sender_id, "text": text, "metadata": {"outcome": outcome}}
