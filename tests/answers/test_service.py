"""The service of a process: a new revision comes in the background, a broken database changes nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from sqlalchemy.exc import OperationalError

from bot.answers.assistant import Assistant
from bot.answers.calibration import Calibration
from bot.answers.encoder import DIMENSIONS, SentenceEncoder
from bot.answers.index import Index
from bot.answers.reply import Context
from bot.answers.service import CHECK_SECONDS, AnswerService, read_vectors
from bot.errors import StoreError
from bot.facts.entries import Bilingual, Snapshot
from bot.facts.repository import FactsRepository
from tests.answers.yunxi import HOTLINE, SNAPSHOT, published

BROKEN = OperationalError("SELECT", {}, Exception("gone"))
NEW_LAMPS = {
    "statement": Bilingual(
        "2020年计划在农村新装1500盏路灯。", "The 2020 plan is to install 1,500 street lights in villages."
    ),
    "value": 1500.0,
}


class FakeRepository:
    """A facts database in memory, which can be changed and broken."""

    def __init__(self) -> None:
        self.published: Snapshot = SNAPSHOT
        self.error: Exception | None = None
        self.asked = 0
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()

    def revision(self) -> int:
        """The published revision; waits while the gate is shut."""
        self.asked += 1
        self.threads.add(threading.get_ident())
        self.gate.wait(5)
        if self.error:
            raise self.error
        return self.published.revision

    def snapshot(self) -> Snapshot:
        """What is published."""
        if self.error:
            raise self.error
        return self.published


class Clock:
    """Seconds that pass when told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def repository() -> FakeRepository:
    """The made-up report as published."""
    return FakeRepository()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def service(
    repository: FakeRepository, clock: Clock, index: Index, encoder: SentenceEncoder, calibration: Calibration
) -> AnswerService:
    """A service on the fake database."""
    known = dict(zip(index.texts, index.vectors))
    return AnswerService(cast(FactsRepository, repository), encoder, calibration, HOTLINE, known, clock)


async def settled(service: AnswerService, clock: Clock) -> Assistant:
    """The assistant after the next look at the database."""
    clock.now += CHECK_SECONDS
    service.current()
    await idle()
    return service.current()


async def idle() -> None:
    """Wait for what runs in the background."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


def lamps(assistant: Assistant) -> str:
    return assistant.reply("今年农村装多少盏路灯？", "", Context()).text


async def test_a_new_revision_is_answered_from(
    service: AnswerService, repository: FakeRepository, clock: Clock
) -> None:
    assert "1300" in lamps(service.current())
    repository.published = published(8, **NEW_LAMPS)
    swapped = await settled(service, clock)
    assert swapped.revision == 8
    assert "1500" in lamps(swapped) and "1300" not in lamps(swapped).split("\n")[0]


async def test_nothing_new_keeps_the_assistant(
    service: AnswerService, repository: FakeRepository, clock: Clock
) -> None:
    first = service.current()
    assert await settled(service, clock) is first
    assert repository.asked == 1


async def test_the_revision_is_not_looked_up_at_every_question(
    service: AnswerService, repository: FakeRepository, clock: Clock
) -> None:
    for _ in range(5):
        service.current()
    clock.now += CHECK_SECONDS / 2
    service.current()
    await idle()
    assert repository.asked == 0


async def test_a_slow_look_up_holds_nobody_up(service: AnswerService, repository: FakeRepository, clock: Clock) -> None:
    repository.gate.clear()
    repository.published = published(8, **NEW_LAMPS)
    clock.now += CHECK_SECONDS
    started = time.monotonic()
    for _ in range(20):
        assert service.current().revision == 7
        await asyncio.sleep(0)
    assert time.monotonic() - started < 2
    clock.now += 10 * CHECK_SECONDS
    service.current()
    repository.gate.set()
    await idle()
    assert repository.asked == 1 and service.current().revision == 8
    assert threading.get_ident() not in repository.threads


@pytest.mark.parametrize(
    "error", [BROKEN, OSError("disk"), StoreError("the database cannot be read")], ids=lambda e: type(e).__name__
)
async def test_a_broken_database_keeps_the_last_revision(
    service: AnswerService, repository: FakeRepository, clock: Clock, error: Exception
) -> None:
    first = service.current()
    repository.error, repository.published = error, published(8, **NEW_LAMPS)
    assert await settled(service, clock) is first
    assert "1300" in lamps(first)
    repository.error = None
    assert (await settled(service, clock)).revision == 8


async def test_a_broken_database_is_logged(
    service: AnswerService, repository: FakeRepository, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    repository.error = BROKEN
    await settled(service, clock)
    [record] = [record for record in caplog.records if record.name == "bot.answers.service"]
    assert record.levelno == logging.ERROR and "OperationalError" in record.getMessage()


async def test_a_snapshot_that_fails_keeps_the_last_revision(
    service: AnswerService, repository: FakeRepository, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Snapshot:
        raise BROKEN

    first = service.current()
    repository.published = published(8, **NEW_LAMPS)
    monkeypatch.setattr(repository, "snapshot", fail)
    assert await settled(service, clock) is first


async def test_conversations_outlive_a_revision(
    service: AnswerService, repository: FakeRepository, clock: Clock
) -> None:
    context = service.current().reply("今年农村装多少盏路灯？", "", Context()).context
    repository.published = published(8, **NEW_LAMPS)
    swapped = await settled(service, clock)
    assert "1500" in swapped.reply("再说一遍", "repeat", context).text


def test_without_a_database_there_is_no_service(
    repository: FakeRepository, encoder: SentenceEncoder, calibration: Calibration
) -> None:
    repository.error = BROKEN
    with pytest.raises(OperationalError):
        AnswerService(cast(FactsRepository, repository), encoder, calibration, HOTLINE, {})


def write_vectors(folder: Path, texts: object, vectors: np.ndarray) -> None:  # type: ignore[type-arg]
    (folder / "vectors.json").write_text(json.dumps(texts), "utf-8")
    np.save(folder / "vectors.npy", vectors)


def test_vectors_are_read_back(tmp_path: Path) -> None:
    write_vectors(tmp_path, ["a", "b"], np.ones((2, DIMENSIONS), dtype=np.float32))
    assert set(read_vectors(tmp_path)) == {"a", "b"}


def test_vectors_that_do_not_fit_are_computed_anew(tmp_path: Path) -> None:
    assert read_vectors(tmp_path) == {}
    write_vectors(tmp_path, ["a"], np.ones((2, DIMENSIONS), dtype=np.float32))
    assert read_vectors(tmp_path) == {}
    write_vectors(tmp_path, ["a", "b"], np.ones((2, 3), dtype=np.float32))
    assert read_vectors(tmp_path) == {}
    (tmp_path / "vectors.npy").write_bytes(b"\x93NUMPY damaged")
    assert read_vectors(tmp_path) == {}
    (tmp_path / "vectors.json").write_text("{", "utf-8")
    assert read_vectors(tmp_path) == {}
