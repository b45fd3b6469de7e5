"""Which outcome a ranking leads to; the rankings are made by hand, so no weights play a part."""

from __future__ import annotations

import pytest

from bot.answers.context import Resolved
from bot.answers.decide import Decision, Judge
from bot.answers.question import Reader
from bot.answers.ranking import Ranked, Ranking, blend
from bot.answers.stating import answers_detail
from bot.facts.entries import Entry
from tests.answers.yunxi import BEIJING, DRAINS, FAQ, FUND, HALL, LAMPS, LIBRARIES, PARKING, PARKS, RURAL_ROADS


def ranking(*items: tuple[Entry, float], answerable: float = 0.99) -> Ranking:
    return Ranking(tuple(Ranked(entry, probability) for entry, probability in items), answerable)


def decide(
    judge: Judge, reader: Reader, text: str, found: Ranking, caution: float = 0.0, elliptic: bool = False
) -> Decision:
    return judge.decide(Resolved(reader.read(text), elliptic), "", found, caution)


def test_a_sure_entry_is_stated(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "今年农村装多少盏路灯？", ranking((LAMPS, 0.99), (PARKS, 0.001)))
    assert decision.outcome == "answered" and decision.entries[0] is LAMPS


@pytest.mark.parametrize("answerable", [0.0, 0.02])
def test_what_nothing_answers_is_not_in_the_report(judge: Judge, reader: Reader, answerable: float) -> None:
    found = ranking((LAMPS, 0.2), (PARKS, 0.1), answerable=answerable)
    assert decide(judge, reader, "农村的学校什么样", found).outcome == "not_in_report"


def test_no_candidate_is_not_in_the_report(judge: Judge, reader: Reader) -> None:
    assert decide(judge, reader, "火星上的学校", Ranking()).outcome == "not_in_report"
    assert decide(judge, reader, "火星上的学校", ranking((LAMPS, 0.0))).outcome == "not_in_report"


def test_caution_raises_the_bar(judge: Judge, reader: Reader) -> None:
    found = ranking((LAMPS, 0.1), answerable=0.9)
    outcomes = [decide(judge, reader, "今年农村装多少盏路灯", found, caution).outcome for caution in (0.0, 0.88, 0.97)]
    assert outcomes == ["answered", "answered", "not_in_report"]
    assert (
        decide(judge, reader, "今年农村装多少盏路灯", ranking((LAMPS, 0.99), answerable=0.9), 0.97).outcome
        == "answered"
    )


def test_a_follow_up_needs_less(judge: Judge, reader: Reader) -> None:
    found = ranking((PARKS, 0.5), answerable=0.4)
    assert decide(judge, reader, "那村里的新公园呢", found).outcome == "not_in_report"
    assert decide(judge, reader, "那村里的新公园呢", found, elliptic=True).entries[0] is PARKS


@pytest.mark.parametrize(
    ("text", "outcome", "lead"),
    [
        ("农村路灯是2000盏吗？", "corrected", "wrong"),
        ("农村路灯是一千三百盏吗？", "answered", "right"),
        ("农村路灯正好1300盏吗？", "corrected", "not_exactly"),
        ("Are 1,300 village street lights planned?", "answered", "right"),
        ("Are 900 village street lights planned?", "corrected", "wrong"),
    ],
)
def test_a_figure_is_confirmed_or_corrected(judge: Judge, reader: Reader, text: str, outcome: str, lead: str) -> None:
    decision = decide(judge, reader, text, ranking((LAMPS, 0.99)))
    assert (decision.outcome, decision.lead, decision.entries[0]) == (outcome, lead, LAMPS)


def test_a_correction_states_the_rival_too(judge: Judge, reader: Reader) -> None:
    found = ranking((PARKS, 0.5), (LIBRARIES, 0.4), (LAMPS, 0.3))
    decision = decide(judge, reader, "文化设施要建9座吗", found)
    assert (decision.outcome, decision.entries) == ("corrected", (PARKS, LIBRARIES))
    sure = decide(judge, reader, "文化设施要建9座吗", ranking((PARKS, 0.99), (LIBRARIES, 0.4)))
    assert sure.entries == (PARKS,)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("路灯要装1300盏吗", "answered"), ("路灯要装吗", "answered"), ("路灯要装多少", "not_in_report")],
)
def test_a_claim_needs_less(judge: Judge, reader: Reader, text: str, outcome: str) -> None:
    answerable = 0.55 if "1300" in text else 0.66
    found = ranking((LAMPS, 0.5), (PARKS, 0.01), answerable=answerable)
    assert decide(judge, reader, text, found).outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("积水点位正好20处吗", "answered"), ("积水点位是21处吧", "corrected"), ("积水点位是二十处吧", "answered")],
)
def test_an_exact_figure(judge: Judge, reader: Reader, text: str, outcome: str) -> None:
    assert decide(judge, reader, text, ranking((DRAINS, 0.99))).outcome == outcome


