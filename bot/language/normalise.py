"""The normal form in which questions are compared."""

from __future__ import annotations

import re
import unicodedata

from bot.language.script import to_simplified

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_SPACE = re.compile(r"\s+")
_MARK_RUN = re.compile(r"([^\w\s])\1{2,}")
_CHARACTER_RUN = re.compile(r"(\w)\1{5,}")
MAX_COMBINING = 2
"""Combining marks kept after one character: enough for every living script, too few for "zalgo"."""


def clean(text: str) -> str:
    """Text without what no one can see: control characters, lone surrogates, bidi overrides, stacked marks.

    Args:
        text: anything that a channel received.

    Returns:
        The visible text with single spaces, its case, script and width kept.
    """
    kept: list[str] = []
    marks = 0
    for character in _INVISIBLE.sub("", text):
        category = unicodedata.category(character)
        if category in ("Cs", "Co", "Cn"):
            continue
        if category == "Cc":
            character = " "
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MAX_COMBINING:
            kept.append(character)
    return _SPACE.sub(" ", "".join(kept)).strip()


def normalise(text: str) -> str:
    """The form in which questions are compared: cleaned, NFKC, simplified, lower case, runs shortened.

    Args:
        text: a citizen's question or a phrasing of an entry.

    Returns:
        The normal form; equal questions in other script, width or case give equal results.
    """
    folded = to_simplified(unicodedata.normalize("NFKC", clean(text))).lower()
    folded = _CHARACTER_RUN.sub(r"\1\1", _MARK_RUN.sub(r"\1", folded))
    return _SPACE.sub(" ", folded).strip()


def has_words(text: str) -> bool:
    """True if the text holds a letter, ideograph or digit; emoji and punctuation alone hold none."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)
