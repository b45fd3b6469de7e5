"""What a question says, apart from which entry answers it."""

from __future__ import annotations

import pytest

from bot.answers.question import Reader


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("停车收费吗", "fee"),
        ("门票多少", "fee"),
        ("is it free", "fee"),
        ("总投资是多少", "budget"),
        ("what is the budget", "budget"),
        ("自助大厅在哪", "address"),
        ("自助大厅怎么走", "address"),
        ("where is the hall", "address"),
        ("大厅几点开门", "hours"),
        ("opening hours of the hall", "hours"),
        ("公园哪个月建成", "date"),
        ("公园什么时候完工", "date"),
        ("when will the park be finished", "date"),
        ("大厅的电话", "contact"),
        ("phone number of the hall", "contact"),
        ("哪个部门管路灯", "department"),
        ("修路的施工单位", "department"),
        ("which department handles it", "department"),
        ("怎么申请", "procedure"),
        ("how to apply", "procedure"),
        ("积水点位的名单", "roll"),
        ("names of the villages", "roll"),
        ("公园占地多大", "extent"),
        ("how big is the park", "extent"),
        ("路灯多高", "dimension"),
        ("奖励有多少", "subsidy"),
        ("公司的利润", "capital"),
        ("能招多少人", "people"),
        ("how many visitors", "people"),
        ("全国排第几名", "rank"),
        ("what rank is it", "rank"),
        ("路灯一盏要多少钱", "fee"),
        ("合同价款", "budget"),
        ("公路的起点", "address"),
        ("分几期建", "date"),
        ("谁来设计公园", "department"),
        ("贷款利率是多少", "procedure"),
        ("二十条的全文", "roll"),
        ("是哪几条路", "roll"),
        ("路灯是太阳能的吗", "dimension"),
        ("它的股价", "capital"),
        ("多少个车位", "people"),
    ],
)
def test_details(reader: Reader, text: str, detail: str) -> None:
    found = reader.read(text).detail
    assert found is not None and found.id == detail
    assert found.label_zh and found.label_en


@pytest.mark.parametrize(
    "text", ["农村装多少盏路灯", "口袋公园", "How many street lights?", "停车难怎么解决", "", "😀"]
)
def test_without_a_detail(reader: Reader, text: str) -> None:
    assert reader.read(text).detail is None


def test_what_is_searched_is_free_of_detail_and_year(reader: Reader) -> None:
    question = reader.read("2020年的口袋公园在哪")
    assert "口袋公园" in question.core and "2020" not in question.core and "哪" not in question.core
    assert question.text == "2020年的口袋公园在哪"


def test_a_core_is_never_empty(reader: Reader) -> None:
    for text in ("电话", "2020年", "今年", "在哪", "where"):
        assert reader.read(text).core


def test_a_detail_by_its_name(reader: Reader) -> None:
    assert reader.detail("fee").aspect == "fee"
    assert reader.detail("amount").label_zh
    with pytest.raises(KeyError):
        reader.detail("colour")


@pytest.mark.parametrize(
    ("text", "other", "wide"),
    [
        ("大连的路灯", ("大连",), ()),
        ("大连和上海的路灯", ("大连", "上海"), ()),
        ("云溪区的路灯", (), ()),
        ("云溪比大连多吗", ("大连",), ()),
        ("Yunxi and Dalian", ("dalian",), ()),
        ("沈阳的路灯", (), ("沈阳",)),
        ("lights in Shenyang", (), ("shenyang",)),
        ("indiana", (), ()),
        ("路灯", (), ()),
    ],
)
def test_places(reader: Reader, text: str, other: tuple[str, ...], wide: tuple[str, ...]) -> None:
    question = reader.read(text)
    assert (question.places, question.wide) == (other, wide)
    assert reader.other_places(question.text) == other


def test_the_home_of_the_report_is_no_other_place() -> None:
    assert Reader(2020, ("大连",)).read("大连的路灯").places == ()


