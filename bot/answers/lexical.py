"""BM25 over three views of a phrasing: characters, words and sounds.

Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with k1 = 1.2 and
b = 0.4 (questions are short and of even length). Scores are divided by what the query would score against a
document made of itself, so that they lie between 0 and about 1 and can be compared over queries.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import rjieba

from bot.language.pronounce import syllables

K1 = 1.2
B = 0.4
COMMON = 1 / 16
"""A token of a larger share of the documents is added up for all of them at once, which is quicker."""
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


@dataclass(frozen=True)
class Postings:
    """Which documents hold which tokens, and what each of them weighs there.

    Args:
        size: number of documents.
        tokens: all tokens.
        starts: where each token's postings begin, and the end of the last, shape (tokens + 1,).
        rows: positions of documents, shape (postings,).
        weights: BM25 weights, shape (postings,).
        idf: inverse document frequencies, shape (tokens,).
    """

    size: int
    tokens: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    weights: Scores
    idf: npt.NDArray[np.float64]

    @classmethod
    def of(cls, documents: Sequence[str], tokens: Callable[[str], list[str]]) -> Postings:
        """Count the tokens of documents.

        Args:
            documents: normalised texts.
            tokens: how a text is cut.
        """
        counted = [Counter(tokens(document)) for document in documents]
        lengths = np.array([max(1, sum(counts.values())) for counts in counted], dtype=np.float32)
        mean_length = float(lengths.mean()) if len(lengths) else 1.0
        rows: dict[str, list[int]] = {}
        shares: dict[str, list[float]] = {}
        for row, counts in enumerate(counted):
            norm = K1 * (1 - B + B * float(lengths[row]) / mean_length)
            for token, count in counts.items():
                rows.setdefault(token, []).append(row)
                shares.setdefault(token, []).append(count * (K1 + 1) / (count + norm))
        frequencies = np.array([len(found) for found in rows.values()], dtype=np.int64)
        idf = [math.log(1 + (len(documents) - len(found) + 0.5) / (len(found) + 0.5)) for found in rows.values()]
        return cls(
            len(documents),
            tuple(rows),
            np.concatenate([[0], np.cumsum(frequencies)]).astype(np.int64),
            np.fromiter(chain.from_iterable(rows.values()), dtype=np.int32),
            np.array([share * rarity for found, rarity in zip(shares.values(), idf) for share in found], np.float32),
            np.array(idf, dtype=np.float64),
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """The same as arrays, for a file."""
        return {
            "size": np.array(self.size),
            "tokens": pack(self.tokens),
            "starts": self.starts,
            "rows": self.rows,
            "weights": self.weights,
            "idf": self.idf,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
        """What `arrays` gave."""
        size, tokens = int(arrays["size"]), tuple(unpack(arrays["tokens"]))
        return cls(size, tokens, arrays["starts"], arrays["rows"], arrays["weights"], arrays["idf"])


def pack(texts: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Texts as bytes, for a file of arrays."""
    return np.frombuffer(json.dumps(texts).encode(), dtype=np.uint8)


def unpack(data: npt.NDArray[np.uint8]) -> list[str]:
    """What `pack` packed.

    Raises:
        ValueError: it is something else.
    """
    texts: list[str] = json.loads(data.tobytes())
    return texts


class Bm25:
    """Scores documents by an inverted index.

    Args:
        postings: the index.
        tokens: how a text is cut, the same as the documents were.
    """

    def __init__(self, postings: Postings, tokens: Callable[[str], list[str]]) -> None:
        self._postings, self._tokens = postings, tokens
        self._places = {token: place for place, token in enumerate(postings.tokens)}
        self._starts: list[int] = postings.starts.tolist()
        self._idf: list[float] = [*postings.idf.tolist(), math.log(1 + (postings.size + 0.5) / 0.5)]
        common = np.flatnonzero(np.diff(postings.starts) > COMMON * postings.size)
        self._dense = {int(place): self._column(place) for place in common}

    def _column(self, place: int) -> Scores:
        column = np.zeros(self._postings.size, dtype=np.float32)
        start, end = self._starts[place], self._starts[place + 1]
        column[self._postings.rows[start:end]] = self._postings.weights[start:end]
        return column

    def idf(self, token: str) -> float:
        """Inverse document frequency; a token never seen gets the highest."""
        return self._idf[self._places.get(token, -1)]

    def place(self, token: str) -> int:
        """Position of the token among all tokens; -1 for one never seen."""
        return self._places.get(token, -1)

    def knows(self, token: str) -> bool:
        """True if some document holds the token."""
        return token in self._places

    def rows(self, token: str) -> npt.NDArray[np.int32]:
        """Positions of the documents that hold the token, shape (n,)."""
        place = self._places.get(token)
        return (
            self._postings.rows[:0]
            if place is None
            else self._postings.rows[self._starts[place] : self._starts[place + 1]]
        )

    def scores(self, text: str) -> Scores:
        """The score of every document for a query, shape (documents,), normalised by the query's own score."""
        total = np.zeros(self._postings.size, dtype=np.float32)
        places = [self._places.get(token, -1) for token in dict.fromkeys(self._tokens(text))]
        ideal = sum([self._idf[place] for place in places])
        if not ideal:
            return total
        rows, weights = self._postings.rows, self._postings.weights
        for place in places:
            if place in self._dense:
                total += self._dense[place]
            elif place >= 0:
                start, end = self._starts[place], self._starts[place + 1]
                total[rows[start:end]] += weights[start:end]
        return total / np.float32(ideal)
