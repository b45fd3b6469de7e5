"""The made-up district as the answers package sees it; built once for a session."""

from __future__ import annotations

import pytest

from bot.answers.assistant import Assistant
from bot.answers.calibration import Calibration
from bot.answers.compose import Composer
from bot.answers.decide import Judge
from bot.answers.encoder import SentenceEncoder, shared_encoder
from bot.answers.index import Index
from bot.answers.question import Reader
from bot.answers.scope import Scope
from bot.answers.service import CALIBRATION
from tests.answers.yunxi import HOTLINE, SNAPSHOT, SOURCE


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    """The real encoder."""
    return shared_encoder()


@pytest.fixture(scope="session")
def index(encoder: SentenceEncoder) -> Index:
    """The made-up report, searchable."""
    return Index(SNAPSHOT, encoder)


@pytest.fixture(scope="session")
def calibration() -> Calibration:
    """The weights of the repository."""
    return Calibration.read(CALIBRATION)


@pytest.fixture(scope="session")
def reader() -> Reader:
    """Reads questions about the made-up district."""
    return Reader(SOURCE.plan_year, SOURCE.home)


@pytest.fixture(scope="session")
def scope(reader: Reader) -> Scope:
    """Places and years of the made-up report."""
    return Scope(SNAPSHOT, reader)


@pytest.fixture(scope="session")
def judge(reader: Reader) -> Judge:
    """Decides on the made-up report."""
    return Judge(SNAPSHOT, reader)


@pytest.fixture(scope="session")
def composer() -> Composer:
    """Composes replies about the made-up report."""
    return Composer(SNAPSHOT, HOTLINE)


@pytest.fixture(scope="session")
def assistant(index: Index, calibration: Calibration) -> Assistant:
    """The whole of it."""
    return Assistant(index, calibration, HOTLINE)
