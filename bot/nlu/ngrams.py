"""Character 1- to 3-grams with tf-idf weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

LONGEST = 3


def grams(text: str) -> list[str]:
    """All runs of one to three characters; the text's ends are marked, so that a final 吗 or 呢 counts as such."""
    marked = f"^{text}$"
    return [marked[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(marked) - n + 1)]


class Ngrams:
    """A fitted vocabulary.

    Args:
        columns: column of each n-gram, in the order of insertion.
        idf: inverse document frequencies, shape (columns,).
    """

    def __init__(self, columns: dict[str, int], idf: npt.NDArray[np.float64]) -> None:
        self.columns, self.idf = columns, idf

    def __len__(self) -> int:
        return len(self.columns)

    @classmethod
    def fit(cls, texts: Sequence[str], min_count: int) -> Ngrams:
        """The n-grams that stand in at least `min_count` texts; idf smoothed as log((1 + n) / (1 + df)) + 1."""
        found = Counter(gram for text in texts for gram in set(grams(text)))
        kept = sorted(gram for gram, count in found.items() if count >= min_count)
        idf = [math.log((1 + len(texts)) / (1 + found[gram])) + 1 for gram in kept]
        return cls({gram: column for column, gram in enumerate(kept)}, np.array(idf))

    def row(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Columns and weights of a text, of Euclidean length 1 (or empty)."""
        counted = Counter(self.columns[gram] for gram in grams(text) if gram in self.columns)
        columns = np.fromiter(counted.keys(), dtype=np.int64, count=len(counted))
        counts = np.fromiter(counted.values(), dtype=np.float64, count=len(counted))
        weights = (1 + np.log(counts)) * self.idf[columns] if len(columns) else counts
        length = float(np.linalg.norm(weights))
        return columns, weights / length if length else weights

    def matrix(self, texts: Sequence[str]) -> Any:
        """Rows of several texts as a sparse matrix, shape (texts, columns)."""
        from scipy.sparse import csr_matrix

        rows = [self.row(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows])
        weights = np.concatenate([weights for _, weights in rows])
        return csr_matrix((weights, columns, starts), shape=(len(texts), len(self)))
