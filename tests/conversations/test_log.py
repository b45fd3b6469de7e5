"""The log never raises and never waits; what it takes is stored once, in order, also if the database goes away."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.conversations.feedback import Feedback
from bot.conversations.log import PAUSE_SECONDS, ConversationLog
from bot.conversations.spool import Spool
from bot.conversations.store import Record, TurnStore
from bot.database import SessionFactory, make_engine, make_session_factory, migrate
from bot.errors import StoreError
from bot.settings import ROOT
from tests.conversations.conftest import NOW, make, questions


class Store(TurnStore):
    """A store whose database goes away, or hangs, when the test says so."""

    away = False

    def __init__(self, session_factory: SessionFactory) -> None:
        super().__init__(session_factory)
        self.order: list[Record] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def write(self, records: Sequence[Record]) -> None:
        self.go_on.wait(10)
        if self.away:
            raise StoreError("the server is gone")
        super().write(records)
        self.order.extend(records)


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(sqlite_sessions: SessionFactory) -> Store:
    return Store(sqlite_sessions)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", 2000)


@pytest.fixture
def log(store: Store, spool: Spool, seconds: Seconds) -> Iterator[ConversationLog]:
    opened = ConversationLog(store, spool, seconds)
    yield opened
    store.go_on.set()
    opened.close()


def test_turns_are_stored(log: ConversationLog, sqlite_sessions: SessionFactory) -> None:
    assert log.flush()
    for number in range(1200):
        log.add(make(number))
    assert log.flush()
    assert questions(sqlite_sessions) == [f"问{number}" for number in range(1200)]
    assert log.conversation_of(make(3).id) == "c1" and log.conversation_of("x") is None


def test_the_database_goes_away_and_comes_back(
    log: ConversationLog, store: Store, spool: Spool, seconds: Seconds, sqlite_sessions: SessionFactory
) -> None:
    log.add(make(0))
    log.flush()
    store.away = True
    for number in range(1, 60):
        log.add(make(number))
        if number % 20 == 0:
            log.flush()
    log.add(Feedback(make(5).id, "c1", "up", NOW))
    log.flush()
    assert questions(sqlite_sessions) == ["问0"] and not spool.is_empty()
    store.away = False
    log.add(make(60))
    log.flush()
    assert questions(sqlite_sessions) == ["问0"]  # it is left alone for a while
    seconds.now += PAUSE_SECONDS
    for number in range(61, 70):
        log.add(make(number))
        log.flush()
    deadline = time.monotonic() + 10
    while not spool.is_empty() and time.monotonic() < deadline:
        log.flush()
    assert questions(sqlite_sessions) == [f"问{number}" for number in range(70)]
    turns = [record.question for record in store.order if not isinstance(record, Feedback)]
    assert turns == [f"问{number}" for number in range(70)]


def test_what_an_earlier_process_left_is_stored(
    log: ConversationLog, spool: Spool, sqlite_sessions: SessionFactory
) -> None:
    spool.append([make(1), make(2)])
    log.start()
    log.start()
    log.flush()
    assert questions(sqlite_sessions) == ["问1", "问2"] and spool.is_empty()


def test_adding_never_waits_nor_raises(
    store: Store, spool: Spool, sqlite_sessions: SessionFactory, caplog: pytest.LogCaptureFixture
) -> None:
    log = ConversationLog(store, spool, most_waiting=10)
    store.go_on.clear()
    log.add(make(0))
    time.sleep(0.4)  # the writer has it, and hangs
    begun = time.monotonic()
    for number in range(1, 50):
        log.add(make(number))
    log.add(None)  # type: ignore[arg-type]
    assert time.monotonic() - begun < 0.2
    assert not log.flush(0.1)
    assert "1 records are lost" in caplog.text
    log.close(0.1)
    assert not spool.is_empty()
    store.go_on.set()
    deadline = time.monotonic() + 10
    while len(questions(sqlite_sessions)) < 11 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(questions(sqlite_sessions)) == 11
    assert "问" not in caplog.text


def test_a_refused_record_does_not_hold_up_the_others(
    log: ConversationLog, sqlite_sessions: SessionFactory, caplog: pytest.LogCaptureFixture
) -> None:
    log.add(make(1))
    log.add(Feedback(make(1).id, "c1", "great", NOW))
    log.add("no record")  # type: ignore[arg-type]
    log.add(make(2))
    assert log.flush()
    assert questions(sqlite_sessions) == ["问1", "问2"]
    assert "refuses a record" in caplog.text


def test_neither_database_nor_disk(
    store: Store, sqlite_sessions: SessionFactory, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    log = ConversationLog(store, Spool(tmp_path / "file" / "spool"))
    store.away = True
    log.add(make(1))
    assert log.flush()
    assert "1 records are lost, the spool" in caplog.text
    log.close()


def test_closing_writes_what_waits(store: Store, spool: Spool, sqlite_sessions: SessionFactory) -> None:
    log = ConversationLog(store, spool)
    for number in range(5):
        log.add(make(number))
    log.close()
    log.close()
    assert len(questions(sqlite_sessions)) == 5


ENDS = """
import sys
from pathlib import Path
from bot.conversations.log import ConversationLog
from bot.conversations.spool import Spool
from bot.conversations.store import TurnStore
from bot.database import make_engine, make_session_factory
from tests.conversations.conftest import make

url, folder = sys.argv[1:]
log = ConversationLog(TurnStore(make_session_factory(make_engine(url))), Spool(Path(folder)))
log.add(make(1))
"""


def test_a_process_that_just_ends_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = make_engine(url)
    migrate(engine)
    subprocess.run([sys.executable, "-c", ENDS, url, str(tmp_path / "spool")], cwd=ROOT, check=True, timeout=60)
    assert questions(make_session_factory(engine)) == ["问1"]
    engine.dispose()
