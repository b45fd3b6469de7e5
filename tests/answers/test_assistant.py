"""From a question to a reply, with the real encoder and the weights of the repository."""

from __future__ import annotations

import pytest

from bot.answers.assistant import Assistant
from bot.answers.compose import BILINGUAL, LIMIT
from bot.answers.reply import Context, Reply
from tests.answers.yunxi import HOTLINE, SNAPSHOT

LAMPS_QUESTION = "今年农村装多少盏路灯？"


def ask(assistant: Assistant, *turns: str | tuple[str, str]) -> Reply:
    """The reply to the last of several turns; a turn may name its dialogue act."""
    context = Context()
    reply = None
    for turn in turns:
        text, act = (turn, "") if isinstance(turn, str) else turn
        reply = assistant.reply(text, act, context)
        context = Context.from_json(reply.context.to_json())
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    ("text", "entry", "figure", "language"),
    [
        (LAMPS_QUESTION, "lamps.plan", "1300", "zh-Hans"),
        ("今年農村裝多少盞路燈？", "lamps.plan", "1300", "zh-Hant"),
        ("How many village street lights will be installed?", "lamps.plan", "1,300", "en"),
        ("农村公路维修多长", "roads.rural", "30", "zh-Hans"),
        ("去年农村装了多少盏路灯？", "lamps.built", "800", "zh-Hans"),
        ("积水典位改造多少处", "drains.spots", "20", "zh-Hans"),
        ("停车难怎么解决？", "parking.shared", "共享", "zh-Hans"),
        ("风险基金规模有多少亿元？", "fund.size", "1.5", "zh-Hans"),
        ("今年建几座口袋公园？", "culture.parks", "6", "zh-Hans"),
        ("両方の駐車場不足はどう解決しますか", "parking.shared", "共享", BILINGUAL),
        ("两年一共装多少盏路灯？", "faq.lamps", "2100", "zh-Hans"),
    ],
)
def test_answers(assistant: Assistant, text: str, entry: str, figure: str, language: str) -> None:
    reply = ask(assistant, text)
    assert reply.entries[0] == entry and figure in reply.text and reply.language == language
    assert reply.outcome in ("answered", "compared") and len(reply.text) <= LIMIT
    assert reply.context.entries[0] == entry and reply.context.topic == SNAPSHOT.by_id[entry].topic


@pytest.mark.parametrize(
    ("text", "outcome", "entry", "figure"),
    [
        ("乡村路灯是不是要装2000盏？", "corrected", "lamps.plan", "1300"),
        ("风险基金是3亿元吗", "corrected", "fund.size", "1.5"),
        ("科技园是和上海合作的吧？", "corrected", "opening.beijing", "北京"),
        ("24小时自助大厅的电话是多少", "detail_unknown", "hall.open", HOTLINE),
        ("口袋公园要花多少钱", "detail_unknown", "culture.parks", HOTLINE),
        ("停车共享有多少个车位", "detail_unknown", "parking.shared", HOTLINE),
        ("口袋公园和社区书屋一共建几座？", "compared", "culture.parks", "10座"),
    ],
)
def test_outcomes(assistant: Assistant, text: str, outcome: str, entry: str, figure: str) -> None:
    reply = ask(assistant, text)
    assert (reply.outcome, reply.entries[0]) == (outcome, entry)
    assert figure in reply.text


def test_a_sum_is_named_as_derived(assistant: Assistant) -> None:
    assert 10 in ask(assistant, "口袋公园和社区书屋一共建几座？").derived
    assert 2100 in ask(assistant, "两年一共装多少盏路灯？").derived


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("大连的农村装多少盏路灯？", "other_place"),
        ("How many street lights in Dalian?", "other_place"),
        ("2015年农村装多少盏路灯？", "other_year"),
        ("明天会下雨吗？", "weather"),
        ("户口怎么迁过来", "household"),
        ("我家的路灯申请批了吗", "unknown"),
        ("Was my parking application approved?", "unknown"),
        ("你觉得农村装1300盏路灯好不好", "unknown"),
        ("Are the village street lights a waste of money?", "unknown"),
    ],
)
def test_refusals(assistant: Assistant, text: str, kind: str) -> None:
    reply = ask(assistant, text)
    assert (reply.outcome, reply.kind) == ("not_in_report", kind)
    assert "1300" not in reply.text and "1,300" not in reply.text
    assert reply.context.entries == []


