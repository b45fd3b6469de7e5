"""What is published now: read once a revision, and kept while the database is away."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.facts.published import PublishedReport


class Repository:
    """Counts its snapshots."""

    def __init__(self) -> None:
        self.current, self.away, self.read = 0, False, 0

    def revision(self) -> int:
        if self.away:
            raise ConnectionError("postgresql://u:secret@db")
        return self.current

    def snapshot(self) -> SimpleNamespace:
        self.read += 1
        return SimpleNamespace(revision=self.current)


def test_a_revision_is_read_once() -> None:
    repository = Repository()
    report = PublishedReport(repository)  # type: ignore[arg-type]
    assert report() is None and repository.read == 0
    for revision in (1, 1, 2):
        repository.current = revision
        snapshot = report()
        assert snapshot is not None and snapshot.revision == revision
    assert repository.read == 2


def test_the_last_one_known_stays(caplog: pytest.LogCaptureFixture) -> None:
    repository = Repository()
    report = PublishedReport(repository)  # type: ignore[arg-type]
    repository.current = 1
    known = report()
    repository.away = True
    assert known is not None and report() is known
    assert "ConnectionError" in caplog.text and "secret" not in caplog.text
