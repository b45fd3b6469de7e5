"""Static vectors of subwords: which words mean about the same, apart from any sentence.

The weights come with the package wordllama 0.2.0 (256 dimensions for each of 32,000 subwords); only its two data files
are read, the package itself is never imported.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
DIMENSIONS = 256
REMEMBERED = 20_000
"""How many words are remembered with their vectors (1 KiB each)."""
_START = "\u2581"
_WORD = re.compile(r"[a-z0-9']+|[^\W\d_]|\d")


class SubwordVectors:
    """Vectors of words and of bags of words.

    Args:
        vocabulary: row of each subword.
        vectors: shape (subwords, 256).
    """

    def __init__(self, vocabulary: dict[str, int], vectors: Floats) -> None:
        self._vocabulary, self._vectors = vocabulary, vectors
        self._longest = max(map(len, vocabulary), default=1)
        self._sum_of = lru_cache(maxsize=REMEMBERED)(self._sum)

    @classmethod
    def load(cls) -> SubwordVectors:
        """Read the weights (0.2 s)."""
        from safetensors.numpy import load_file  # only needed where vectors are

        spec = find_spec("wordllama")
        assert spec is not None and spec.submodule_search_locations
        folder = Path(spec.submodule_search_locations[0])
        tokenizer = json.loads((folder / "tokenizers" / "l2_supercat_tokenizer_config.json").read_text("utf-8"))
        (weights,) = load_file(folder / "weights" / "l2_supercat_256.safetensors").values()
        return cls(tokenizer["model"]["vocab"], weights.astype(np.float32))

    def word(self, word: str) -> Floats:
        """The vector of one word, shape (256,), of length 1; zeros if nothing in it is known."""
        return _unit(self._sum_of(word))

    def is_word(self, word: str) -> bool:
        """True if the word is one of the subwords as a whole, as most English words in use are."""
        return _START + word in self._vocabulary

    def text(self, text: str) -> Floats:
        """The mean of the subwords of a text, shape (256,), scaled to length 1; zeros if nothing in it is known.

        Args:
            text: normalised.
        """
        total = np.zeros(DIMENSIONS, dtype=np.float32)
        for word in _WORD.findall(text):
            total += self._sum_of(word)
        return _unit(total)

    def _sum(self, word: str) -> Floats:
        return np.asarray(self._vectors[self._rows(word)].sum(axis=0))

    def _rows(self, word: str) -> list[int]:
        """The subwords of a word, each the longest that fits; unknown characters are passed over."""
        rest = (_START if word[:1].isascii() else "") + word
        rows: list[int] = []
        while rest:
            size = next((n for n in range(min(self._longest, len(rest)), 0, -1) if rest[:n] in self._vocabulary), 0)
            if size:
                rows.append(self._vocabulary[rest[:size]])
            rest = rest[size or 1 :]
        return rows


@lru_cache(maxsize=1)
def shared_subwords() -> SubwordVectors:
    """The vectors of this process, read once."""
    return SubwordVectors.load()


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, dtype=np.float32)
