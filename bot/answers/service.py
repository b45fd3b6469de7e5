"""The answering service of a process: always the published revision, never half an index."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from threading import Thread

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from bot.answers.assistant import Assistant
from bot.answers.calibration import Calibration
from bot.answers.encoder import DIMENSIONS, Matrix, SentenceEncoder, shared_encoder
from bot.answers.index import Index
from bot.answers.searchable import Searchable
from bot.database import make_engine, make_session_factory
from bot.errors import AskHunnanError
from bot.facts.repository import FactsRepository
from bot.settings import Settings

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
"""How often the published revision is looked up; a publish is live everywhere within two seconds."""
CALIBRATION = Path(str(files("bot.answers"))) / "data" / "calibration.json"
"""Fitted weights, kept in the repository: they know scores, not entries (see `bot.answers.calibration`)."""


class AnswerService:
    """Holds the assistant of the newest published revision and replaces it in the background.

    Args:
        repository: the facts database.
        encoder: sentence vectors.
        calibration: fitted weights.
        hotline: number that refusals point to.
        known: vectors of indexed texts that need not be computed again.
        clock: seconds, monotonic.
        prepared: searchable texts that need not be cut again.
    """

    def __init__(
        self,
        repository: FactsRepository,
        encoder: SentenceEncoder,
        calibration: Calibration,
        hotline: str,
        known: Mapping[str, Matrix],
        clock: Callable[[], float] = time.monotonic,
        prepared: Searchable | None = None,
    ) -> None:
        self._repository, self._encoder, self._calibration = repository, encoder, calibration
        self.hotline = hotline
        self._known, self._clock = dict(known), clock
        self._checked = clock()
        self._refreshing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._assistant = self._build(prepared)

    def current(self) -> Assistant:
        """The assistant to answer with now; looks for a newer revision in the background once a second."""
        if not self._refreshing and self._clock() - self._checked >= CHECK_SECONDS:
            self._refreshing = True
            task = asyncio.get_running_loop().create_task(self._refresh())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._assistant

    async def _refresh(self) -> None:
        try:
            if await asyncio.to_thread(self._repository.revision) != self._assistant.revision:
                self._assistant = await asyncio.to_thread(self._build)
        except (AskHunnanError, SQLAlchemyError, OSError) as error:
            logger.error("the facts database cannot be read (%s); the last revision stays", type(error).__name__)
        finally:
            self._checked = self._clock()
            self._refreshing = False

    def _build(self, prepared: Searchable | None = None) -> Assistant:
        index = Index(self._repository.snapshot(), self._encoder, self._known, prepared)
        self._known.update(zip(index.texts, index.vectors))
        return Assistant(index, self._calibration, self.hotline)


def build_assistant(settings: Settings) -> AnswerService:
    """The service on the database and the vector cache that the settings name.

    Raises:
        AskHunnanError: no facts are loaded, or the calibration cannot be read.
    """
    repository = FactsRepository(make_session_factory(make_engine(settings.database_url)))
    if not repository.revision():
        raise AskHunnanError("the facts database is empty; run ./run facts load")
    known = read_vectors(settings.var_dir)
    encoder = shared_encoder()
    tokens = read_tokens(settings.var_dir)
    # Most of it is arithmetic beside which the rest of the start goes on.
    Thread(target=encoder.warm_up, args=(tokens,), name="encoder", daemon=True).start()
    prepared = Searchable.read(settings.var_dir)
    calibration = Calibration.read(CALIBRATION)
    return AnswerService(repository, encoder, calibration, settings.hotline, known, prepared=prepared)


def prepare(settings: Settings) -> None:
    """Compute the vectors of everything published, and cut its texts, once, so that a start does not have to.

    Raises:
        AskHunnanError: no facts are loaded.
    """
    repository = FactsRepository(make_session_factory(make_engine(settings.database_url)))
    if not repository.revision():
        raise AskHunnanError("the facts database is empty; run ./run facts load")
    encoder = shared_encoder()
    index = Index(repository.snapshot(), encoder, read_vectors(settings.var_dir))
    folder = settings.var_dir
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "vectors.npy", index.vectors.astype(np.float32))
    np.save(folder / "vectors.tokens.npy", np.array(encoder.common_tokens(index.texts), dtype=np.int32))
    index.searchable.write(folder)
    (folder / "vectors.json").write_text(json.dumps(list(index.texts), ensure_ascii=False), "utf-8")


def read_tokens(folder: Path) -> list[int]:
    """The common tokens that `prepare` wrote; none where they are missing or damaged."""
    try:
        with (folder / "vectors.tokens.npy").open("rb") as file:
            tokens: list[int] = np.load(file, allow_pickle=False).tolist()
    except (OSError, ValueError):
        return []
    return tokens


def read_vectors(folder: Path) -> dict[str, Matrix]:
    """The vectors that `prepare` wrote, by text; empty where there are none or they are damaged."""
    try:
        texts = json.loads((folder / "vectors.json").read_text("utf-8"))
        vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    except (OSError, ValueError):
        return {}
    if vectors.shape != (len(texts), DIMENSIONS):
        return {}
    return dict(zip(texts, vectors))
