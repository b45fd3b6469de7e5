"""Work that the server does once a day."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600.0
FIRST_SECONDS = 60.0
"""How long after the start the work is done first, so that the start is not held up."""

RETRY_SECONDS = 3600.0
"""How long after a failure it is tried again."""


async def every_day(
    name: str, work: Callable[[], object], first: float = FIRST_SECONDS, day: float = DAY_SECONDS
) -> None:
    """Do something in a thread once a day, until cancelled; what it raises is logged, and it is tried again.

    Args:
        name: of the work, for the log.
        work: what to do.
        first: seconds until it is done first.
        day: seconds from one time to the next.
    """
    wait = first
    while True:
        await asyncio.sleep(wait)
        try:
            await asyncio.to_thread(work)
            wait = day
        except Exception as error:
            logger.error("%s failed, and is tried again later: %s", name, type(error).__name__)
            wait = min(day, RETRY_SECONDS)
