"""Figures and years, in digits and in Chinese numerals."""

from __future__ import annotations

import pytest

from bot.language.numerals import canonical, chinese_number, figures, number_strings, years


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("零", 0),
        ("两", 2),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百一十", 110),
        ("两百", 200),
        ("二百五", 250),
        ("一千三", 1300),
        ("一千三百", 1300),
        ("一千零三", 1003),
        ("三千零五十", 3050),
        ("一万三", 13_000),
        ("一万零三百", 10_300),
        ("三十万", 300_000),
        ("三万", 30_000),
        ("一亿", 100_000_000),
        ("一亿五", 150_000_000),
        ("二〇", 20),
        ("二零二零", 2020),
    ],
)
def test_chinese_numerals(numeral: str, value: float) -> None:
    assert chinese_number(numeral) == value


@pytest.mark.parametrize("text", ["", "万", "亿", "abc", "一些", "三 万", "13"])
def test_what_is_no_chinese_numeral(text: str) -> None:
    assert chinese_number(text) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("装1300盏路灯", [1300]),
        ("装1,300盏路灯", [1300]),
        ("装一千三百盏路灯", [1300]),
        ("一千三盏", [1300]),
        ("两百家企业", [200]),
        ("投资1.5亿元", [150_000_000]),
        ("3万亩地", [30_000]),
        ("1.2 million yuan", [1_200_000]),
        ("2 thousand lights", [2000]),
        ("增长5%", [5]),
        ("17.30公里", [17.3]),
        ("300-500家", [300, 500]),
        ("路灯800盏，公路三十公里", [800, 30]),
        ("两家和五个", [2, 5]),
        ("2020盏灯", [2020]),
    ],
)
def test_figures(text: str, values: list[float]) -> None:
    assert [figure.value for figure in figures(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "",
        "路灯",
        "问一下",
        "一些事",
        "统一管理",
        "万达广场",
        "十分方便",
        "2019年",
        "19年",
        "二〇二〇年",
        "第三个",
        "第一条写什么",
        "上千家企业",
        "数百盏灯",
        "好几百家",
        "三五十盏",
        "十来家",
        "百万家",
        "一项工程",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert figures(text) == []


def test_a_year_beside_a_figure_is_left_out() -> None:
    [figure] = figures("2019年装了800盏")
    assert figure.value == 800


@pytest.mark.parametrize(
    ("text", "unit"),
    [("修30公里", "公里"), ("50%", "%"), ("30 km of roads", "km"), ("就1300", ""), ("3万亩", "亩")],
)
def test_units_follow(text: str, unit: str) -> None:
    [figure] = figures(text)
    assert figure.unit == unit


def test_a_figure_knows_where_it_stands() -> None:
    text = "投资1.5亿元"
    [figure] = figures(text)
    assert text[figure.start : figure.end] == "1.5亿"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019年", [2019]),
        ("2019", [2019]),
        ("in 2019 and 2020", [2019, 2020]),
        ("19年", [2019]),
        ("二〇二〇年", [2020]),
        ("二零一九年", [2019]),
        ("2019年和20年", [2019, 2020]),
        ("", []),
        ("路灯", []),
        ("2020盏灯", []),
        ("2000个", []),
        ("12019", []),
        ("近19年", []),
        ("前20年", []),
        ("20年内", []),
        ("10年", []),
        ("去年", []),
    ],
)
def test_years(text: str, expected: list[int]) -> None:
    assert years(text) == expected


def test_numbers_of_a_reply_in_one_spelling() -> None:
    assert number_strings("2020年装1,300盏，17.30公里，5.0%。") == ["2020", "1300", "17.3", "5"]
    assert number_strings("没有数") == []


@pytest.mark.parametrize(("value", "text"), [(1300.0, "1300"), (17.3, "17.3"), (0.0, "0"), (1.5, "1.5"), (-2.0, "-2")])
def test_one_spelling_for_a_number(value: float, text: str) -> None:
    assert canonical(value) == text