@pytest.mark.parametrize(
    ("turns", "entry", "figure"),
    [
        ((LAMPS_QUESTION, ("那农村公路呢", "follow_up")), "roads.rural", "30"),
        ((LAMPS_QUESTION, ("去年呢", "follow_up")), "lamps.built", "800"),
        ((LAMPS_QUESTION, ("不对，我问的是农村公路", "correct")), "roads.rural", "30"),
        ((LAMPS_QUESTION, ("再说一遍", "repeat")), "lamps.plan", "1300"),
        ((LAMPS_QUESTION, ("是2000盏吧", "ask_confirm")), "lamps.plan", "1300"),
        ((LAMPS_QUESTION, ("这个数哪来的", "ask_source")), "lamps.plan", "城乡道路"),
        (("多少座", ("第二个", "choose")), "culture.libraries", "4"),
        (("多少座", ("口袋公园", "choose")), "culture.parks", "6"),
        (("今年建几座口袋公园？", ("那社区书屋呢？", "follow_up")), "culture.libraries", "4"),
    ],
)
def test_conversations(assistant: Assistant, turns: tuple[str | tuple[str, str], ...], entry: str, figure: str) -> None:
    reply = ask(assistant, *turns)
    assert reply.entries[0] == entry and figure in reply.text


def test_a_pronoun_means_the_last_entry(assistant: Assistant) -> None:
    reply = ask(assistant, "24小时自助大厅能办什么？", ("它在哪", "follow_up"))
    assert (reply.outcome, reply.entries[0]) == ("detail_unknown", "hall.open")


def test_more_brings_what_was_not_shown(assistant: Assistant) -> None:
    first = ask(assistant, LAMPS_QUESTION)
    more = ask(assistant, LAMPS_QUESTION, ("还有吗", "more"))
    assert more.outcome == "listed" and not set(more.entries) & set(first.context.shown)
    last = ask(assistant, LAMPS_QUESTION, *[("还有吗", "more")] * 12)
    assert last.outcome == "listed" and last.entries == ()


def test_a_clarification_offers_what_it_names(assistant: Assistant) -> None:
    reply = ask(assistant, "多少座")
    assert reply.outcome == "clarified" and 2 <= len(reply.entries) <= 4
    assert reply.context.options == list(reply.entries) and len(reply.buttons) == len(reply.entries)
    assert reply.context.entries == []


def test_related_questions_are_new(assistant: Assistant) -> None:
    reply = ask(assistant, LAMPS_QUESTION)
    assert 0 < len(reply.buttons) <= 4
    assert LAMPS_QUESTION not in [button.question for button in reply.buttons]


def test_the_language_may_be_fixed(assistant: Assistant) -> None:
    reply = assistant.reply(LAMPS_QUESTION, "", Context(language="en"))
    assert reply.language == "en" and "1,300" in reply.text
    assert assistant.language_of("1", Context(last_language="en")) == "en"
    assert assistant.language_of("口袋", Context(last_language="zh-Hant")) == "zh-Hant"


def test_entries_that_are_gone_are_forgotten(assistant: Assistant) -> None:
    context = Context(question="x", entries=["gone"], topic="gone", options=["gone"], shown=["gone"], rest=["gone"])
    for text, act in (
        ("它在哪", "follow_up"),
        ("第一个", "choose"),
        ("还有吗", "more"),
        ("再说一遍", "repeat"),
        ("哪来的", "ask_source"),
    ):
        assert "gone" not in assistant.reply(text, act, context).entries


def test_confidence_of_a_text_by_itself(assistant: Assistant) -> None:
    assert assistant.confidence(LAMPS_QUESTION) > 0.75
    assert assistant.confidence("明天会下雨吗？") < 0.5
    assert assistant.confidence("大连的路灯") == 0.0


@pytest.mark.parametrize("text", ["那公园呢", "是3000盏吧", "还有吗", "哪个多", "what about parks"])
def test_follow_ups_are_seen_by_their_wording(assistant: Assistant, text: str) -> None:
    assert assistant.is_follow_up(text)
    assert not assistant.is_follow_up("口袋公园")


@pytest.mark.parametrize(
    "text", ["", " ", "😀", "\ud800", "\x00\x01", "?" * 900, "路" * 900, "a" * 900, "((((", "{title}", "%s", "z" + "\u0301" * 99, "第一个", "12345"]
)  # fmt: skip
def test_anything_gets_a_reply(assistant: Assistant, text: str) -> None:
    for context in (
        Context(),
        Context(question="路灯", entries=["lamps.plan"], topic="rural.lamps", options=["lamps.plan"]),
    ):
        for act in ("", "follow_up", "more", "repeat", "ask_source", "choose", "nonsense"):
            reply = assistant.reply(text, act, context)
            assert reply.text and len(reply.text) <= LIMIT
            reply.text.encode("utf-8")
