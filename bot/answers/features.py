"""What the calibrated decision looks at: one feature vector for each (question, entry) pair."""

from __future__ import annotations

import math
from collections.abc import Set
from itertools import chain

import numpy as np
import numpy.typing as npt

from bot.answers.index import Index, Scores
from bot.answers.lexical import characters, words
from bot.answers.question import Question, Reader
from bot.facts.entries import Entry

PAIR_FEATURES = (
    "dense",
    "character",
    "word",
    "sound",
    "keyword",
    "fused",
    "centroid",
    "centroid_margin",
    "margin",
    "dense_margin",
    "over_referral",
    "dense_over_referral",
    "keyword_margin",
    "gloss",
    "gloss_margin",
    "gloss_over_referral",
    "covered",
    "covered_margin",
    "covered_over_referral",
    "named",
    "uncovered",
    "uncovered_words",
    "unknown_words",
    "unknown_share",
    "aspect_fit",
    "aspect_miss",
    "figure_match",
    "english",
    "foreign",
    "dense_foreign",
    "fused_english",
    "length",
    "faq",
)
"""What describes a question and one entry, in the order of a row."""
STANDING = (
    "dense", "word", "sound", "keyword", "centroid", "over_referral", "dense_over_referral", "gloss",
    "gloss_over_referral", "covered", "covered_over_referral", "named", "uncovered", "uncovered_words", "unknown_words",
    "unknown_share", "aspect_fit", "aspect_miss", "figure_match", "dense_foreign", "length", "faq",
)  # fmt: skip
"""Features of the best candidate that tell whether it answers at all; margins only tell it from its neighbours."""
QUESTION_FEATURES = ("best", "second", "total", "topic_total", "odds", *(f"first_{name}" for name in STANDING))
"""What describes a question with all its candidates, in the order of a row."""

_STANDING = [PAIR_FEATURES.index(name) for name in STANDING]
Row = npt.NDArray[np.float64]


