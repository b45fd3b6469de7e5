"""How much of an English question's words an entry covers, counting words of similar meaning.

Chinese needs no such thing: its questions share characters with what they ask for even where they use other words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from bot.answers.lexical import stem
from bot.answers.subwords import SubwordVectors

Floats = npt.NDArray[np.float32]
REMEMBERED = 4096
"""How many words are remembered with their similarities to all entries."""
_WORD = re.compile(r"[a-z]+|\d[\d.]*")
_FUNCTION_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "the a an of in on at to for by with from and or this that these those it its there you your i me my we our us "
        "they their is are was were be been do does did will would can could should have has had how many much what "
        "which who where when why any some all as if not no so than about please tell",
    )
)


class Coverage:
    """The words of every entry, compared with the words of a question.

    Args:
        texts: normalised texts.
        owners: the entry of each text, shape (texts,), rising from 0.
        subwords: vectors of words.
    """

    def __init__(self, texts: Sequence[str], owners: npt.NDArray[np.int32], subwords: SubwordVectors) -> None:
        self._texts, self._owners, self._subwords = texts, owners, subwords
        self._size = int(owners[-1]) + 1 if len(owners) else 0
        self._held: list[Counter[str]] = [Counter() for _ in range(self._size)]
        spelled: dict[str, str] = {}
        for text, owner in zip(texts, owners):
            for word in content_words(text):
                spelled.setdefault(stem(word), word)
            self._held[owner].update({stem(word) for word in content_words(text)})
        self._rows = {name: row for row, name in enumerate(spelled)}
        flat = [[self._rows[name] for name in held] or [len(spelled)] for held in self._held]
        self._flat = np.array([row for rows in flat for row in rows], dtype=np.int64)
        self._starts = np.cumsum([0, *map(len, flat)])[:-1]
        vectors = [subwords.word(word) for word in spelled.values()]
        self._vectors = np.stack(vectors) if vectors else np.zeros((0, 256), dtype=np.float32)
        frequency = Counter(name for held in self._held for name in held)
        self._idf = {name: math.log(1 + (self._size - n + 0.5) / (n + 0.5)) for name, n in frequency.items()}
        self._unseen = math.log(1 + (self._size + 0.5) / 0.5)
        self._similarities = lru_cache(maxsize=REMEMBERED)(self._compare)

    def shares(self, text: str, without_row: int | None = None) -> Floats:
        """The share of a question's words that each entry covers, weighted by rarity, shape (entries,).

        Args:
            text: normalised question.
            without_row: a text to leave out.
        """
        shares, total = np.zeros(self._size, dtype=np.float32), 0.0
        for word in dict.fromkeys(content_words(text)):
            weight = self._idf.get(stem(word), self._unseen)
            similarities = self._similarities(word)
            if without_row is not None:
                similarities = self._without(word, similarities, without_row)
            shares += weight * similarities
            total += weight
        return shares / np.float32(total or 1.0)

    def _compare(self, word: str) -> Floats:
        """Similarity of a word to the nearest word of each entry, shape (entries,)."""
        near = np.clip(self._vectors @ self._subwords.word(word), 0.0, 1.0)
        row = self._rows.get(stem(word))
        if row is not None:
            near[row] = 1.0
        return np.asarray(np.maximum.reduceat(np.r_[near, np.float32(0.0)][self._flat], self._starts))

    def _without(self, word: str, similarities: Floats, row: int) -> Floats:
        owner = int(self._owners[row])
        left = self._held[owner] - Counter({stem(other) for other in content_words(self._texts[row])})
        near = [1.0 if name == stem(word) else self._likeness(word, name) for name in left]
        changed = similarities.copy()
        changed[owner] = max(near, default=0.0)
        return changed

    def _likeness(self, word: str, name: str) -> float:
        return max(0.0, float(self._vectors[self._rows[name]] @ self._subwords.word(word)))


def content_words(text: str) -> list[str]:
    """The words of an English text that carry content, and its numbers."""
    return [word for word in _WORD.findall(text) if word not in _FUNCTION_WORDS]
