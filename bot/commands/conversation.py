"""The commands ``ask`` and ``chat``."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from typing import Any

from bot.commands.terminal import Messages, open_conversation
from bot.settings import Settings


def add_parser(subparsers: Any) -> None:
    """Add ``ask`` and ``chat`` to the commands."""
    asking = subparsers.add_parser("ask", help="ask questions and print the answers")
    asking.add_argument("question", nargs="+", help="a question in quotes; several are one conversation")
    asking.add_argument("--json", action="store_true", help="print the answers as the REST channel gives them")
    asking.add_argument("--why", action="store_true", help="print also the outcome, the entries and the confidence")
    asking.set_defaults(run=ask)
    chatting = subparsers.add_parser("chat", help="talk with the assistant in the terminal")
    chatting.add_argument("--why", action="store_true", help="print also the outcome, the entries and the confidence")
    chatting.set_defaults(run=chat)


def ask(arguments: argparse.Namespace) -> int:
    """Ask each question, in one conversation, and print the answers."""
    conversation = open_conversation(Settings.from_environment(os.environ))
    for question in arguments.question:
        replies = conversation.say(question)
        if arguments.json:
            print(json.dumps(replies, ensure_ascii=False))
            continue
        if len(arguments.question) > 1:
            print(f"> {question}")
        show(replies, why=arguments.why)
    return 0


def chat(arguments: argparse.Namespace) -> int:
    """Talk until the end of input; the number of a suggestion asks it."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (gives input() a history and editing)
    conversation = open_conversation(Settings.from_environment(os.environ))
    print("End with Ctrl-D.", file=sys.stderr)
    suggestions: list[str] = []
    while True:
        try:
            text = input("> ")
        except EOFError:
            print()
            return 0
        if text.isdecimal() and 1 <= int(text) <= len(suggestions):
            text = suggestions[int(text) - 1]
        suggestions = show(conversation.say(text), why=arguments.why)


def show(replies: Messages, *, why: bool) -> list[str]:
    """Print replies with their numbered suggestions.

    Args:
        replies: as the REST channel gives them.
        why: print also what the metadata says about the answer.

    Returns:
        What the suggestions would ask, in their order.
    """
    suggestions: list[str] = []
    for reply in replies:
        print(reply.get("text", ""))
        for button in reply.get("buttons", []):
            suggestions.append(str(button["payload"]))
            print(f"  {len(suggestions)}. {button['title']}")
        if why and reply.get("metadata"):
            print(f"  {json.dumps(reply['metadata'], ensure_ascii=False)}")
    return suggestions
