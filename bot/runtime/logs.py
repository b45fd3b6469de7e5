"""Logs without what citizens write.

Rasa logs messages in three ways that this replaces: structlog fields (`text`, `slot_values`, …), frames with their
local variables, and exception messages that quote the input.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
import warnings
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

_KEPT_FIELDS = ("event", "level", "action_name")
"""Fields of Rasa's structured log entries that hold no text of citizens."""

_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")

_SILENT = ("telegram",)
"""Loggers that show what citizens write where Telegram's answer cannot be read; our channel says what went wrong."""

_QUIET = (
    "sanic.root",
    "sanic.error",
    "sanic.access",
    "apscheduler",
    "tensorflow",
    "matplotlib",
    "httpx",
    "httpcore",
    "rasa_sdk",
    "alembic",
)


class PlainFormatter(logging.Formatter):
    """Time, level, logger and message on one line; of an exception, its type and where it came from, no values."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(self, ei: Any) -> str:
        """The chain of exceptions without their messages, each with its innermost frames."""
        error: BaseException | None = ei[1]
        lines = []
        while error is not None:
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}{_frames(error.__traceback__)}")
            error = error.__cause__ or error.__context__
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without the token of a Telegram bot, should a library ever show one."""
        return _TOKEN.sub("[token]", super().format(record))


def _frames(trace: TracebackType | None, most: int = 6) -> str:
    frames = traceback.extract_tb(trace)[-most:]
    return "".join(f"\n    {frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))


def _keep_fields(logger: Any, method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kept: MutableMapping[str, Any] = {name: entry[name] for name in _KEPT_FIELDS if name in entry}
    error = sys.exc_info()[1]
    if error is not None:
        kept["error"] = type(error).__name__
    return kept


def configure_logs(level: str) -> None:
    """Set up the logs of this process, Rasa's included.

    Args:
        level: INFO, WARNING or ERROR.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.disable(logging.DEBUG)  # jieba gives itself that level while it is imported
    logging.getLogger("rasa").setLevel(max(logging.getLevelName(level), logging.WARNING))
    for name in _QUIET:
        quiet = logging.getLogger(name)
        quiet.handlers.clear()
        quiet.propagate = True
        quiet.setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")
    logging.captureWarnings(True)  # libraries of Rasa switch warnings on again while they are imported
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            _keep_fields,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(max(logging.getLevelName(level), logging.WARNING)),
        cache_logger_on_first_use=True,
    )
