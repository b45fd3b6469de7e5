"""The command ``facts``: load, check, export. Messages go to the terminal of whoever operates the assistant."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.database import SessionFactory, make_engine, make_session_factory, migrate
from bot.errors import FactsFileError
from bot.facts import check as checking
from bot.facts import loader, report
from bot.facts.export import json_lines
from bot.facts.repository import FactsRepository
from bot.settings import Settings


def add_parser(subparsers: Any) -> None:
    """Add ``facts`` with its sub-commands; each sets ``run``, a function from parsed arguments to an exit status.

    Args:
        subparsers: what `argparse.ArgumentParser.add_subparsers` gave.
    """
    facts = subparsers.add_parser("facts", help="load, check and export the facts that answers are made of")
    commands = facts.add_subparsers(dest="facts_command", required=True, metavar="COMMAND")

    loading = commands.add_parser("load", help="publish facts files; an unchanged file changes nothing")
    loading.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="facts files; default: those that come along"
    )
    loading.add_argument(
        "--report", type=Path, metavar="FILE", help="text of the report, for quotations; default: ASKHUNNAN_REPORT"
    )
    loading.set_defaults(run=load)

    comparing = commands.add_parser("check", help="compare a facts file with its report; status 1 if anything is wrong")
    comparing.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="facts file; default: the one that comes along"
    )
    comparing.add_argument("--report", type=Path, metavar="FILE", required=True, help="text of the report")
    comparing.set_defaults(run=check)

    exporting = commands.add_parser("export", help="write what is published as JSON lines")
    exporting.add_argument("--out", type=Path, metavar="FILE", help="file to write; default: standard output")
    exporting.set_defaults(run=export)


def load(arguments: argparse.Namespace) -> int:
    """Publish facts files and, if given, the report's sentences."""
    settings = Settings.from_environment(os.environ)
    result = loader.load(
        _sessions(settings),
        arguments.files or loader.packaged_files(),
        now=datetime.now(timezone.utc),
        report_path=arguments.report or settings.report_file,
    )
    done = "loaded " + ", ".join(result.changed) if result.changed else "nothing changed"
    print(f"{done}: {result.entries} entries, revision {result.revision}")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Compare a facts file with its report and print what is wrong; status 1 if anything is."""
    path = arguments.file or loader.packaged_files()[0]
    file = loader.read_file(path)
    if file.source is None:
        raise FactsFileError(str(path), "-", "holds referrals, which stand in no report: give a file with facts")
    result = checking.check(file, report.read(arguments.report))
    print(checking.table(result))
    return 1 if result.problems else 0


def export(arguments: argparse.Namespace) -> int:
    """Write what is published as JSON lines."""
    snapshot = FactsRepository(_sessions(Settings.from_environment(os.environ))).snapshot()
    with ExitStack() as stack:
        out = stack.enter_context(arguments.out.open("w", encoding="utf-8")) if arguments.out else sys.stdout
        for line in json_lines(snapshot):
            out.write(line + "\n")
    return 0


def _sessions(settings: Settings) -> SessionFactory:
    engine = make_engine(settings.database_url)
    migrate(engine)
    return make_session_factory(engine)
