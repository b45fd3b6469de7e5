"""The catalogue of what the channels themselves say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import yaml

from bot.language.script import to_traditional

CATALOGUE = Path(__file__).with_name("messages.yml")


class Messages:
    """Texts by key, in zh-Hans, zh-Hant and en.

    Args:
        texts: key → {"zh": …, "en": …}.
        fixed: values for fields that do not change while the server runs, such as the hotline.

    Raises:
        ValueError: a key lacks a language, or its languages use different fields.
    """

    def __init__(self, texts: Mapping[str, Mapping[str, str]], fixed: Mapping[str, str]) -> None:
        for key, text in texts.items():
            if set(text) != {"zh", "en"}:
                raise ValueError(f"{key}: needs exactly zh and en, has {', '.join(text)}")
            if _fields(text["zh"]) != _fields(text["en"]):
                raise ValueError(f"{key}: zh and en use different fields")
        self._texts = texts
        self._fixed = dict(fixed)

    @classmethod
    def load(cls, hotline: str, file: Path = CATALOGUE) -> Messages:
        """Read the catalogue from its file."""
        return cls(yaml.safe_load(file.read_text(encoding="utf-8")), {"hotline": hotline})

    def text(self, key: str, language: str, **values: object) -> str:
        """One text.

        Args:
            key: key of the catalogue.
            language: ``zh-Hans``, ``zh-Hant``, ``en``; anything else gives Chinese and English.
            values: the fields of the text.
        """
        if language not in ("zh-Hans", "zh-Hant", "en"):
            return f"{self.text(key, 'zh-Hans', **values)}\n{self.text(key, 'en', **values)}"
        text = self._texts[key]["en" if language == "en" else "zh"].format(**self._fixed, **values)
        return to_traditional(text) if language == "zh-Hant" else text


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
