"""The retrieval index over one revision of the facts database, and the scores of its entries for a question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from bot.answers import lexical
from bot.answers.block import Block
from bot.answers.coverage import Coverage
from bot.answers.encoder import SentenceEncoder
from bot.answers.searchable import VIEWS, Searchable
from bot.answers.spelling import Spelling
from bot.answers.subwords import shared_subwords
from bot.facts.entries import Entry, Snapshot
from bot.language.normalise import normalise

Floats = npt.NDArray[np.float32]
_LATIN_WORD = re.compile(r"[a-z0-9]+")
REMEMBERED = 32
"""How many scores are remembered before all are dropped: one turn asks for the same ones more than once."""


@dataclass(frozen=True)
class Scores:
    """Scores of every entry for one question, each of shape (entries,).

    Args:
        dense: highest cosine between the question's vector and a phrasing's.
        character: highest BM25 share over characters and pairs.
        word: highest BM25 share over words.
        sound: highest BM25 share over syllable pairs.
        keyword: share of the question's words that stand anywhere in the entry, weighted by rarity.
        centroid: cosine between the question's vector and the mean vector of the entry's texts.
        gloss: highest cosine between the question's bag of subwords and a phrasing's.
        covered: share of an English question's words that the entry covers by words of similar meaning.
        without_row: the row of the index that was left out, if one was.
    """

    dense: Floats
    character: Floats
    word: Floats
    sound: Floats
    keyword: Floats
    centroid: Floats
    gloss: Floats
    covered: Floats
    without_row: int | None = None

    def fused(self) -> Floats:
        """One score for ranking; equal weights of vectors and characters were best in measurements.md."""
        lexical_part = 0.5 * self.character + 0.25 * self.word + 0.1 * self.sound + 0.15 * self.keyword
        return np.asarray(0.5 * self.dense + 0.5 * lexical_part, dtype=np.float32)

    def promise(self) -> Floats:
        """What the shortlist goes by."""
        covered = np.maximum(self.covered, 0.6 * self.keyword)
        return np.asarray(self.fused() + self.centroid + 0.4 * self.gloss + 0.8 * covered, dtype=np.float32)

    def shortlist(self, size: int, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Positions of the entries worth a closer look, best first.

        Args:
            size: how many.
            eligible: entries that may answer, shape (entries,).
        """
        promise = np.where(eligible, self.promise(), -2.0)
        return np.argsort(-promise)[: min(size, int(eligible.sum()))]


