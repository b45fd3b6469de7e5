"""The typed result of answering a question, and the conversation context that goes with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal[
    "answered",
    "corrected",
    "listed",
    "compared",
    "clarified",
    "detail_unknown",
    "not_in_report",
    "source_named",
]
"""How a question was answered. `not_in_report` carries a `kind` (other_place, other_year, weather, …)."""


@dataclass(frozen=True)
class Button:
    """A suggestion: `title` is shown, `question` is asked when it is pressed."""

    title: str
    question: str


@dataclass(frozen=True)
class Candidate:
    """An entry with the calibrated probability (0 to 1) that it answers the question."""

    entry_id: str
    probability: float
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Citation:
    """Where an answer comes from, for channels that show it apart from the text.

    Args:
        title: title of the report.
        published: month of the report, such as 「2020年1月」.
        section: label of the section, empty for the report as a whole.
        quote: the source sentence, when the report is loaded; else empty.
        status: the line of the text that tells plan from result, or empty.
        line: the line of the text that names the source, or empty.
    """

    title: str
    published: str
    section: str = ""
    quote: str = ""
    status: str = ""
    line: str = ""


@dataclass
class Context:
    """What a conversation remembers between turns; plain JSON, kept in the Rasa slot ``context``.

    Args:
        question: last question that was answered, normalised and masked.
        entries: ids of the entries of the last answer, best first.
        topic: topic id of the last answer, or empty.
        aspect: aspect of the last question, or empty.
        options: ids that the last clarification offered, in order.
        rest: ids of a cut list that 「还有吗」 shows next.
        shown: ids shown since the topic began, so that 「还有吗」 brings new ones.
        language: fixed by the citizen (``zh-Hans``, ``zh-Hant``, ``en``) or empty: follow the question.
        last_language: language of the last reply.
    """

    question: str = ""
    entries: list[str] = field(default_factory=list)
    topic: str = ""
    aspect: str = ""
    options: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    language: str = ""
    last_language: str = ""

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: object) -> Context:
        """Read back what `to_json` wrote; anything unexpected gives an empty context, never an error."""
        if not isinstance(data, dict):
            return cls()
        known = {}
        for name, default in asdict(cls()).items():
            value = data.get(name, default)
            if isinstance(value, type(default)) and (
                not isinstance(value, list) or all(isinstance(item, str) for item in value)
            ):
                known[name] = value
        return cls(**known)


@dataclass(frozen=True)
class Reply:
    """An answer ready to be sent.

    Args:
        text: the whole reply, at most 400 characters.
        outcome: how the question was answered.
        entries: ids of the entries that the text draws on; every number in `text` stands in one of them
            (or in the source's date, or is one of `derived`).
        language: language of `text`: ``zh-Hans``, ``zh-Hant``, ``en`` or ``zh+en``.
        kind: kind of refusal for ``not_in_report``, else empty.
        buttons: up to four suggestions.
        derived: figures computed from cited values (a sum), for the number proof.
        confidence: calibrated probability of the best candidate.
        candidates: what was considered, best first, for the log.
        citation: where the answer comes from, None where nothing is stated.
        context: the conversation's context after this turn.
    """

    text: str
    outcome: Outcome
    language: str
    context: Context
    entries: tuple[str, ...] = ()
    kind: str = ""
    buttons: tuple[Button, ...] = ()
    derived: tuple[float, ...] = ()
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    citation: Citation | None = None

    def metadata(self) -> dict[str, Any]:
        """What channels and the log carry beside the text: ids, outcome, scores; JSON types only."""
        return {
            "outcome": self.outcome,
            "kind": self.kind,
            "entries": list(self.entries),
            "language": self.language,
            "confidence": round(self.confidence, 3),
            "derived": list(self.derived),
            "source": asdict(self.citation) if self.citation else None,
        }
