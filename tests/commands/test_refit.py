"""What the fit reads: questions held out of the index, and messages without an answer."""

from __future__ import annotations

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


def test_messages_without_an_answer_are_found() -> None:
    found = negatives(ROOT / "nlu_data" / "nlu")
    assert len(found) > 1000 and all(found)
