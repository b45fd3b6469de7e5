"""The decision: which of the typed outcomes a ranking of entries leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.answers.context import Resolved
from bot.answers.question import Detail, Question, Reader
from bot.answers.ranking import Ranked, Ranking
from bot.answers.reply import Outcome
from bot.answers.stating import (
    LEAST_RIVAL,
    NEAR_FIGURE,
    SURE,
    answers_detail,
    has_figure,
    led_by,
    name_numbers,
    root_of,
    same_figure,
    with_figure_first,
    with_fitting_first,
)
from bot.facts.entries import Entry, Snapshot
from bot.language.detect import group
from bot.language.numerals import canonical, number_strings

ANSWER_FROM = {"zh": 0.7, "en": 0.78, "other": 0.55}
"""Lowest probability that any entry answers at which one is stated, by group of languages."""
FOLLOW_UP = 0.5
"""Factor on it for a follow-up, which the conversation already places in the report."""
RELIEF = 0.3
"""How far a probable best entry lowers the bar for a message that sounds like no question about the report."""
CLAIM = 0.7
"""Factor on the bar for a claim with a figure: a wrong figure or name hides the entry that would correct it."""
CLAIM_WITHOUT_FIGURE = 0.85
"""The same for a claim without a figure, in Chinese; in English any question may begin like one."""
ENTRY_ENOUGH = 0.25
"""A follow-up is answered from this probability of its best entry on, whatever the bar."""
CORRECTION_ENOUGH = 0.03
"""The same for a correction: the citizen has said that the report is meant."""
NEAR = 0.05
"""Lowest probability of a neighbour that is stated because it has the detail asked for."""
LEAST = {"zh": 0.05, "en": 0.1, "other": 0.0}
"""An entry less probable than this is never stated, by group of languages."""
RIVAL_SHARE = 0.12
"""A second entry is stated where its probability is at least this share of the best one's."""
CLARIFY_BELOW = 0.6
"""A short question is asked back when its best entry is less probable than this."""
COMPARE_FROM = 0.12
"""Lowest probability at which a FAQ is taken as the answer to a comparison."""
CLARIFY_FROM = 0.5
"""Share of the bar from which a short question that misses it is asked back rather than refused."""
BARE_NOUN = 3
"""Longest noun, in Chinese characters, that may stand for several things; Latin words may have twice as many."""
MAX_OPTIONS = 4

_MORE = re.compile(
    r"^(就(这|那)(些|个)[,，?？]*)?(那)?(还有|其他|其它|别的|另外)(没有|吗|呢|别的|其他|其它|什么|啥|哪些)*(的)?(了|项目|内容|办法|措施|计划)?(没有|吗|呢|么|没|不)?[?？。]*$|"
    r"^(继续|接着说|再说(点|些)?|多说(点|些)?|"
    r"(anything|what|is there anything) else|more|go on|any more)\b.{0,12}$"
)
_SIZE = re.compile("规模|多大|[大建修装达]|数量|总数|\\b(?:big|large|size|fund size)\\b")
_JOINT = re.compile(r"和|与|跟|、|还是|以及|同|(?<![a-z])(?:and|or|versus|vs\.?|than)(?![a-z])|比(?!例)|,|，")


@dataclass(frozen=True)
class Decision:
    """What to reply.

    Args:
        outcome: the typed outcome.
        entries: entries to state, best first.
        lead: name of a message put first, may be empty.
        tail: name of a message put after the statement, may be empty.
        sides: for a comparison, the words of each side.
    """

    outcome: Outcome
    entries: tuple[Entry, ...] = ()
    lead: str = ""
    tail: str = ""
    sides: tuple[str, ...] = ()


