"""What passes the guards, for any text at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.guards import Admitted, Rejected, admit, valid_sender
from bot.channels.messages import Messages
from bot.channels.rates import TokenBuckets
from tests.channels.conftest import Clock


@given(st.text(st.characters(), max_size=300))
def test_whatever_is_typed(text: str) -> None:
    admitted = admit(text)
    if isinstance(admitted, Rejected):
        assert admitted.reason == "empty"
        return
    assert isinstance(admitted, Admitted)
    assert admitted.text == admitted.text.strip() != ""
    assert not unicodedata.normalize("NFKC", admitted.text).startswith("/")
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in admitted.text)


@pytest.mark.parametrize(
    ("sender", "valid"), [("a" * 128, True), ("a" * 129, False), ("用户-1", True), ("a\nb", False), ("\u202e", False)]
)
def test_senders(sender: str, valid: bool) -> None:
    assert valid_sender(sender) is valid


def test_buckets_refill_and_forget_the_oldest(clock: Clock) -> None:
    buckets = TokenBuckets(2, 0.5, clock, most=2)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 2]
    clock.now += 2
    assert buckets.take("a") == 0
    assert buckets.take("b") == buckets.take("c") == 0
    assert buckets.take("a") == 0  # its empty bucket was forgotten
    assert [TokenBuckets(0, 1, clock).take("a") for _ in range(99)] == [0] * 99


@pytest.mark.parametrize(
    ("texts", "wrong"), [({"a": {"zh": "x"}}, "a: needs"), ({"b": {"zh": "{x}", "en": "{y}"}}, "b: zh and en")]
)
def test_a_broken_catalogue_is_refused(texts: dict[str, dict[str, str]], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Messages(texts, {})