def test_places_can_be_taken_out(reader: Reader) -> None:
    question = reader.without_places(reader.read("和大连合作建园"))
    assert question.places == () and "大连" not in question.core and "合作建园" in question.core


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("今年装多少", {2020}),
        ("去年装了多少", {2019}),
        ("明年呢", {2021}),
        ("今年比去年多吗", {2019, 2020}),
        ("2019年", {2019}),
        ("19年", {2019}),
        ("二〇二〇年", {2020}),
        ("last year", {2019}),
        ("this year and next year", {2020, 2021}),
        ("路灯", set()),
        ("2020盏路灯", set()),
    ],
)
def test_years_are_those_of_the_report(reader: Reader, text: str, years: set[int]) -> None:
    assert reader.read(text).years == years


def test_this_year_is_the_year_of_the_plan() -> None:
    assert Reader(2031).read("今年").years == {2031}


@pytest.mark.parametrize("text", ["前年的路灯", "十年前呢", "years ago"])
def test_times_without_a_year_are_noticed(reader: Reader, text: str) -> None:
    assert reader.read(text).vague_year


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("装多少盏", "amount"),
        ("修几公里", "amount"),
        ("how many lights", "amount"),
        ("有哪些项目", "list"),
        ("为啥要装", "why"),
        ("怎么解决", "how"),
        ("和谁合作", "who"),
        ("在哪里", "place"),
        ("什么时候", "time"),
    ],
)
def test_aspects(reader: Reader, text: str, aspect: str) -> None:
    assert aspect in reader.read(text).aspects


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("路灯是1300盏吗？", "confirm"),
        ("is it true that 300 are planned", "confirm"),
        ("路灯和公路哪个多", "compare"),
        ("一共多少", "total"),
        ("in total", "total"),
        ("路灯装完了吗", "progress"),
        ("这个数哪来的", "source"),
        ("what is the source", "source"),
        ("正好1300盏吗", "exactly"),
        ("是计划还是完成", "plan_or_result"),
        ("我家那条路批了吗", "personal"),
        ("帮我查一下我的申请", "personal"),
        ("was my application approved", "personal"),
        ("check my application", "personal"),
        ("你觉得这计划靠得住不", "opinion"),
        ("这是不是浪费钱", "opinion"),
        ("is it worth the money", "opinion"),
        ("do you think they will manage", "opinion"),
    ],
)
def test_flags(reader: Reader, text: str, flag: str) -> None:
    assert getattr(reader.read(text), flag) is True
    assert getattr(reader.read("口袋公园"), flag) is False


@pytest.mark.parametrize("text", ["我家附近装路灯吗", "咱们村今年修路吗", "are there street lights for my village"])
def test_a_question_from_home_is_no_personal_case(reader: Reader, text: str) -> None:
    question = reader.read(text)
    assert not question.personal and not question.opinion


def test_english_is_spelled_before_it_is_read() -> None:
    def spell(text: str) -> str:
        return text.replace("lihgts", "lights")

    reader = Reader(2020, spell=spell)
    assert reader.read("how many lihgts").text == "how many lights"
    assert "lihgts" in reader.read("路灯lihgts有多少").text


def test_figures_without_the_numbers_of_plan_periods(reader: Reader) -> None:
    assert [figure.value for figure in reader.read("十三五要装1300盏吗").figures] == [1300]


def test_content_is_what_is_left_without_the_frame(reader: Reader) -> None:
    assert reader.content("请问今年路灯要多少") == "路灯"
    assert reader.content("how many street lights are planned") == "street lights"
    assert reader.content("") == ""


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "😀" * 300, "?" * 500, "路" * 500, "((((", "[a-", "\\", "{0}"])
def test_anything_can_be_read(reader: Reader, text: str) -> None:
    question = reader.read(text)
    assert question.about("路灯").core == "路灯"
    assert question.text == reader.read(question.text).text
