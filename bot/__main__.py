"""The command line: ``python -m bot COMMAND``, or ``./run COMMAND``, which installs first what is missing."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial

from bot.errors import AskHunnanError

_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
"""What Rasa and its libraries read from the environment while they are imported."""


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands; each sets ``run``, a function from parsed arguments to an exit status."""
    from bot.commands import bench, conversation, doctor, refit, start, train
    from bot.conversations import commands as conversations
    from bot.facts import commands as facts

    parser = argparse.ArgumentParser(
        prog="./run",
        description="AskHunnan answers questions about a district's yearly plan. Without a command: bring everything "
        "up to date and serve.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND")
    parser.set_defaults(run=start.start)
    for module in (start, conversation, facts, conversations, train, refit, bench, doctor):
        module.add_parser(subparsers)
    helping = subparsers.add_parser("help", help="show this help")
    helping.set_defaults(run=partial(show_help, parser))
    return parser


def show_help(parser: argparse.ArgumentParser, _: argparse.Namespace) -> int:
    """Print the help of all commands."""
    parser.print_help()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: words after the program's name; default: those of the process.

    Returns:
        The exit status: 0, or 2 with one line on standard error if something is wrong that the operator can mend.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    parsed = build_parser().parse_args(arguments)
    try:
        status: int = parsed.run(parsed)
        return status
    except AskHunnanError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains while it ends
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
