"""Personal data in what citizens type is replaced before anything is stored, logged or understood.

Widths are folded for the search only (１３８ is found, the rest of the text stays as typed). Every pattern needs
the shape of personal data, not merely many digits, so that the figures of a report (1300盏, 220KV, 12345,
2019-2020, 200亿元) pass unchanged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date

ID_CARD, MOBILE, PHONE, BANK_CARD = "〔身份证号〕", "〔手机号〕", "〔电话〕", "〔银行卡号〕"
PLATE, EMAIL, WECHAT, QQ = "〔车牌号〕", "〔邮箱〕", "〔微信号〕", "〔QQ号〕"

Check = Callable[[str], bool]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_CHINESE_DIGITS = str.maketrans("〇零一幺二两三四五六七八九", "0011223456789")
_JOINT = r"(?:\s?[-‐-―.·]\s?|\s)"
"""What people put between the groups of a number."""


def _plain(match: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", match).upper()


def _birth_date(year: str, month: str, day: str) -> bool:
    try:
        born = date(int(year), int(month), int(day))
    except ValueError:
        return False
    return 1850 <= born.year <= 2100


def is_id_card(number: str) -> bool:
    """True for a resident identity number of GB 11643-1999 (18 characters) or of its forerunner (15 digits).

    Eighteen characters with a real province and birth date count even if the check character is wrong: that is a
    number with a typing error, and as personal as the right one.
    """
    number = _plain(number)
    if len(number) == 15 and number.isdigit():
        return number[:2] in _PROVINCES and _birth_date(f"19{number[6:8]}", number[8:10], number[10:12])
    if len(number) != 18 or not number[:17].isdigit() or number[17] not in "0123456789X":
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    shaped = number[:2] in _PROVINCES and _birth_date(number[6:10], number[10:12], number[12:14])
    return shaped or (number[0] != "0" and _ID_CHECK[total % 11] == number[17])


def is_bank_card(number: str) -> bool:
    """True for 13 to 19 digits that begin like a payment card and pass the Luhn check (ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in _plain(number)]
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6, 9):
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _has_digit_or_mark(match: str) -> bool:
    return any(character.isdigit() or character in "_-" for character in match)


def _digits(count: str) -> str:
    return rf"\d(?:{_JOINT}?\d){count}"


_PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滬遼雲魯蘇贛晉陝閩貴粵寧瓊"

