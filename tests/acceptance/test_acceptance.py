"""The acceptance set: shares of right replies, and what must hold for every single reply."""

from __future__ import annotations

import re

import pytest

from bot.facts.entries import Snapshot
from bot.language.numerals import canonical, number_strings
from tests.acceptance.cases import SINGLE_SETS, holds
from tests.acceptance.conversation import Answered, Verdict
from tests.acceptance.measure import describe, line

Verdicts = dict[str, list[Verdict]]

FLOORS = {
    "zh_a": 0.925,
    "zh_b": 0.945,
    "zh_c": 0.95,
    "en": 0.89,
    "en_b": 0.89,
    "other_languages": 0.93,
    "near_misses": 0.945,
    "near_misses_b": 0.96,
    "dialogues": 0.9,
    "dialogues_b": 0.88,
    "hostile": 0.99,
}
"""Shares of right replies that must not be lost; the figures reached stand in docs/quality.md."""

STATED = ("answered", "corrected", "listed", "compared", "detail_unknown", "not_in_report")
"""Outcomes whose numbers must stand in cited entries."""


@pytest.mark.parametrize("name", FLOORS)
def test_share_of_right_replies(name: str, verdicts: Verdicts) -> None:
    """Each set keeps its share, over both halves; on failure the faults of the tuning half are shown."""
    found = verdicts[name]
    print(line(name, "tuning", [verdict for verdict in found if verdict.case.tuning]))
    print(line(name, "aside", [verdict for verdict in found if not verdict.case.tuning]))
    share = sum(not verdict.fault for verdict in found) / len(found)
    faults = "\n".join(describe(verdict) for verdict in found if verdict.fault and verdict.case.tuning)
    assert share >= FLOORS[name], f"{name}: {share:.3f}\n{faults}"


def test_sets_are_large_enough(verdicts: Verdicts) -> None:
    """The issue's counts: 600 Mandarin, 200 English, 60 dialogues, 200 near misses, 60 others, 100 hostile."""
    count = {name: len(found) for name, found in verdicts.items()}
    assert count["zh_a"] + count["zh_b"] >= 600
    assert count["en"] >= 200 and count["dialogues"] >= 60 and count["near_misses"] >= 200
    assert count["other_languages"] >= 60 and count["hostile"] >= 100


def test_every_number_stands_in_a_cited_entry(verdicts: Verdicts, snapshot: Snapshot) -> None:
    """The number proof, for every reply of every set."""
    unproven = [
        (message[:60], answered.text, sorted(extra))
        for verdict in _all(verdicts)
        for message, answered in verdict.turns
        if (extra := _unproven(answered, snapshot))
    ]
    assert not unproven, f"{len(unproven)} replies, first: {unproven[:3]}"


def test_no_reply_is_silent_long_or_a_server_error(verdicts: Verdicts) -> None:
    """A polite reply of at most 400 characters to everything, and never a status of 500 or above."""
    for verdict in _all(verdicts):
        for message, answered in verdict.turns:
            assert answered.status < 500, (verdict.case.id, answered.status)
            if answered.status == 200:
                assert answered.text.strip(), (verdict.case.id, message[:60])
                assert len(answered.text) <= 400, (verdict.case.id, len(answered.text))
            assert not holds(answered.text, "Traceback"), verdict.case.id


def test_near_misses_state_no_figure(verdicts: Verdicts, snapshot: Snapshot) -> None:
    """A refusal holds no figure at all but telephone numbers."""
    phones = {"12345", "110", "119", "120", "12306", "12329", "12333", "12356", "12366"}
    for verdict in verdicts["near_misses"]:
        for _, answered in verdict.turns:
            if (answered.messages[-1].get("metadata") or {}).get("outcome") == "not_in_report":
                assert set(number_strings(answered.text)) <= phones, answered.text


def test_every_answer_carries_its_entries(verdicts: Verdicts, snapshot: Snapshot) -> None:
    """Metadata names the entries of each answer, and all of them exist."""
    for name in SINGLE_SETS:
        for verdict in verdicts[name]:
            for _, answered in verdict.turns:
                metadata = answered.messages[-1].get("metadata") or {}
                if metadata.get("outcome") in ("answered", "corrected", "listed", "compared", "detail_unknown"):
                    assert metadata["entries"], answered.text
                    assert all(entry in snapshot.by_id for entry in metadata["entries"])


def _all(verdicts: Verdicts) -> list[Verdict]:
    return [verdict for found in verdicts.values() for verdict in found]


def _unproven(answered: Answered, snapshot: Snapshot) -> set[str]:
    """Numbers of a reply that stand neither in its entries, nor in the source's date, nor are a sum of cited values."""
    extra: set[str] = set()
    for message in answered.messages:
        metadata = message.get("metadata") or {}
        if metadata.get("outcome") not in STATED:
            continue
        source = snapshot.source
        allowed = {"12345", str(source.plan_year), str(source.plan_year - 1)}
        allowed |= set(number_strings(f"{source.published.replace('-', ' ')} {source.title.zh} {source.title.en}"))
        allowed |= {canonical(float(number)) for number in source.published.split("-")}
        cited = [snapshot.by_id[key] for key in metadata.get("entries", []) if key in snapshot.by_id]
        for entry in cited:
            texts = [entry.statement.zh, entry.statement.en, entry.subject.zh, entry.subject.en, entry.quote]
            allowed |= set(number_strings(" ".join(texts)))
            if entry.value is not None:
                allowed.add(canonical(entry.value))
        labels = " ".join(f"{section.label.zh} {section.label.en}" for section in snapshot.sections)
        allowed |= set(number_strings(labels))
        sums = {canonical(round(sum(entry.value or 0.0 for entry in cited), 6))}
        allowed |= {canonical(value) for value in metadata.get("derived", []) if canonical(value) in sums}
        allowed |= {canonical(entry.value_sum) for entry in cited if entry.value_sum is not None}
        extra |= set(number_strings(re.sub(r"(?<=\d),(?=\d{3})", "", str(message.get("text") or "")))) - allowed
    return extra
