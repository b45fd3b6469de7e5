"""Which language and script a question is written in."""

from __future__ import annotations

import re

from bot.language.script import only_simplified, only_traditional

LANGUAGES = ("zh-Hans", "zh-Hant", "en", "ja", "ko", "ru")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA = re.compile(r"[\u3041-\u30fa\u30fc-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3\u1100-\u11ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ENGLISH_FRAME = re.compile(
    r"\b(the|what|how|is|are|was|were|of|about|in|where|when|which|who|why|does|do|will|did|can|and|for)\b", re.I
)
_CHINESE_FRAME = re.compile("[吗嗎呢吧啥咋哪几幾的是有多什怎]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÿ']+")


def detect(text: str, default: str = "zh-Hans") -> str:
    """The language of a question, by its letters.

    Args:
        text: the question as typed.
        default: what a text without letters is taken for.

    Returns:
        One of `LANGUAGES`. Chinese names inside an English sentence leave it English, and Latin names inside a
        Chinese one leave it Chinese: the side with more words wins, a Chinese word counting two ideographs.
    """
    if _KANA.search(text):
        return "ja"
    hangul, cyrillic = len(_HANGUL.findall(text)), len(_CYRILLIC.findall(text))
    if hangul > 1:
        return "ko"
    if cyrillic > 2:
        return "ru"
    ideographs = len(_HAN.findall(text))
    words = len([word for word in _LATIN_WORD.findall(text) if len(word) > 1])
    if words > ideographs / 2 or (words and not ideographs):
        return "en"
    if len(_ENGLISH_FRAME.findall(text)) > 1 or (_ENGLISH_FRAME.search(text) and not _CHINESE_FRAME.search(text)):
        return "en"
    if not ideographs:
        return default
    return "zh-Hant" if only_traditional(text) > only_simplified(text) else "zh-Hans"


def group(language: str) -> str:
    """The group of languages that are searched and weighed alike: ``zh``, ``en`` or ``other``."""
    return {"zh-Hans": "zh", "zh-Hant": "zh", "en": "en"}.get(language, "other")
