"""Acceptance cases: reading, the two halves, and judging a reply.

A case holds `must` (groups; one alternative of each group has to stand in the reply) and `must_not`. Matching is after
NFKC, lower case, traditional folded to simplified, without spaces and thousands commas; a number matches only as a
whole number.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.language.script import to_simplified

FOLDER = Path(__file__).parent
SINGLE_SETS = ("zh_a", "zh_b", "en", "other_languages", "near_misses", "zh_c", "en_b", "near_misses_b")
SETS = (*SINGLE_SETS, "dialogues", "dialogues_b", "hostile")
LOOKED_AT = ("zh_c", "en_b", "near_misses_b", "dialogues_b")
"""Sets of which no half is kept aside."""
LIMIT = 400
"""Longest reply, in characters, that counts as right."""


@dataclass(frozen=True)
class Case:
    """One case: its set, id, kind, and turns of (message, must, must_not)."""

    set: str
    id: str
    kind: str
    turns: tuple[tuple[Any, tuple[tuple[str, ...], ...], tuple[str, ...]], ...]
    raw_body: str | None = None
    status: tuple[int, ...] = (200,)

    @property
    def tuning(self) -> bool:
        """True for what may be looked at; the other half of a set is only counted."""
        return self.set in LOOKED_AT or hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


def read(name: str) -> list[Case]:
    """The cases of one set, such as ``zh_a`` or ``dialogues``."""
    lines = (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [_case(name, json.loads(line)) for line in lines if line.strip()]


def _case(name: str, data: dict[str, Any]) -> Case:
    turns = data.get("turns") or [{**data, "user": _message(data)}]
    return Case(
        name,
        data["id"],
        data["kind"],
        tuple(
            (turn["user"], tuple(map(tuple, turn.get("must", ()))), tuple(turn.get("must_not", ()))) for turn in turns
        ),
        _repeated(data["raw_body"]) if "raw_body" in data else None,
        tuple(data.get("status", (200,))),
    )


def _message(data: dict[str, Any]) -> Any:
    return _repeated(data["repeat"]) if "repeat" in data else data.get("question", "")


def _repeated(value: Any) -> Any:
    if isinstance(value, dict):
        value = value["repeat"]
    return str(value[0]) * int(value[1]) if isinstance(value, list) else value


def fold(text: str) -> str:
    """The form in which replies and expectations are compared."""
    folded = to_simplified(unicodedata.normalize("NFKC", text)).lower()
    return re.sub(r"\s+", "", re.sub(r"(?<=\d),(?=\d{3})", "", folded))


def holds(reply: str, wanted: str) -> bool:
    """True if the reply holds the text; a number only as a whole number."""
    needle = fold(wanted)
    before = r"(?<!\d)(?<!\d\.)" if needle[:1].isdigit() else ""
    after = r"(?!\d)(?!\.\d)" if needle[-1:].isdigit() else ""
    return re.search(before + re.escape(needle) + after, fold(reply)) is not None


def fault(reply: str, must: tuple[tuple[str, ...], ...], must_not: tuple[str, ...]) -> str:
    """What is wrong with a reply, or empty."""
    if not reply.strip():
        return "silence"
    if len(reply) > LIMIT:
        return f"{len(reply)} characters"
    for group in must:
        if not any(holds(reply, wanted) for wanted in group):
            return "missing " + " / ".join(group[:4])
    return next((f"must not say {unwanted}" for unwanted in must_not if holds(reply, unwanted)), "")
