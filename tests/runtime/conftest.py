"""Domains for the tests of the runtime."""

from __future__ import annotations

import warnings
from typing import Any

from rasa.shared.core.domain import Domain


def make_domain(**content: Any) -> Domain:
    """A domain with the slot `context`; Rasa warns about every domain that has slots."""
    slots = {"context": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Domain.from_dict({"version": "3.1", "slots": slots, **content})
