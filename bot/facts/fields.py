"""Reading one mapping of a facts file key by key: types, limits, and errors that name entry and line."""

from __future__ import annotations

import math
import re
from pathlib import Path

from bot.errors import FactsFileError
from bot.facts.document import Mapping, Scalar, Sequence, Value
from bot.facts.entries import Bilingual
from bot.facts.models import ID_LENGTH

TEXT_LIMIT = 600
"""Characters that one text of a facts file may have."""

_ID = re.compile(r"[a-z0-9]+(?:[._][a-z0-9]+)*")


class Fields:
    """One mapping of the file, read key by key; every problem becomes a `FactsFileError` with entry and line.

    Args:
        path: the file, for messages.
        entry: id or position of the entry, for messages.
        value: what must be a mapping.
    """

    def __init__(self, path: Path, entry: str, value: Value) -> None:
        self.path, self.entry = path, entry
        if not isinstance(value, Mapping):
            raise self.wrong(value.line, f"{entry} must be a mapping of keys, not {describe(value)}")
        self.mapping = value

    def wrong(self, line: int, reason: str) -> FactsFileError:
        """An error about this mapping."""
        return FactsFileError(str(self.path), self.entry, f"line {line}: {reason}")

    def only(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
        """Refuse missing and unknown keys."""
        for key, value in self.mapping.items.items():
            if key not in required and key not in optional:
                raise self.wrong(value.line, f"key {key} is not known: use {', '.join((*required, *optional))}")
        for key in required:
            if key not in self.mapping.items:
                raise self.wrong(self.mapping.line, f"key {key} is missing")

    def has(self, key: str) -> bool:
        """True if the key is given."""
        return key in self.mapping.items

    def text(self, key: str, *, empty: bool = False) -> str:
        """A text, without the spaces around it."""
        return self._text(self.mapping.items[key], key, empty)

    def id(self, key: str = "id") -> str:
        """An id."""
        text = self.text(key)
        if not _ID.fullmatch(text) or len(text) > ID_LENGTH:
            raise self.wrong(
                self.line(key),
                f"{key} {text!r} must be small letters, digits, dots and underscores, such as rural.lights",
            )
        return text

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """A text of a fixed set."""
        text = self.text(key)
        if text not in allowed:
            raise self.wrong(self.line(key), f"{key} is {text!r}: use one of {', '.join(allowed)}")
        return text

    def number(self, key: str) -> float:
        """A finite number from 0."""
        value = self.mapping.items[key]
        number = value.value if isinstance(value, Scalar) else None
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not math.isfinite(number):
            raise self.wrong(value.line, f"{key} must be a number without quotes, not {describe(value)}")
        if not 0 <= number < 1e15:
            raise self.wrong(value.line, f"{key} is {number}: it must be at least 0 and below 1e15")
        return float(number)

    def texts(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """A list of different texts."""
        value = self.mapping.items[key]
        if not isinstance(value, Sequence):
            raise self.wrong(value.line, f"{key} must be a list, not {describe(value)}")
        if len(value.items) < least:
            raise self.wrong(value.line, f"{key} must hold at least {least}")
        texts = tuple(self._text(item, key, False) for item in value.items)
        for text in texts:
            if texts.count(text) > 1:
                raise self.wrong(value.line, f"{key} holds {text!r} twice")
        return texts

    def nested(self, key: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Fields:
        """A mapping within the mapping, its keys checked."""
        value = self.mapping.items[key]
        if not isinstance(value, Mapping):
            raise self.wrong(value.line, f"{key} must be a mapping of {', '.join(required)}, not {describe(value)}")
        fields = Fields(self.path, self.entry, value)
        fields.only(required, optional)
        return fields

    def bilingual(self, key: str) -> Bilingual:
        """A text in Chinese and English."""
        fields = self.nested(key, ("zh", "en"))
        return Bilingual(fields.text("zh"), fields.text("en"))

    def line(self, key: str) -> int:
        """Line of a key, from 1."""
        return self.mapping.items[key].line

    def _text(self, value: Value, key: str, empty: bool) -> str:
        if not isinstance(value, Scalar) or not isinstance(value.value, str):
            raise self.wrong(value.line, f"{key} must be text, not {describe(value)}: put it in quotes")
        text = value.value.strip()
        if not text and not empty:
            raise self.wrong(value.line, f"{key} is empty")
        if len(text) > TEXT_LIMIT:
            raise self.wrong(value.line, f"{key} has {len(text)} characters: at most {TEXT_LIMIT} are allowed")
        if not text.isprintable():
            raise self.wrong(value.line, f"{key} holds a line break or another control character")
        return text


def describe(value: Value) -> str:
    """What a value is, for a message."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, Sequence):
        return "a list"
    return "nothing" if value.value is None else repr(value.value)
