"""The command ``doctor``: what is in order, what is not, and how to mend it."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bot.commands import preparation
from bot.commands.terminal import running_server, server_address
from bot.errors import AskHunnanError
from bot.settings import ROOT, Settings

FREE_GIB = 1.0
"""Space that the folder for everything that is written should have left."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Args:
        subject: what was looked at.
        state: what was seen.
        remedy: what to do about it; empty if it is in order.
    """

    subject: str
    state: str
    remedy: str = ""


def add_parser(subparsers: Any) -> None:
    """Add ``doctor`` to the commands."""
    checking = subparsers.add_parser("doctor", help="check everything; status 1 if something is wrong")
    checking.add_argument("--settings", action="store_true", help="print every setting with its help")
    checking.set_defaults(run=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Check everything and print it; status 1 if something is wrong."""
    if arguments.settings:
        for variable, help in Settings.document():
            print(f"{variable:24} {help}")
        return 0
    findings = [check_python(), check_packages()]
    try:
        settings = Settings.from_environment(os.environ)
        findings.append(Finding("settings", "all right"))
        checks: tuple[Callable[[Settings], Finding], ...] = (
            check_folder, check_database, check_facts, check_model, check_vectors, check_telegram, check_port,
        )  # fmt: skip
        findings += [check(settings) for check in checks]
    except AskHunnanError as error:
        findings.append(Finding("settings", "wrong", str(error)))
    for finding in findings:
        print(f"{'wrong' if finding.remedy else 'ok':6} {finding.subject:10} {finding.state}")
        if finding.remedy:
            print(f"{'':17} → {finding.remedy}")
    return 1 if any(finding.remedy for finding in findings) else 0


def check_python() -> Finding:
    """Rasa 3.6 runs on Python 3.10 and no later one."""
    state = sys.version.split()[0]
    return Finding("Python", state, "" if sys.version_info[:2] == (3, 10) else "start it with ./run, which finds 3.10")


def check_packages() -> Finding:
    """What is installed against what is pinned."""
    requirements = (ROOT / "requirements.txt").read_text("utf-8")
    pinned = re.findall(r"^([a-z0-9._-]+)==(\S+) \\$", requirements, re.MULTILINE)  # those for every machine
    wrong = [f"{name} {_installed(name)} instead of {wanted}" for name, wanted in pinned if _installed(name) != wanted]
    if not wrong:
        return Finding("packages", f"{len(pinned)}, as pinned")
    return Finding("packages", ", ".join(wrong[:5]), "delete the folder .venv and start again")


def check_folder(settings: Settings) -> Finding:
    """Can be written, and has space left."""
    folder = settings.var_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free / 2**30
    except OSError as error:
        return Finding("folder", f"{folder}: {error.strerror}", "choose another with ASKHUNNAN_VAR")
    if not os.access(folder, os.W_OK):
        return Finding("folder", f"{folder}: cannot be written", "give this user the right to, or set ASKHUNNAN_VAR")
    remedy = "" if free >= FREE_GIB else f"make room: at least {FREE_GIB:g} GiB"
    return Finding("folder", f"{folder}, {free:.1f} GiB free", remedy)


def check_database(settings: Settings) -> Finding:
    """Reachable, and its schema is this version's."""
    from bot.database import make_engine, migrate

    engine = make_engine(settings.database_url)
    shown = f"{engine.url!r}"
    try:
        migrate(engine)
    except AskHunnanError as error:
        return Finding("database", str(error), "check DATABASE_URL, and that the database runs")
    finally:
        engine.dispose()
    return Finding("database", f"{shown}, schema up to date")


def check_facts(settings: Settings) -> Finding:
    """Something is published."""
    from bot.database import make_engine, make_session_factory
    from bot.facts.repository import FactsRepository

    engine = make_engine(settings.database_url)
    try:
        repository = FactsRepository(make_session_factory(engine))
        revision = repository.revision()
        if not revision:
            return Finding("facts", "none", "./run facts load")
        snapshot = repository.snapshot()
    except AskHunnanError as error:
        return Finding("facts", str(error), "mend the database first")
    finally:
        engine.dispose()
    quoted = sum(bool(entry.quote) for entry in snapshot.entries)
    quotations = f"{quoted} with the report's sentence" if quoted else "without quotations (ASKHUNNAN_REPORT)"
    return Finding("facts", f"revision {revision}, {len(snapshot.entries)} entries, {quotations}")


def check_model(settings: Settings) -> Finding:
    """There, and trained from the files as they are now."""
    file = preparation.model_file(settings)
    if not file.is_file():
        return Finding("model", f"{file}: none", "./run train")
    if not preparation.is_trained(settings):
        return Finding("model", f"{file}: the training data changed since", "./run train")
    return Finding("model", f"{file}, up to date")


def check_vectors(settings: Settings) -> Finding:
    """Computed, so that a start is quick."""
    if (settings.var_dir / "vectors.npy").is_file():
        return Finding("vectors", "computed")
    return Finding("vectors", "not computed: a start takes longer", "./run train")


def check_telegram(settings: Settings) -> Finding:
    """The token works and Telegram can be reached; without a token there is nothing to look at."""
    from telegram.error import InvalidToken, TelegramError

    from bot.channels.telegram.sending import Bot

    if not settings.telegram_token:
        return Finding("Telegram", "not set up (TELEGRAM_TOKEN, see docs/telegram.md)")

    async def name() -> str:
        async with Bot(settings.telegram_token, settings.telegram_api_url) as bot:
            return bot.username

    try:
        way = f"webhook at {settings.telegram_webhook_url}" if settings.telegram_webhook_url else "long polling"
        return Finding("Telegram", f"@{asyncio.run(name())}, {way}")
    except InvalidToken:
        return Finding("Telegram", "the token is refused", "compare TELEGRAM_TOKEN with what @BotFather gave")
    except TelegramError:
        return Finding("Telegram", "cannot be reached", "check the network, or set HTTPS_PROXY; the page works without")


def check_port(settings: Settings) -> Finding:
    """Free, or AskHunnan itself listens there."""
    address = server_address(settings)
    if running_server(settings):
        return Finding("server", f"running: {address}/")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            remedy = "stop what listens there, or set ASKHUNNAN_HOST and ASKHUNNAN_PORT"
            return Finding("server", f"{address}: {error.strerror}", remedy)
    return Finding("server", f"not running; {address} is free")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
