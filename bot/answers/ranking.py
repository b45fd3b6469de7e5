"""Entries that may answer a question, with calibrated probabilities and the limits of place and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.answers.calibration import CANDIDATES, Calibration
from bot.answers.features import PAIR_FEATURES, FeatureMaker
from bot.answers.index import Index
from bot.answers.question import Question, Reader
from bot.answers.scope import Scope
from bot.facts.entries import Entry
from bot.language.detect import group

REMEMBERED = 256
"""How many rankings are remembered before all are dropped."""
KEYWORD = PAIR_FEATURES.index("keyword")
UNCOVERED = PAIR_FEATURES.index("uncovered")
UNKNOWN_WORDS = PAIR_FEATURES.index("unknown_words")
SAME_ROOT = 2.5
"""Factor on the entries of the same root topic in a follow-up."""
SHARED_LEAD = 0.2
"""Sum of the candidates' probabilities from which a short question counts as ambiguous rather than foreign."""
MISFIT_GAP = 0.15
"""If an entry of another year or place scores higher by this much (fused + centroid), it is what was meant."""
MENTIONED_GAP = 0.05
"""The same where the year asked about is only mentioned in passing, as a year before the report's own."""
MISFIT = 0.1
"""Factor on the probability of an answer then."""
CERTAIN = 0.97
"""An entry as probable as this is what the question names, even where its wording is a strange one."""
CERTAIN_FROM = {"zh": 0.1, "en": 0.5, "other": 0.3}
"""Lowest probability of an answer that such an entry makes up for, by group of languages."""
COVERED_FROM = {"zh": 0.01, "en": 0.3, "other": 0.1}
"""The same if all that the question names stands in the entry."""
NAMED_WORDS = 0.5
"""Lowest share of the question's tokens, frame words included, that the entry then holds."""
LIFTED = 0.9
"""Probability of an answer then."""
REFERRAL_FROM = 0.9
"""Lowest score (fused + centroid) at which a refusal takes the words of a referral."""


@dataclass(frozen=True)
class Ranked:
    """An entry with the probability (0 to 1) that it answers."""

    entry: Entry
    probability: float


@dataclass(frozen=True)
class Ranking:
    """Candidates for a question.

    Args:
        items: entries, best first.
        answerable: probability (0 to 1) that any of them answers.
        known: every content word of the question stands somewhere in the entries, and the best ones share the lead.
    """

    items: tuple[Ranked, ...] = ()
    answerable: float = 0.0
    known: bool = False

    @property
    def best(self) -> Ranked | None:
        """The best candidate, or None."""
        return self.items[0] if self.items else None

    def near(self, root: str) -> Ranking:
        """The ranking with the entries of one root topic raised: a follow-up mostly stays where it was."""
        raised = [
            Ranked(
                item.entry,
                min(0.95, item.probability * SAME_ROOT) if item.entry.topic.startswith(root) else item.probability,
            )
            for item in self.items
        ]
        return Ranking(tuple(ordered(raised)), self.answerable, self.known)

    def without(self, entry_id: str) -> Ranking:
        """The ranking with one entry left out."""
        return Ranking(tuple(item for item in self.items if item.entry.id != entry_id), self.answerable)


class Ranker:
    """Ranks the entries of one index.

    Args:
        index: retrieval index.
        reader: understands wording.
        calibration: fitted weights.
        scope: limits of place and year.
    """

    def __init__(self, index: Index, reader: Reader, calibration: Calibration, scope: Scope) -> None:
        self._index = index
        self._features = FeatureMaker(index, reader)
        self._calibration = calibration
        self._scope = scope
        self._remembered: dict[Question, Ranking] = {}

    def rank(self, question: Question) -> Ranking:
        """Facts and FAQs that may answer, best first, and the probability that any of them does.

        The last rankings are remembered: one turn asks for the same one more than once.
        """
        if question not in self._remembered:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[question] = self._rank(question)
        return self._remembered[question]

    def _rank(self, question: Question) -> Ranking:
        eligible = self._scope.eligible(question, ~self._features.referral)
        if not eligible.any():
            return Ranking()
        scores = self._index.scores(question.core, group(question.language), said=question.said)
        candidates = scores.shortlist(CANDIDATES, eligible)
        pairs = self._features.pair_rows(question, scores, candidates, eligible)
        weights = self._calibration.of(question.language)
        probabilities = weights.entry.probabilities(pairs)
        row = self._features.question_row(candidates, pairs, probabilities)
        answerable = float(weights.question.probabilities(row[None, :])[0])
        certain = int(probabilities.argmax())
        if probabilities[certain] >= CERTAIN:
            covered = not pairs[certain, UNCOVERED] and pairs[certain, KEYWORD] >= NAMED_WORDS
            if answerable >= (COVERED_FROM if covered else CERTAIN_FROM)[group(question.language)]:
                answerable = max(answerable, LIFTED)
        promise = np.where(self._features.referral, -2.0, scores.fused() + scores.centroid)
        mentioned = bool(question.years) and not question.years & self._scope.main_years
        if promise.max() - promise[candidates].max() > (MENTIONED_GAP if mentioned else MISFIT_GAP):
            answerable *= MISFIT
        items = [Ranked(self._index.entries[position], float(p)) for position, p in zip(candidates, probabilities)]
        known = not pairs[0, UNKNOWN_WORDS] and float(probabilities.sum()) >= SHARED_LEAD
        return Ranking(tuple(ordered(items)), answerable, known)

    def scores_of(self, question: Question, entries: Sequence[Entry]) -> list[float]:
        """Scores (fused + centroid) of given entries for a question, in their order."""
        scores = self._index.scores(question.core, group(question.language), said=question.said)
        promise = scores.fused() + scores.centroid
        return [float(promise[self._index.position[entry.id]]) for entry in entries]

    def referral(self, question: Question) -> Entry | None:
        """The kind of question outside the report that this one is nearest to; None if it is near to none."""
        scores = self._index.scores(question.text, group(question.language), said=question.text)
        promise = np.where(self._features.referral, scores.fused() + scores.centroid, -2.0)
        best = int(promise.argmax())
        return self._index.entries[best] if promise[best] > REFERRAL_FROM else None


def ordered(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Best first."""
    return sorted(ranked, key=lambda item: -item.probability)


def blend(first: Ranking, second: Ranking, share: float) -> Ranking:
    """Two rankings as one: `share` (0 to 1) of the first's probabilities and the rest of the second's."""
    total: dict[str, float] = {}
    entries: dict[str, Entry] = {}
    for ranking, weight in ((first, share), (second, 1 - share)):
        for item in ranking.items:
            total[item.entry.id] = total.get(item.entry.id, 0.0) + weight * item.probability
            entries[item.entry.id] = item.entry
    items = ordered([Ranked(entries[key], value) for key, value in total.items()])
    return Ranking(tuple(items), max(first.answerable, second.answerable))
