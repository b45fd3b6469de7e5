"""Records on disk, while the database is away.

A folder of segments (``00000001.jsonl``, …), each some hundred lines of JSON. Processes that share the folder take
turns by a lock, which the operating system gives back if one is killed. A segment is deleted only after the database
has all of it; who is killed in between writes it again, which changes nothing (`bot.conversations.store`).
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.conversations.feedback import Feedback
from bot.conversations.store import Record
from bot.conversations.turn import Turn

logger = logging.getLogger(__name__)

SEGMENT_BYTES = 256 * 1024
"""Size from which a segment gets no more lines; it is replayed in one transaction."""


class Spool:
    """Keeps records in order until they are replayed.

    Args:
        folder: where the segments stand; made when the first record comes.
        segment_bytes: size from which a new segment begins.
    """

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._folder, self._segment_bytes = folder, segment_bytes

    def is_empty(self) -> bool:
        """True if nothing waits."""
        return not self._segments()

    def append(self, records: Sequence[Record]) -> None:
        """Add records; they are on the disk when this returns.

        Raises:
            OSError: they could not be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            segments = self._segments()
            if segments and segments[-1].stat().st_size < self._segment_bytes:
                segment = segments[-1]
            else:
                number = int(segments[-1].stem) + 1 if segments else 1
                segment = self._folder / f"{number:08d}.jsonl"
            with segment.open("ab+") as file:
                if file.tell() and not _ends_line(file):
                    file.write(b"\n")  # someone was killed in the middle of a line
                file.write(b"".join(_encode(record) + b"\n" for record in records))
                _sync(file)
            self._sync_folder()

    def replay(self, write: Callable[[Sequence[Record]], None]) -> int:
        """Hand the oldest segment to `write`, and delete it if that does not raise.

        Returns:
            How many records were written; 0 also if there is nothing.

        Raises:
            OSError: the segment could not be read.
            Exception: what `write` raises; the segment then stays.
        """
        if self.is_empty():
            return 0
        with self._lock():
            segments = self._segments()
            if not segments:
                return 0
            records = _read(segments[0])
            if records:
                write(records)
            segments[0].unlink()
            self._sync_folder()
            return len(records)

    def remove(self, conversation_id: str) -> int:
        """Delete the records of a conversation; gives how many there were.

        Raises:
            OSError: a segment could not be written.
        """
        removed = 0
        if not self._folder.is_dir():
            return removed
        with self._lock():
            for rest in self._folder.glob("*.new"):
                rest.unlink()
            for segment in self._segments():
                records = _read(segment)
                kept = [record for record in records if record.conversation_id != conversation_id]
                if len(kept) == len(records):
                    continue
                removed += len(records) - len(kept)
                changed = segment.with_suffix(".new")
                with changed.open("wb") as file:
                    file.write(b"".join(_encode(record) + b"\n" for record in kept))
                    _sync(file)
                changed.replace(segment)
            self._sync_folder()
        return removed

    def _segments(self) -> list[Path]:
        return sorted(file for file in self._folder.glob("*.jsonl") if file.stem.isdigit())

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield  # closing the file gives the lock back

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _ends_line(file: Any) -> bool:
    file.seek(-1, os.SEEK_END)
    ends: bool = file.read(1) == b"\n"
    return ends


def _encode(record: Record) -> bytes:
    kind = "turn" if isinstance(record, Turn) else "feedback"
    return json.dumps({kind: record.to_json()}, ensure_ascii=False).encode("utf-8")


def _read(segment: Path) -> list[Record]:
    """The records of a segment; a line that was not written to its end is passed over."""
    records: list[Record] = []
    for line in segment.read_bytes().split(b"\n"):
        if not line.strip():
            continue
        try:
            [(kind, data)] = json.loads(line).items()
            records.append((Turn if kind == "turn" else Feedback).from_json(data))
        except (ValueError, TypeError, KeyError, AttributeError):
            logger.error("%s: a damaged line is passed over", segment.name)
    return records
