"""Talks to a served assistant over the REST wire format."""

from __future__ import annotations

import http.client
import json
import uuid
from dataclasses import dataclass
from typing import Any

from tests.acceptance.cases import Case, fault

PATH = "/webhooks/rest/webhook"


@dataclass(frozen=True)
class Answered:
    """What came back: HTTP status, the texts joined, and the messages with their metadata."""

    status: int
    text: str
    messages: list[dict[str, Any]]


@dataclass(frozen=True)
class Verdict:
    """How a case went: the first fault (empty if right), and every turn's message and reply."""

    case: Case
    fault: str
    turns: tuple[tuple[str, Answered], ...]


class Client:
    """A client that keeps its connection.

    Args:
        port: port of the assistant on loopback.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, body: bytes) -> Answered:
        """Send a body as it is."""
        try:
            self._connection.request("POST", PATH, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            data = response.read()
        except (http.client.HTTPException, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            self._connection.connect()
            self._connection.request("POST", PATH, body, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            data = response.read()
        loaded = json.loads(data)
        messages = loaded if isinstance(loaded, list) else [loaded]
        text = "\n".join(str(message.get("text") or "") for message in messages)
        return Answered(response.status, text, messages)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def say(self, sender: str, message: Any) -> Answered:
        """Send a message of one conversation."""
        return self.post(json.dumps({"sender": sender, "message": message}).encode("utf-8", "surrogatepass"))

    def run(self, case: Case) -> Verdict:
        """Hold the conversation of a case and judge it."""
        sender = f"acceptance-{case.id}-{uuid.uuid4().hex[:6]}"
        turns: list[tuple[str, Answered]] = []
        if case.raw_body is not None:
            answered = self.post(case.raw_body.encode("utf-8", "surrogatepass"))
            wrong = "" if answered.status in case.status else f"status {answered.status}"
            return Verdict(case, wrong, (("", answered),))
        for message, must, must_not in case.turns:
            answered = self.say(sender, message)
            turns.append((str(message), answered))
            if answered.status not in case.status:
                return Verdict(case, f"status {answered.status}", tuple(turns))
            wrong = "" if answered.status != 200 else fault(answered.text, must, must_not)
            if wrong:
                return Verdict(case, wrong, tuple(turns))
        return Verdict(case, "", tuple(turns))
