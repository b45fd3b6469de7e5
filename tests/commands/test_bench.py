"""What the benchmark computes."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import pytest

from bot.commands import bench
from bot.errors import AskHunnanError


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([5.0], 50, 5), ([3, 1, 2], 50, 2), ([1, 2, 3, 4], 50, 2), (list(range(1, 101)), 95, 95), ([1, 2], 0, 1)],
)
def test_percentile_is_the_nearest_rank(values: list[float], percent: float, expected: float) -> None:
    assert bench.percentile(values, percent) == expected


def test_questions_come_from_all_over_the_list() -> None:
    assert bench.spread(list("abcdefgh"), 4) == ["a", "c", "e", "g"]
    assert bench.spread(["a", "b"], 4) == ["a", "a", "b", "b"]


def test_processor_time_of_a_process() -> None:
    before = bench.cpu_seconds(os.getpid())
    deadline = time.process_time() + 0.05
    while time.process_time() < deadline:
        pass
    assert 0.04 < bench.cpu_seconds(os.getpid()) - before < 5
    with pytest.raises(AskHunnanError, match="process 4194303"):
        bench.cpu_seconds(4194303)


def test_measuring_warms_up_and_counts_every_message() -> None:
    said: list[str] = []
    measured = bench.measure(said.append, ["甲"] * 40, os.getpid())
    assert len(said) == 40 + bench.WARM_UP
    assert len(measured.wall) == len(measured.cpu) == 40
    assert measured.resident > 10


def test_without_a_process_there_is_no_processor_time(capsys: pytest.CaptureFixture[str]) -> None:
    bench.print_figures(bench.measure(lambda _: None, ["甲"] * 3, None))
    assert "CPU" not in capsys.readouterr().out


def test_an_sqlite_database_is_copied(tmp_path: Path) -> None:
    original = tmp_path / "original.db"
    with sqlite3.connect(original) as connection:
        connection.execute("CREATE TABLE facts (id)")
    connection.close()
    folder = tmp_path / "scratch"
    folder.mkdir()
    url = bench.copy_database(f"sqlite:///{original}", folder)
    assert url == f"sqlite:///{folder / 'askhunnan.db'}"
    with sqlite3.connect(folder / "askhunnan.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("facts",)]
    connection.close()
    assert bench.copy_database("postgresql://somewhere/db", folder) == "postgresql://somewhere/db"
