"""What the calibrated decision looks at: one feature vector for each (question, entry) pair."""

from __future__ import annotations

import math

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
    "gloss_over_referral", "covered", "covered_over_referral", "uncovered", "uncovered_words", "unknown_words",
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
        best_fused, second_fused, top = _two_best(fused, rivals)
        best_dense, second_dense, top_dense = _two_best(scores.dense, rivals)
        best_centroid, second_centroid, top_centroid = _two_best(scores.centroid, rivals)
        best_keyword, second_keyword, top_keyword = _two_best(scores.keyword, rivals)
        best_gloss, second_gloss, top_gloss = _two_best(scores.gloss, rivals)
        best_covered, second_covered, top_covered = _two_best(scores.covered, rivals)
        referral_gloss = float(scores.gloss[self._referral].max(initial=0.0))
        referral_covered = float(scores.covered[self._referral].max(initial=0.0))
        referral_fused = float(fused[self._referral].max(initial=0.0))
        referral_dense = float(scores.dense[self._referral].max(initial=0.0))
        content = self._reader.content(question.core)
        tokens = self._index.token_weights(content)
        weight = sum(tokens.values()) or 1.0
        content_words = [word for word in words(content) if " " not in word]
        unknown = [word for word in content_words if not self._index.knows_word(word, scores.without_row, rivals)]
        english, foreign = question.language == "en", question.language in ("ja", "ko", "ru")
        rows = []
        for position in candidates:
            entry = self._index.entries[position]
            missing = sum(
                value for token, value in tokens.items() if not self._index.holds(position, token, scores.without_row)
            )
            missing_words = sum(not self._holds_word(position, word, scores.without_row) for word in content_words)
            asked = question.aspects & {"amount", "list", "why", "how", "who", "place", "time"}
            fit = bool(asked & entry.answers) or ("amount" in asked and entry.value is not None)
            dense, fusion = float(scores.dense[position]), float(fused[position])
            rows.append(
                (
                    dense,
                    float(scores.character[position]),
                    float(scores.word[position]),
                    float(scores.sound[position]),
                    float(scores.keyword[position]),
                    fusion,
                    float(scores.centroid[position]),
                    float(scores.centroid[position]) - (second_centroid if position == top_centroid else best_centroid),
                    fusion - (second_fused if position == top else best_fused),
                    dense - (second_dense if position == top_dense else best_dense),
                    fusion - referral_fused,
                    dense - referral_dense,
                    float(scores.keyword[position]) - (second_keyword if position == top_keyword else best_keyword),
                    float(scores.gloss[position]),
                    float(scores.gloss[position]) - (second_gloss if position == top_gloss else best_gloss),
                    float(scores.gloss[position]) - referral_gloss,
                    float(scores.covered[position]),
                    float(scores.covered[position]) - (second_covered if position == top_covered else best_covered),
                    float(scores.covered[position]) - referral_covered,
                    missing / weight,
                    missing_words / max(1, len(content_words)),
                    float(min(3, len(unknown))),
                    len(unknown) / max(1, len(content_words)),
                    float(bool(asked) and fit),
                    float(bool(asked) and not fit),
                    _figure_match(question, entry),
                    float(english),
                    float(foreign),
                    dense * foreign,
                    fusion * english,
                    math.log1p(len(content)),
                    float(entry.kind == "faq"),
                )
            )
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(PAIR_FEATURES))

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

    def _holds_word(self, position: int, word: str, without_row: int | None) -> bool:
        return all(self._index.holds(position, token, without_row) for token in characters(word))


def _two_best(values: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_]) -> tuple[float, float, int]:
    masked = np.where(allowed, values, -1.0)
    if len(masked) < 2:
        return float(masked.max(initial=0.0)), 0.0, int(masked.argmax()) if len(masked) else -1
    second, first = np.argpartition(masked, -2)[-2:]
    return float(masked[first]), float(masked[second]), int(first)


def _figure_match(question: Question, entry: Entry) -> float:
    if not question.figures or entry.value is None:
        return 0.0
    return 1.0 if any(figure.value == entry.value for figure in question.figures) else -0.5
