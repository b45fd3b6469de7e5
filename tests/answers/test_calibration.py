"""Fitted weights: written, read back, refused where they do not fit the code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.answers.calibration import Calibration, Pair, Regression, fit
from bot.answers.encoder import SentenceEncoder
from bot.answers.features import PAIR_FEATURES, QUESTION_FEATURES, FeatureMaker
from bot.answers.index import Index
from bot.answers.question import Reader
from bot.answers.service import CALIBRATION
from bot.errors import AskHunnanError
from bot.facts.entries import Phrasing
from tests.answers.yunxi import ENTRIES, SNAPSHOT

JAPANESE = {"referral.weather": "明日は雨が降りますか", "referral.household": "戸籍の手続きはどこでしますか"}

WITH_JAPANESE = replace(
    SNAPSHOT,
    entries=tuple(
        replace(entry, phrasings=(*entry.phrasings, Phrasing(JAPANESE[entry.id], "ja")))
        if entry.id in JAPANESE
        else entry
        for entry in ENTRIES
    ),
    by_id={},
)


@pytest.fixture(scope="module")
def fitted(encoder: SentenceEncoder, reader: Reader) -> Calibration:
    """Weights fitted on the made-up report, in which the referrals are asked in Japanese as well."""
    return fit(Index(WITH_JAPANESE, encoder), reader, negatives=("你好", "hello there", "こんにちは"))


def regression(size: int) -> Regression:
    rows = np.random.default_rng(7).normal(size=(40, size))
    return Regression.fit(rows, (rows[:, 0] > 0).astype(np.int8))


def test_a_regression_learns_what_separates() -> None:
    fitted = regression(3)
    low, high = fitted.probabilities(np.array([[-2.0, 0, 0], [2.0, 0, 0]]))
    assert 0 <= low < 0.2 and 0.8 < high <= 1


@pytest.mark.parametrize("noise", [0.0, 1e-16, 1e-7])
def test_a_feature_that_never_varies_does_no_harm(noise: float) -> None:
    rows = np.column_stack([np.linspace(-1, 1, 20), 5 + noise * np.linspace(-1, 1, 20)])
    fitted = Regression.fit(rows, (rows[:, 0] > 0).astype(np.int8))
    new = rows + np.array([0, 1])
    np.testing.assert_allclose(fitted.probabilities(new), fitted.probabilities(rows), atol=1e-3)
    read = Regression.from_json(json.loads(json.dumps(fitted.to_json())))
    np.testing.assert_allclose(read.probabilities(new), fitted.probabilities(new), atol=1e-3)


def test_a_regression_survives_json() -> None:
    before = regression(4)
    after = Regression.from_json(json.loads(json.dumps(before.to_json())))
    rows = np.random.default_rng(1).normal(size=(9, 4))
    np.testing.assert_allclose(after.probabilities(rows), before.probabilities(rows), atol=1e-4)


def test_the_weights_of_the_repository_fit_the_features(calibration: Calibration) -> None:
    for language in ("zh-Hans", "zh-Hant", "en", "ja", "ko", "ru", "??"):
        pair = calibration.of(language)
        assert pair.entry.weights.shape == (len(PAIR_FEATURES),)
        assert pair.question.weights.shape == (len(QUESTION_FEATURES),)
        assert (pair.entry.scale > 0).all() and (pair.question.scale > 0).all()
        assert np.isfinite(pair.entry.weights).all() and np.isfinite(pair.question.weights).all()


def test_both_scripts_share_their_weights(calibration: Calibration) -> None:
    assert calibration.of("zh-Hans") is calibration.of("zh-Hant")
    assert calibration.of("ja") is calibration.of("ru") is not calibration.of("en")


def test_fitted_weights_are_written_and_read(fitted: Calibration, tmp_path: Path) -> None:
    path = tmp_path / "new" / "calibration.json"
    fitted.write(path)
    again = Calibration.read(path)
    assert set(again.groups) == {"zh", "en", "other"}
    rows = np.random.default_rng(3).normal(size=(5, len(PAIR_FEATURES)))
    for name, pair in fitted.groups.items():
        np.testing.assert_allclose(
            again.groups[name].entry.probabilities(rows), pair.entry.probabilities(rows), atol=1e-3
        )


def test_fitted_weights_tell_right_from_wrong(fitted: Calibration, index: Index, reader: Reader) -> None:
    maker = FeatureMaker(index, reader)
    answerable = []
    for text in ("今年农村装多少盏路灯？", "明天会下雨吗？"):
        question = reader.read(text)
        scores = index.scores(question.core, "zh")
        candidates = scores.shortlist(10, ~maker.referral)
        rows = maker.pair_rows(question, scores, candidates)
        probabilities = fitted.of("zh-Hans").entry.probabilities(rows)
        row = maker.question_row(candidates, rows, probabilities)
        answerable.append(float(fitted.of("zh-Hans").question.probabilities(row[None, :])[0]))
    assert answerable[0] > 0.5 > answerable[1]


def test_questions_held_out_decide_which_entry_answers(encoder: SentenceEncoder, reader: Reader) -> None:
    index = Index(WITH_JAPANESE, encoder)
    negatives = ("你好", "hello there", "こんにちは")
    wrong = {"culture.parks": ["乡里装灯的事"], "lamps.plan": ["建小公园的事"]}
    right = {"lamps.plan": wrong["culture.parks"], "culture.parks": wrong["lamps.plan"]}
    first, again, second = (fit(index, reader, negatives, held_out) for held_out in (right, right, wrong))
    for name, same in (("zh", False), ("en", True), ("other", True)):
        weights = first.groups[name].entry.weights
        np.testing.assert_array_equal(weights, again.groups[name].entry.weights)
        assert np.allclose(weights, second.groups[name].entry.weights) is same, name


def test_a_question_held_out_of_an_unknown_entry_is_an_error(index: Index, reader: Reader) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        fit(index, reader, held_out={"nowhere": ["路灯"]})


def test_other_features_are_refused(fitted: Calibration, tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    fitted.write(path)
    data = json.loads(path.read_text("utf-8"))
    data["features"][0].append("another")
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(AskHunnanError, match="features"):
        Calibration.read(path)


@pytest.mark.parametrize("content", ["", "{", "{}", '{"features": 1}', '{"groups": {}}'])
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(content, "utf-8")
    with pytest.raises(AskHunnanError, match=r"calibration\.json"):
        Calibration.read(path)


def test_a_file_without_its_weights_is_refused(tmp_path: Path) -> None:
    data = json.loads(CALIBRATION.read_text("utf-8"))
    del data["groups"]["en"]["question"]["mean"]
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(AskHunnanError, match="mean"):
        Calibration.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AskHunnanError, match=r"nowhere\.json"):
        Calibration.read(tmp_path / "nowhere.json")


def test_a_pair_holds_both(calibration: Calibration) -> None:
    pair = calibration.of("en")
    assert isinstance(pair, Pair) and pair.entry is not pair.question
