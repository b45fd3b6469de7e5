"""The normal form: what no one can see goes, what means the same becomes the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.normalise import MAX_COMBINING, clean, has_words, normalise


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", ""),
        ("  路灯 \n\t 多少 ", "路灯 多少"),
        ("a\x00b\x07c", "a b c"),
        ("\x1b[31m路灯", "[31m路灯"),
        ("路\u200b灯\ufeff", "路灯"),
        ("\u202e灯路\u202c", "灯路"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\ud800路灯\udfff", "路灯"),
        ("\ue000路灯\U0010fffd", "路灯"),
        ("ＡＢＣ 路燈", "ＡＢＣ 路燈"),
        ("路灯！！！", "路灯！！！"),
    ],
)
def test_clean_takes_out_what_no_one_can_see(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize("mark", ["\u0301", "\u0336", "\u20dd", "\u0489"])
def test_stacked_marks_are_cut(mark: str) -> None:
    cleaned = clean("z" + mark * 60 + "路")
    assert cleaned == "z" + mark * MAX_COMBINING + "路"


@pytest.mark.parametrize("word", ["Élan", "tiếng Việt", "हिन्दी", "Йод", "が"])
def test_living_scripts_keep_their_marks(word: str) -> None:
    decomposed = unicodedata.normalize("NFD", word)
    assert clean(decomposed) == decomposed


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ｈｕｎｎａｎ　２０２０", "hunnan 2020"),
        ("路燈裝１３００盞？", "路灯装1300盏?"),
        ("STREET Lights", "street lights"),
        ("滑鼠", "鼠标"),
        ("①㎡", "1m2"),
        ("路灯！！！！", "路灯!"),
        ("什么？？？", "什么?"),
        ("哈哈哈哈哈哈哈哈哈", "哈哈"),
        ("哈哈哈", "哈哈哈"),
        ("!?", "!?"),
        ("1.5亿", "1.5亿"),
        ("\ud83d", ""),
        ("\u200b\u200d", ""),
    ],
)
def test_normal_form(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("今年農村裝多少盞路燈", "今年农村装多少盏路灯"),
        ("ＨＯＷ ＭＡＮＹ", "how many"),
        ("路\u200b灯", "路灯"),
        ("停車難怎麼解決？", "停车难怎么解决?"),
    ],
)
def test_script_width_and_case_play_no_part(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_has_a_normal_form(text: str) -> None:
    result = normalise(text)
    assert not {"Cc", "Cs", "Co", "Cn"} & {unicodedata.category(character) for character in result}
    assert result == result.strip() and "  " not in result
    result.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("路灯", True), ("a", True), ("7", True), ("фонарь", True), ("", False), ("?!。", False), ("😀🙏", False), ("\u0301", False)],
)  # fmt: skip
def test_has_words(text: str, expected: bool) -> None:
    assert has_words(text) is expected
