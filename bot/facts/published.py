"""What is published now, for those who read it with every message."""

from __future__ import annotations

import logging

from bot.facts.entries import Snapshot
from bot.facts.repository import FactsRepository

logger = logging.getLogger(__name__)


class PublishedReport:
    """The published snapshot, read again only when the revision rose.

    Args:
        repository: gives `revision()` and `snapshot()`.
    """

    def __init__(self, repository: FactsRepository) -> None:
        self._repository = repository
        self._snapshot: Snapshot | None = None

    def __call__(self) -> Snapshot | None:
        """The snapshot that is published now; the last one known, if the database is away."""
        try:
            revision = self._repository.revision()
            if revision and (self._snapshot is None or self._snapshot.revision != revision):
                self._snapshot = self._repository.snapshot()
        except Exception as error:
            logger.error("the published report could not be read: %s", type(error).__name__)
        return self._snapshot
