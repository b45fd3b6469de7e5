"""The spool: in order, once, and nothing doubled by a process that is killed at any point."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.conversations.feedback import Feedback
from bot.conversations.spool import Spool
from bot.conversations.store import Record, TurnStore
from bot.database import SessionFactory, make_engine, make_session_factory, migrate
from bot.errors import StoreError
from bot.settings import ROOT
from tests.conversations.conftest import NOW, make, questions


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", segment_bytes=1000)


def replay_all(spool: Spool) -> list[Record]:
    replayed: list[Record] = []
    while spool.replay(replayed.extend):
        pass
    return replayed


def test_records_come_back_in_order_and_once(spool: Spool, tmp_path: Path) -> None:
    assert spool.is_empty() and spool.replay(print) == 0
    records = [make(number) for number in range(9)]
    for position in range(0, 9, 3):
        spool.append(records[position : position + 3])
    spool.append([Feedback(make(1).id, "c1", "up", NOW)])
    assert len(list((tmp_path / "spool").glob("*.jsonl"))) > 1
    assert replay_all(spool) == [*records, Feedback(make(1).id, "c1", "up", NOW)]
    assert spool.is_empty() and replay_all(spool) == []


def test_a_failed_replay_keeps_the_segment(spool: Spool) -> None:
    def away(_: Sequence[Record]) -> None:
        raise StoreError("away")

    spool.append([make(1)])
    with pytest.raises(StoreError):
        spool.replay(away)
    assert replay_all(spool) == [make(1)]


@pytest.mark.parametrize("rest", [b'{"turn": {"id": "0', b'{"turn": {}}\n', b"5\n", b"\xff\xfe\n", b"{}\n"])
def test_a_damaged_line_costs_that_line_only(spool: Spool, tmp_path: Path, rest: bytes) -> None:
    spool.append([make(1)])
    [segment] = (tmp_path / "spool").glob("*.jsonl")
    segment.write_bytes(segment.read_bytes() + rest)
    spool.append([make(2)])
    assert replay_all(spool) == [make(1), make(2)]


def test_removing_a_conversation(spool: Spool, tmp_path: Path) -> None:
    assert spool.remove("c1") == 0
    spool.append([make(1), make(2, "c2"), make(3)])
    spool.append([Feedback(make(1).id, "c1", "up", NOW)])
    (tmp_path / "spool" / "00000001.new").write_text("left by one who was killed")
    assert spool.remove("c1") == 3
    assert "问1" not in "".join(file.read_text("utf-8") for file in (tmp_path / "spool").iterdir())
    assert replay_all(spool) == [make(2, "c2")]


def test_threads_and_processes_take_turns(tmp_path: Path) -> None:
    def fill(start: int) -> None:
        for number in range(start, start + 20):
            Spool(tmp_path, 2000).append([make(number)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(0, 80, 20)))
    assert sorted(record.question for record in replay_all(Spool(tmp_path))) == sorted(f"问{n}" for n in range(80))


KILLED = """
import os, signal, sys
from pathlib import Path
from bot.conversations.spool import Spool
from bot.conversations.store import TurnStore
from bot.database import make_engine, make_session_factory
from tests.conversations.conftest import make

step, url, folder = sys.argv[1:]
store, spool = TurnStore(make_session_factory(make_engine(url))), Spool(Path(folder), 1000)

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def write_and_die(records):
    store.write(records)
    die()

if step == "before the database has it":
    spool.replay(die)
elif step == "before the segment is deleted":
    spool.replay(write_and_die)
elif step == "before the folder is synchronised":
    Spool._sync_folder = die
    spool.replay(store.write)
elif step == "half way through":
    spool.replay(store.write)
    spool.replay(write_and_die)
elif step == "in the middle of a line":
    import bot.conversations.spool as module
    module._sync = die
    module._encode = lambda record: b'{"turn": {"id": "00'
    spool.append([make(99)] * 3000)
elif step == "while a conversation is removed":
    Path.replace = die
    spool.remove("c1")
"""


@pytest.mark.parametrize(
    "step",
    [
        "before the database has it",
        "before the segment is deleted",
        "before the folder is synchronised",
        "half way through",
        "in the middle of a line",
        "while a conversation is removed",
    ],
)
def test_killed(tmp_path: Path, step: str) -> None:
    url, folder = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "spool"
    engine = make_engine(url)
    migrate(engine)
    sessions: SessionFactory = make_session_factory(engine)
    spool = Spool(folder, 1000)
    for number in range(8):
        spool.append([make(number)])
    done = subprocess.run([sys.executable, "-c", KILLED, step, url, str(folder)], cwd=ROOT, timeout=60)
    assert done.returncode == -9
    spool.append([make(8)])
    while spool.replay(TurnStore(sessions).write):
        pass
    assert questions(sessions) == [f"问{number}" for number in range(9)]
    assert spool.is_empty()
    engine.dispose()
