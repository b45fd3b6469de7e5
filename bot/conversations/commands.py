"""The commands ``conversations`` and ``tickets``. Messages go to the terminal of whoever operates the assistant."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import CHINA_TIME
from bot.conversations.export import json_lines
from bot.conversations.retention import Retention
from bot.conversations.tickets import TicketRepository
from bot.database import SessionFactory, make_engine, make_session_factory, migrate
from bot.settings import Settings


def add_parser(subparsers: Any) -> None:
    """Add ``conversations`` and ``tickets`` with their sub-commands.

    Args:
        subparsers: what `argparse.ArgumentParser.add_subparsers` gave.
    """
    conversations = subparsers.add_parser("conversations", help="export conversations, delete those that expired")
    commands = conversations.add_subparsers(dest="conversations_command", required=True, metavar="COMMAND")

    exporting = commands.add_parser("export", help="write turns as JSON lines, masked")
    exporting.add_argument("--since", type=day, metavar="DAY", help="first day, such as 2020-01-15 (China time)")
    exporting.add_argument("--until", type=day, metavar="DAY", help="last day")
    exporting.add_argument("--channel", default="", metavar="NAME", help="turns of this channel only")
    exporting.add_argument("--out", type=Path, metavar="FILE", help="file to write; default: standard output")
    exporting.set_defaults(run=export)

    expiring = commands.add_parser("expire", help="delete what was kept long enough; the server does so every day")
    expiring.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")
    expiring.set_defaults(run=expire)

    tickets = subparsers.add_parser("tickets", help="messages that citizens left: list, reply, close")
    commands = tickets.add_subparsers(dest="tickets_command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="show the tickets that are not closed, with the replies to them")
    listing.add_argument("--closed", action="store_true", help="also those that are closed")
    listing.set_defaults(run=list_tickets)
    replying = commands.add_parser("reply", help="answer a ticket in the citizen's own channel")
    replying.add_argument("ticket", metavar="TICKET", help="its number, such as HN-20200115-0042")
    replying.add_argument("text", help="what the citizen will read, in quotes")
    replying.set_defaults(run=reply)
    closing = commands.add_parser("close", help="close a ticket; its text is deleted with the conversations' texts")
    closing.add_argument("ticket", metavar="TICKET", help="its number")
    closing.set_defaults(run=close)


def day(text: str) -> datetime:
    """The beginning of a day in China.

    Raises:
        argparse.ArgumentTypeError: it is not a day such as 2020-01-15.
    """
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA_TIME)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2020-01-15") from None


def export(arguments: argparse.Namespace) -> int:
    """Write turns as JSON lines."""
    until = arguments.until + timedelta(days=1) if arguments.until else None
    lines = json_lines(_sessions(_settings()), arguments.since, until, arguments.channel)
    with ExitStack() as stack:
        out = stack.enter_context(arguments.out.open("w", encoding="utf-8")) if arguments.out else sys.stdout
        for line in lines:
            out.write(line + "\n")
    return 0


def expire(arguments: argparse.Namespace) -> int:
    """Delete what was kept long enough, or say what that is."""
    settings = _settings()
    retention = Retention(_sessions(settings), settings.text_days, settings.access_days)
    for expired in retention.preview() if arguments.dry_run else retention.expire():
        print(f"{expired.count:8} {expired.name}")
    return 0


def list_tickets(arguments: argparse.Namespace) -> int:
    """Show tickets."""
    for ticket in TicketRepository(_sessions(_settings())).tickets(closed=arguments.closed):
        created = ticket.created.astimezone(CHINA_TIME)
        print(f"{ticket.number}  {ticket.state:8}  {created:%Y-%m-%d %H:%M}  {ticket.channel}  {ticket.matter}")
        if ticket.contact:
            print(f"    contact: {ticket.contact}")
        for text, state in ticket.replies:
            print(f"    {state}: {text}")
    return 0


def reply(arguments: argparse.Namespace) -> int:
    """Answer a ticket."""
    TicketRepository(_sessions(_settings())).reply(arguments.ticket, arguments.text)
    print("the reply waits for the citizen's channel; ./run tickets list shows when it is delivered")
    return 0


def close(arguments: argparse.Namespace) -> int:
    """Close a ticket."""
    TicketRepository(_sessions(_settings())).close(arguments.ticket)
    return 0


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


def _sessions(settings: Settings) -> SessionFactory:
    engine = make_engine(settings.database_url)
    migrate(engine)
    return make_session_factory(engine)