_RULES: tuple[tuple[re.Pattern[str], str, Check | None], ...] = (
    # The group `it` is what is replaced; without it the whole match is.
    (
        re.compile(
            r"(?<![A-Za-z0-9])[A-Za-z0-9][\w.+%-]{0,63}\s?@\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}", re.A
        ),
        EMAIL,
        None,
    ),
    (re.compile(r"身份证(?:号码|号)?\s*(?:是|为|[:：])?\s*(?P<it>\d{14,17}[\dXx])(?![0-9A-Za-z])"), ID_CARD, None),
    (re.compile(rf"(?<![0-9A-Za-z]){_digits('{16}')}{_JOINT}?[\dXx](?![0-9A-Za-z])"), ID_CARD, is_id_card),
    (re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])"), ID_CARD, is_id_card),
    (re.compile(rf"卡号?\s*(?:是|为|[:：])?\s*(?P<it>{_digits('{12,18}')})(?!\d)"), BANK_CARD, None),
    (re.compile(rf"(?<!\d){_digits('{12,18}')}(?!\d)"), BANK_CARD, is_bank_card),
    (
        re.compile(
            rf"(?<!\d)(?:\(?(?:\+|00)?86\)?{_JOINT}?)?1[3-9](?:\d{{9}}"
            r"|(?:\s?[-‐-―.·]\s?\d|\d){9}"
            r"|\d\s\d{4}\s\d{4}|\d\s\d{8}|\d{5}\s\d{4}|\d{3}\s\d{6}|\d\s\d{3}\s\d{5}"
            r"|(?:\s\d){9})(?!\d)"
        ),
        MOBILE,
        None,
    ),
    (re.compile(r"(?<!\d)1\s[3-9](?:\s\d){9}(?!\d)"), MOBILE, None),
    (re.compile(rf"\+\d{{1,3}}{_JOINT}?\(?\d(?:[)(]?{_JOINT}?\d){{6,13}}(?!\d)"), PHONE, None),
    (
        re.compile(
            rf"(?<![\d.])\(?0(?:10|2\d|[3-9]\d{{2}})\)?{_JOINT}?[2-8]\d{{2,3}}{_JOINT}?\d{{4}}(?!\d)"
            r"(?:\s?(?:转|分机|ext\.?)\s?\d{1,6})?",
            re.I,
        ),
        PHONE,
        None,
    ),
    (
        re.compile(
            r"(?:电话|座机|tel|phone)(?:号码|号|number)?\s*(?:是|为|is|[:：.])?\s*(?P<it>[2-8]\d{6,7})(?!\d)", re.I
        ),
        PHONE,
        None,
    ),
    (
        re.compile(
            rf"[{_PROVINCE_SIGNS}]\s?[A-HJ-NP-Z][\s·.•-]?(?=[A-Z]{{0,5}}\d)"
            r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![0-9A-Za-z])",
            re.I,
        ),
        PLATE,
        None,
    ),
    (
        re.compile(
            r"(?:微信|威信|薇信|(?<![a-z])(?:weixin|wechat|vx|wx))"
            r"(?:\s*(?:号码|号|id|账号)\s*(?:是|为|is|[:：])?|\s*(?:是|为|[:：]))\s*(?P<it>[A-Za-z0-9][-\w]{4,19})",
            re.I | re.A,
        ),
        WECHAT,
        None,
    ),
    (
        re.compile(
            r"(?:微信|威信|薇信|(?<![a-z])(?:weixin|wechat|vx|wx))\s*(?:is|account)?\s*(?P<it>[A-Za-z][-\w]{5,19})",
            re.I | re.A,
        ),
        WECHAT,
        _has_digit_or_mark,
    ),
    (re.compile(r"(?<![a-z])qq\s*(?:号码|号)?\s*(?:是|为|is|[:：])?\s*(?P<it>[1-9]\d{4,10})(?!\d)", re.I), QQ, None),
)
_SPOKEN_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_SPOKEN = re.compile(r"[〇零一幺二两三四五六七八九\d]{11,}")


def _fold(text: str) -> str:
    """The same number of characters, each in its plain width; digits of any script become ASCII."""
    folded = []
    for character in text:
        if character < "\x80":
            folded.append(character)
            continue
        if unicodedata.category(character) == "Nd":
            folded.append(str(unicodedata.decimal(character)))
            continue
        plain = unicodedata.normalize("NFKC", character)
        folded.append(plain if len(plain) == 1 else character)
    return "".join(folded)


def _spans(folded: str) -> Iterable[tuple[int, int, str]]:
    for pattern, mark, check in _RULES:
        group: int | str = "it" if "it" in pattern.groupindex else 0
        for match in pattern.finditer(folded):
            if check is None or check(match.group(group)):
                yield (*match.span(group), mark)
    for run in _SPOKEN.finditer(folded):
        for match in _SPOKEN_MOBILE.finditer(run.group().translate(_CHINESE_DIGITS)):
            yield run.start() + match.start(), run.start() + match.end(), MOBILE


def mask(text: str) -> str:
    """Replace personal data by a placeholder such as 〔手机号〕.

    Args:
        text: what a citizen typed, without invisible characters (see `bot.language.normalise.clean`).

    Returns:
        The text with identity numbers, mobile and other telephone numbers, bank cards, plates, e-mail addresses,
        WeChat and QQ ids replaced. Where two kinds fit the same place, the one listed first wins.
    """
    other = any(character.isalnum() and not "\u4e00" <= character <= "\u9fff" for character in text)
    if not other and not _SPOKEN.search(text):
        return text
    taken: list[tuple[int, int, str]] = []
    for start, end, mark in _spans(_fold(text)):
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
            taken.append((start, end, mark))
    for start, end, mark in sorted(taken, reverse=True):
        text = text[:start] + mark + text[end:]
    return text
