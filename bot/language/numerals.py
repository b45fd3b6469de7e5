"""Figures in a question or a reply, in digits or Chinese numerals, with their units and years."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万亿]+")
_ARABIC = re.compile(r"(?<![\d.])\d+(?:,\d{3})*(?:\.\d+)?(?!\d)")
_ENGLISH_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_ENGLISH_SCALE = re.compile(r"\s*(thousand|million|billion)\b")
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?=\s*年|\b|[^\d.])(?![亿万])(?!\s*[多余]?[个家盏米亩元公座辆人项处公平吨户件块%条])"
)
_SHORT_YEAR = re.compile(r"(?<![\d满近过前这去])(1[5-9]|2\d)年(?!内|来|以|后|才|之|时间|多|左右)")
_NO_COUNT = re.compile(
    "第<|[上几数好]<[十百千万亿]|<[百千万亿]|[一二两三四五六七八九]{2}[十百千万亿]|[十百千万亿]>[几来]"
)
"""A number between < and > with the characters beside it that counts nothing: 第一, 上千, 百万, 三五十, 几百, 十来."""
_CHINESE_YEAR = re.compile("二[零〇]([零〇一二三四五六七八九]{2})年?")


@dataclass(frozen=True)
class Figure:
    """A number said in a text: its value, the unit that follows (may be empty), and where it stands."""

    value: float
    unit: str
    start: int
    end: int


def chinese_number(text: str) -> float | None:
    """The value of a Chinese numeral such as 一千三, 两百, 二十, 三万; None if it is not a number.

    A trailing digit after 百, 千 or 万 counts in the next lower place, as spoken: 一千三 = 1300.
    """
    if not _CHINESE.fullmatch(text) or text[0] in _GROUPS:
        return None
    if all(character in _DIGITS for character in text):
        return float("".join(str(_DIGITS[character]) for character in text)) if len(text) != 1 else float(_DIGITS[text])
    total, section, digit, last_place = 0, 0, 0, 0
    zero = False
    for character in text:
        if character in _DIGITS:
            digit, zero = _DIGITS[character], zero or character in "零〇"
        elif character in _PLACES:
            section += (digit or (1 if character == "十" and not section else digit)) * _PLACES[character]
            last_place, digit, zero = _PLACES[character], 0, False
        else:
            total = (total + section + digit) * _GROUPS[character]
            section, digit, last_place, zero = 0, 0, _GROUPS[character], False
    if digit and last_place >= 100 and not zero and text[-1] in _DIGITS:
        digit *= last_place // 10
    return float(total + section + digit)


def figures(text: str) -> list[Figure]:
    """All numbers of a text in order; a year (2019年) is left out, 3万 and 1.5亿 are multiplied out.

    Args:
        text: normalised text.
    """
    year_spans = [match.span() for match in _YEAR.finditer(text)] + [m.span() for m in _CHINESE_YEAR.finditer(text)]
    year_spans += [match.span() for match in _SHORT_YEAR.finditer(text)]
    found: list[Figure] = []
    for pattern in (_ARABIC, _CHINESE):
        for match in pattern.finditer(text):
            if any(start <= match.start() < end for start, end in year_spans):
                continue
            raw = match.group()
            if _NO_COUNT.search(f"{text[max(0, match.start() - 1) : match.start()]}<{raw}>{text[match.end() :][:1]}"):
                continue
            if raw == "一":
                continue  # an article: 一项, 一个
            value = float(raw.replace(",", "")) if pattern is _ARABIC else chinese_number(raw)
            if value is None or (pattern is _CHINESE and not _counts(text, match)):
                continue
            end = match.end()
            if pattern is _ARABIC and end < len(text) and text[end] in _GROUPS:
                value, end = value * _GROUPS[text[end]], end + 1
            scale = _ENGLISH_SCALE.match(text, end)
            if scale:
                value, end = value * _ENGLISH_SCALES[scale.group(1)], scale.end()
            unit = re.match(r"\s*([a-z%]+|[^\W\d_]{1,2}|%)?", text[end:])
            found.append(Figure(value, (unit.group(1) or "") if unit else "", match.start(), end))
    return sorted(found, key=lambda figure: figure.start)


def _counts(text: str, match: re.Match[str]) -> bool:
    """A Chinese numeral counts something if it is long enough or a measure word follows; 一下, 一些, 统一 do not."""
    raw, following = match.group(), text[match.end() : match.end() + 1]
    if len(raw) > 1 and any(place in raw for place in "十百千万亿"):
        return raw not in ("十", "万", "百", "千")
    if re.match("年(之)?内", text[match.end() :]):
        return True
    return following != "" and following in "个家盏座条处项亩位所件米公倍"


def years(text: str) -> list[int]:
    """The calendar years that a text names, such as 2019, 19年, 二〇二〇年; relative ones (去年) are not resolved."""
    found = [int(match.group(1)) for match in _YEAR.finditer(text)]
    found += [2000 + int(match.group(1)) for match in _SHORT_YEAR.finditer(text)]
    for match in _CHINESE_YEAR.finditer(text):
        found.append(2000 + int(chinese_number(match.group(1)) or 0))
    return found


def number_strings(text: str) -> list[str]:
    """Every number of a reply in canonical form (no separators, no trailing zeros), years included."""
    return [canonical(float(match.group().replace(",", ""))) for match in _ARABIC.finditer(text)]


def canonical(value: float) -> str:
    """One spelling for a number: 1300.0 → "1300", 17.30 → "17.3"."""
    return str(int(value)) if value == int(value) else repr(value)
