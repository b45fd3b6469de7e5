"""Vectors by entry: the products of a block, and a row left out of them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.answers.block import Block

OWNERS = np.array([0, 0, 1, 1], dtype=np.int32)
VECTORS = np.array([[1, 0], [0, 1], [0, 1], [0.6, 0.8]], dtype=np.float32)
EAST = np.array([1, 0], dtype=np.float32)


def block(*chosen: bool) -> Block:
    return Block.build(np.array(chosen), OWNERS, VECTORS, VECTORS)


def test_the_nearest_row_and_the_mean() -> None:
    cosines, means = block(True, True, True, True).cosines(EAST, None)
    assert cosines == pytest.approx([1.0, 0.6])
    assert means == pytest.approx([np.sqrt(0.5), 0.6 / np.hypot(0.6, 1.8)])


def test_a_row_left_out() -> None:
    whole = block(True, True, True, True)
    cosines, means = whole.cosines(EAST, without_row=0)
    assert cosines == pytest.approx([0.0, 0.6]) and means == pytest.approx([0.0, 0.6 / np.hypot(0.6, 1.8)])
    assert whole.nearest(whole.glosses @ EAST, without_row=0) == pytest.approx([0.0, 0.6])
    assert whole.nearest(whole.glosses @ EAST, None) == pytest.approx([1.0, 0.6])


def test_an_entry_of_which_none_is_chosen_keeps_all() -> None:
    part = block(False, True, False, False)
    assert part.rows.tolist() == [1, 2, 3]
    assert part.cosines(EAST, None)[0] == pytest.approx([0.0, 0.6])
    assert part.cosines(EAST, without_row=0)[0] == pytest.approx([0.0, 0.6])  # a row that it does not hold
