"""Ways to reach the assistant from the terminal: the server that runs, or one inside this process."""

from __future__ import annotations

import asyncio
import json
import urllib.request
import uuid
from dataclasses import replace
from typing import Any, Protocol

from bot.errors import StoreError
from bot.settings import Settings

Messages = list[dict[str, Any]]
"""What the REST channel returns: dicts with text, and buttons and metadata where there are any."""

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Opens addresses of this machine without the proxy that the environment may name."""


class Conversation(Protocol):
    """One conversation with the assistant."""

    def say(self, text: str) -> Messages:
        """Say something and get the replies."""


class RemoteConversation:
    """A conversation with a server, over its REST channel.

    Args:
        address: such as ``http://127.0.0.1:5005``.
        sender: id of the conversation.
    """

    def __init__(self, address: str, sender: str) -> None:
        self._address, self._sender = address, sender

    def say(self, text: str) -> Messages:
        """Say something and get the replies.

        Raises:
            StoreError: the server is gone, or refuses.
        """
        body = json.dumps({"sender": self._sender, "message": text}).encode()
        request = urllib.request.Request(
            f"{self._address}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}
        )
        try:
            with _DIRECT.open(request, timeout=60) as response:
                replies: Messages = json.load(response)
                return replies
        except (OSError, ValueError) as error:
            raise StoreError(f"{self._address}: the server did not answer ({error}); is it running?") from error


class LocalConversation:
    """A conversation with an assistant that is loaded into this process; passes the same guards as the REST channel.

    Args:
        settings: all settings.
        sender: id of the conversation.

    Raises:
        ModelMissingError: there is no trained model.
        StoreError: a store or an action did not load, or the database is not reachable.
    """

    def __init__(self, settings: Settings, sender: str) -> None:
        from bot.server import build_app, build_services, newest_model, prepare_process

        prepare_process(settings)
        app = build_app(settings, build_services(settings), newest_model(settings.model_dir))
        self._agent, self._reception, self._sender = app.ctx.agent, app.ctx.reception, sender
        self._loop = asyncio.new_event_loop()

    def say(self, text: str) -> Messages:
        """Say something and get the replies."""
        replies: Messages = self._loop.run_until_complete(
            self._reception.receive(text, self._sender, "rest", self._agent.handle_message)
        )
        return replies


def open_conversation(settings: Settings) -> Conversation:
    """A new conversation: with the server, if it runs, else with an assistant in this process, made ready first."""
    sender = f"terminal-{uuid.uuid4().hex}"
    address = running_server(settings)
    if address:
        return RemoteConversation(address, sender)
    from bot.commands.preparation import prepare, step

    prepare(settings)
    with step("Assistant"):
        return LocalConversation(replace(settings, log_level="ERROR"), sender)


def server_address(settings: Settings) -> str:
    """Address at which this machine reaches the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def running_server(settings: Settings) -> str:
    """The address of the server, if AskHunnan is what answers there; else an empty text."""
    address = server_address(settings)
    return address if is_ready(address) else ""


def is_ready(address: str) -> bool:
    """True if AskHunnan answers at an address and is ready for questions."""
    try:
        with _DIRECT.open(f"{address}/readyz", timeout=2) as response:
            return bool(json.load(response) == {"status": "ready"})
    except (OSError, ValueError):
        return False
