"""``./run refit``: fit the probabilities of answers anew, after large changes to the facts or the features."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bot.commands.preparation import prepare, step
from bot.settings import ROOT, Settings

NOT_ASKING = (
    "out_of_scope", "smalltalk", "complaint", "insult", "provocation", "injection", "emergency", "self_harm", "greet",
    "bot_challenge", "leave_message", "talk_to_person", "praise", "thanks",
)  # fmt: skip
"""Dialogue acts whose examples ask for nothing in the report."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("refit", help="fit the probabilities of answers anew (three minutes)")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Fit to the questions held out of the index, and write the weights into the repository."""
    from bot.answers.calibration import fit
    from bot.answers.encoder import shared_encoder
    from bot.answers.index import Index
    from bot.answers.question import Reader
    from bot.answers.service import CALIBRATION, read_vectors
    from bot.database import make_engine, make_session_factory
    from bot.facts.repository import FactsRepository

    settings = Settings.from_environment(os.environ)
    prepare(settings)
    with step("Calibration"):
        snapshot = FactsRepository(make_session_factory(make_engine(settings.database_url))).snapshot()
        encoder = shared_encoder()
        index = Index(snapshot, encoder, read_vectors(settings.var_dir))
        reader = Reader(snapshot.source.plan_year, snapshot.source.home, index.spelling.correct)
        asked, unanswered = held_out(CALIBRATION.parent)
        unanswered += negatives(ROOT / "nlu_data" / "nlu")
        fit(index, reader, unanswered, asked).write(CALIBRATION)
    return 0


def held_out(folder: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Questions that the index does not hold: by the id of the entry that answers them, and those without an answer.

    Args:
        folder: where held_out_*.yml stand.
    """
    import yaml

    def read(name: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = yaml.load((folder / name).read_text("utf-8"), Loader=yaml.CSafeLoader)
        return found

    asked: dict[str, list[str]] = {}
    for name in ("held_out_zh.yml", "held_out_en.yml"):
        for entry_id, questions in read(name).items():
            asked.setdefault(entry_id, []).extend(questions)
    unanswered = [text for texts in read("held_out_none.yml").values() for text in texts]
    return asked, unanswered


def negatives(folder: Path) -> list[str]:
    """Training examples of the acts that ask for nothing in the report.

    Args:
        folder: the NLU files.
    """
    import yaml

    found = []
    for file in sorted(folder.glob("*.yml")):
        for block in yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            if block.get("intent") in NOT_ASKING:
                lines = block["examples"].splitlines()
                found += [line.strip()[2:].strip() for line in lines if line.strip().startswith("- ")]
    return found
