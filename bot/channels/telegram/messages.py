"""Replies in Telegram's form: HTML, of a length that Telegram takes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from telegram.constants import MessageLimit

LIMIT = int(MessageLimit.MAX_TEXT_LENGTH)
"""Longest text of a message, in UTF-16 units, counted before it is escaped."""

_SENTENCE = re.compile(r"(?:[^。！？!?…；;.\n]|\.(?!\s))*(?:[。！？!?…；;]+[」』”’）)]*|\.(?=\s)|\n+|$)\s*")


@dataclass(frozen=True)
class Outgoing:
    """A message to a chat.

    Args:
        text: plain text.
        heading: plain text, shown in bold above it.
        buttons: rows of (title, callback data).
        reply_to: id of the message that it replies to, or 0.
    """

    text: str
    heading: str = ""
    buttons: list[list[list[str]]] = field(default_factory=list)
    reply_to: int = 0

    def html(self) -> str:
        """The message as Telegram's HTML, everything escaped."""
        text = html.escape(self.text, quote=False)
        return f"<b>{html.escape(self.heading, quote=False)}</b>\n{text}" if self.heading else text

    def plain(self) -> str:
        """The message without any formatting."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outgoing:
        """Read back what `to_json` wrote."""
        return cls(**data)


def compose(
    text: str, heading: str = "", buttons: list[list[list[str]]] | None = None, reply_to: int = 0
) -> list[Outgoing]:
    """A text of any length as messages: the heading stands above the first one, the buttons below the last one."""
    heading = printable(heading)[:200]
    parts = split(text, LIMIT - units(heading) - 1)
    last = len(parts) - 1
    return [
        Outgoing(
            part,
            heading if number == 0 else "",
            (buttons or []) if number == last else [],
            reply_to if number == 0 else 0,
        )
        for number, part in enumerate(parts)
    ]


def split(text: str, limit: int = LIMIT) -> list[str]:
    """Parts of at most `limit` UTF-16 units, ended at sentences where one ends in time, else at words, else anywhere.

    Args:
        text: any text; lone surrogates and null characters are dropped.
        limit: at least 2.
    """
    parts, part = [], ""
    for piece in _pieces(printable(text), limit):
        if units(part) + units(piece.rstrip()) > limit:
            parts.append(part)
            part = ""
        part += piece
    return [part.strip() for part in [*parts, part] if part.strip()]


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def printable(text: str) -> str:
    """The text without what JSON in UTF-8 cannot hold."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _pieces(text: str, limit: int) -> Iterator[str]:
    """The sentences of a text; one that is too long for a message in words, a word that is too long in parts."""
    for sentence in _SENTENCE.findall(text):
        if units(sentence) <= limit:
            yield sentence
            continue
        for word in re.findall(r"\S+\s*|\s+", sentence):
            while units(word) > limit:
                cut = next(size for size in range(limit, 0, -1) if units(word[:size]) <= limit)
                yield word[:cut]
                word = word[cut:]
            yield word
