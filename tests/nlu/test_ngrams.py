"""Character n-grams with tf-idf weights."""

from __future__ import annotations

import numpy as np
import pytest

from bot.nlu.ngrams import Ngrams, grams

TEXTS = ("路灯吗", "路灯呢", "公园吗")


def test_grams_know_the_ends_of_a_text() -> None:
    assert grams("灯") == ["^", "灯", "$", "^灯", "灯$", "^灯$"]
    assert "吗$" in grams("路灯吗") and "^路" in grams("路灯吗")
    assert all(1 <= len(gram) <= 3 for gram in grams("今年农村装多少盏路灯"))


def test_rare_grams_are_left_out() -> None:
    once, twice = Ngrams.fit(TEXTS, 1), Ngrams.fit(TEXTS, 2)
    assert {"路灯", "吗$"} <= set(twice.columns) and "公园" not in twice.columns
    assert len(once) > len(twice) == len(twice.idf)


def test_what_is_rarer_weighs_more() -> None:
    fitted = Ngrams.fit(TEXTS, 1)
    assert fitted.idf[fitted.columns["公园"]] > fitted.idf[fitted.columns["路灯"]] > fitted.idf[fitted.columns["^"]]


def test_the_fit_does_not_hang_on_the_order() -> None:
    one, other = Ngrams.fit(TEXTS, 1), Ngrams.fit(TEXTS[::-1], 1)
    assert one.columns == other.columns
    np.testing.assert_allclose(one.idf, other.idf)


@pytest.mark.parametrize("text", TEXTS)
def test_rows_have_length_one(text: str) -> None:
    columns, weights = Ngrams.fit(TEXTS, 1).row(text)
    assert len(columns) == len(set(columns.tolist())) == len(weights)
    assert np.linalg.norm(weights) == pytest.approx(1)


def test_a_text_of_unknown_grams_is_an_empty_row() -> None:
    columns, weights = Ngrams({}, np.zeros(0)).row("路灯")
    assert len(columns) == len(weights) == 0


def test_the_matrix_holds_the_rows() -> None:
    fitted = Ngrams.fit(TEXTS, 1)
    matrix = fitted.matrix([*TEXTS, ""])
    assert matrix.shape == (4, len(fitted))
    for number, text in enumerate((*TEXTS, "")):
        columns, weights = fitted.row(text)
        dense = np.zeros(len(fitted))
        dense[columns] = weights
        np.testing.assert_allclose(matrix[number].toarray()[0], dense)
