"""Calibrated probabilities: that an entry answers a question, and that any entry does.

Two logistic regressions, fitted by leave-one-out: each phrasing of an entry is asked as a question with its own row
taken out of the index, so the fit sees what a new wording looks like. Phrasings of referrals are the questions that
the report does not answer. Facts may change without a new fit: the weights know scores, not entries.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answers.features import PAIR_FEATURES, QUESTION_FEATURES, FeatureMaker, Row
from bot.answers.index import Index, Scores
from bot.answers.question import Question, Reader
from bot.errors import AskHunnanError
from bot.language.detect import group

CANDIDATES = 10
"""How many best entries by score are looked at closely."""


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
        scale[scale == 0] = 1.0
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


def fit(index: Index, reader: Reader, negatives: Sequence[str] = ()) -> Calibration:
    """Fit the regressions of each group of languages by leave-one-out over the phrasings of an index.

    Questions without an answer are the phrasings of referrals and `negatives`.

    Args:
        index: index of facts, FAQs and referrals, with phrasings in every group.
        reader: understands wording.
        negatives: messages that ask for nothing in the report.
    """
    maker = FeatureMaker(index, reader)
    asked: dict[str, list[_Asked]] = {"zh": [], "en": [], "other": []}
    for row, owner in _questions(index):
        question = reader.read(index.texts[row])
        asked[group(question.language)].append(
            _Asked(question, index.scores(question.core, group(question.language), row, question.said), owner)
        )
    for text in negatives:
        question = reader.read(text)
        asked[group(question.language)].append(
            _Asked(question, index.scores(question.core, group(question.language), said=question.said), None)
        )
    return Calibration({name: _fit_group(index, maker, questions) for name, questions in asked.items()})


@dataclass(frozen=True)
class _Asked:
    question: Question
    scores: Scores
    owner: int | None


def _fit_group(index: Index, maker: FeatureMaker, asked: Sequence[_Asked]) -> Pair:
    facts = ~maker.referral
    blocks, right = [], []
    for item in asked:
        if item.owner is not None:
            candidates = item.scores.shortlist(CANDIDATES, facts)
            blocks.append(maker.pair_rows(item.question, item.scores, candidates, facts))
            right.append(candidates == item.owner)
    entry_regression = Regression.fit(np.concatenate(blocks), np.concatenate(right).astype(np.int8))
    rows, answered = [], []
    for item in asked:
        candidates = item.scores.shortlist(CANDIDATES, facts)
        block = maker.pair_rows(item.question, item.scores, candidates, facts)
        probabilities = entry_regression.probabilities(block)
        rows.append(maker.question_row(item.question, item.scores, candidates, block, probabilities))
        answered.append(item.owner is not None and index.entries[item.owner].kind != "referral")
    return Pair(entry_regression, Regression.fit(np.stack(rows), np.array(answered, dtype=np.int8)))


def _questions(index: Index) -> list[tuple[int, int]]:
    """Rows of the index that are phrasings (not statements or subjects), each with its entry's position."""
    stated = {(position, text) for position, entry in enumerate(index.entries) for text in index.statements_of(entry)}
    return [
        (row, int(owner))
        for row, (text, owner) in enumerate(zip(index.texts, index.owners))
        if (int(owner), text) not in stated
    ]
