"""Rasa custom actions: thin. They read the message, ask `bot.answers`, and utter; none of them imports rasa."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.answers.assistant import Assistant


class Answers(Protocol):
    """What the actions need of the answering service."""

    hotline: str

    def current(self) -> Assistant:
        """The assistant of the newest published revision."""


class Tickets(Protocol):
    """Where messages to the staff are kept."""

    def create_ticket(self, *, matter: str, contact: str, channel: str, sender_id: str) -> str:
        """Store a message and return its ticket number."""


@dataclass(frozen=True)
class Services:
    """What is injected into the actions."""

    answers: Answers
    tickets: Tickets


_services: list[Services] = []


def setup(answers: Answers, tickets: Tickets) -> None:
    """Hand the actions their services; Rasa instantiates action classes itself, without arguments."""
    _services[:] = [Services(answers, tickets)]


def services() -> Services:
    """The services that `setup` handed over.

    Raises:
        RuntimeError: `setup` was not called.
    """
    if not _services:
        raise RuntimeError("actions.setup(answers, tickets) must be called before an action runs")
    return _services[0]
