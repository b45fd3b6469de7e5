"""Personal data typed into the served assistant is nowhere in what it writes: databases, logs, spool."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import unicodedata
from pathlib import Path

from bot.settings import Settings
from tests.acceptance.conversation import Client

CASES = Path(__file__).parents[1] / "conversations" / "masking_personal.jsonl"


def traces(secret: str) -> list[bytes]:
    """How a secret could stand in a file: as typed, in JSON, and its digits in a row."""
    digits = "".join(character for character in unicodedata.normalize("NFKC", secret) if character.isalnum())
    spellings = {secret, json.dumps(secret)[1:-1], digits if len(digits) >= 11 else secret}
    return [
        rb"(?<!\d)" + re.escape(spelling.encode("utf-8")) + rb"(?!\d)"
        if spelling.isdigit()
        else re.escape(spelling.encode())
        for spelling in spellings
    ]


def test_nothing_personal_is_written(client: Client, prepared: Settings) -> None:
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    for number, case in enumerate(cases):
        assert client.say(f"privacy-{number}", case["typed"]).status == 200
    for case in cases[::10]:
        client.say("privacy-form", "我要留言")
        client.say("privacy-form", f"{case['typed']} 路坏了")
        client.say("privacy-form", case["typed"])
        client.say("privacy-long", case["typed"] * 400)
    for case in cases:
        if case["typed"] == case["secret"]:  # known for what it is without any words around it
            client.say("privacy-lang", f"/lang {case['secret']}")
            client.say(case["secret"], "/help")
    time.sleep(1)  # the log gathers turns for a moment

    database = sqlite3.connect(prepared.var_dir / "askhunnan.db")
    logged = database.execute("SELECT count(*) FROM turns WHERE conversation_id LIKE 'privacy-%'").fetchone()[0]
    tickets = database.execute("SELECT count(*) FROM tickets").fetchone()[0]
    database.close()
    assert logged >= len(cases) and tickets > 5

    written = {
        file.relative_to(prepared.var_dir).as_posix(): file.read_bytes()
        for file in prepared.var_dir.rglob("*")
        if file.is_file() and file.suffix != ".npy"
    }
    assert "server.log" in written and any(name.startswith("askhunnan.db") for name in written)
    found = [
        (name, case["secret"])
        for case in cases
        for pattern in traces(case["secret"])
        for name, content in written.items()
        if re.search(pattern, content)
    ]
    assert not found, found
