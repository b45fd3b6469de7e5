"""The command ``train``: Rasa's model, and the vectors of the entries."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from bot.commands import preparation
from bot.commands.preparation import step
from bot.errors import ModelMissingError
from bot.settings import ROOT, Settings


def add_parser(subparsers: Any) -> None:
    """Add ``train`` to the commands."""
    training = subparsers.add_parser("train", help="train the model and compute the vectors of the entries")
    training.add_argument("--only", choices=("model", "vectors"), help="only one of the two")
    training.set_defaults(run=train)


def train(arguments: argparse.Namespace) -> int:
    """Train the model and compute the vectors."""
    settings = Settings.from_environment(os.environ)
    if arguments.only != "vectors":
        with step("Model"):
            train_model(settings)
    if arguments.only != "model":
        with step("Vectors"):
            compute_vectors(settings)
    return 0


def train_model(settings: Settings) -> None:
    """Train Rasa's model; the old one stays in place until the new one is whole.

    Rasa's own cache is left out: it knows the class of a component, but not the modules that the class uses.

    Raises:
        ModelMissingError: Rasa does not accept the training data.
    """
    from bot.server import prepare_process

    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    prepare_process(settings)
    from rasa.model_training import train
    from rasa.shared.exceptions import RasaException

    trained_from = preparation.training_fingerprint()
    unfinished = settings.model_dir / "unfinished"
    unfinished.mkdir(parents=True, exist_ok=True)
    try:
        result = train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=str(ROOT / "nlu_data"),
            output=str(unfinished),
            fixed_model_name=preparation.MODEL,
            force_training=True,
        )
    except RasaException as error:
        raise ModelMissingError(f"nothing was trained: {error}") from error
    if result.code or result.model is None:
        raise ModelMissingError("nothing was trained: Rasa refused domain.yml, config.yml or nlu_data, see above")
    Path(result.model).replace(preparation.model_file(settings))
    unfinished.rmdir()
    preparation.note_trained(settings, trained_from)


def compute_vectors(settings: Settings) -> None:
    """Compute the vectors of everything published, unless that was done.

    Raises:
        AskHunnanError: no facts are loaded.
        StoreError: the database is not reachable.
    """
    from bot.answers.service import prepare
    from bot.database import make_engine, make_session_factory, migrate
    from bot.facts.repository import FactsRepository

    engine = make_engine(settings.database_url)
    migrate(engine)
    revision = FactsRepository(make_session_factory(engine)).revision()
    engine.dispose()
    if revision and preparation.vectors_are_current(settings, revision):
        return
    prepare(settings)
    preparation.note_vectors(settings, revision)
