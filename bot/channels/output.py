"""Replies are collected and returned with the request that asked."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel


class ReplyCollector(CollectingOutputChannel):  # type: ignore[misc]  # Rasa is not type-checked
    """Collects each utterance as one JSON message: text, buttons and metadata together.

    Rasa's own collector splits texts at blank lines and drops what an action passes beside them.
    """

    _CARRIED = ("text", "image", "attachment", "custom", "metadata")

    @classmethod
    def name(cls) -> str:
        """Name of the channel, for responses that differ by channel."""
        return "rest"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep an utterance; one without any content is dropped."""
        reply: dict[str, Any] = {"recipient_id": recipient_id}
        for key in self._CARRIED:
            if message.get(key):
                reply[key] = message[key]
        buttons = [
            {"title": str(button.get("title", "")), "payload": str(button.get("payload") or button.get("title", ""))}
            for button in [*(message.get("buttons") or ()), *(message.get("quick_replies") or ())]
        ]
        if buttons:
            reply["buttons"] = buttons
        if len(reply) > 1:
            self.messages.append(reply)
