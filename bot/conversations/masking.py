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
PLATE, EMAIL, WECHAT, QQ, DOCUMENT = "〔车牌号〕", "〔邮箱〕", "〔微信号〕", "〔QQ号〕", "〔证件号〕"

Check = Callable[[str], bool]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(first, last + 1)
)
_NUMERALS = "〇零一幺二两三四五六七八九壹贰貳叁參叄肆伍陆陸柒捌玖"
_CHINESE_DIGITS = str.maketrans(_NUMERALS, "00112234567891223334566789")
_JOINT = r"(?:\s?[-‐-―.·]\s?|\s)"
"""What people put between the groups of a number."""

_GAP = r"\s{0,2}[-‐-―.·/_*~() ]\s{0,2}"
"""The same between groups of three, four and four digits, which no list of figures has; there it may be odder."""


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
    """True for 13 to 19 digits that begin like a payment card and pass the Luhn check (ISO/IEC 7812-1).

    A card that begins with 2 begins with 2221 to 2720, so that a row of years is none.
    """
    number = _plain(number)
    digits = [int(digit) for digit in number]
    if not 13 <= len(digits) <= 19 or digits[0] not in (2, 3, 4, 5, 6, 9):
        return False
    if digits[0] == 2 and not "2221" <= number[:4] <= "2720":
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_card_number(number: str) -> bool:
    """What someone calls a card: a payment card whatever its check digit, but not a number of a document."""
    return 13 <= len(_plain(number)) <= 19


def _is_called_phone(number: str) -> bool:
    """What someone calls a telephone, unless it is a public line (400, 800) or a span of years."""
    digits = _plain(number)
    if re.fullmatch(r"(?:19|20)\d\d\D+(?:19|20)\d\d", number) or re.fullmatch(r"[48]00\d{7}", digits):
        return False
    return 7 <= len(digits) <= 13


def _has_digit_or_mark(match: str) -> bool:
    return any(character.isdigit() or character in "_-" for character in match)


def _digits(count: str) -> str:
    return rf"\d(?:{_JOINT}?\d){count}"


_PROVINCE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼滬遼雲魯蘇贛晉陝閩貴粵寧瓊"
_IS = r"\s*(?:号码|號碼|号|號|number|no\.?)?\s*(?:是|为|為|is|[:：.])?\s*"
"""What may stand between the name of a number and the number."""

_PHONE_NAMES = (
    "电话|電話|手机|手機|座机|座機|固话|传真|联系方式|聯繫方式|tel|phone|mobile|cell|fax|call me(?: (?:at|on))?"
)
_WECHAT_NAMES = "微\\s?信|威信|薇信|维信|v信|绿泡泡|(?<![a-z])(?:weixin|wechat|vx|wx)|加\\s?v"
_NO_WECHAT_ID = "(?!app|pay|web|mini|group|h5|official|account)"


def _rule(pattern: str, mark: str, check: Check | None = None) -> tuple[re.Pattern[str], str, Check | None]:
    """A pattern whose group `it` is replaced by a mark, or the whole match where there is no such group."""
    return re.compile(pattern, re.I | re.A), mark, check


