"""BM25 over characters, words and sounds."""

from __future__ import annotations

import numpy as np
import pytest

from bot.answers.lexical import Bm25, Postings, characters, sounds, stem, words

DOCUMENTS = ("农村装路灯", "农村修公路", "积水点位改造", "village street lights")


@pytest.fixture
def found() -> Bm25:
    """An index over a few texts."""
    return Bm25(Postings.of(DOCUMENTS, characters), characters)


@pytest.mark.parametrize(("query", "row"), [("路灯", 0), ("修公路", 1), ("积水", 2), ("street light", 3)])
def test_the_text_that_shares_most_wins(found: Bm25, query: str, row: int) -> None:
    assert int(found.scores(query).argmax()) == row


def test_scores_are_shares(found: Bm25) -> None:
    for text in DOCUMENTS:
        scores = found.scores(text)
        assert scores.shape == (len(DOCUMENTS),)
        assert (scores >= 0).all()
        assert 0.5 < scores.max() < 1.6


@pytest.mark.parametrize("query", ["", "？！", "😀", "户口"])
def test_nothing_shared_is_nothing_scored(found: Bm25, query: str) -> None:
    assert not found.scores(query).any()


def test_rare_tokens_weigh_more(found: Bm25) -> None:
    assert found.idf("灯") > found.idf("农")
    assert found.idf("户") > found.idf("灯")


def test_a_word_said_twice_counts_once(found: Bm25) -> None:
    np.testing.assert_allclose(found.scores("street street"), found.scores("street"))


def test_who_holds_a_token(found: Bm25) -> None:
    assert found.knows("农村") and not found.knows("户口")
    assert found.rows("农村").tolist() == [0, 1]
    assert found.rows("户口").tolist() == []


def test_an_index_of_nothing() -> None:
    assert Bm25(Postings.of([], characters), characters).scores("路灯").shape == (0,)


@pytest.mark.parametrize(("one", "other"), [("roads", "road"), ("repaired", "repairing"), ("lights", "light")])
def test_stems_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_tokens() -> None:
    assert characters("路灯 lights") == ["路", "灯", "路灯", "light"]
    assert "street light" in words("street lights")
    assert all(len(word) > 1 for word in words("今年农村装路灯"))
    assert sounds("积水点") == sounds("积水典") and len(sounds("积水点")) == 2
    assert sounds("灯") == []


def test_sounds_find_a_homophone() -> None:
    assert int(Bm25(Postings.of(DOCUMENTS, sounds), sounds).scores("积水典位").argmax()) == 2