class Judge:
    """Decides between the outcomes.

    Args:
        snapshot: what is published.
        reader: understands wording.
    """

    def __init__(self, snapshot: Snapshot, reader: Reader) -> None:
        self._snapshot = snapshot
        self._reader = reader

    def asks_more(self, question: Question) -> bool:
        """True for 「还有吗」 and its like."""
        return bool(_MORE.match(question.text))

    def decide(self, resolved: Resolved, act: str, ranking: Ranking, caution: float) -> Decision:
        """The outcome for a ranking.

        Args:
            resolved: the question with what the conversation adds.
            act: dialogue act.
            ranking: candidates.
            caution: lowest probability of an answer, whatever else speaks for one.
        """
        question = resolved.question
        content = self._reader.content(question.core) if not resolved.elliptic else "-" * 20
        if not resolved.elliptic and not any(character.isalpha() for character in question.text):
            return Decision("not_in_report")
        if not resolved.elliptic and _names_nothing(content, question):
            options = self._by_unit(question) or _options(ranking, 0.02)
            return Decision("clarified", options) if len(options) > 1 else Decision("not_in_report")
        if resolved.without_object and not resolved.corrects:
            counted = self._by_unit(question)
            if len(counted) > 1 and not {item.entry.id for item in ranking.items} & {entry.id for entry in counted}:
                return Decision("clarified", counted)
        best = ranking.best
        languages = group(question.language)
        short = len(content.replace(" ", "")) <= (5 if question.language != "en" else 12)
        if short and not resolved.elliptic and ("amount" in question.aspects or _asks_size(question)):
            options = self._of_one_name(content)
            if len(options) > 1:
                return Decision("clarified", options)
        if best is None or (best.probability < LEAST[languages] and not resolved.corrects):
            return Decision("not_in_report")
        floor = ANSWER_FROM[languages]
        if question.confirm:
            floor *= CLAIM if question.figures else CLAIM_WITHOUT_FIGURE if languages == "zh" else 1.0
        if resolved.elliptic:
            enough = CORRECTION_ENOUGH if resolved.corrects else ENTRY_ENOUGH
            floor = 0.0 if best.probability >= enough else floor * FOLLOW_UP
        if ranking.answerable < max(floor, caution * (1 - RELIEF * best.probability)):
            options = _options(ranking, 0.25)
            near = ranking.answerable >= CLARIFY_FROM * floor
            if short and near and not question.detail and len(options) > 1 and ranking.known and not caution:
                return Decision("clarified", options)
            return Decision("not_in_report")
        if short and best.probability < CLARIFY_BELOW and not question.detail and best.entry.kind == "fact":
            options = _options(ranking)
            if len({option.topic for option in options}) > 1:
                return Decision("clarified", options)
        if question.detail:
            stating = self._stating(ranking, question, question.detail)
            if stating is None:
                return Decision("detail_unknown", (best.entry,))
            ranking = stating
        elif self._lacks_amount(ranking, question):
            return Decision("detail_unknown", (best.entry,))
        if question.compare:
            faq = next((item.entry for item in ranking.items if _may_compare(item, best.entry)), None)
            if faq is not None:
                return Decision("compared", (faq,))
            sides = tuple(side for side in _JOINT.split(question.core) if self._reader.content(side))
            if len(sides) > 1 or resolved.without_object:
                return Decision("compared", self._stated(ranking, question), sides=sides)
        return self._confirmed(question, ranking)

    @staticmethod
    def _stating(ranking: Ranking, question: Question, detail: Detail) -> Ranking | None:
        """The ranking led by the best entry near the top that states the detail, or None."""
        top = ranking.items[0]
        for item in ranking.items:
            least = NEAR_FIGURE if item.entry.topic == top.entry.topic else NEAR
            near = root_of(item.entry) == root_of(top.entry) and item.probability >= least
            if (item is top or near) and answers_detail(item.entry, detail, question.text):
                return led_by(item, ranking)
        return None

    def _lacks_amount(self, ranking: Ranking, question: Question) -> bool:
        """True if a number is asked for and nothing near the top has one."""
        if "amount" not in question.aspects or question.compare:
            return False
        top = ranking.items[0]
        near = [
            item.entry
            for item in ranking.items[:8]
            if item.entry.topic == top.entry.topic and item.probability >= NEAR_FIGURE
        ]
        return not any(has_figure(entry) for entry in [top.entry, *near])

    def _confirmed(self, question: Question, ranking: Ranking) -> Decision:
        ranking = with_fitting_first(with_figure_first(ranking, question), question)
        best = ranking.items[0].entry
        stated = self._stated(ranking, question)
        tail = f"progress_{best.status}" if question.progress and best.status in ("plan", "result") else ""
        numbers = set(number_strings(best.statement.zh)) | (
            {canonical(best.value)} if best.value is not None else set()
        )
        said = [figure for figure in question.figures if canonical(figure.value) not in name_numbers(best)]
        if best.value is not None and said:
            right = [figure for figure in said if same_figure(figure.value, best, numbers)]
            if not right:
                return Decision("corrected", stated[:2], lead="wrong", tail=tail)
            if question.exactly and best.bound not in ("exact", "certain"):
                return Decision("corrected", (best,), lead="not_exactly", tail=tail)
            if question.confirm:
                return Decision("answered", stated, lead="right", tail=tail)
        if question.confirm and not question.aspects:
            return Decision("answered", stated, lead="says", tail=tail)
        outcome: Outcome = "listed" if "list" in question.aspects else "answered"
        return Decision(outcome, stated, tail=tail)

    def _stated(self, ranking: Ranking, question: Question) -> tuple[Entry, ...]:
        """The best entry, rivals that are nearly as probable, and for open questions what stands beside it."""
        best = ranking.items[0]
        stated = [best.entry]
        if best.probability < SURE:
            for item in ranking.items[1:3]:
                if question.years and item.entry.status == "mixed":
                    continue
                close = item.probability >= max(LEAST_RIVAL, RIVAL_SHARE * best.probability)
                if close and (root_of(item.entry) == root_of(best.entry) or item.probability >= best.probability / 3):
                    stated.append(item.entry)
        if "amount" in question.aspects:
            if not has_figure(best.entry, question):
                same = [
                    item.entry
                    for item in ranking.items[1:8]
                    if item.entry.topic == best.entry.topic and has_figure(item.entry, question)
                ]
                stated += sorted(same, key=lambda entry: entry.kind != "fact")[:1]
        elif best.entry.kind == "fact" and not question.figures:
            stated += self._beside(best.entry)
        return tuple(dict.fromkeys(stated))

    def _beside(self, entry: Entry) -> list[Entry]:
        """Facts of the same sentence of the report, then the FAQs that cite the entry."""
        facts = [
            other
            for other in self._snapshot.entries
            if other.kind == "fact"
            and other.locator == entry.locator
            and other.id != entry.id
            and (entry.value is None or other.value is None)
        ]
        faqs = [other for other in self._snapshot.entries if entry.id in other.cites]
        return [*facts, *(faqs if entry.value is None else ())]

    def _of_one_name(self, content: str) -> tuple[Entry, ...]:
        """Facts with a figure, one of each topic, in whose names a bare noun stands (「基金有多大」)."""
        name = _SIZE.sub("", content).strip()
        if not 2 <= len(name) <= (BARE_NOUN if not name.isascii() else 2 * BARE_NOUN) or " " in name:
            return ()
        found: dict[str, Entry] = {}
        for entry in self._snapshot.entries:
            if entry.kind == "fact" and entry.value is not None:
                subject = entry.subject.zh if not name.isascii() else entry.subject.en.lower()
                if name in subject:
                    found.setdefault(entry.topic, entry)
        return tuple(found.values())[:MAX_OPTIONS]

    def _by_unit(self, question: Question) -> tuple[Entry, ...]:
        """Entries whose figure is in the unit that a bare 「多少公里」 names."""
        found = [
            entry
            for entry in self._snapshot.entries
            if entry.kind == "fact" and entry.value is not None and entry.unit and _has_unit(question, entry)
        ]
        return tuple(found[:MAX_OPTIONS])