@pytest.mark.parametrize("text", ["风险基金是1.5亿元吗", "风险基金是一亿五吗", "风险基金是15000万元吗"])
def test_a_figure_said_in_another_scale_is_right(judge: Judge, reader: Reader, text: str) -> None:
    assert decide(judge, reader, text, ranking((FUND, 0.99))).outcome == "answered"


def test_numbers_of_a_name_are_no_claim(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "24小时自助大厅能办业务吗", ranking((HALL, 0.99)))
    assert decision.outcome == "answered" and decision.lead != "wrong"


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("24小时自助大厅的电话", HALL),
        ("24小时自助大厅在哪", HALL),
        ("口袋公园的门票", PARKS),
        ("路灯多高", LAMPS),
        ("who do I contact? phone number of the self-service hall", HALL),
    ],
)
def test_a_detail_that_the_report_lacks(judge: Judge, reader: Reader, text: str, entry: Entry) -> None:
    decision = decide(judge, reader, text, ranking((entry, 0.99), (BEIJING, 0.01)))
    assert (decision.outcome, decision.entries[0]) == ("detail_unknown", entry)


def test_a_detail_that_the_report_has(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "科技园在哪", ranking((BEIJING, 0.99)))
    assert (decision.outcome, decision.entries[0]) == ("answered", BEIJING)


def test_a_number_that_the_report_lacks(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "停车共享有多少个车位", ranking((PARKING, 0.99)))
    assert (decision.outcome, decision.entries[0]) == ("detail_unknown", PARKING)


def test_a_bare_unit_is_asked_back(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "多少座", ranking((PARKS, 0.3), (LAMPS, 0.2), answerable=0.1))
    assert decision.outcome == "clarified"
    assert set(decision.entries) == {PARKS, LIBRARIES}


def test_a_short_question_between_topics_is_asked_back(judge: Judge, reader: Reader) -> None:
    found = ranking((PARKING, 0.4), (HALL, 0.35), (FUND, 0.3))
    decision = decide(judge, reader, "夜间开放", found)
    assert decision.outcome == "clarified"
    assert decision.entries[:2] == (PARKING, HALL) and len(decision.entries) <= 4


def test_a_faq_answers_a_comparison(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "今年路灯比去年多多少盏", ranking((FAQ, 0.6), (LAMPS, 0.5)))
    assert decision.outcome == "compared" and decision.entries[0] is FAQ


def test_sides_of_a_comparison_are_named(judge: Judge, reader: Reader) -> None:
    decision = decide(judge, reader, "口袋公园和社区书屋哪个多", ranking((PARKS, 0.9), (LIBRARIES, 0.8)))
    assert decision.outcome == "compared"
    assert ["公园" in side for side in decision.sides][:2] == [True, False]


def test_a_list_is_listed(judge: Judge, reader: Reader) -> None:
    assert decide(judge, reader, "自助大厅有哪些业务", ranking((HALL, 0.99))).outcome == "listed"


@pytest.mark.parametrize(
    ("text", "more"),
    [("还有吗", True), ("还有别的吗？", True), ("继续", True), ("anything else?", True), ("还有农村公路呢", False), ("路灯", False)],
)  # fmt: skip
def test_asking_for_more(judge: Judge, reader: Reader, text: str, more: bool) -> None:
    assert judge.asks_more(reader.read(text)) is more


@pytest.mark.parametrize(
    ("entry", "detail", "answers"),
    [
        (FUND, "budget", True),
        (PARKS, "budget", False),
        (RURAL_ROADS, "extent", True),
        (PARKS, "extent", False),
        (HALL, "roll", True),
        (LAMPS, "roll", False),
        (PARKING, "procedure", False),
        (BEIJING, "address", True),
        (BEIJING, "contact", False),
    ],
)
def test_details_that_entries_state(reader: Reader, entry: Entry, detail: str, answers: bool) -> None:
    assert answers_detail(entry, reader.detail(detail)) is answers


def test_rankings_are_blended_by_share() -> None:
    both = blend(ranking((LAMPS, 0.8), (PARKS, 0.2), answerable=0.3), ranking((PARKS, 1.0), answerable=0.6), 0.5)
    assert [item.entry for item in both.items] == [PARKS, LAMPS]
    assert [item.probability for item in both.items] == pytest.approx([0.6, 0.4])
    assert both.answerable == 0.6


def test_an_entry_can_be_left_out_of_a_ranking() -> None:
    rest = ranking((LAMPS, 0.8), (PARKS, 0.2)).without("lamps.plan")
    assert rest.best is not None and rest.best.entry is PARKS
    assert Ranking().best is None
