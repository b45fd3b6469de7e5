"""The message form of the widget: the same ticket, masking and rules as the form of the dialogue."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from bot.answers import speech
from bot.answers.reply import Context
from bot.channels.guards import MAX_CHARACTERS, Rejected, admit
from bot.channels.rest import Refusal
from bot.conversations.message_form import MOST_CONTACT, declines_contact
from bot.language.normalise import clean

logger = logging.getLogger(__name__)


class Tickets(Protocol):
    """Where messages to the staff are kept."""

    def create_ticket(self, *, matter: str, contact: str, channel: str, sender_id: str) -> str:
        """Store a message and return its ticket number."""


class Conversations(Protocol):
    """What the form needs of the conversations."""

    async def context(self, sender_id: str) -> Context:
        """What is remembered of a conversation."""

    async def finish_form(self, sender_id: str, text: str, metadata: dict[str, Any]) -> None:
        """Note what the citizen was told, and end the form of the dialogue."""


class WebForm:
    """Takes the fields of the form.

    Args:
        tickets: stores messages.
        conversations: where the ticket number is noted.
        channel: name of the channel.
        hotline: telephone number that replies name.
    """

    def __init__(self, tickets: Tickets, conversations: Conversations, channel: str, hotline: str) -> None:
        self._tickets, self._conversations, self._channel, self._hotline = tickets, conversations, channel, hotline

    async def submit(self, conversation: str, matter: str, contact: str, language: str) -> dict[str, Any]:
        """Store a message and say its number; words of danger get the emergency numbers, and nothing is stored.

        Args:
            conversation: id of the conversation.
            matter: what the citizen wants.
            contact: name or a good time; may be empty.
            language: of the widget, unless the citizen fixed one for the conversation.

        Returns:
            A message with text and metadata.

        Raises:
            Refusal: a field is empty or too long (status 422).
        """
        admitted, left = _check(matter, contact)
        try:
            language = (await self._conversations.context(conversation)).language or language
        except Exception as error:
            logger.error("the context of a conversation could not be read: %s", type(error).__name__)
        danger = speech.danger(matter) or speech.danger(contact)
        if danger:
            return await self._said(conversation, danger, language)
        try:
            number = await asyncio.to_thread(
                self._tickets.create_ticket,
                matter=admitted,
                contact=left,
                channel=self._channel,
                sender_id=conversation,
            )
        except Exception as error:  # whatever the database does, the citizen gets a reply
            logger.error("a message could not be stored: %s", type(error).__name__)
            return self._message("ticket_failed", language)
        return await self._said(conversation, "ticket_created", language, number=number)

    async def _said(self, conversation: str, name: str, language: str, **values: str) -> dict[str, Any]:
        message = self._message(name, language, **values)
        try:
            await self._conversations.finish_form(conversation, message["text"], message["metadata"])
        except Exception as error:
            logger.error("a ticket could not be noted in its conversation: %s", type(error).__name__)
        return message

    def _message(self, name: str, language: str, **values: str) -> dict[str, Any]:
        text = speech.say(name, language, hotline=self._hotline, **values)
        metadata = {"outcome": name, "entries": [], "language": language}
        return {"text": text, "metadata": {**metadata, **({"ticket": values["number"]} if values else {})}}


def _check(matter: str, contact: str) -> tuple[str, str]:
    """Matter and contact as they may be stored."""
    admitted = admit(matter)
    if isinstance(admitted, Rejected):
        reason = "form_too_long" if admitted.reason == "too_long" else "form_empty"
        raise Refusal(422, f"matter_{admitted.reason}", reason, MAX_CHARACTERS)
    if len(clean(contact)) > MOST_CONTACT:
        raise Refusal(422, "contact_too_long", "contact_too_long", MOST_CONTACT)
    left = admit(contact)
    if isinstance(left, Rejected) or declines_contact(left.text):
        return admitted.text, ""
    return admitted.text, left.text
