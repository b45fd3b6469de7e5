"""Conversion between traditional and simplified Chinese (OpenCC)."""

from __future__ import annotations

from functools import cache

from opencc import OpenCC


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def to_simplified(text: str) -> str:
    """Simplified characters and mainland words (滑鼠 → 鼠标) for traditional text; other text is unchanged."""
    if not any("\u3400" <= character <= "\u9fff" for character in text):
        return text
    return str(_converter("tw2sp").convert(text))


def to_traditional(text: str) -> str:
    """Traditional characters as used in Taiwan, words kept as the report names them."""
    return str(_converter("s2tw").convert(text))


def only_traditional(text: str) -> int:
    """How many characters of the text exist in traditional script only."""
    simplified = _converter("t2s").convert(text)
    return sum(a != b for a, b in zip(text, simplified)) if len(simplified) == len(text) else 0


def only_simplified(text: str) -> int:
    """How many characters of the text exist in simplified script only."""
    traditional = _converter("s2t").convert(text)
    return sum(a != b for a, b in zip(text, traditional)) if len(traditional) == len(text) else 0
