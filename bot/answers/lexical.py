"""BM25 over three views of a phrasing: characters, words and sounds.

Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with k1 = 1.2 and
b = 0.4 (questions are short and of even length). Scores are divided by what the query would score against a
document made of itself, so that they lie between 0 and about 1 and can be compared over queries.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import rjieba

from bot.language.pronounce import syllables

K1 = 1.2
B = 0.4
Scores = npt.NDArray[np.float32]
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
_CJK = re.compile(r"[\u3400-\u9fff\u3041-\u30ff\uac00-\ud7a3\u0400-\u04ff]+")
_SUFFIX = re.compile(r"(?<=[a-z]{3})(?:ies|es|s|ing|ed|ment|ments)$")


def stem(word: str) -> str:
    """A rough English stem: enough to let "roads", "repaired" and "repairing" meet."""
    return _SUFFIX.sub("", word) if len(word) > 4 else word.rstrip("s") if len(word) > 3 else word


def characters(text: str) -> list[str]:
    """Single characters and pairs of an East Asian or Cyrillic text, and stems of Latin words."""
    grams: list[str] = []
    for run in _CJK.findall(text):
        grams.extend(run)
        grams.extend(run[i : i + 2] for i in range(len(run) - 1))
    grams.extend(stem(word) for word in _LATIN.findall(text))
    return grams


def words(text: str) -> list[str]:
    """Segmented words of two or more characters, and stems of Latin words."""
    found = [word for run in _CJK.findall(text) for word in rjieba.cut(run) if len(word) > 1]
    latin = [stem(word) for word in _LATIN.findall(text)]
    return found + latin + [f"{a} {b}" for a, b in pairwise(latin)]


def sounds(text: str) -> list[str]:
    """Pairs of neighbouring syllables."""
    spoken = syllables(text)
    return [f"{a}-{b}" for a, b in pairwise(spoken)]


class Bm25:
    """An inverted index over documents.

    Args:
        documents: normalised texts.
        tokens: how a text is cut.
    """

    def __init__(self, documents: Sequence[str], tokens: Callable[[str], list[str]]) -> None:
        self._tokens = tokens
        self._size = len(documents)
        counted = [Counter(tokens(document)) for document in documents]
        lengths = np.array([max(1, sum(counts.values())) for counts in counted], dtype=np.float32)
        mean_length = float(lengths.mean()) if len(lengths) else 1.0
        rows: dict[str, list[tuple[int, float]]] = {}
        for row, counts in enumerate(counted):
            norm = K1 * (1 - B + B * float(lengths[row]) / mean_length)
            for token, count in counts.items():
                rows.setdefault(token, []).append((row, count * (K1 + 1) / (count + norm)))
        self._idf = {
            token: math.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5)) for token, found in rows.items()
        }
        self._unseen = math.log(1 + (self._size + 0.5) / 0.5)
        self._postings = {
            token: (
                np.array([row for row, _ in found], dtype=np.int32),
                np.array([weight * self._idf[token] for _, weight in found], dtype=np.float32),
            )
            for token, found in rows.items()
        }

    def idf(self, token: str) -> float:
        """Inverse document frequency; a token never seen gets the highest."""
        return self._idf.get(token, self._unseen)

    def knows(self, token: str) -> bool:
        """True if some document holds the token."""
        return token in self._idf

    def rows(self, token: str) -> npt.NDArray[np.int32]:
        """Positions of the documents that hold the token, shape (n,)."""
        return self._postings[token][0] if token in self._postings else np.zeros(0, dtype=np.int32)

    def scores(self, text: str) -> Scores:
        """The score of every document for a query, shape (documents,), normalised by the query's own score."""
        total = np.zeros(self._size, dtype=np.float32)
        tokens = list(dict.fromkeys(self._tokens(text)))
        ideal = sum(self.idf(token) for token in tokens)
        if not ideal:
            return total
        for token in tokens:
            if token in self._postings:
                rows, weights = self._postings[token]
                total[rows] += weights
        return total / np.float32(ideal)
