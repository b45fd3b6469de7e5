"""Texts in Telegram's form: nothing is lost, nothing too long, nothing is taken for HTML."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.keyboards import ROW_COLUMNS, TITLE_COLUMNS, columns, rows
from bot.channels.telegram.messages import LIMIT, Outgoing, compose, split, units


@given(st.text(st.characters(), max_size=400), st.integers(2, 60))
def test_any_text_is_split_without_loss(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part.strip() == part != "" and len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    kept = text.replace("\0", "").encode("utf-8", "ignore").decode()
    assert "".join("".join(parts).split()) == "".join(kept.split())


def test_split_at_sentences() -> None:
    sentence = "乡村要装一千三百盏路灯，村民晚上出门不再摸黑。"
    parts = split(sentence * 400)
    assert len(parts) == 3 and all(part.endswith("。") and len(part) <= LIMIT for part in parts)
    english = "The plan is 1.5 km of road, e.g. in the north. "
    assert all(part.endswith("north.") for part in split(english * 300))
    assert split("一二三。」四五六。", 5) == ["一二三。」", "四五六。"]
    assert split("😀" * 3000) == ["😀" * 2048, "😀" * 952]


def test_short_texts_stay_whole() -> None:
    assert split("甲。\n\n乙。") == ["甲。\n\n乙。"]
    assert split("") == split(" \n ") == []


def test_heading_above_the_first_and_buttons_below_the_last() -> None:
    parts = compose("句子。" * 2000, "▸ 问", [[["甲", "1"]]], reply_to=5)
    assert [part.heading for part in parts] == ["▸ 问", ""]
    assert [part.buttons for part in parts] == [[], [[["甲", "1"]]]]
    assert [part.reply_to for part in parts] == [5, 0]
    assert all(units(part.plain()) <= LIMIT for part in parts)
    assert Outgoing.from_json(parts[1].to_json()) == parts[1]


def test_everything_is_escaped() -> None:
    [part] = compose("<b>1 & 2</b>", "<i>")
    assert part.html() == "<b>&lt;i&gt;</b>\n&lt;b&gt;1 &amp; 2&lt;/b&gt;"
    assert part.plain() == "<i>\n<b>1 & 2</b>"


def test_buttons_stand_side_by_side_if_they_are_short() -> None:
    titles = ["甲", "乙", "丙", "丁", "二十四小时服务大厅在哪里？", "路灯", "停车难怎么解决"]
    laid = [[title for title, _ in row] for row in rows([(title, "x") for title in titles])]
    assert laid == [["甲", "乙", "丙"], ["丁"], ["二十四小时服务大厅在哪里？"], ["路灯", "停车难怎么解决"]]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80), max_size=8))
def test_any_titles_can_be_laid_out(titles: list[str]) -> None:
    laid = rows([(title, str(number)) for number, title in enumerate(titles)])
    assert [data for row in laid for _, data in row] == [str(number) for number in range(len(titles))]
    assert all(columns(title) <= TITLE_COLUMNS for row in laid for title, _ in row)
    assert all(columns(title) <= ROW_COLUMNS // len(row) for row in laid if len(row) > 1 for title, _ in row)