def _names_nothing(content: str, question: Question) -> bool:
    if question.language == "en":
        return not re.sub(r"(km|kilomet\w+|yuan|percent|companies|projects|lights|items)\b", "", content.strip())
    return not re.sub(
        "\\s|公里?|千米|百分之|平方米|[盏家座亩处项个元亿万户间条位倍点涨建修装签铺办]|%|增长|达到", "", content
    )


def _asks_size(question: Question) -> bool:
    return question.detail is not None and question.detail.id == "extent"


def _has_unit(question: Question, entry: Entry) -> bool:
    assert entry.unit is not None
    unit = entry.unit.en.lower().split()
    return (entry.unit.zh != "个" and entry.unit.zh in question.text) or (
        bool(unit) and unit[0] in question.text.split()
    )


def _may_compare(item: Ranked, best: Entry) -> bool:
    return item.entry.kind == "faq" and item.probability >= COMPARE_FROM and root_of(item.entry) == root_of(best)


def _options(ranking: Ranking, share: float = 0.3) -> tuple[Entry, ...]:
    if not ranking.items:
        return ()
    floor = share * ranking.items[0].probability
    options: list[Entry] = []
    for item in ranking.items:
        if item.probability >= floor and item.entry.subject.zh not in {entry.subject.zh for entry in options}:
            options.append(item.entry)
    return tuple(options[:MAX_OPTIONS])