class Index:
    """Phrasings, statements and keywords of all entries of a snapshot, searchable.

    Args:
        snapshot: what is published.
        encoder: sentence vectors.
        known: vectors of texts that need not be computed again.
        prepared: searchable texts that need not be cut again, if they are those of the snapshot.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: SentenceEncoder,
        known: Mapping[str, Floats] | None = None,
        prepared: Searchable | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.entries: tuple[Entry, ...] = snapshot.entries
        self._encoder = encoder
        self.searchable = Searchable.of(snapshot, prepared)
        self.texts, self.owners = self.searchable.texts, self.searchable.owners
        self.vectors = _vectors(self.texts, encoder, known or {})
        self._starts = np.flatnonzero(np.r_[True, self.owners[1:] != self.owners[:-1]])
        self._subwords = shared_subwords()
        glosses = np.stack([self._subwords.text(text) for text in self.texts])
        everything = np.ones(len(self.texts), dtype=bool)
        self._blocks = {
            name: Block.build(chosen, self.owners, self.vectors, glosses)
            for name, chosen in (
                ("zh", self.searchable.of_group("zh")),
                ("en", self.searchable.of_group("en")),
                ("other", everything),
            )
        }
        self._english_rows = self._blocks["en"].rows
        self._coverage = Coverage(
            [self.texts[row] for row in self._english_rows], self.owners[self._english_rows], self._subwords
        )
        self.spelling = Spelling([self.texts[row] for row in self._english_rows], self._subwords.is_word)
        self.character, self.word, self.sound, self.bag = (
            lexical.Bm25(self.searchable.postings[name], cut) for name, cut in VIEWS.items()
        )
        bags = self.searchable.postings["bag"]
        self._holding = np.zeros((len(bags.tokens) + 1, len(self.entries)), dtype=bool)  # the last row: never seen
        self._holding[np.repeat(np.arange(len(bags.tokens)), np.diff(bags.starts)), bags.rows] = True
        self._names = _names_of(self.entries)
        self.position = {entry.id: number for number, entry in enumerate(self.entries)}
        self._remembered: dict[tuple[str, str, str], Scores] = {}

    def scores(
        self, text: str, language_group: str = "other", without_row: int | None = None, said: str = ""
    ) -> Scores:
        """Scores of every entry.

        Args:
            text: normalised question, whose words are compared.
            language_group: whose vectors are compared; ``other`` compares those of all languages.
            without_row: a row of `texts` to leave out, for leave-one-out calibration.
            said: what is encoded, if not `text`; the classifier has encoded the whole message already.
        """
        if without_row is not None:
            return self._scores(text, language_group, without_row, said or text)
        key = (text, language_group, said or text)
        if key not in self._remembered:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._scores(text, language_group, None, said or text)
        return self._remembered[key]

    def _scores(self, text: str, language_group: str, without_row: int | None, said: str) -> Scores:
        block = self._blocks[language_group]
        dense, centroid = block.cosines(self._encoder.encode_one(said), without_row)
        gloss = block.nearest(block.glosses @ self._subwords.text(text), without_row)
        rows = [self.character.scores(text), self.word.scores(text), self.sound.scores(text)]
        if without_row is not None:
            for row in rows:
                row[without_row] = 0.0
        character, word, sound = (np.maximum.reduceat(row, self._starts) for row in rows)
        keyword = self._keyword_share(text, without_row)
        covered = self._covered(text, without_row) if language_group == "en" else np.zeros_like(keyword)
        return Scores(dense, character, word, sound, keyword, centroid, gloss, covered, without_row)

    def _covered(self, text: str, without_row: int | None) -> Floats:
        place = int(np.searchsorted(self._english_rows, without_row)) if without_row is not None else 0
        known = place < len(self._english_rows) and self._english_rows[place] == without_row
        return self._coverage.shares(text, place if known else None)

    @staticmethod
    def statements_of(entry: Entry) -> list[str]:
        """The indexed texts of an entry that are no questions: its statements and its subject, normalised."""
        texts = [entry.statement.zh, entry.statement.en, entry.subject.zh, entry.subject.en]
        return [normalise(text) for text in texts]

    def token_weights(self, text: str) -> dict[str, float]:
        """Rarity of each character token of a text over entries (not phrasings)."""
        return {token: self.bag.idf(token) for token in lexical.characters(text)}

    @cached_property
    def _holders(self) -> list[Counter[str]]:
        """How many texts of each entry hold each token; only what leaves a row out needs to know."""
        ends = [*self._starts[1:].tolist(), len(self.texts)]
        texts = [self.texts[start:end] for start, end in zip(self._starts.tolist(), ends)]
        keywords = [[normalise(keyword) for keyword in entry.keywords] for entry in self.entries]
        bags = [dict.fromkeys([*mine, *words]) for mine, words in zip(texts, keywords)]
        return [Counter(token for text in bag for token in set(lexical.characters(text))) for bag in bags]

    def held(
        self, tokens: Sequence[str], positions: npt.NDArray[np.int64], without_row: int | None = None
    ) -> npt.NDArray[np.bool_]:
        """Which of the tokens each entry's texts hold (`holds`), shape (tokens, positions)."""
        if without_row is not None:
            holding = [[self.holds(int(position), token, without_row) for position in positions] for token in tokens]
            return np.array(holding, dtype=bool).reshape(len(tokens), len(positions))
        return self._holding[[self.bag.place(token) for token in tokens]][:, positions]

    def holds(self, position: int, token: str, without_row: int | None = None) -> bool:
        """True if the entry's texts hold the token (another text than the row left out, if one is)."""
        if without_row is None:
            return bool(self._holding[self.bag.place(token), position])
        holders = self._holders[position].get(token, 0)
        return holders > 1 if self.owners[without_row] == position else holders > 0

    def named(self, text: str, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Rarity (0 to 1) of the rarest keyword of each entry that a normalised text names, shape (positions,)."""
        stems = {lexical.stem(word) for word in _LATIN_WORD.findall(text)}
        return np.array(
            [
                max(
                    (rarity for name, parts, rarity in self._names[position] if _names(name, parts, text, stems)),
                    default=0.0,
                )
                for position in positions
            ],
            dtype=np.float64,
        )

    def knows_word(
        self, word: str, without_row: int | None = None, eligible: npt.NDArray[np.bool_] | None = None
    ) -> bool:
        """True if a text of an eligible entry holds the word (another text than the row left out, if one is)."""
        rows: npt.NDArray[np.int32] = self.word.rows(word)
        if without_row is not None:
            rows = rows[rows != without_row]
        if eligible is not None:
            rows = rows[eligible[self.owners[rows]]]
        return len(rows) > 0

    def _keyword_share(self, text: str, without_row: int | None) -> Floats:
        weights = self.token_weights(text)
        total = sum(weights.values()) or 1.0
        holding = self._holding[[self.bag.place(token) for token in weights]]
        rarity = np.array(list(weights.values()), dtype=np.float32)[:, None]
        shares = np.where(holding, rarity, np.float32(0)).sum(axis=0)
        if without_row is not None:
            owner = int(self.owners[without_row])
            shares[owner] = sum(weight for token, weight in weights.items() if self.holds(owner, token, without_row))
        return np.asarray(shares / np.float32(total), dtype=np.float32)


def _names_of(entries: Sequence[Entry]) -> list[list[tuple[str, frozenset[str], float]]]:
    """The keywords of each entry: normalised, the stems of a Latin one, and how rare it is among the entries."""
    names = [list(dict.fromkeys(normalise(keyword) for keyword in entry.keywords)) for entry in entries]
    held = Counter(name for mine in names for name in mine)
    most = math.log(1 + len(entries))
    return [
        [
            (
                name,
                frozenset(lexical.stem(word) for word in _LATIN_WORD.findall(name)) if name.isascii() else frozenset(),
                math.log(1 + len(entries) / held[name]) / most,
            )
            for name in mine
            if len(name) > 1
        ]
        for mine in names
    ]


def _names(name: str, parts: frozenset[str], text: str, stems: set[str]) -> bool:
    return parts <= stems if parts else name in text


def _vectors(texts: Sequence[str], encoder: SentenceEncoder, known: Mapping[str, Floats]) -> Floats:
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    fresh = dict(zip(missing, encoder.encode(missing)))
    rows = [fresh[text] if text in fresh else known[text] for text in texts]
    return np.asarray(np.stack(rows), dtype=np.float32)
