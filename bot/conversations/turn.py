"""One turn of a conversation, as it is logged."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timezone
from typing import Any

from bot.conversations.masking import mask
from bot.conversations.models import CONVERSATION_ID, TURN_ID

MAX_TEXT = 4000
"""Characters of a question or a reply that are kept: more than a channel admits or the assistant says."""

_WORD, _LANGUAGE, _CHANNEL = 80, 20, 40


@dataclass(frozen=True)
class Turn:
    """A message of a citizen with its reply. Made by `make`, which masks and bounds everything.

    Args:
        id: 32 hexadecimal digits, given when the message came.
        conversation_id: id of the conversation.
        channel: name of the input channel.
        at: when the message came.
        question: what the citizen wrote, masked; empty if it was refused unread.
        reply: all that was said in return.
        language: language of the reply.
        act: dialogue act, empty where Rasa was not asked.
        act_confidence: of the classifier, 0 to 1.
        outcome: how the turn ended (`bot.answers.reply.Outcome`, an act, a command, ``error``, …).
        kind: kind of refusal, or empty.
        topic: topic of the answer, or empty.
        entries: ids of the entries that the reply draws on, best first.
        confidence: calibrated probability of the best candidate, 0 to 1.
        scores: candidates, best first: ``{"entry": id, "probability": …}``.
        latency_ms: from the message to the reply.
    """

    id: str
    conversation_id: str
    channel: str
    at: datetime
    question: str
    reply: str
    language: str = ""
    act: str = ""
    act_confidence: float | None = None
    outcome: str = ""
    kind: str = ""
    topic: str = ""
    entries: tuple[str, ...] = ()
    confidence: float | None = None
    scores: tuple[dict[str, Any], ...] = ()
    latency_ms: int = 0

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Turn:
        """Read back what `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: it is not that.
        """
        known = {field.name: data[field.name] for field in fields(cls) if field.name in data}
        at = datetime.fromisoformat(data["at"])
        if at.tzinfo is None:
            raise ValueError("a time without zone")
        return cls(**{**known, "at": at, "entries": tuple(data["entries"]), "scores": tuple(data["scores"])})


def make_turn(
    *,
    id: str,
    conversation_id: str,
    channel: str,
    at: datetime,
    question: str,
    replies: Iterable[str],
    metadata: Mapping[str, Any],
    ended: datetime,
    act: str = "",
    act_confidence: float | None = None,
    topic: str = "",
    language: str = "",
) -> Turn:
    """A turn of what channels and Rasa know, masked and bounded so that any database takes it.

    Args:
        id: id of the turn.
        conversation_id: id of the conversation.
        channel: name of the input channel.
        at: when the message came.
        question: what the citizen wrote.
        replies: texts of the replies.
        metadata: of the reply: outcome, kind, entries, language, confidence, candidates, as far as there are any.
        ended: when the reply was ready.
        act: dialogue act.
        act_confidence: of the classifier.
        topic: topic of the answer.
        language: used where the metadata name none.
    """
    entries = tuple(_word(entry) for entry in metadata.get("entries") or ())
    return Turn(
        id=_word(id, TURN_ID),
        conversation_id=_word(conversation_id, CONVERSATION_ID),
        channel=_word(channel, _CHANNEL),
        at=at.astimezone(timezone.utc),
        question=_text(question),
        reply=_text("\n\n".join(reply for reply in replies if reply)),
        language=_word(metadata.get("language") or language, _LANGUAGE),
        act=_word(act),
        act_confidence=_number(act_confidence),
        outcome=_word(metadata.get("outcome") or ""),
        kind=_word(metadata.get("kind") or ""),
        topic=_word(topic) if entries and not metadata.get("kind") else "",
        entries=entries,
        confidence=_number(metadata.get("confidence")),
        scores=tuple(
            {"entry": _word(candidate.get("entry", "")), "probability": _number(candidate.get("probability"))}
            for candidate in metadata.get("candidates") or ()
        ),
        latency_ms=max(0, min(round((ended - at).total_seconds() * 1000), 2**31 - 1)),
    )


def _text(text: str) -> str:
    return mask(_storable(text))[:MAX_TEXT]


def _word(value: object, most: int = _WORD) -> str:
    return _storable(str(value))[:most]


def _storable(text: str) -> str:
    """Without what PostgreSQL or UTF-8 refuse."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _number(value: object) -> float | None:
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return round(float(value), 4)
