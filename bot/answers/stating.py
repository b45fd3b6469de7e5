"""What an entry states: its figures, the details it gives, and which of several near ones to state first."""

from __future__ import annotations

import re

from bot.answers.question import Detail, Question
from bot.answers.ranking import Ranked, Ranking
from bot.facts.entries import Entry
from bot.language.numerals import canonical, number_strings

SURE = 0.9
"""From this probability on no second entry is stated beside the best one."""
LEAST_RIVAL = 0.06
"""A second entry less probable than this is not stated."""
OVERVIEW = 0.35
"""An overview that cites the best entry is stated first if it is at least this share as probable."""
FITTING = 0.3
"""The same for an entry of the topic that answers the kind of question asked, where the best one does not."""
NEAR_FIGURE = 0.004
"""Lowest probability of a neighbour of the same topic that is stated because it has the figure asked for."""


def has_figure(entry: Entry, question: Question | None = None) -> bool:
    """True if the statement holds a number beside its year, its name, and what the question itself says."""
    numbers = [number for number in number_strings(entry.statement.zh) if not re.fullmatch(r"(19|20)\d\d", number)]
    said = {canonical(figure.value) for figure in question.figures} if question and not question.confirm else set()
    return bool(set(numbers) - name_numbers(entry) - said)


def with_figure_first(ranking: Ranking, question: Question) -> Ranking:
    """The ranking led by the near entry whose figure the question names, where the best one's is another."""
    said = {figure.value for figure in question.figures}
    top = ranking.items[0].entry
    if not said or top.value in said:
        return ranking
    for item in ranking.items[1:4]:
        if item.entry.value in said and item.probability >= LEAST_RIVAL:
            return led_by(item, ranking)
    stated = name_numbers(top) | set(number_strings(top.statement.zh))
    if top.value is None and question.confirm and said - set(map(float, stated)):
        for item in ranking.items[1:5]:
            if item.entry.value is not None and item.entry.topic == top.topic and item.probability >= NEAR_FIGURE:
                return led_by(item, ranking)
    return ranking


def with_fitting_first(ranking: Ranking, question: Question) -> Ranking:
    """The ranking led by an overview of the best entry, or by one that answers the kind of question asked."""
    top = ranking.items[0]
    asked = question.aspects & {"list", "who", "time", "place", "why", "how"}
    if top.probability >= SURE or question.figures:
        return ranking
    for item in ranking.items[1:4]:
        if "amount" in question.aspects:
            counted = has_figure(item.entry, question) and not has_figure(top.entry, question)
            if counted and item.entry.topic == top.entry.topic and item.probability >= FITTING * top.probability:
                return led_by(item, ranking)
            continue
        overview = item.entry.kind == "faq" and top.entry.id in item.entry.cites and not question.confirm
        if overview and item.probability >= OVERVIEW * top.probability:
            return led_by(item, ranking)
        fits = asked and asked & item.entry.answers and not asked & top.entry.answers
        if fits and item.entry.topic == top.entry.topic and item.probability >= FITTING * top.probability:
            return led_by(item, ranking)
    return ranking


def led_by(item: Ranked, ranking: Ranking) -> Ranking:
    """The ranking with one of its items first."""
    return Ranking((item, *(other for other in ranking.items if other is not item)), ranking.answerable)


def root_of(entry: Entry) -> str:
    """The root topic of an entry."""
    return entry.topic.split(".")[0]


def answers_detail(entry: Entry, detail: Detail, text: str = "") -> bool:
    """True if the entry states the detail that is asked for.

    Args:
        entry: the entry.
        detail: what is asked for.
        text: the question; of its clauses (第一条) no place is an answer.
    """
    unit = entry.unit.zh if entry.unit else ""
    if detail.aspect == "fee":
        return ("fee" in entry.answers and entry.kind == "fact") or (detail.id in ("budget", "fee") and "元" in unit)
    if detail.aspect == "extent":
        return entry.value is not None and any(mark in unit for mark in ("元", "平方", "亩", "公里"))
    if detail.id == "procedure":
        return False
    if detail.id == "roll":
        return bool({"list", "who"} & entry.answers) or ("place" in entry.answers and "条" not in text)
    return detail.aspect in entry.answers


def name_numbers(entry: Entry) -> set[str]:
    """Numbers that belong to the entry's name (24小时, 政策20条), not to its figure."""
    return set(number_strings(entry.subject.zh + " " + entry.subject.en))


def same_figure(value: float, entry: Entry, numbers: set[str]) -> bool:
    """True if a figure is the entry's, or stands in it, or differs only by 万 or 亿 left out."""
    if canonical(value) in numbers:
        return True
    scaled = [10_000.0, 100_000_000.0]
    return entry.value is not None and any(value in (entry.value * s, entry.value / s) for s in scaled)
