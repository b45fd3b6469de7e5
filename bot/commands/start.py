"""``./run`` without a command, ``prepare`` and ``serve``."""

from __future__ import annotations

import argparse
import os
from typing import Any

from bot.settings import Settings


def add_parser(subparsers: Any) -> None:
    """Add ``prepare`` and ``serve`` to the commands."""
    preparing = subparsers.add_parser("prepare", help="bring database, facts, model and vectors up to date")
    preparing.set_defaults(run=prepare)
    serving = subparsers.add_parser("serve", help="serve what is there, without bringing it up to date first")
    serving.set_defaults(run=serve)


def start(arguments: argparse.Namespace) -> int:
    """Bring everything up to date, then serve until stopped."""
    return prepare(arguments) or serve(arguments)


def prepare(_: argparse.Namespace) -> int:
    """Bring everything up to date."""
    from bot.commands.preparation import prepare as bring_up_to_date

    bring_up_to_date(Settings.from_environment(os.environ))
    return 0


def serve(_: argparse.Namespace) -> int:
    """Serve until stopped."""
    from bot.server import serve as serve_until_stopped

    serve_until_stopped(Settings.from_environment(os.environ))
    return 0
