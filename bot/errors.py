"""The one tree of errors that AskHunnan raises on purpose.

A message says what is wrong, with which input, and what to do about it; the command line prints it as one line
and ends with status 2, a channel turns it into the fitting HTTP status.
"""

from __future__ import annotations


class AskHunnanError(Exception):
    """Base of every error that is raised on purpose."""


class SettingsError(AskHunnanError):
    """A setting is missing or wrong; the process must not start."""


class FactsFileError(AskHunnanError):
    """A facts file cannot be used.

    Args:
        file: path of the file as the user gave it.
        entry: id of the entry (or a position such as ``facts[3]``), or ``-`` for the file as a whole.
        reason: what is wrong and what would be right.
    """

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}: {entry}: {reason}")
        self.file, self.entry, self.reason = file, entry, reason


class ReportError(AskHunnanError):
    """A report file cannot be read, or a locator does not resolve in it."""


class StoreError(AskHunnanError):
    """A configured store, lock or broker class did not load, or is not reachable at start."""


class ModelMissingError(AskHunnanError):
    """There is no trained model to serve."""
