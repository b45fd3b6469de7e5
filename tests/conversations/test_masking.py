"""Masking: what is personal goes, what the report says stays."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.guards import Admitted, admit
from bot.conversations.masking import is_bank_card, is_id_card, mask
from bot.facts import loader

FOLDER = Path(__file__).parent
CASES = [json.loads(line) for line in (FOLDER / "masking_personal.jsonl").read_text("utf-8").splitlines()]
"""Personal data (`secret`) in every spelling, in what may be typed, with what is left of that."""

FIGURES = (FOLDER / "masking_kept.txt").read_text("utf-8").splitlines()
"""Figures, dates, hotlines, addresses: what looks like personal data and is none."""

PERSONAL = [
    ("我的身份证号是11010519491231002X，谢谢", "我的身份证号是〔身份证号〕，谢谢"),
    ("１１０１０５１９４９１２３１００２Ｘ", "〔身份证号〕"),
    ("110105 19491231 002x", "〔身份证号〕"),
    ("身份证110105491231002", "身份证〔身份证号〕"),
    ("110105491231002", "〔身份证号〕"),
    ("11010519491231002A", "11010519491231002A"),
    ("110105194912310021", "〔身份证号〕"),  # the check character is wrong, province and date are real
    ("13800138000", "〔手机号〕"),
    ("打13800138000找我", "打〔手机号〕找我"),
    ("+86 138 0013 8000", "〔手机号〕"),
    ("0086-13800138000", "〔手机号〕"),
    ("8613800138000", "〔手机号〕"),
    ("138-0013-8000", "〔手机号〕"),
    ("１３８－００１３－８０００", "〔手机号〕"),
    ("138 00138000", "〔手机号〕"),
    ("1 3 8 0 0 1 3 8 0 0 0", "〔手机号〕"),
    ("一三八零零一三八零零零", "〔手机号〕"),
    ("幺三八〇〇幺三八〇〇〇", "〔手机号〕"),
    ("024-23456789", "〔电话〕"),
    ("(024)23456789", "〔电话〕"),
    ("（024） 2345 6789", "〔电话〕"),
    ("0411-23456789转801", "〔电话〕"),
    ("+7 912 345-67-89", "〔电话〕"),
    ("联系电话：23456789", "联系电话：〔电话〕"),
    ("6222021234567890128", "〔银行卡号〕"),
    ("4111 1111 1111 1111", "〔银行卡号〕"),
    ("卡号 6222021234567890123", "卡号 〔银行卡号〕"),  # fails Luhn, but is said to be a card
    ("辽A·12345", "〔车牌号〕"),
    ("辽A12345停在哪", "〔车牌号〕停在哪"),
    ("辽AD12345", "〔车牌号〕"),
    ("遼A12345", "〔车牌号〕"),
    ("粤Z1234港", "〔车牌号〕"),
    ("zhang.san+1@mail.example.com.cn", "〔邮箱〕"),
    ("邮箱zs＠example.com", "邮箱〔邮箱〕"),
    ("微信abc_12345", "微信〔微信号〕"),
    ("微信号：zhangsan", "微信号：〔微信号〕"),
    ("my wechat is zhang_san1", "my wechat is 〔微信号〕"),
    ("加VX：zs20200101", "加VX：〔微信号〕"),
    ("QQ 123456789", "QQ 〔QQ号〕"),
    ("13800138000和13900139000", "〔手机号〕和〔手机号〕"),
]

KEPT = [
    "1300盏", "220KV", "2020年", "12345", "110", "119", "120", "1500万元", "200亿元", "12356", "2019-2020", "10KV",
    "24小时服务大厅", "40公里以上", "2020年 2019年 1300 1500 200", "1300、1500、200", "38.7%", "100000平方米",
    "能用微信支付吗", "微信公众号怎么关注", "can I use wechat payment", "一千三百盏", "二〇二〇年", "一二三四五六七",
    "新A区2020年计划", "第1-9月", "2020-01-15", "12345678", "1,300 lamps", "3个100亿", "G1501", "浑南@政务", "",
    "400-800-1234", "1234567890123",
]  # fmt: skip


@pytest.mark.parametrize(("typed", "masked"), PERSONAL)
def test_personal_data_is_masked(typed: str, masked: str) -> None:
    assert mask(typed) == masked


@pytest.mark.parametrize("text", KEPT)
def test_figures_are_kept(text: str) -> None:
    assert mask(text) == text


def test_there_are_enough_cases() -> None:
    assert len({(case["typed"], case["secret"]) for case in CASES}) == len(CASES) >= 150
    assert len(set(FIGURES)) == len(FIGURES) >= 150


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['typed']!a}")
def test_every_spelling_is_masked(case: dict[str, str]) -> None:
    admitted = admit(case["typed"])
    assert isinstance(admitted, Admitted) and admitted.text == case["masked"]
    assert case["secret"] not in mask(case["typed"])
    rest = re.sub("〔.*?〕", "", case["masked"])
    assert not re.search(r"\d|[零一二三四五六七八九]{3}", rest)


@pytest.mark.parametrize("text", FIGURES)
def test_what_looks_like_it_is_kept(text: str) -> None:
    assert mask(text) == text


def test_the_facts_are_kept() -> None:
    changed = [
        text
        for file in loader.packaged_files()
        for text in strings(yaml.safe_load(Path(file).read_text("utf-8")))
        if mask(text) != text
    ]
    assert changed == []


def strings(node: object) -> list[str]:
    """Every text of a YAML file."""
    if isinstance(node, dict):
        return [text for value in node.values() for text in strings(value)]
    if isinstance(node, list):
        return [text for value in node for text in strings(value)]
    return [node] if isinstance(node, str) else []


@pytest.mark.parametrize(
    ("number", "valid"),
    [("11010519491231002X", True), ("11010519491231002x", True), ("99010519491331002X", False), ("", False)],
)
def test_id_card(number: str, valid: bool) -> None:
    assert is_id_card(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"), [("4111111111111111", True), ("4111111111111112", False), ("411111111111", False)]
)
def test_bank_card(number: str, valid: bool) -> None:
    assert is_bank_card(number) is valid


@given(st.text())
def test_masking_is_stable(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.parametrize(
    "unit",
    ["1", "a", "a.", "1 ", "1-", "+1", "微信", "@", "一", "一 ", "(0", "辽A", "辽A ", "a@", "a@b.", "a [at] ", "138 ", "电话", "卡号 ",
     "1\u20e3", "①", "⒈", "微 ", "wx ", "身份证 1", "((0))", "0-"],
)  # fmt: skip
def test_long_input_takes_no_time(unit: str) -> None:
    start = time.perf_counter()
    mask(unit * (2000 // len(unit)))
    assert time.perf_counter() - start < 0.5
