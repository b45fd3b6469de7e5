"""Everything that is published as JSON lines, in a stable order: for comparing versions and for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from bot.facts.entries import Entry, Snapshot


def json_lines(snapshot: Snapshot) -> Iterator[str]:
    """One JSON object a line: the source, sections, topics, then entries; each has a ``type``.

    The revision number is left out, so equal contents give equal lines.
    """
    yield _line("source", asdict(snapshot.source))
    for section in snapshot.sections:
        yield _line("section", asdict(section))
    for topic in snapshot.topics:
        yield _line("topic", asdict(topic))
    for entry in snapshot.entries:
        yield _line(entry.kind, _fields(entry))


def _fields(entry: Entry) -> dict[str, Any]:
    fields = asdict(entry)
    fields["answers"] = sorted(entry.answers)
    fields["locator"] = str(entry.locator) if entry.locator else None
    return fields


def _line(kind: str, fields: dict[str, Any]) -> str:
    return json.dumps({"type": kind, **fields}, ensure_ascii=False)
