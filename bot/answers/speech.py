"""What the assistant says beside answers: small talk, safety, the message form; and the words that demand safety."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from bot.answers.compose import BILINGUAL
from bot.language.normalise import normalise
from bot.language.script import to_traditional


@lru_cache(maxsize=2)
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files("bot.answers") / "data" / name).read_text("utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _dangers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = _read("safety.yml")
    return tuple(
        (kind, re.compile("|".join([*data[kind]["zh"], *data[kind]["en"]]))) for kind in ("self_harm", "emergency")
    )


def danger(text: str) -> str:
    """``self_harm``, ``emergency`` or empty, by the words of a message.

    Args:
        text: the message as typed.
    """
    folded = normalise(text).replace("’", "'")
    return next((kind for kind, pattern in _dangers() if pattern.search(folded)), "")


def knows(act: str) -> bool:
    """True if there is something to say to a dialogue act."""
    return act in _read("social.yml")


def say(act: str, language: str, **values: str) -> str:
    """The words for a dialogue act, in the reply's language.

    Args:
        act: key of social.yml.
        language: ``zh-Hans``, ``zh-Hant``, ``en`` or ``zh+en``.
        values: what fills the placeholders.
    """
    texts = _read("social.yml")[act]
    if language == BILINGUAL:
        return f"{texts['zh'].format(**values)}\n\n{texts['en'].format(**values)}"
    text = str(texts["en" if language == "en" else "zh"].format(**values))
    return to_traditional(text) if language == "zh-Hant" else text
