"""A served assistant for the acceptance tests: the real server in its own process, on a copy of what is prepared."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from bot.database import make_engine, make_session_factory
from bot.facts.entries import Snapshot
from bot.facts.repository import FactsRepository
from bot.settings import ROOT, Settings
from tests.acceptance.cases import SETS, read
from tests.acceptance.conversation import Client, Verdict

READY_SECONDS = 120


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a copy of the prepared database, model and vectors; what is missing is prepared first."""
    subprocess.run([sys.executable, "-m", "bot", "prepare"], cwd=ROOT, check=True)
    settings = Settings.from_environment(os.environ)
    copy = tmp_path_factory.mktemp("served") / "var"
    shutil.copytree(settings.var_dir, copy)
    return Settings.from_environment(
        {
            "ASKHUNNAN_VAR": str(copy),
            "ASKHUNNAN_MODELS": str(settings.model_dir.resolve()),
            "ASKHUNNAN_PORT": str(free_port()),
        }
    )


@pytest.fixture(scope="session")
def client(prepared: Settings) -> Iterator[Client]:
    """A client of the assistant served from the copy, without rate limits."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASKHUNNAN_")}
    environment.pop("DATABASE_URL", None)
    environment |= {
        "ASKHUNNAN_VAR": str(prepared.var_dir),
        "ASKHUNNAN_MODELS": str(prepared.model_dir),
        "ASKHUNNAN_PORT": str(prepared.port),
        "ASKHUNNAN_SENDER_BURST": "0",
        "ASKHUNNAN_ADDRESS_BURST": "0",
    }
    log = prepared.var_dir / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait(server, prepared.port, log.read_text)
        client = Client(prepared.port)
        yield client
        client.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(server: subprocess.Popen[bytes], port: int, log: object) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as response:
                if response.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    assert callable(log)
    pytest.fail(f"the assistant did not get ready:\n{log()[-2000:]}")


@pytest.fixture(scope="session")
def verdicts(client: Client) -> dict[str, list[Verdict]]:
    """Every case of every set, asked once."""
    return {name: [client.run(case) for case in read(name)] for name in SETS}


@pytest.fixture(scope="session")
def snapshot(prepared: Settings) -> Snapshot:
    """What the served assistant answers from."""
    engine = make_engine(prepared.database_url)
    try:
        return FactsRepository(make_session_factory(engine)).snapshot()
    finally:
        engine.dispose()
