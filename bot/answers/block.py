"""Vectors of the texts of one group of languages, and their products with a question's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Block:
    """Vectors of the rows of one group of languages, by entry.

    Args:
        rows: their rows in the index, shape (n,).
        vectors: shape (n, 512).
        glosses: vectors of their bags of subwords, shape (n, 256).
        starts: where each entry's rows begin, shape (entries,).
        sums: sum of each entry's vectors, shape (entries, 512).
    """

    rows: npt.NDArray[np.int64]
    vectors: Floats
    glosses: Floats
    starts: npt.NDArray[np.int64]
    sums: Floats
    norms: Floats

    @classmethod
    def build(
        cls, chosen: npt.NDArray[np.bool_], owners: npt.NDArray[np.int32], vectors: Floats, glosses: Floats
    ) -> Block:
        """The block of the chosen rows; an entry without any keeps all of its rows, so that each has some."""
        chosen = chosen | ~np.isin(owners, owners[chosen])
        rows = np.flatnonzero(chosen)
        block = vectors if len(rows) == len(vectors) else np.ascontiguousarray(vectors[rows])
        starts = np.flatnonzero(np.r_[True, owners[rows][1:] != owners[rows][:-1]])
        sums = np.add.reduceat(block, starts, axis=0)
        return cls(rows, block, np.ascontiguousarray(glosses[rows]), starts, sums, np.linalg.norm(sums, axis=1))

    def cosines(self, vector: Floats, without_row: int | None) -> tuple[Floats, Floats]:
        """Highest cosine and cosine to the mean vector of each entry, each of shape (entries,)."""
        products = self.vectors @ vector
        means = (self.sums @ vector) / self.norms
        if without_row is not None:
            place = int(np.searchsorted(self.rows, without_row))
            if place < len(self.rows) and self.rows[place] == without_row:
                products[place] = 0.0
                owner = int(np.searchsorted(self.starts, place, side="right")) - 1
                rest = self.sums[owner] - self.vectors[place]
                means[owner] = float(rest @ vector) / max(1e-6, float(np.linalg.norm(rest)))
        return np.maximum.reduceat(products, self.starts), np.asarray(means, dtype=np.float32)

    def nearest(self, products: Floats, without_row: int | None) -> Floats:
        """The highest of each entry's values, shape (entries,), from one for each row, shape (n,)."""
        if without_row is not None:
            products[self.rows == without_row] = 0.0
        return np.asarray(np.maximum.reduceat(products, self.starts))
