"""Calibrated probabilities: that an entry answers a question, and that any entry does.

Two logistic regressions for each group of languages. Which entry answers is fitted on questions that the index does not
hold, by other writers than its phrasings: so the fit sees what a new wording looks like. Whether any entry answers is
fitted on these and on all phrasings, each asked with its own row taken out of the index; phrasings of referrals are
the questions that the report does not answer. Facts may change without a new fit: the weights know scores, not entries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answers.features import PAIR_FEATURES, QUESTION_FEATURES, FeatureMaker, Row
from bot.answers.index import Index
from bot.answers.question import Reader
from bot.answers.scope import Scope
from bot.errors import AskHunnanError
from bot.language.detect import group

CANDIDATES = 10
"""How many best entries by score are looked at closely."""
LEAST_SCALE = 1e-5
"""A feature with a smaller standard deviation varies by rounding only; divided by it, a new value would be enormous."""


@dataclass(frozen=True)
class Regression:
    """A logistic regression over standardised features.

    Args:
        mean: feature means, shape (features,).
        scale: feature standard deviations, shape (features,).
        weights: coefficients, shape (features,).
        intercept: constant term.
    """

    mean: Row
    scale: Row
    weights: Row
    intercept: float

    def probabilities(self, rows: Row) -> Row:
        """Probability (0 to 1) of each row, shape (n,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-(((rows - self.mean) / self.scale) @ self.weights + self.intercept))))

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return {
            "mean": self.mean.round(6).tolist(),
            "scale": self.scale.round(6).tolist(),
            "weights": self.weights.round(6).tolist(),
            "intercept": round(self.intercept, 6),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Regression:
        """Read back what `to_json` wrote."""
        return cls(np.array(data["mean"]), np.array(data["scale"]), np.array(data["weights"]), data["intercept"])

    @classmethod
    def fit(cls, rows: Row, labels: npt.NDArray[np.int8]) -> Regression:
        """Fit to rows of shape (n, features) and labels 0/1 of shape (n,)."""
        from sklearn.linear_model import LogisticRegression  # only needed to fit, not to answer

        mean, scale = rows.mean(axis=0), rows.std(axis=0)
        scale[scale < LEAST_SCALE] = 1.0
        model = LogisticRegression(C=0.3, max_iter=3000)
        model.fit((rows - mean) / scale, labels)
        return cls(mean, scale, model.coef_[0], float(model.intercept_[0]))


@dataclass(frozen=True)
class Pair:
    """The two regressions of one group of languages.

    Args:
        entry: whether an entry answers a question (`PAIR_FEATURES`).
        question: whether any entry does (`QUESTION_FEATURES`).
    """

    entry: Regression
    question: Regression


@dataclass(frozen=True)
class Calibration:
    """Fitted weights by group of languages."""

    groups: dict[str, Pair]

    def of(self, language: str) -> Pair:
        """The regressions for a question's language."""
        return self.groups[group(language)]

    @classmethod
    def read(cls, path: Path) -> Calibration:
        """Read weights written by `write`.

        Raises:
            AskHunnanError: the file is missing, damaged, or was fitted on other features.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["features"] != [list(PAIR_FEATURES), list(QUESTION_FEATURES)]:
                raise AskHunnanError(f"{path}: fitted on other features than this version computes; run ./run refit")
            return cls(
                {
                    name: Pair(Regression.from_json(both["entry"]), Regression.from_json(both["question"]))
                    for name, both in data["groups"].items()
                }
            )
        except (OSError, ValueError, KeyError) as error:
            raise AskHunnanError(f"{path}: cannot read the calibration ({error}); run ./run refit") from error

    def write(self, path: Path) -> None:
        """Write the weights as JSON."""
        data = {
            "features": [list(PAIR_FEATURES), list(QUESTION_FEATURES)],
            "groups": {
                name: {"entry": both.entry.to_json(), "question": both.question.to_json()}
                for name, both in self.groups.items()
            },
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def fit(
    index: Index, reader: Reader, negatives: Sequence[str] = (), held_out: Mapping[str, Sequence[str]] | None = None
) -> Calibration:
    """Fit the regressions of each group of languages.

    Questions without an answer are the phrasings of referrals, each without its own row, and `negatives`.

    Args:
        index: index of facts, FAQs and referrals, with phrasings in every group.
        reader: understands wording.
        negatives: messages that ask for nothing in the report.
        held_out: questions that the index does not hold, by the id of the entry that answers them.
    """
    asker = _Asker(index, reader)
    asked: dict[str, list[_Asked]] = {"zh": [], "en": [], "other": []}
    for entry_id, texts in (held_out or {}).items():
        for text in texts:
            asker.ask(asked, text, index.position[entry_id])
    for row, owner in _questions(index):
        asker.ask(asked, index.texts[row], None if asker.referral[owner] else owner, row)
    for text in negatives:
        asker.ask(asked, text, None)
    return Calibration({name: _fit_group(asker.maker, questions) for name, questions in asked.items()})


@dataclass(frozen=True)
class _Asked:
    """The candidates of a question and which of them answers: None where the report has no answer.

    Args:
        new: the index does not hold the question.
    """

    candidates: npt.NDArray[np.int64]
    pairs: Row
    owner: int | None
    new: bool


class _Asker:
    """Asks questions as the ranker does."""

    def __init__(self, index: Index, reader: Reader) -> None:
        self._index, self._reader = index, reader
        self._scope = Scope(index.snapshot, reader)
        self.maker = FeatureMaker(index, reader)
        self.referral = self.maker.referral

    def ask(self, asked: dict[str, list[_Asked]], text: str, owner: int | None, row: int | None = None) -> None:
        question = self._reader.read(text)
        name = group(question.language)
        eligible = self._scope.eligible(question, ~self.referral)
        scores = self._index.scores(question.core, name, row, question.said)
        candidates = scores.shortlist(CANDIDATES, eligible)
        if len(candidates):
            pairs = self.maker.pair_rows(question, scores, candidates, eligible)
            asked[name].append(_Asked(candidates, pairs, owner, row is None))


def _fit_group(maker: FeatureMaker, asked: Sequence[_Asked]) -> Pair:
    answered = [item for item in asked if item.owner is not None]
    answered = [item for item in answered if item.new] or answered
    right = np.concatenate([item.candidates == item.owner for item in answered]).astype(np.int8)
    entry_regression = Regression.fit(np.concatenate([item.pairs for item in answered]), right)
    rows = [
        maker.question_row(item.candidates, item.pairs, entry_regression.probabilities(item.pairs)) for item in asked
    ]
    labels = np.array([item.owner is not None for item in asked], dtype=np.int8)
    return Pair(entry_regression, Regression.fit(np.stack(rows), labels))


def _questions(index: Index) -> list[tuple[int, int]]:
    """Rows of the index that are phrasings (not statements or subjects), each with its entry's position."""
    stated = {(position, text) for position, entry in enumerate(index.entries) for text in index.statements_of(entry)}
    return [
        (row, int(owner))
        for row, (text, owner) in enumerate(zip(index.texts, index.owners))
        if (int(owner), text) not in stated
    ]
