"""Follow-ups: what a short message means after the turns before it."""

from __future__ import annotations

import pytest

from bot.answers.context import chosen_option, leans_back, resolve
from bot.answers.question import Reader
from bot.answers.reply import Context

BEFORE = Context(question="农村装多少盏路灯?", entries=["lamps.plan"], topic="rural.lamps", shown=["lamps.plan"])


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", 0),
        ("第一个", 0),
        ("前者", 0),
        ("the first one", 0),
        ("first", 0),
        ("我选第二个", 1),
        ("2", 1),
        ("the second one", 1),
        ("第三个吧", 2),
        ("third", 2),
        ("后者", -1),
        ("最后一个", -1),
        ("the last one。", -1),
    ],
)
def test_options_by_position(text: str, choice: int) -> None:
    assert chosen_option(text) == choice


@pytest.mark.parametrize("text", ["第五个", "口袋公园", "", "12", "两个都要", "1300"])
def test_what_picks_no_option(text: str) -> None:
    assert chosen_option(text) is None


@pytest.mark.parametrize(
    "text", ["那农村公路呢", "公园呢？", "what about parking", "不对，我问的是公园", "no, I meant parking"]
)
def test_wording_that_leans_back(reader: Reader, text: str) -> None:
    assert leans_back(reader.read(text))


@pytest.mark.parametrize("text", ["今年农村装多少盏路灯", "How many lights?", "口袋公园"])
def test_wording_that_does_not(reader: Reader, text: str) -> None:
    assert not leans_back(reader.read(text))


@pytest.mark.parametrize("text", ["那农村公路呢", "它在哪", "不对，我问的是公园", "多少公里", "第一个"])
def test_without_a_turn_before_there_is_nothing_to_resolve(reader: Reader, text: str) -> None:
    question = reader.read(text)
    resolved = resolve(question, "follow_up", Context(), reader)
    assert resolved.question == question
    assert not (resolved.elliptic or resolved.without_object or resolved.corrects or resolved.merged)


@pytest.mark.parametrize(
    ("text", "core"),
    [("那农村公路呢", "农村公路"), ("还有社区书屋呢？", "社区书屋"), ("what about parking", "parking")],
)
def test_another_object_takes_the_place_of_the_last(reader: Reader, text: str, core: str) -> None:
    resolved = resolve(reader.read(text), "", BEFORE, reader)
    assert resolved.elliptic and not resolved.without_object and not resolved.corrects
    assert resolved.question.core == core
    assert core in resolved.merged and BEFORE.question in resolved.merged


@pytest.mark.parametrize("text", ["它在哪", "多少公里", "那2019年呢", "where is it", "哪个更多"])
def test_nothing_named_means_the_last_entries(reader: Reader, text: str) -> None:
    resolved = resolve(reader.read(text), "", BEFORE, reader)
    assert resolved.elliptic and resolved.without_object


@pytest.mark.parametrize("text", ["不对，我问的是农村公路", "错了，农村公路", "no, I meant rural roads"])
def test_a_correction(reader: Reader, text: str) -> None:
    resolved = resolve(reader.read(text), "", BEFORE, reader)
    assert resolved.elliptic and resolved.corrects
    assert resolved.question.core in ("农村公路", "rural roads")


def test_the_classifier_may_see_the_correction(reader: Reader) -> None:
    assert resolve(reader.read("农村公路才对"), "correct", BEFORE, reader).corrects


@pytest.mark.parametrize(
    "text", ["口袋公园要建多少座，社区书屋又要开多少座", "How will the parking problem downtown be solved?"]
)
def test_a_whole_question_stands_alone(reader: Reader, text: str) -> None:
    question = reader.read(text)
    resolved = resolve(question, "ask_amount", BEFORE, reader)
    assert resolved.question == question and not resolved.elliptic


@pytest.mark.parametrize("text", ["", "😀", "?", "\ud800", "呢", "那", "(", "不对"])
def test_anything_can_be_resolved(reader: Reader, text: str) -> None:
    for act in ("", "follow_up", "correct"):
        resolve(reader.read(text), act, BEFORE, reader)
