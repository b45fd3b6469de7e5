"""Inline keyboards: rows of buttons by the length of their titles."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

ROW_COLUMNS = 36
"""Columns of a row on a narrow telephone; an ideograph takes two."""

ROW_BUTTONS = 3
"""Most buttons side by side."""

TITLE_COLUMNS = 64
"""Longest title, in columns."""


def columns(text: str) -> int:
    """Width of a text in columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shorten(title: str) -> str:
    """A title that fits on a button."""
    if columns(title) <= TITLE_COLUMNS:
        return title
    while columns(title) > TITLE_COLUMNS - 1:
        title = title[:-1]
    return title.rstrip() + "…"


def rows(buttons: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """Lay buttons out in their order: as many side by side as can be read.

    Args:
        buttons: (title, callback data) of each.
    """
    laid: list[list[list[str]]] = []
    for title, data in buttons:
        button = [shorten(title), data]
        if laid and _fits([*laid[-1], button]):
            laid[-1].append(button)
        else:
            laid.append([button])
    return laid


def _fits(row: Sequence[Sequence[str]]) -> bool:
    return len(row) <= ROW_BUTTONS and max(columns(title) for title, _ in row) <= ROW_COLUMNS // len(row)
