"""Misspelt English words, put right by the words that the entries are worded in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from functools import lru_cache

REMEMBERED = 4096
LEAST_TEXTS = 4
"""A word is taken as a correction if at least this many texts hold it: a misspelling of their own does not."""
SHORTEST = 5
"""Shorter words are left as they are: too many others look like them."""
LIKENESS = 0.82
"""Lowest ratio (`difflib.SequenceMatcher.ratio`) between a word and its correction."""
_WORD = re.compile(r"[a-z]+")


class Spelling:
    """Corrects words that are neither English nor stand in the entries.

    Args:
        texts: normalised English texts of the entries.
        is_word: whether a word is English.
    """

    def __init__(self, texts: Iterable[str], is_word: Callable[[str], bool]) -> None:
        counted = Counter(word for text in texts for word in set(_WORD.findall(text)))
        self._is_word = is_word
        self._by_letter: dict[str, list[str]] = {}
        for word, count in counted.items():
            if count >= LEAST_TEXTS and len(word) >= SHORTEST - 1:
                self._by_letter.setdefault(word[0], []).append(word)
        self._corrected = lru_cache(maxsize=REMEMBERED)(self._correct)

    def correct(self, text: str) -> str:
        """The normalised text with its misspelt words put right."""
        return _WORD.sub(lambda match: self._corrected(match.group()), text)

    def _correct(self, word: str) -> str:
        usual = self._by_letter.get(word[0], [])
        if len(word) < SHORTEST or self._is_word(word) or word in usual:
            return word
        return next(iter(get_close_matches(word, usual, n=1, cutoff=LIKENESS)), word)
