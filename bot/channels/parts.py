"""The parts of a reply: its statement apart from status, source and quotation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def present(message: Mapping[str, Any]) -> dict[str, Any]:
    """What the widget shows of one message of a reply.

    Args:
        message: as the REST channel sends it, with text, buttons and metadata.

    Returns:
        text (the whole reply), body (without the lines shown apart), status, source (title, published, section,
        quote; or None), buttons, outcome, language and turn.
    """
    metadata = message.get("metadata") or {}
    source = metadata.get("source") or None
    text = str(message.get("text") or "")
    return {
        "text": text,
        "body": _body(text, source) if source else text,
        "status": source["status"] if source else "",
        "source": {key: source[key] for key in ("title", "published", "section", "quote")} if source else None,
        "buttons": message.get("buttons") or [],
        "outcome": metadata.get("outcome") or "",
        "language": metadata.get("language") or "",
        "turn": metadata.get("turn") or "",
    }


def _body(text: str, source: Mapping[str, str]) -> str:
    apart = {source["status"], source["line"]} - {""}
    quote = source["quote"]
    lines = [line for line in text.split("\n") if line not in apart and not (quote and quote in line)]
    return "\n".join(lines).strip() or text
