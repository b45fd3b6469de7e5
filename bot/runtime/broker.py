"""Rasa's event broker of the conversation log: events in, one row a turn out."""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from bot.clock import Clock, utc_now
from bot.conversations.log import ConversationLog
from bot.conversations.turn import make_turn
from bot.errors import StoreError

logger = logging.getLogger(__name__)

MOST_OPEN = 1000
"""Turns of which the end has not been published yet; a turn is published as a whole, so there is mostly one."""

CONTEXT_SLOT, LISTEN = "context", "action_listen"

_logs: list[ConversationLog] = []


def setup(log: ConversationLog) -> None:
    """Hand the broker its log; Rasa itself makes the broker."""
    _logs[:] = [log]


@dataclass
class OpenTurn:
    """What was published of a turn so far: the message, what was said, and the topic of the answer."""

    user: Mapping[str, Any]
    texts: list[str] = field(default_factory=list)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    topic: str = ""


class ConversationLogBroker(EventBroker):  # type: ignore[misc]  # Rasa is not type-checked
    """Turns the events of Rasa into rows of the conversation log.

    Never raises, or Rasa would lose the conversation; never waits. Events may come twice (Rasa publishes again what it
    could not store), for the log stores a turn once.

    Args:
        log: where turns go.
        clock: the current time.
    """

    def __init__(self, log: ConversationLog, clock: Clock = utc_now) -> None:
        self._log, self._clock = log, clock
        self._open: OrderedDict[str, OpenTurn] = OrderedDict()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> ConversationLogBroker:
        """The broker that endpoints.yml names.

        Raises:
            StoreError: `setup` was not called.
        """
        if not _logs:
            raise StoreError("event_broker: the conversation log is there in the server only; run ./run serve")
        return cls(_logs[0])

    def publish(self, event: Mapping[str, Any]) -> None:
        """Take an event of a conversation; the last one of a turn logs it."""
        try:
            self._take(str(event["sender_id"]), event)
        except Exception as error:
            logger.error("event broker: an event could not be logged: %s", type(error).__name__)

    async def close(self) -> None:
        """Nothing: whoever made the log closes it."""

    def _take(self, sender_id: str, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "user":
            self._finish(sender_id)
            self._open[sender_id] = OpenTurn(event)
            if len(self._open) > MOST_OPEN:
                self._finish(next(iter(self._open)))
            return
        turn = self._open.get(sender_id)
        if turn is None:
            return
        if kind == "bot":
            if event.get("text"):
                turn.texts.append(event["text"])
            metadata = metadata_of(event.get("metadata") or {})
            if metadata.get("outcome") and not turn.metadata:
                turn.metadata = metadata
        elif kind == "slot" and event.get("name") == CONTEXT_SLOT and isinstance(event.get("value"), dict):
            turn.topic = str(event["value"].get("topic") or "")
        elif kind == "action" and event.get("name") == LISTEN:
            self._finish(sender_id)

    def _finish(self, sender_id: str) -> None:
        turn = self._open.pop(sender_id, None)
        if turn is None:
            return
        now, given = self._clock(), turn.user.get("metadata") or {}
        received = given.get("received") or turn.user.get("timestamp")
        intent = (turn.user.get("parse_data") or {}).get("intent") or {}
        self._log.add(
            make_turn(
                id=given.get("turn") or uuid4().hex,
                conversation_id=sender_id,
                channel=turn.user.get("input_channel") or "",
                at=datetime.fromtimestamp(received, timezone.utc) if received else now,
                question=turn.user.get("text") or "",
                replies=turn.texts,
                metadata=turn.metadata,
                ended=now,
                act=intent.get("name") or "",
                act_confidence=intent.get("confidence"),
                topic=turn.topic,
            )
        )


def metadata_of(outer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the action gave beside the text, from the metadata of an event; Rasa keeps it one level deeper."""
    inner = outer.get("metadata")
    return inner if isinstance(inner, dict) else outer
