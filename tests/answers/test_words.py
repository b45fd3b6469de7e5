"""Words beside sentences: subword vectors, coverage by words of similar meaning, spelling."""

from __future__ import annotations

import numpy as np
import pytest

from bot.answers.coverage import Coverage, content_words
from bot.answers.spelling import Spelling
from bot.answers.subwords import DIMENSIONS, SubwordVectors, shared_subwords

TEXTS = ["how many street lamps are planned", "lamps in villages", "number of lamps", "new lamps", "repair of roads"]


@pytest.fixture(scope="module")
def subwords() -> SubwordVectors:
    return shared_subwords()


def test_vectors_have_length_one(subwords: SubwordVectors) -> None:
    for text in ("street lights", "路灯有多少", "a"):
        vector = subwords.text(text)
        assert vector.shape == (DIMENSIONS,) and np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("text", ["", "😀", "?!"])
def test_nothing_known_gives_zeros(subwords: SubwordVectors, text: str) -> None:
    assert not subwords.text(text).any()


def test_words_of_similar_meaning_are_near(subwords: SubwordVectors) -> None:
    lamp, light, flower = subwords.word("lamp"), subwords.word("light"), subwords.word("flower")
    assert lamp @ light > lamp @ flower


def test_coverage_counts_similar_words(subwords: SubwordVectors) -> None:
    coverage = Coverage(TEXTS, np.array([0, 0, 0, 0, 1], dtype=np.int32), subwords)
    lamps, roads = coverage.shares("how many lamps")
    assert lamps == pytest.approx(1.0) and roads < 0.9
    assert coverage.shares("lights")[0] > coverage.shares("lights")[1]


def test_a_text_left_out_covers_nothing(subwords: SubwordVectors) -> None:
    coverage = Coverage(TEXTS, np.array([0, 0, 0, 0, 1], dtype=np.int32), subwords)
    assert coverage.shares("repair", without_row=4)[1] < coverage.shares("repair")[1]


def test_content_words_leave_function_words_out() -> None:
    assert content_words("how many of the 20 lamps") == ["20", "lamps"]


@pytest.mark.parametrize(
    ("text", "corrected"),
    [("how many lampps", "how many lamps"), ("lamps", "lamps"), ("clamps", "clamps"), ("lam", "lam"), ("路灯 lampps", "路灯 lamps")],
)  # fmt: skip
def test_spelling(subwords: SubwordVectors, text: str, corrected: str) -> None:
    assert Spelling(TEXTS, subwords.is_word).correct(text) == corrected
