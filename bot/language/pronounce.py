"""Pronunciation, so that a homophone typed by mistake (积水典位) still finds its word."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_HAN = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    syllable = lazy_pinyin(character, style=Style.NORMAL)[0]
    for exact, fuzzy in _FUZZY:
        syllable = syllable.replace(exact, fuzzy)
    return syllable


def syllables(text: str) -> list[str]:
    """Toneless pinyin of each ideograph, with the sounds merged that Northeastern speech merges (zh/z, ang/an).

    Args:
        text: normalised text; what is not an ideograph is passed over.

    Returns:
        One syllable for each ideograph, in order.
    """
    return [_syllable(character) for character in _HAN.findall(text)]
