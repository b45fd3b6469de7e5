"""Script, language and pronunciation."""

from __future__ import annotations

import pytest

from bot.language.detect import LANGUAGES, detect
from bot.language.pronounce import syllables
from bot.language.script import only_simplified, only_traditional, to_simplified, to_traditional


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [("路灯", "路燈"), ("农村公路", "農村公路"), ("2020年计划", "2020年計劃"), ("云溪区", "雲溪區"), ("口袋", "口袋")],
)
def test_conversion_both_ways(simplified: str, traditional: str) -> None:
    assert to_traditional(simplified) == traditional
    assert to_simplified(traditional) == simplified


@pytest.mark.parametrize("text", ["", "street lights", "1,300", "фонарь", "가로등"])
def test_other_letters_are_left_alone(text: str) -> None:
    assert to_simplified(text) == text
    assert to_traditional(text) == text


def test_mainland_words_replace_those_of_taiwan() -> None:
    assert to_simplified("網路") == "网络"


@pytest.mark.parametrize(
    ("text", "traditional", "simplified"),
    [("路燈", 1, 0), ("路灯", 0, 1), ("口袋公园", 0, 1), ("停車難", 2, 0), ("口袋", 0, 0), ("lights", 0, 0)],
)
def test_characters_of_one_script_only(text: str, traditional: int, simplified: int) -> None:
    assert (only_traditional(text), only_simplified(text)) == (traditional, simplified)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("今年装多少盏路灯？", "zh-Hans"),
        ("今年裝多少盞路燈？", "zh-Hant"),
        ("口袋", "zh-Hans"),
        ("云溪区的AI产业", "zh-Hans"),
        ("5G怎么搞", "zh-Hans"),
        ("停车 parking", "zh-Hans"),
        ("24小时大厅 open吗", "zh-Hans"),
        ("How many street lights?", "en"),
        ("What is 云溪区", "en"),
        ("the 停车位 plan", "en"),
        ("lights", "en"),
        ("街灯はいくつ", "ja"),
        ("ライト", "ja"),
        ("가로등은 몇 개", "ko"),
        ("Сколько фонарей?", "ru"),
        ("", "zh-Hans"),
        ("123", "zh-Hans"),
        ("😀", "zh-Hans"),
        ("\ud800", "zh-Hans"),
    ],
)
def test_language_of_a_question(text: str, language: str) -> None:
    assert detect(text) == language
    assert language in LANGUAGES


@pytest.mark.parametrize("text", ["", "7", "?!", "🙂"])
def test_without_letters_the_default_holds(text: str) -> None:
    assert detect(text, default="en") == "en"


def test_the_default_is_not_asked_where_there_are_letters() -> None:
    assert detect("路灯", default="en") == "zh-Hans"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("积水典位", "积水点位"),
        ("路等", "路灯"),
        ("挺车", "停车"),
        ("自主大厅", "自助大厅"),
        ("分险基金", "风险基金"),
    ],
)
def test_homophones_sound_alike(typed: str, meant: str) -> None:
    assert syllables(typed) == syllables(meant)


def test_merged_sounds() -> None:
    assert syllables("山") == syllables("三")  # sh, s
    assert syllables("风") == syllables("分")  # eng, en
    assert syllables("星") == syllables("新")  # ing, in
    assert syllables("张") == syllables("占")  # zh, z and ang, an


@pytest.mark.parametrize("text", ["", "abc 123", "？！", "ライト"])
def test_only_ideographs_are_pronounced(text: str) -> None:
    assert syllables(text) == []


def test_one_syllable_for_each_ideograph() -> None:
    assert len(syllables("装1300盏 LED 路灯")) == 4
