"""Comparing a facts file with its report: is every figure covered, does every fact stand where it says?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.facts.entries import Entry, Locator
from bot.facts.report import parse
from bot.facts.rules import magnitudes
from bot.facts.schema import FactsFile
from bot.language.numerals import canonical

COPY_LENGTH = 24
"""Characters (spaces not counted) from which a run that equals the report counts as copied."""

_NUMERAL = "[一二两三四五六七八九十百千万亿]"
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_COUNTING = re.compile(
    f"翻{_NUMERAL}番|第{_NUMERAL}+[届次]|{_NUMERAL}+年(?=[一-鿿]?[倍翻])|"
    f"[二两三四五六七八九十]{_NUMERAL}*(?:分类|倍|个|项|条|家|座|处|次|批|公里|亩)"
)
"""Counting in Chinese numerals; 一 alone is mostly 'a', so it counts in few phrases only."""

_BOUND_WORDS = {
    "at_least": ("以上", "不少于", "不低于"),
    "aim": ("力争", "争取"),
    "reach": ("达", "至", "到"),
    "exceed": ("突破", "超", "余", "以上"),
    "about": ("约", "左右", "余", "近"),
    "certain": ("确保", "保证"),
    "within": ("内",),
}
"""How each bound is worded in a report; `exact` needs no word."""


@dataclass(frozen=True)
class Problem:
    """One thing to mend.

    Args:
        kind: ``uncovered``, ``locator``, ``value``, ``bound`` or ``copy``.
        where: id of the entry, or the locator for an uncovered figure.
        detail: what was found, with the sentence that it is about.
    """

    kind: str
    where: str
    detail: str


@dataclass(frozen=True)
class CheckResult:
    """What a check found; `figures` and `sentences` count what the report holds."""

    problems: tuple[Problem, ...]
    facts: int
    figures: int
    sentences: int


def check(file: FactsFile, text: str) -> CheckResult:
    """Compare a facts file with the text of its report.

    Args:
        file: a checked facts file of a report.
        text: the report.

    Raises:
        ReportError: a heading of the file is not found in the report.
    """
    sentences = parse(text, file.sections)
    facts = [read.entry for read in file.entries if read.entry.locator]
    located: dict[Locator, list[Entry]] = defaultdict(list)
    for fact in facts:
        if fact.locator:
            located[fact.locator].append(fact)
    covering = list(_uncovered(sentences, located))
    figures = sum(len(counted(sentence)) for sentence in sentences.values())
    problems = [*covering, *_misplaced(facts, sentences), *_copied(file, text)]
    return CheckResult(tuple(problems), len(facts), figures, len(sentences))


def counted(sentence: str) -> list[str]:
    """What a sentence counts: digit groups (7.2, 1300) and counting phrases (翻一番, 四分类), in order."""
    found = [*_FIGURE.finditer(sentence), *_COUNTING.finditer(sentence)]
    return [match.group() for match in sorted(found, key=lambda match: match.start())]


def table(result: CheckResult) -> str:
    """The result for a terminal: one line a problem, and a line of totals."""
    lines = []
    if result.problems:
        wide = max(len(problem.where) for problem in result.problems)
        lines = [f"{problem.kind:<9}  {problem.where:<{wide}}  {problem.detail}" for problem in result.problems]
    verdict = f"{len(result.problems)} problems" if result.problems else "no problems"
    lines.append(f"{result.facts} facts, {result.sentences} sentences, {result.figures} figures: {verdict}")
    return "\n".join(lines)


def _uncovered(sentences: dict[Locator, str], located: dict[Locator, list[Entry]]) -> Iterator[Problem]:
    for locator, sentence in sentences.items():
        statements = [fact.statement.zh for fact in located[locator]]
        stated = {figure for statement in statements for figure in _FIGURE.findall(statement)}
        for figure in dict.fromkeys(counted(sentence)):
            covered = figure in stated if figure[0].isdigit() else _states_phrase(figure, statements)
            if not covered:
                yield Problem("uncovered", str(locator), f"{figure} in: {sentence}")


def _states_phrase(phrase: str, statements: list[str]) -> bool:
    """A counting phrase is stated if a statement has its characters in this order, near each other (翻了一番)."""
    pattern = ".{0,2}".join(map(re.escape, phrase))
    return any(re.search(pattern, statement) for statement in statements)


def _misplaced(facts: list[Entry], sentences: dict[Locator, str]) -> Iterator[Problem]:
    for fact in facts:
        if fact.locator is None or fact.locator not in sentences:
            yield Problem("locator", fact.id, f"{fact.locator} points at no sentence")
            continue
        sentence = sentences[fact.locator]
        if fact.value is not None and fact.value not in magnitudes(sentence):
            yield Problem("value", fact.id, f"{fact.value:g} does not stand in {fact.locator}: {sentence}")
        if fact.bound == "exact" and _is_limited(sentence, fact):
            yield Problem("bound", fact.id, f"exact, but the figure is limited in {fact.locator}: {sentence}")
        words = _BOUND_WORDS.get(fact.bound, ())
        if words and not (_has(sentence, words) and _has(fact.statement.zh, words)):
            side = "sentence" if _has(fact.statement.zh, words) else "statement"
            yield Problem("bound", fact.id, f"{fact.bound} is not worded in the {side}: {fact.statement.zh}")


def _is_limited(sentence: str, fact: Entry) -> bool:
    """True if the sentence limits the figure of a fact: 力争…, 突破…, or …以上 behind its unit."""
    if fact.value is None or fact.unit is None:
        return False
    figure = rf"(?<![\d.]){re.escape(canonical(fact.value))}(?![\d.])"
    before = rf"(?:力争|突破|超过|确保|至少|不少于)[^,，;；。]{{0,12}}{figure}"
    return bool(re.search(f"{before}|{figure}{re.escape(fact.unit.zh)}(?:以上|左右)", sentence))


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _copied(file: FactsFile, text: str) -> Iterator[Problem]:
    """Statements and answers that hold a run of the report; punctuation counts, its width does not."""
    squeezed = _squeeze(text)
    runs = {squeezed[start : start + COPY_LENGTH] for start in range(len(squeezed) - COPY_LENGTH + 1)}
    for read in file.entries:
        statement = _squeeze(read.entry.statement.zh)
        for start in range(len(statement) - COPY_LENGTH + 1):
            run = statement[start : start + COPY_LENGTH]
            if run in runs:
                yield Problem("copy", read.entry.id, f"is copied from the report: {run}")
                break


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(str.maketrans(",;:?!()", "，；：？！（）"))