class FeatureMaker:
    """Computes feature rows for the candidates of a question.

    Args:
        index: the retrieval index.
        reader: understands wording.
    """

    def __init__(self, index: Index, reader: Reader) -> None:
        self._index = index
        self._reader = reader
        self._referral = np.array([entry.kind == "referral" for entry in index.entries], dtype=bool)

    @property
    def referral(self) -> npt.NDArray[np.bool_]:
        """Which entries are referrals, shape (entries,)."""
        return self._referral

    def pair_rows(
        self,
        question: Question,
        scores: Scores,
        candidates: npt.NDArray[np.int64],
        eligible: npt.NDArray[np.bool_] | None = None,
    ) -> Row:
        """Feature rows.

        Args:
            question: the question.
            scores: its scores over all entries.
            candidates: positions of the entries to describe, shape (n,).
            eligible: entries that may answer, shape (entries,); all but referrals if not given.

        Returns:
            Shape (n, len(PAIR_FEATURES)).
        """
        fused = scores.fused()
        rivals = ~self._referral if eligible is None else eligible
        content = self._reader.content(question.core)
        asked = question.aspects & {"amount", "list", "why", "how", "who", "place", "time"}
        entries = [self._index.entries[position] for position in candidates]
        fit = np.array([_answers_any(entry, asked) for entry in entries], dtype=bool)
        english, foreign = question.language == "en", question.language in ("ja", "ko", "ru")
        dense, fusion = scores.dense[candidates].astype(np.float64), fused[candidates].astype(np.float64)
        columns = (
            dense,
            scores.character[candidates],
            scores.word[candidates],
            scores.sound[candidates],
            scores.keyword[candidates],
            fusion,
            scores.centroid[candidates],
            _margins(scores.centroid, rivals, candidates),
            _margins(fused, rivals, candidates),
            _margins(scores.dense, rivals, candidates),
            fusion - float(fused[self._referral].max(initial=0.0)),
            dense - float(scores.dense[self._referral].max(initial=0.0)),
            _margins(scores.keyword, rivals, candidates),
            scores.gloss[candidates],
            _margins(scores.gloss, rivals, candidates),
            scores.gloss[candidates] - float(scores.gloss[self._referral].max(initial=0.0)),
            scores.covered[candidates],
            _margins(scores.covered, rivals, candidates),
            scores.covered[candidates] - float(scores.covered[self._referral].max(initial=0.0)),
            self._index.named(question.text, candidates),
            *self._coverage(content, scores, candidates, rivals),
            bool(asked) & fit,
            bool(asked) & ~fit,
            [_figure_match(question, entry) for entry in entries],
            english,
            foreign,
            dense * foreign,
            fusion * english,
            math.log1p(len(content)),
            [entry.kind == "faq" for entry in entries],
        )
        rows = np.empty((len(candidates), len(PAIR_FEATURES)), dtype=np.float64)
        for number, column in enumerate(columns):
            rows[:, number] = column
        return rows

    def _coverage(
        self, content: str, scores: Scores, candidates: npt.NDArray[np.int64], rivals: npt.NDArray[np.bool_]
    ) -> tuple[Row, Row, float, float]:
        """How much of what a question names each candidate lacks, by tokens and by words, and what no entry knows."""
        weights = self._index.token_weights(content)
        content_words = [word for word in words(content) if " " not in word]
        parts = [characters(word) for word in content_words]
        places = {token: place for place, token in enumerate(dict.fromkeys([*weights, *chain.from_iterable(parts)]))}
        held = self._index.held(list(places), candidates, scores.without_row)
        rarity = np.array(list(weights.values()), dtype=np.float64)[:, None]
        missing = np.where(held[: len(weights)], 0.0, rarity).sum(axis=0)
        lacking = sum(
            (~held[[places[token] for token in part]].all(axis=0) for part in parts), np.zeros(len(candidates))
        )
        unknown = sum(not self._index.knows_word(word, scores.without_row, rivals) for word in content_words)
        count = max(1, len(content_words))
        return missing / (sum(weights.values()) or 1.0), lacking / count, float(min(3, unknown)), unknown / count

    def question_row(self, candidates: npt.NDArray[np.int64], pairs: Row, probabilities: Row) -> Row:
        """The feature row of a question with its candidates, shape (len(QUESTION_FEATURES),).

        Args:
            candidates: positions of its candidates, shape (n,).
            pairs: `pair_rows` of the candidates.
            probabilities: what the pair regression makes of them, shape (n,).
        """
        order = np.argsort(-probabilities)
        best, second = probabilities[order[0]], probabilities[order[1]] if len(order) > 1 else 0.0
        roots = [self._index.entries[position].topic.split(".")[0] for position in candidates]
        topic_total = sum(p for p, root in zip(probabilities, roots) if root == roots[order[0]])
        described = np.array(
            [
                best,
                second,
                min(1.5, float(probabilities.sum())),
                min(1.5, topic_total),
                math.log((best + 1e-4) / (1 - best + 1e-4)),
            ],
            dtype=np.float64,
        )
        return np.concatenate([described, pairs[order[0]][_STANDING]])


def _two_best(values: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_]) -> tuple[float, float, int]:
    masked = np.where(allowed, values, -1.0)
    if len(masked) < 2:
        return float(masked.max(initial=0.0)), 0.0, int(masked.argmax()) if len(masked) else -1
    second, first = np.argpartition(masked, -2)[-2:]
    return float(masked[first]), float(masked[second]), int(first)


def _margins(values: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_], candidates: npt.NDArray[np.int64]) -> Row:
    """What each candidate has more than the best of the other entries that are allowed, shape (candidates,)."""
    best, second, top = _two_best(values, allowed)
    return np.asarray(values[candidates].astype(np.float64) - np.where(candidates == top, second, best))


def _answers_any(entry: Entry, asked: Set[str]) -> bool:
    return bool(asked & entry.answers) or ("amount" in asked and entry.value is not None)


def _figure_match(question: Question, entry: Entry) -> float:
    if not question.figures or entry.value is None:
        return 0.0
    return 1.0 if any(figure.value == entry.value for figure in question.figures) else -0.5
