"""What may pass from a channel to Rasa, and in which form."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.conversations.masking import mask
from bot.language.normalise import clean, has_words

MAX_CHARACTERS = 2000
"""Longest message that is answered (product.md)."""

MAX_BODY_BYTES = 64 * 1024
"""Largest request body."""

MAX_SENDER = 128
"""Longest id of a conversation that a client may choose."""

_SLASHES = frozenset("/／⁄∕⧸╱⟋")


@dataclass(frozen=True)
class Admitted:
    """A message for Rasa: visible text only, personal data masked, without Rasa's intent syntax."""

    text: str


@dataclass(frozen=True)
class Rejected:
    """A message that gets a polite reply at once; `reason` is a key of the catalogue."""

    reason: Literal["empty", "too_long"]


def admit(text: str) -> Admitted | Rejected:
    """Decide on a message.

    Args:
        text: what the citizen typed, of any length and with any code points.

    Returns:
        The text that Rasa, the tracker and the log may see, or why there is nothing to answer. A leading slash, in
        any width, is removed: it would make Rasa read the text as an intent.
    """
    visible = clean(text)
    if len(visible) > MAX_CHARACTERS:
        return Rejected("too_long")
    while visible and (visible[0].isspace() or _is_slash(visible[0])):
        visible = visible[1:]
    if not has_words(visible):
        return Rejected("empty")
    return Admitted(mask(visible))


def _is_slash(character: str) -> bool:
    return character in _SLASHES or unicodedata.normalize("NFKC", character).startswith("/")


def conversation_id(sender: str) -> str:
    """The id under which a conversation is kept: what the client chose, unless that is personal data itself."""
    if re.fullmatch("(?:〔[^〕]+〕)+", mask(sender)):
        return f"id-{hashlib.sha256(sender.encode()).hexdigest()[:32]}"
    return sender


def valid_sender(sender: str) -> bool:
    """True if a client may use this id: short, and of printable characters only."""
    return len(sender) <= MAX_SENDER and sender.isprintable()
