"""Replies: what is stated, how long, in which language and with which source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers.compose import BILINGUAL, LIMIT, Composer, catalogue, reply_language
from bot.answers.question import Reader
from bot.facts.entries import Bilingual, Entry
from bot.language.numerals import number_strings
from bot.language.script import only_simplified, to_traditional
from tests.answers.yunxi import ENTRIES, FAQ, HALL, HOTLINE, LAMPS, LAMPS_BUILT, LIBRARIES, PARKING, PARKS, WEATHER

LANGUAGES = ("zh-Hans", "zh-Hant", "en", BILINGUAL)
CITED = [entry for entry in ENTRIES if entry.kind != "referral"]


def long_entry(entry: Entry, length: int = 300) -> Entry:
    """The entry with a statement of a given number of characters."""
    return replace(entry, statement=Bilingual("灯" * length, "w" * length), quote="引" * length)


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        ("zh-Hans", "zh-Hans"),
        ("zh-Hant", "zh-Hant"),
        ("en", "en"),
        ("ja", BILINGUAL),
        ("ko", BILINGUAL),
        ("ru", BILINGUAL),
    ],
)
def test_language_of_the_reply(asked: str, reply: str) -> None:
    assert reply_language(asked) == reply


@pytest.mark.parametrize("entry", CITED, ids=lambda entry: entry.id)
def test_statement_and_source_are_given(composer: Composer, entry: Entry) -> None:
    chinese, english = composer.answer([entry], "zh-Hans"), composer.answer([entry], "en")
    assert entry.statement.zh in chinese and "云溪区2020年计划报道" in chinese and "2020年1月" in chinese
    assert entry.statement.en in english and "Yunxi District" in english and "January 2020" in english
    assert "报道" not in english and len(chinese) <= LIMIT


@pytest.mark.parametrize("entry", CITED, ids=lambda entry: entry.id)
def test_traditional_script_throughout(composer: Composer, entry: Entry) -> None:
    text = composer.answer([entry], "zh-Hant")
    assert to_traditional(entry.statement.zh) in text
    assert only_simplified(text) == 0


def test_plan_and_result_are_told_apart(composer: Composer) -> None:
    plan, result, mixed = (composer.answer([entry], "zh-Hans") for entry in (LAMPS, LAMPS_BUILT, FAQ))
    assert composer.say("status_plan", "zh-Hans") in plan
    assert composer.say("status_result", "zh-Hans") in result and composer.say("status_plan", "zh-Hans") not in result
    assert composer.say("status_mixed", "zh-Hans") in mixed


def test_a_plan_for_another_year_is_not_called_this_years(composer: Composer) -> None:
    text = composer.answer([replace(LAMPS, period="2025")], "zh-Hans")
    assert composer.say("status_plan", "zh-Hans") not in text


def test_the_section_is_named(composer: Composer) -> None:
    assert "城乡道路" in composer.answer([LAMPS], "zh-Hans")
    assert "Services" in composer.answer([PARKS], "en")
    assert "城乡道路" in composer.answer([FAQ], "zh-Hans")  # that of the first fact cited


def test_the_quotation_is_given_where_it_is_loaded(composer: Composer) -> None:
    assert LAMPS.quote in composer.answer([LAMPS], "zh-Hans")
    assert LAMPS.quote in composer.answer([LAMPS], "en")
    assert composer.say("quote", "zh-Hans", quote="") not in composer.answer([PARKS], "zh-Hans")


def test_both_languages_at_once(composer: Composer) -> None:
    text = composer.answer([LAMPS], BILINGUAL)
    assert LAMPS.statement.zh in text and LAMPS.statement.en in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", [60, 150, 280])
def test_the_limit_holds(composer: Composer, language: str, length: int) -> None:
    entries = [long_entry(entry, length) for entry in (LAMPS, PARKS, HALL)]
    text = composer.answer(entries, language, "wrong", composer.say("progress_plan", language))
    assert len(text) <= LIMIT
    assert any(letter * length in text for letter in "灯燈w")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_source_outlives_the_quotation(composer: Composer, language: str) -> None:
    text = composer.answer([long_entry(PARKING, 180 if language == BILINGUAL else 250)], language)
    title = "2020" if language == BILINGUAL else {"en": "Yunxi District"}.get(language, "2020年")
    assert title in text and "引" * 9 not in text and len(text) <= LIMIT


def test_a_lead_comes_first(composer: Composer) -> None:
    for language in ("zh-Hans", "en"):
        assert composer.answer([LAMPS], language, "wrong").startswith(composer.say("wrong", language).strip())


def test_several_statements(composer: Composer) -> None:
    text = composer.answer([PARKS, LIBRARIES], "zh-Hans")
    assert text.index(PARKS.statement.zh) < text.index(LIBRARIES.statement.zh)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_detail(composer: Composer, reader: Reader, language: str) -> None:
    text = composer.unknown_detail(HALL, reader.detail("contact"), language, numeric=False)
    assert HOTLINE in text and len(text) <= LIMIT
    detail = reader.detail("contact")
    assert any(label in text for label in (detail.label_zh, to_traditional(detail.label_zh), detail.label_en))


def test_beside_a_missing_figure_stands_no_other(composer: Composer, reader: Reader) -> None:
    text = composer.unknown_detail(LAMPS, reader.detail("budget"), "zh-Hans", numeric=True)
    assert "1300" not in text and "乡村路灯" in text
    assert set(number_strings(text)) <= {HOTLINE, "2020", "1"}


def test_a_clarification_numbers_its_options(composer: Composer) -> None:
    assert "1. 口袋公园" in composer.clarification([PARKS, LIBRARIES], "zh-Hans")
    assert "2. community libraries" in composer.clarification([PARKS, LIBRARIES], "en")


def test_like_is_summed_with_like(composer: Composer) -> None:
    total = composer.total([PARKS, LIBRARIES], "zh-Hans")
    assert total is not None and total[1] == 10 and "10座" in total[0]
    bounded = composer.total([replace(PARKS, bound="at_least"), LIBRARIES], "zh-Hans")
    assert bounded is not None and "以上" in bounded[0]
    english = composer.total([PARKS, LIBRARIES], "en")
    assert english is not None and "10 sites" in english[0]


@pytest.mark.parametrize(
    "entries",
    [(PARKS,), (PARKS, LAMPS), (PARKS, PARKING), (LAMPS, LAMPS_BUILT), ()],
    ids=["one", "units", "no figure", "years", "none"],
)
def test_unlike_is_not_summed(composer: Composer, entries: tuple[Entry, ...]) -> None:
    assert composer.total(entries, "zh-Hans") is None


def test_shares_are_not_summed(composer: Composer) -> None:
    shares = [replace(entry, unit=Bilingual("%", "%")) for entry in (PARKS, LIBRARIES)]
    assert composer.total(shares, "zh-Hans") is None


def test_provenance(composer: Composer) -> None:
    named = composer.provenance(LAMPS, "zh-Hans")
    assert "城乡道路" in named and LAMPS.quote in named and "云溪区2020年计划报道" in named
    assert "云溪区2020年计划报道" in composer.provenance(None, "zh-Hans")
    assert "Yunxi District" in composer.provenance(FAQ, "en")


def test_the_words_of_a_referral(composer: Composer) -> None:
    assert composer.refer(WEATHER, "zh-Hans") == WEATHER.statement.zh
    assert composer.refer(WEATHER, "zh-Hant") == to_traditional(WEATHER.statement.zh)
    assert composer.refer(WEATHER, "en") == WEATHER.statement.en
    assert WEATHER.statement.zh in composer.refer(WEATHER, BILINGUAL)


def test_buttons_ask_in_the_language_of_the_reply(composer: Composer) -> None:
    for language, start in (("zh-Hans", "今年"), ("zh-Hant", "今年"), ("en", "How")):
        [button] = composer.buttons([LAMPS], language)
        assert button.title == button.question and button.question.startswith(start)
    assert composer.buttons([replace(LAMPS, phrasings=())], "en")[0].question == LAMPS.subject.en
    assert composer.buttons([], "en") == ()


def test_the_catalogue_says_everything_in_both_languages() -> None:
    assert set(catalogue()["zh"]) == set(catalogue()["en"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", CITED, ids=lambda entry: entry.id)
def test_a_citation_names_the_lines_of_the_answer(composer: Composer, entry: Entry, language: str) -> None:
    citation, lines = composer.citation(entry, language), composer.answer([entry], language).split("\n")
    assert citation.line in lines and citation.title and citation.published
    assert citation.status in lines or not citation.status or language == BILINGUAL
    assert not citation.quote or language == BILINGUAL or any(citation.quote in line for line in lines) or entry.cites
    lacking = composer.citation(entry, language, stated=False)
    assert (lacking.quote, lacking.status, lacking.line) == ("", "", citation.line)
