"""Words that demand safety, and the phrases of small talk."""

from __future__ import annotations

import pytest

from bot.answers import speech
from bot.answers.compose import BILINGUAL
from bot.language.script import only_simplified
from tests.answers.yunxi import HOTLINE


@pytest.mark.parametrize(
    "text",
    [
        "着火了！",
        "家里起火了快来人",
        "楼道里冒黑烟",
        "救命啊",
        "有人拿着刀",
        "我被抢劫了",
        "我爸晕倒了叫不醒",
        "孩子没呼吸了",
        "煤气泄漏了",
        "出车祸了",
        "有人落水",
        "我被困在电梯里被困了",
        "家裡著火了",
        "着\u200b火了",
        "There's a fire in my house",
        "my house is on fire",
        "he is not breathing",
        "someone is breaking in",
        "I smell gas",
        "有人打我",
        "我爸中风了",
        "他开枪了",
        "help me!",
        "help me he is bleeding",
        "someone broke into my house",
        "there was a car crash",
        "CALL AN AMBULANCE",
    ],
)
def test_emergencies(text: str) -> None:
    assert speech.danger(text) == "emergency"


@pytest.mark.parametrize(
    "text",
    ["我不想活了", "活着没意思", "想自杀", "我想跳楼", "我買了安眠藥", "I want to die", "I am going to kill myself", "suicidal thoughts", "I don’t want to live"],
)  # fmt: skip
def test_thoughts_of_death(text: str) -> None:
    assert speech.danger(text) == "self_harm"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "今年农村装多少盏路灯？",
        "火车站怎么走",
        "火锅店",
        "消防火灾演练",
        "火灾隐患怎么查",
        "着急上火",
        "停车难死了",
        "笑死我了",
        "忙死了",
        "忽然下雨",
        "打工人",
        "打车难",
        "煤气管道改造",
        "燃气管网改造多少公里",
        "口袋公园",
        "冰上运动",
        "水路交通",
        "人口爆炸式增长",
        "How many street lights?",
        "fire station",
        "help with parking",
        "the deadline",
        "diet",
        "living costs",
        "这里是中风险地区吗",
        "小区里有人打篮球",
        "有人打扫街道吗",
        "有人打电话给我",
        "发起火炬计划",
        "标枪比赛",
        "信息爆炸了",
        "骨折医保报销",
        "跳楼价甩卖",
        "我想死你了",
        "a stroke of luck",
        "breaking into new markets",
        "help me find parking",
    ],
)
def test_look_alikes_are_no_danger(text: str) -> None:
    assert speech.danger(text) == ""


def test_self_harm_comes_before_an_emergency() -> None:
    assert speech.danger("我不想活了，家里起火了") == "self_harm"


@pytest.mark.parametrize(
    ("act", "numbers"),
    [("emergency", ("110", "119", "120")), ("self_harm", ("12356", "120")), ("ticket_failed", (HOTLINE,)), ("complaint", (HOTLINE,))],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en", BILINGUAL])
def test_numbers_to_call_are_said_in_every_language(act: str, numbers: tuple[str, ...], language: str) -> None:
    text = speech.say(act, language, hotline=HOTLINE)
    assert all(number in text for number in numbers)


@pytest.mark.parametrize(
    "act",
    [
        "greet",
        "thanks",
        "goodbye",
        "bot_challenge",
        "ask_matter",
        "ask_contact",
        "message_cancelled",
        "nothing_to_repeat",
    ],
)
def test_phrases_in_each_language(act: str) -> None:
    chinese, english = speech.say(act, "zh-Hans"), speech.say(act, "en")
    assert chinese != english and english.isascii()
    assert only_simplified(speech.say(act, "zh-Hant")) == 0
    both = speech.say(act, BILINGUAL)
    assert chinese in both and english in both


def test_a_ticket_number_is_said() -> None:
    assert "A-7" in speech.say("ticket_created", "en", number="A-7", hotline=HOTLINE)


def test_what_can_be_said() -> None:
    assert speech.knows("greet") and speech.knows("emergency")
    assert not speech.knows("ask_amount") and not speech.knows("")
