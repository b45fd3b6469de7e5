"""Searchable texts are read back as they were made, and only for what they were made from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.answers import searchable
from bot.answers.encoder import SentenceEncoder
from bot.answers.index import Index
from bot.answers.searchable import Searchable, key_of
from bot.facts.entries import Phrasing
from tests.answers.yunxi import ENTRIES, SNAPSHOT


@pytest.fixture
def made() -> Searchable:
    """The made-up report, cut and counted."""
    return Searchable.of(SNAPSHOT)


def test_it_is_read_back(made: Searchable, index: Index, encoder: SentenceEncoder, tmp_path: Path) -> None:
    made.write(tmp_path)
    read = Searchable.read(tmp_path)
    assert read is not None and Searchable.of(SNAPSHOT, read) is read
    prepared = Index(SNAPSHOT, encoder, dict(zip(index.texts, index.vectors)), read)
    assert prepared.texts == index.texts
    for text in index.texts:
        one, other = index.scores(text, "zh"), prepared.scores(text, "zh")
        for name in ("character", "word", "sound", "keyword", "dense"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_other_words_are_cut_anew(made: Searchable) -> None:
    [first, *rest] = ENTRIES
    changed = replace(first, phrasings=(*first.phrasings, Phrasing("哪儿有火箭", "zh")))
    fresh = Searchable.of(replace(SNAPSHOT, entries=(changed, *rest)), made)
    assert fresh is not made and "哪儿有火箭" in fresh.texts
    assert Searchable.of(replace(SNAPSHOT, revision=99), made) is made


def test_other_code_makes_other_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(SNAPSHOT)
    assert before == key_of(SNAPSHOT)
    monkeypatch.setattr(searchable, "_CODE", (*searchable._CODE, ("bot.answers", "index.py")))
    assert key_of(SNAPSHOT) != before


@pytest.mark.parametrize("content", [b"", b"PK damaged", b"\x93NUMPY"])
def test_what_is_damaged_is_made_anew(made: Searchable, tmp_path: Path, content: bytes) -> None:
    assert Searchable.read(tmp_path) is None
    made.write(tmp_path)
    (tmp_path / "index.npz").write_bytes(content or (tmp_path / "index.npz").read_bytes()[:-2000])
    assert Searchable.read(tmp_path) is None


def test_groups(made: Searchable) -> None:
    assert (made.of_group("zh") | made.of_group("en") | made.of_group("other")).all()
    assert made.of_group("zh")[made.texts.index("今年农村装多少盏路灯?")]
