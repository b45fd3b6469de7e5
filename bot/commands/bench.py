"""The command ``bench``: what a message costs, everything included, with one sender."""

from __future__ import annotations

import argparse
import math
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.commands.terminal import RemoteConversation, is_ready, server_address
from bot.errors import AskHunnanError, SettingsError
from bot.settings import Settings

WARM_UP = 30
"""Messages that are not counted: first uses of dictionaries and caches."""

START_SECONDS = 120.0
"""How long a server may take until it is ready."""


@dataclass(frozen=True)
class Measured:
    """What was measured of each message.

    Args:
        wall: milliseconds from the request to its reply.
        cpu: milliseconds of processor time of the whole server process; empty if its process is not known.
        resident: MiB of memory of the server at the end; 0 if not known.
    """

    wall: tuple[float, ...]
    cpu: tuple[float, ...]
    resident: float


def add_parser(subparsers: Any) -> None:
    """Add ``bench`` to the commands."""
    measuring = subparsers.add_parser("bench", help="measure what a message costs, over REST on this machine")
    measuring.add_argument("--messages", type=int, default=400, metavar="N", help="how many; default: 400")
    measuring.add_argument("--url", help="a running server; default: one is started for this, on a copy of the data")
    measuring.add_argument("--pid", type=int, help="process of the server at --url, for its processor time")
    measuring.set_defaults(run=bench)


def bench(arguments: argparse.Namespace) -> int:
    """Measure, and print the figures.

    Raises:
        AskHunnanError: the server did not start or does not answer.
        SettingsError: an argument is wrong.
    """
    if not 1 <= arguments.messages <= 100_000:
        raise SettingsError(f"--messages {arguments.messages} is wrong: give a number from 1 to 100000")
    settings = Settings.from_environment(os.environ)
    from bot.commands.preparation import prepare, step

    prepare(settings)
    questions = spread(published_questions(settings), arguments.messages)
    with ExitStack() as stack:
        address, process = arguments.url, arguments.pid
        if address is None:
            with step("Server for this measurement: from start to ready"):
                address, process = stack.enter_context(scratch_server(settings))
        elif not is_ready(address):
            raise AskHunnanError(f"{address}: no AskHunnan server is ready there")
        with step(f"{arguments.messages} messages"):
            measured = measure(RemoteConversation(address, "bench").say, questions, process)
    print_figures(measured)
    return 0


def measure(say: Callable[[str], object], questions: Sequence[str], process: int | None) -> Measured:
    """Send the questions one after the other.

    Args:
        say: sends one message and waits for its reply.
        questions: the messages.
        process: id of the server's process, if known.
    """
    for question in questions[:WARM_UP]:
        say(question)
    wall, cpu = [], []
    for question in questions:
        cpu_before, before = cpu_seconds(process) if process else 0.0, time.perf_counter()
        say(question)
        wall.append((time.perf_counter() - before) * 1000)
        if process:
            cpu.append((cpu_seconds(process) - cpu_before) * 1000)
    return Measured(tuple(wall), tuple(cpu), resident_mib(process) if process else 0.0)


def print_figures(measured: Measured) -> None:
    """Print the figures of a measurement."""
    print(f"messages          {len(measured.wall)}, one sender, one after the other")
    if measured.cpu:
        cpu = measured.cpu
        print(
            f"CPU ms a message  median {percentile(cpu, 50):.1f}, p95 {percentile(cpu, 95):.1f}, "
            f"mean {sum(cpu) / len(cpu):.1f} (the whole server process)"
        )
    print(f"wall ms           p50 {percentile(measured.wall, 50):.1f}, p95 {percentile(measured.wall, 95):.1f}")
    if measured.resident:
        print(f"memory            {measured.resident:.0f} MiB")


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of 100 of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used, in all its threads, in seconds.

    Linux numbers the processor clock of a process so: the inverted id, shifted by three, with 2 for scheduler time
    (include/linux/posix-timers.h).
    """
    try:
        return time.clock_gettime(((~process) << 3) | 2)
    except OSError as error:
        raise AskHunnanError(f"process {process}: its processor time cannot be read ({error.strerror})") from error


def resident_mib(process: int) -> float:
    """Resident memory of a process in MiB; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def published_questions(settings: Settings) -> list[str]:
    """The phrasings of everything published, in a stable order."""
    from bot.database import make_engine, make_session_factory
    from bot.facts.repository import FactsRepository

    engine = make_engine(settings.database_url)
    snapshot = FactsRepository(make_session_factory(engine)).snapshot()
    engine.dispose()
    return [phrasing.text for entry in snapshot.entries for phrasing in entry.phrasings]


def spread(questions: Sequence[str], count: int) -> list[str]:
    """`count` questions evenly from all over a list; over and over again if the list is shorter."""
    return [questions[(number * len(questions) // count) % len(questions)] for number in range(count)]


@contextmanager
def scratch_server(settings: Settings) -> Iterator[tuple[str, int]]:
    """A server on a free port with a copy of the data, so that no made-up conversation enters the log.

    Yields:
        Its address and the id of its process.

    Raises:
        AskHunnanError: it did not start.
    """
    with tempfile.TemporaryDirectory(prefix="askhunnan-bench-") as name:
        folder = Path(name)
        for file in (*settings.var_dir.glob("vectors.*"), *settings.var_dir.glob("index.*")):
            shutil.copy(file, folder)
        environment = {
            **os.environ,
            "ASKHUNNAN_VAR": str(folder),
            "ASKHUNNAN_MODELS": str(settings.model_dir.resolve()),
            "ASKHUNNAN_HOST": "127.0.0.1",
            "ASKHUNNAN_PORT": str(free_port()),
            "ASKHUNNAN_SENDER_BURST": "0",
            "ASKHUNNAN_ADDRESS_BURST": "0",
            "DATABASE_URL": copy_database(settings.database_url, folder),
        }
        address = server_address(replace(settings, host="127.0.0.1", port=int(environment["ASKHUNNAN_PORT"])))
        with (folder / "log").open("w+", encoding="utf-8") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                wait_until_ready(server, address, log)
                yield address, server.pid
            finally:
                server.terminate()
                server.wait(START_SECONDS)


def wait_until_ready(server: subprocess.Popen[bytes], address: str, log: Any) -> None:
    """Wait until a server answers.

    Raises:
        AskHunnanError: it ended, or took too long.
    """
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(address):
        if server.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise AskHunnanError(f"the server did not start: {(log.read().strip().splitlines() or ['-'])[-1]}")
        time.sleep(0.1)


def copy_database(url: str, folder: Path) -> str:
    """Copy an SQLite database into a folder; another database is used as it is.

    Returns:
        URL of the database to use.
    """
    if not url.startswith("sqlite:///"):
        return url
    copy = folder / "askhunnan.db"
    with closing(sqlite3.connect(url[len("sqlite:///") :])) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return f"sqlite:///{copy}"


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