_RULES = (
    _rule(
        r"(?<![a-z0-9])(?:[a-z0-9][\w.+%-]{0,63}|[\u4e00-\u9fff]{2,4})\s?@"
        r"(?:\s?[a-z0-9-]{1,63}\s?\.){1,5}\s?[a-z][a-z0-9-]{1,62}",
        EMAIL,
    ),
    _rule(
        r"[a-z0-9][\w.+-]{1,63}\s?[\[(]at[\])]\s?[a-z0-9-]{1,63}(?:\s?(?:\.|[\[(]dot[\])])\s?[a-z0-9-]{2,63}){1,4}",
        EMAIL,
    ),
    _rule(r"(?:身份[证證]|证件|證件|\bid(?: card| number)?\b)" + _IS + r"(?P<it>\d{14,17}[\dx])(?![0-9a-z])", ID_CARD),
    _rule(rf"(?<![0-9a-z]){_digits('{16}')}{_JOINT}?[\dx](?![0-9a-z])", ID_CARD, is_id_card),
    _rule(r"(?<![0-9a-z])\d{15}(?![0-9a-z])", ID_CARD, is_id_card),
    _rule(
        r"(?:护照|護照|通行证|通行證|台胞证|passport)" + _IS + r"(?P<it>[a-z]{1,2}\d{6,10}|\d{8,10})(?![0-9a-z])",
        DOCUMENT,
    ),
    _rule(rf"卡{_IS}(?P<it>{_digits('{12,18}')})(?!\d)", BANK_CARD, _is_card_number),
    _rule(rf"(?<!\d){_digits('{12,18}')}(?!\d)", BANK_CARD, is_bank_card),
    _rule(
        rf"(?<!\d)(?:\(?(?:\+|00)?86\)?{_JOINT}?)?1[3-9](?:\d{{9}}"
        rf"|\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
        r"|(?:\s?[-‐-―.·]\s?\d|\d){9}"
        r"|\d\s\d{8}|\d{5}\s\d{4}|\d{3}\s\d{6}|\d\s\d{3}\s\d{5}"
        r"|(?:\s\d){9})(?!\d)",
        MOBILE,
    ),
    _rule(rf"(?<!\d)1{_JOINT}[3-9](?:{_JOINT}\d){{9}}(?!\d)", MOBILE),
    _rule(r"(?<![0-9a-z])1[3-9][\do]{9}(?![0-9a-z])", MOBILE),
    _rule(rf"\+\d{{1,3}}{_JOINT}?\(?\d(?:[)(]?{_JOINT}?\d){{6,13}}(?!\d)", PHONE),
    _rule(
        rf"(?<![\d.])(?:\(?0(?:10|2\d|[3-9]\d{{2}})\)?|(?:\+|00)86{_JOINT}?\(?0?(?:10|2\d|[3-9]\d{{2}})\)?)"
        rf"{_JOINT}?[2-8]\d{{2,3}}{_JOINT}?\d{{4}}(?!\d)(?:\s?(?:转|轉|分机|ext\.?)\s?\d{{1,6}})?",
        PHONE,
    ),
    _rule(rf"(?:{_PHONE_NAMES}){_IS}(?P<it>\d(?:{_JOINT}?\d){{6,12}})(?!\d)", PHONE, _is_called_phone),
    _rule(
        rf"[{_PROVINCE_SIGNS}]\s?[a-hj-np-z]\s?[·.•・‧∙‐-―-]?\s?(?=[a-z]{{0,5}}\s?\d)"
        r"(?:[a-hj-np-z0-9]\s?){4,5}[a-hj-np-z0-9挂学警港澳](?![0-9a-z])",
        PLATE,
    ),
    _rule(rf"[{_PROVINCE_SIGNS}](?P<it>[a-hj-np-z]\s?[·.•・‧∙-]?\s?\d{{4}}[挂学警港澳])", PLATE),
    _rule(
        r"车牌" + _IS + r"(?P<it>[a-hj-np-z]\s?[·.•-]?\s?[a-hj-np-z0-9]{5,6})(?![0-9a-z])", PLATE, _has_digit_or_mark
    ),
    _rule(
        rf"(?:{_WECHAT_NAMES})"
        r"(?:\s*(?:号码|號碼|号|號|id|账号|帳號)\s*(?:是|为|為|is|[:：])?|\s*(?:是|为|為|[:：]))\s*(?P<it>[a-z0-9_][-\w]{5,19})",
        WECHAT,
    ),
    _rule(
        rf"(?:{_WECHAT_NAMES})\s*(?:is|account)?\s*(?P<it>{_NO_WECHAT_ID}[a-z_][-\w]{{5,19}})",
        WECHAT,
        _has_digit_or_mark,
    ),
    _rule(r"my (?:wechat|weixin)(?: id)? is (?P<it>[a-z][-\w]{5,19})", WECHAT),
    _rule(r"(?:(?<![a-z])qq|扣扣|企鹅)" + _IS + r"(?P<it>[1-9]\d{4,10})(?!\d)", QQ),
)
_SPOKEN = re.compile(rf"[{_NUMERALS}\d](?:{_JOINT}?[{_NUMERALS}\d]){{10,}}")
"""A number that is spoken digit by digit; whole numbers (一千三百) have other characters in between."""

_SPOKEN_RULES: tuple[tuple[re.Pattern[str], str, Check | None], ...] = (
    _rule(r"(?<!\d)\d{17}[\dx](?!\d)", ID_CARD, is_id_card),
    _rule(r"(?<!\d)\d{13,19}(?!\d)", BANK_CARD, is_bank_card),
    _rule(r"(?<!\d)1[3-9]\d{9}(?!\d)", MOBILE),
    _rule(r"(?<!\d)0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}(?!\d)", PHONE),
)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text in plain widths and ASCII digits, without marks on top of others, and where each character was."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        plain = character
        if character >= "\x80":
            category = unicodedata.category(character)
            if category in ("Mn", "Me", "Cf"):
                continue
            if category == "Nd":
                plain = str(unicodedata.decimal(character))
            else:
                plain = unicodedata.normalize("NFKC", character)
        folded.append(plain)
        places.extend([place] * len(plain))
    return "".join(folded), places


def _spans(folded: str) -> Iterable[tuple[int, int, str]]:
    for pattern, mark, check in _RULES:
        group: int | str = "it" if "it" in pattern.groupindex else 0
        for match in pattern.finditer(folded):
            if check is None or check(match.group(group)):
                yield (*match.span(group), mark)
    for run in _SPOKEN.finditer(folded):
        kept = [place for place in range(*run.span()) if folded[place].isalnum()]
        digits = "".join(folded[place] for place in kept).translate(_CHINESE_DIGITS)
        for pattern, mark, check in _SPOKEN_RULES:
            for match in pattern.finditer(digits):
                start, end = kept[match.start()], kept[match.end() - 1] + 1
                if any(sign in _NUMERALS for sign in folded[start:end]) and (check is None or check(match.group())):
                    yield start, end, mark


def mask(text: str) -> str:
    """Replace personal data by a placeholder such as 〔手机号〕.

    Args:
        text: what a citizen typed.

    Returns:
        The text with identity numbers, mobile and other telephone numbers, bank cards, plates, e-mail addresses,
        passports, WeChat and QQ ids replaced. Where two kinds fit the same place, the one listed first wins.
    """
    other = any(character.isalnum() and not "\u4e00" <= character <= "\u9fff" for character in text)
    if not other and not _SPOKEN.search(text):
        return text
    folded, places = _fold(text)
    taken: list[tuple[int, int, str]] = []
    for start, end, mark in _spans(folded):
        if all(end <= other_start or start >= other_end for other_start, other_end, _ in taken):
            taken.append((start, end, mark))
    for start, end, mark in sorted(taken, reverse=True):
        after = places[end] if end < len(places) else len(text)  # marks on top of the last character go too
        text = text[: places[start]] + mark + text[max(after, places[end - 1] + 1) :]
    return text
