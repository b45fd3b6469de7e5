"""The clock of production; whatever depends on time takes a clock, so that a test can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

Clock = Callable[[], datetime]
"""Gives the current time, aware."""

CHINA_TIME = timezone(timedelta(hours=8), "UTC+8")
"""Time zone of days that citizens and staff read; there is no summer time."""


def utc_now() -> datetime:
    """The clock of production."""
    return datetime.now(timezone.utc)
