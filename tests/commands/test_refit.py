"""What the fit reads: questions held out of the index, and messages without an answer."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.answers.service import CALIBRATION
from bot.commands.refit import held_out, negatives
from bot.facts.loader import packaged_files, read_file
from bot.language.normalise import normalise
from bot.settings import ROOT


def test_held_out_questions_belong_to_entries_and_are_not_indexed() -> None:
    entries = [read.entry for path in packaged_files() for read in read_file(path).entries]
    indexed = {normalise(phrasing.text) for entry in entries for phrasing in entry.phrasings}
    asked, unanswered = held_out(CALIBRATION.parent)
    assert set(asked) <= {entry.id for entry in entries}
    assert not indexed & {normalise(text) for texts in asked.values() for text in texts}
    assert not {text for texts in asked.values() for text in texts} & set(unanswered)


def test_questions_of_both_languages_are_read_together(tmp_path: Path) -> None:
    for name, text in (("zh", "a: [甲]\nb: [乙]"), ("en", "a: [first]"), ("none", "zh: [丙]\nen: [third]")):
        (tmp_path / f"held_out_{name}.yml").write_text(text, "utf-8")
    assert held_out(tmp_path) == ({"a": ["甲", "first"], "b": ["乙"]}, ["丙", "third"])


def test_only_acts_that_ask_nothing_are_negative(tmp_path: Path) -> None:
    blocks = [("greet", "- 你好\n- hello there\n"), ("ask_amount", "- 多少盏\n")]
    data = {"nlu": [{"intent": intent, "examples": examples} for intent, examples in blocks] + [{"lookup": "x"}]}
    (tmp_path / "social.yml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    assert negatives(tmp_path) == ["你好", "hello there"]


def test_messages_without_an_answer_are_found() -> None:
    found = negatives(ROOT / "nlu_data" / "nlu")
    assert len(found) > 1000 and all(found)
