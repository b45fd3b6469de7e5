"""What must be there before a question can be answered: schema, facts, model, vectors; each made only when needed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from bot.errors import AskHunnanError, ModelMissingError
from bot.settings import ROOT, Settings

MODEL = "askhunnan"
"""Name of the trained model, without the ending."""

TRAINED_FROM = ("nlu_data", "domain.yml", "config.yml", "bot/nlu", "bot/language", "bot/answers/encoder.py")
"""Files and folders that a trained model depends on, with the packages of requirements.txt."""

VECTORS_FROM = (
    "bot/facts",
    "bot/language",
    *(f"bot/answers/{name}.py" for name in ("encoder", "index", "lexical", "searchable")),
)
"""Files and folders that the vectors and the searchable texts depend on, with the published revision."""

_SUFFIXES = {".py", ".yml", ".txt"}
_TESTS = "test_"
"""Rasa does not train on files named so."""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say on standard error what is being done, and how many seconds it took."""
    print(f"{name} … ", end="", file=sys.stderr, flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", file=sys.stderr, flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)


def prepare(settings: Settings) -> None:
    """Bring database, facts, model and vectors up to date.

    Raises:
        StoreError: the database is not reachable.
        FactsFileError: a facts file is wrong.
        ReportError: the report does not fit the facts.
        ModelMissingError: the training failed.
    """
    with step("Database"):
        from bot.database import make_engine, make_session_factory, migrate

        engine = make_engine(settings.database_url)
        migrate(engine)
    with step("Facts"):
        from bot.facts import loader

        result = loader.load(
            make_session_factory(engine),
            loader.packaged_files(),
            now=datetime.now(timezone.utc),
            report_path=settings.report_file,
        )
    engine.dispose()
    parts = [] if is_trained(settings) else ["model"]
    if not vectors_are_current(settings, result.revision):
        parts.append("vectors")
    if parts:
        with step(f"Training: {' and '.join(parts)}, up to a minute"):
            train_beside(parts)


def train_beside(parts: Iterable[str]) -> None:
    """Run ``train`` for each part at once, in processes of their own: the caller's stays small.

    Args:
        parts: what ``train --only`` takes.

    Raises:
        ModelMissingError: one failed; the message ends with what it said last.
    """
    running = {
        part: subprocess.Popen(
            [sys.executable, "-m", "bot", "train", "--only", part],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for part in parts
    }
    said = {part: process.communicate()[0] for part, process in running.items()}
    for part, process in running.items():
        if process.returncode:
            last = [line for line in said[part].splitlines() if line.strip()][-3:]
            raise ModelMissingError(
                f"the training failed: {' | '.join(last)}; to see all of it: ./run train --only {part}"
            )


def model_file(settings: Settings) -> Path:
    """Where the trained model stands."""
    return settings.model_dir / f"{MODEL}.tar.gz"


def fingerprint_file(settings: Settings) -> Path:
    """Where the fingerprint of what the model was trained from stands."""
    return settings.model_dir / f"{MODEL}.fingerprint"


def training_fingerprint() -> str:
    """Hash of everything that a model is trained from."""
    return fingerprint([ROOT / name for name in (*TRAINED_FROM, "requirements.txt")])


def is_trained(settings: Settings) -> bool:
    """True if there is a model and it was trained from the files as they are now."""
    return model_file(settings).is_file() and _read(fingerprint_file(settings)) == training_fingerprint()


def note_trained(settings: Settings, trained_from: str) -> None:
    """Keep the fingerprint of what the model was trained from."""
    fingerprint_file(settings).write_text(trained_from + "\n", "utf-8")


def vectors_fingerprint(revision: int) -> str:
    """Hash of everything that the vectors of a published revision come from."""
    return f"{revision} {fingerprint(ROOT / name for name in VECTORS_FROM)}"


def vectors_are_current(settings: Settings, revision: int) -> bool:
    """True if the vectors of this revision were computed."""
    return _read(settings.var_dir / "vectors.fingerprint") == vectors_fingerprint(revision)


def note_vectors(settings: Settings, revision: int) -> None:
    """Keep the fingerprint of what the vectors were computed from."""
    (settings.var_dir / "vectors.fingerprint").write_text(vectors_fingerprint(revision) + "\n", "utf-8")


def fingerprint(paths: Iterable[Path]) -> str:
    """Hash over the names and contents of files, and of all files in folders.

    Raises:
        AskHunnanError: a path does not exist.
    """
    digest = hashlib.sha256()
    for path in paths:
        if not path.exists():
            raise AskHunnanError(f"{path}: is missing; the project's folder is not complete")
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.suffix in _SUFFIXES and not file.name.startswith(_TESTS):
                digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError:
        return ""
