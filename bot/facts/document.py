"""Reading YAML that nobody vouches for: plain data only, with the line of every value.

The file is read as a stream of events, not by a recursive constructor: deep nesting would crash the process, an
alias could blow up memory, and a tag could name a type. All three are refused, as are repeated keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.errors import FactsFileError

SIZE_LIMIT = 8 * 1024 * 1024
"""Bytes that a facts file may have; the first report's has half a mebibyte."""

DEPTH_LIMIT = 8
"""Levels of nesting that a facts file may have."""

_RESOLVER = yaml.resolver.Resolver()
_TAG = "tag:yaml.org,2002:"


@dataclass
class Mapping:
    """A YAML mapping with the line (from 1) where it begins."""

    line: int
    items: dict[str, Value] = field(default_factory=dict)


@dataclass
class Sequence:
    """A YAML sequence with its line."""

    line: int
    items: list[Value] = field(default_factory=list)


@dataclass(frozen=True)
class Scalar:
    """A YAML scalar with its line: text, a number, a truth value or nothing."""

    line: int
    value: str | int | float | bool | None


Value = Mapping | Sequence | Scalar


class _Refused(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")


def read_bytes(path: Path) -> bytes:
    """The content of a facts file.

    Raises:
        FactsFileError: it cannot be read or is larger than `SIZE_LIMIT`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise FactsFileError(str(path), "-", f"cannot be read: {error.strerror or error}") from error
    if len(content) > SIZE_LIMIT:
        raise FactsFileError(
            str(path), "-", f"is larger than {SIZE_LIMIT} bytes: split it or check that it is the right file"
        )
    return content


def parse(path: Path, content: bytes) -> Mapping:
    """The mapping that a YAML file holds.

    Args:
        path: only for messages.
        content: the bytes of the file.

    Raises:
        FactsFileError: not UTF-8, not YAML, not one mapping, or something that is refused, with its line.
    """
    try:
        root = _build(yaml.parse(content.decode("utf-8"), Loader=yaml.CSafeLoader))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FactsFileError(str(path), "-", f"line {line}: is not UTF-8 text: save the file as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise FactsFileError(
            str(path), "-", f"{where}is not YAML: {getattr(error, 'problem', None) or error}"
        ) from error
    except _Refused as error:
        raise FactsFileError(str(path), "-", str(error)) from error
    if not isinstance(root, Mapping):
        raise FactsFileError(str(path), "-", "must hold one mapping (keys such as source, facts, faqs or referrals)")
    return root


def _build(events: Iterator[Any]) -> Value | None:
    """The value of the only document of a stream; None for an empty one."""
    root: Value | None = None
    stack: list[Mapping | Sequence] = []
    keys: list[str | None] = []
    for event in events:
        line = event.start_mark.line + 1
        value: Value
        if isinstance(event, yaml.DocumentStartEvent):
            if root is not None:
                raise _Refused(line, "a second document begins: keep one document in the file")
            continue
        if isinstance(event, (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)):
            continue
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop(), keys.pop()
            continue
        if isinstance(event, yaml.AliasEvent):
            raise _Refused(line, f"alias *{event.anchor} is not allowed: write the text out")
        if event.anchor is not None:
            raise _Refused(line, f"anchor &{event.anchor} is not allowed: quote a text that begins with &")
        holder = stack[-1] if stack else None
        if isinstance(holder, Mapping) and keys[-1] is None:
            keys[-1] = _key(event, holder, line)
            continue
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, line)
        elif event.tag is not None:
            raise _Refused(line, f"tag {event.tag} is not allowed")
        else:
            value = Mapping(line) if isinstance(event, yaml.MappingStartEvent) else Sequence(line)
        if isinstance(holder, Mapping):
            holder.items[keys[-1] or ""] = value
            keys[-1] = None
        elif isinstance(holder, Sequence):
            holder.items.append(value)
        else:
            root = value
        if not isinstance(value, Scalar):
            stack.append(value)
            keys.append(None)
            if len(stack) > DEPTH_LIMIT:
                raise _Refused(line, f"nested deeper than {DEPTH_LIMIT} levels")
    return root


def _key(event: Any, holder: Mapping, line: int) -> str:
    if not isinstance(event, yaml.ScalarEvent) or event.tag is not None or not event.value:
        raise _Refused(line, "a key must be plain text")
    key = str(event.value)
    if key in holder.items:
        raise _Refused(line, f"key {key} stands twice in the same mapping")
    return key


def _scalar(event: Any, line: int) -> Scalar:
    if event.tag is not None:
        raise _Refused(line, f"tag {event.tag} is not allowed")
    text = str(event.value)
    if not event.implicit[0]:  # quoted, or a block
        return Scalar(line, text)
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False))).removeprefix(_TAG)  # type: ignore[no-untyped-call]
    if tag == "null":
        return Scalar(line, None)
    if tag == "bool":
        return Scalar(line, text.lower() in ("yes", "true", "on"))
    if tag in ("int", "float"):
        try:
            return Scalar(line, int(text) if tag == "int" else float(text))
        except ValueError:
            return Scalar(line, text)
    return Scalar(line, text)
