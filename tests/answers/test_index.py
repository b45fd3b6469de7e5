"""Search over a snapshot, and the features that the decision sees."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from bot.answers.encoder import DIMENSIONS, SentenceEncoder
from bot.answers.features import PAIR_FEATURES, QUESTION_FEATURES, FeatureMaker
from bot.answers.index import Index, Scores
from bot.answers.question import Reader
from bot.language.normalise import normalise
from tests.answers.yunxi import ENTRIES, SNAPSHOT


class NoEncoder(SentenceEncoder):
    """An encoder without a model: fails where a vector is not known already."""

    def _encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[type-arg]
        raise AssertionError(f"encoded {texts}")


def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["路灯", "street lights", "路灯"])
    assert vectors.shape == (3, DIMENSIONS) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(vectors[0], vectors[2])


def test_empty_texts_are_zero(encoder: SentenceEncoder) -> None:
    assert not encoder.encode_one("  ").any()
    assert encoder.encode([]).shape == (0, DIMENSIONS)


def test_the_encoder_remembers_no_more_than_it_may() -> None:
    calls: list[str] = []

    class Counting(SentenceEncoder):
        def _encode(self, texts: list[str]) -> np.ndarray:  # type: ignore[type-arg]
            calls.extend(texts)
            return np.ones((len(texts), DIMENSIONS), dtype=np.float32)

    small = Counting(remembered=2)
    small.encode(["a", "b"])
    small.encode(["a"])  # now "b" is the oldest
    small.encode(["c"])
    small.encode(["a"])
    assert calls == ["a", "b", "c"]
    small.encode(["b"])
    assert calls[-1] == "b"


def test_every_text_belongs_to_its_entry(index: Index) -> None:
    assert len(index.texts) == len(index.owners) == len(index.vectors)
    assert sorted(set(index.owners.tolist())) == list(range(len(ENTRIES)))
    for entry in ENTRIES:
        mine = {text for text, owner in zip(index.texts, index.owners) if owner == index.position[entry.id]}
        assert {normalise(phrasing.text) for phrasing in entry.phrasings} <= mine


def test_statements_of_referrals_are_not_searched(index: Index) -> None:
    assert normalise(SNAPSHOT.by_id["referral.weather"].statement.zh) not in index.texts


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_each_phrasing_finds_its_entry(index: Index, entry: object) -> None:
    for phrasing in entry.phrasings:  # type: ignore[attr-defined]
        scores = index.scores(normalise(phrasing.text))
        assert index.entries[int(scores.fused().argmax())] is entry, phrasing.text


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [("屯子里安灯", "lamps.plan"), ("hall open at night", "hall.open"), ("积水典位", "drains.spots"), ("车没地方停", "parking.shared")],
)  # fmt: skip
def test_new_wordings_find_theirs_among_the_first(index: Index, text: str, entry_id: str) -> None:
    best = index.scores(text).shortlist(3, np.ones(len(ENTRIES), dtype=bool))
    assert entry_id in [index.entries[position].id for position in best]


def test_scores_have_one_value_for_each_entry(index: Index) -> None:
    for text in ("农村路灯", "", "😀"):
        scores = index.scores(text)
        for name in (field.name for field in fields(Scores) if field.name != "without_row"):
            values = getattr(scores, name)
            assert values.shape == (len(ENTRIES),) and np.isfinite(values).all(), name


def test_a_row_can_be_left_out(index: Index) -> None:
    row = index.texts.index(normalise("今年农村装多少盏路灯？"))
    owner = int(index.owners[row])
    text = index.texts[row]
    whole, left = index.scores(text), index.scores(text, without_row=row)
    assert left.without_row == row
    for name in ("dense", "character", "word", "keyword", "centroid"):
        assert getattr(left, name)[owner] < getattr(whole, name)[owner], name
    assert left.dense[owner] < 0.999 < whole.dense[owner] + 1e-3
    others = np.arange(len(ENTRIES)) != owner
    np.testing.assert_allclose(left.dense[others], whole.dense[others])
    np.testing.assert_allclose(left.centroid[others], whole.centroid[others])


def test_a_phrasing_has_the_gloss_of_its_words(index: Index) -> None:
    row = index.texts.index(normalise("How many pocket parks will be built?"))
    owner = int(index.owners[row])
    whole, left = index.scores(index.texts[row], "en"), index.scores(index.texts[row], "en", without_row=row)
    assert whole.gloss[owner] == pytest.approx(1, abs=1e-5) and int(whole.gloss.argmax()) == owner
    assert left.gloss[owner] < whole.gloss[owner]
    others = np.arange(len(ENTRIES)) != owner
    np.testing.assert_allclose(left.gloss[others], whole.gloss[others])


def test_words_are_covered_in_english_only(index: Index) -> None:
    english = index.scores("are lamps to be put up in villages", "en")
    assert index.entries[int(english.covered.argmax())].topic == "rural.lamps"
    assert (english.covered >= 0).all() and (english.covered <= 1 + 1e-6).all()
    assert not index.scores("农村装多少盏路灯", "zh").covered.any()


def test_the_shortlist_goes_by_what_is_promised() -> None:
    nothing = np.zeros(3, dtype=np.float32)
    third = np.array([0, 0, 1], dtype=np.float32)
    everyone = np.ones(3, dtype=bool)
    for name in (field.name for field in fields(Scores) if field.name != "without_row"):
        values = {field.name: nothing for field in fields(Scores) if field.name != "without_row"}
        scores = Scores(**{**values, name: third})
        assert scores.shortlist(1, everyone).tolist() == [2], name
        assert int(scores.promise().argmax()) == 2


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("村里的口袋公园", "culture.parks"),
        ("any pocket parks planned", "culture.parks"),
        ("pocket parks", "culture.parks"),
        ("with haidian", "opening.beijing"),
    ],
)
def test_keywords_that_are_named(index: Index, text: str, entry_id: str) -> None:
    rarity = index.named(text, np.arange(len(ENTRIES)))
    assert 0 < rarity[index.position[entry_id]] == rarity.max() <= 1
    assert not index.named("parkway", np.arange(len(ENTRIES))).any()


def test_what_many_share_is_named_less(index: Index) -> None:
    everyone = np.arange(len(ENTRIES))
    assert 0 < index.named("路灯", everyone).max() < index.named("口袋公园", everyone).max()


def test_the_shortlist_keeps_to_who_is_eligible(index: Index) -> None:
    scores = index.scores("农村装多少盏路灯")
    eligible = np.array([entry.kind == "fact" and entry.id != "lamps.plan" for entry in ENTRIES])
    positions = scores.shortlist(4, eligible)
    assert len(positions) == 4 and eligible[positions].all()
    assert len(scores.shortlist(99, eligible)) == eligible.sum()


def test_known_vectors_are_not_computed_again(index: Index) -> None:
    again = Index(SNAPSHOT, NoEncoder(), dict(zip(index.texts, index.vectors)))
    np.testing.assert_array_equal(again.vectors, index.vectors)


def test_words_that_entries_hold(index: Index) -> None:
    lamps = index.position["lamps.plan"]
    assert index.holds(lamps, "路灯") and not index.holds(lamps, "积水")
    assert index.knows_word("路灯") and not index.knows_word("火箭")
    none = np.zeros(len(ENTRIES), dtype=bool)
    assert not index.knows_word("路灯", eligible=none)


@pytest.mark.parametrize(
    "text", ["今年农村装多少盏路灯？", "How many pocket parks?", "街灯はいくつ", "是1300盏吗", "", "😀"]
)
def test_feature_rows_have_the_shape_of_their_names(index: Index, reader: Reader, text: str) -> None:
    maker = FeatureMaker(index, reader)
    question = reader.read(text)
    scores = index.scores(question.core)
    candidates = scores.shortlist(5, ~maker.referral)
    rows = maker.pair_rows(question, scores, candidates)
    assert rows.shape == (5, len(PAIR_FEATURES)) and np.isfinite(rows).all()
    row = maker.question_row(candidates, rows, np.linspace(0.9, 0.1, 5))
    assert row.shape == (len(QUESTION_FEATURES),) and np.isfinite(row).all()


def test_feature_names_are_distinct() -> None:
    assert len(set(PAIR_FEATURES)) == len(PAIR_FEATURES)
    assert len(set(QUESTION_FEATURES)) == len(QUESTION_FEATURES)


def test_no_candidates_no_rows(index: Index, reader: Reader) -> None:
    question = reader.read("路灯")
    nobody = np.zeros(0, dtype=np.int64)
    rows = FeatureMaker(index, reader).pair_rows(question, index.scores(question.core), nobody)
    assert rows.shape == (0, len(PAIR_FEATURES))


def test_a_figure_that_matches_is_seen(index: Index, reader: Reader) -> None:
    maker, column = FeatureMaker(index, reader), PAIR_FEATURES.index("figure_match")
    lamps = np.array([index.position["lamps.plan"]])
    seen = []
    for text in ("路灯是1300盏吗", "路灯是99盏吗", "路灯有多少盏"):
        question = reader.read(text)
        seen.append(float(maker.pair_rows(question, index.scores(question.core), lamps)[0, column]))
    assert seen[0] > seen[2] > seen[1]
