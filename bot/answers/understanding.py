"""What a message asks for in its conversation, and which entries may answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answers.context import Resolved, chosen_option, leans_back
from bot.answers.decide import Decision
from bot.answers.question import Question, Reader
from bot.answers.ranking import Ranked, Ranker, Ranking, blend
from bot.answers.reply import Context
from bot.answers.scope import Scope
from bot.answers.stating import answers_detail
from bot.facts.entries import Entry, Snapshot
from bot.language.normalise import normalise

MOST_NAMED = 2
"""How many entries of a topic are stated when only its name is said."""
OWN_WORDS = 0.65
"""Weight of a follow-up's own words against its words joined with the question before."""
ALONE = 0.95
"""Probability of an answer from which a short question stands alone, whatever was said before."""
ALONE_ENTRY = 0.5
"""Lowest probability of the entry that it then names."""
CLAUSE_FROM = 0.9
"""Probability of an answer from which one clause of a wordy message stands for all of it."""
CLAUSE_ENTRY = 0.5
"""Lowest probability of the entry that such a clause names."""
OPTION_FROM = 0.8
"""Lowest score (fused + centroid) at which a message picks an option by its words."""
SOURCE_BELOW = 0.6
"""Without an answer before, a question about sources is answered from the report if it is this probable."""
SURE_PREMISE = 0.2
"""Lowest probability at which an entry is taken to be what a question with a wrong place means."""
SURE_DETAIL = 0.6
"""Lowest probability at which an entry is taken to state the detail asked for."""
SIDE_OF_SUM = 0.5
"""The same where only a total is asked for, which may as well be the total of one thing."""
SIDE = 0.15
"""Lowest probability at which an entry is taken for one side of a comparison."""
LAST_ENTRY = 0.9
"""Probability given to the entries of the last answer when a follow-up names nothing."""
_ELLIPSIS = re.compile(r"^(那么?|还有|and|what about|how about)[,， ]*|(呢|啊|呀)?[?？。!！]*$")


class Understanding:
    """Reads messages within their conversation.

    Args:
        snapshot: what is published.
        reader: understands wording.
        scope: limits of place and year.
        ranker: ranks entries.
    """

    def __init__(self, snapshot: Snapshot, reader: Reader, scope: Scope, ranker: Ranker) -> None:
        self.reader, self.scope, self.ranker = reader, scope, ranker
        self.entries = snapshot.by_id
        self._topic_by_name = {
            normalise(name).replace(" ", ""): topic.id
            for topic in snapshot.topics
            for name in (*topic.aliases, topic.label.zh, topic.label.en)
        }
        self._by_name: dict[str, list[Entry]] = {}
        for entry in snapshot.entries:
            for name in {normalise(keyword).replace(" ", "") for keyword in entry.keywords}:
                self._by_name.setdefault(name, []).append(entry)

    def confidence(self, text: str) -> float:
        """Probability that the best entry answers the text taken by itself."""
        question = self.reader.read(text)
        if self.scope.foreign_place(question):
            return 0.0
        return self.ranker.rank(question).answerable

    def chosen(self, question: Question, context: Context) -> Entry | None:
        """The option of the last clarification that a message picks, by its position or by its words."""
        options = [self.entries[key] for key in context.options or context.entries if key in self.entries]
        if not options:
            return None
        choice = chosen_option(question.text)
        if choice is not None and choice < 0:
            choice += len(options)
        if choice is not None and choice < len(options):
            return options[choice]
        if not context.options:
            return None
        scores = self.ranker.scores_of(question, options)
        best = max(range(len(options)), key=scores.__getitem__)
        return options[best] if scores[best] >= OPTION_FROM and not question.years else None

    def named(self, question: Question, last: Sequence[Entry]) -> tuple[Entry, ...]:
        """The entries meant by a message that is a name only: of a topic or, after an answer, of its neighbour."""
        name = self.reader.content(_ELLIPSIS.sub("", question.text)).replace(" ", "")
        if (
            len(name) < 2
            or question.figures
            or question.years
            or question.detail
            or question.places
            or question.compare
        ):
            return ()
        if last and leans_back(question):
            root = last[0].topic.split(".")[0]
            near = [entry for entry in self._by_name.get(name, ()) if entry.topic.split(".")[0] == root]
            near = [entry for entry in near if entry.kind == "fact" and entry not in last]
            if near:
                return tuple(near[:MOST_NAMED])
        if leans_back(question) or name == question.text.strip("?？。.!！ ").replace(" ", ""):
            topic = self._topic_by_name.get(name, "")
            found = [entry for entry in self.entries.values() if entry.topic == topic and topic]
            return tuple(sorted(found, key=lambda entry: entry.kind != "faq")[:MOST_NAMED])
        return ()

    def asks_source(self, question: Question, act: str, last: Sequence[Entry]) -> bool:
        """True if the message asks where an answer comes from."""
        if not (question.source or act == "ask_source"):
            return False
        content = self.reader.content(question.text)
        if question.compare or question.figures:
            return False
        if not last and (not question.source or self.confidence(question.text) > SOURCE_BELOW):
            return False
        return len(content) <= 8 or (bool(last) and act == "ask_source" and len(content) <= 12)

    def out_of_scope(self, question: Question) -> str:
        """The kind of refusal that the wording alone demands, or empty."""
        if self.scope.foreign_place(question):
            return "other_place"
        if question.vague_year or (question.years and not question.years & self.scope.known_years):
            return "other_year"
        if question.personal or (question.opinion and not question.aspects & {"amount", "list"}):
            return "unknown"
        return ""

    def only_places(self, question: Question) -> bool:
        """True if nothing is named but a place: 「那沈阳市的呢」."""
        rest = question.text
        for place in (*question.wide, *question.places):
            rest = rest.replace(place, "")
        return len(self.reader.content(_ELLIPSIS.sub("", rest))) < 2

    def wrong_place(self, question: Question) -> Entry | None:
        """The entry whose own place a question gets wrong (「是学上海的吧？」), or None."""
        if not question.confirm:
            return None
        best = self.ranker.rank(self.reader.without_places(question)).best
        if best is None or best.probability < SURE_PREMISE or not self.scope.names_places(best.entry):
            return None
        return best.entry

    def candidates(self, resolved: Resolved, last: Sequence[Entry]) -> tuple[Resolved, Ranking]:
        """The question as it is to be answered, and the entries that may answer it."""
        question = resolved.question
        if not resolved.elliptic:
            return self._whole(resolved)
        if resolved.without_object:
            if question.years:
                return resolved, self._same_measure(question, last)
            if not resolved.corrects:
                return resolved, self._same_object(question, last)
        own = self.ranker.rank(question)
        certain = own.best is not None and own.best.probability >= ALONE_ENTRY and own.answerable >= ALONE
        if certain and not (resolved.corrects or leans_back(question)):
            return resolved, own
        joined = self.ranker.rank(question.about(resolved.merged))
        ranking = blend(own, joined, 0.0 if resolved.without_object else OWN_WORDS)
        if last:
            ranking = ranking.near(last[0].topic.split(".")[0])
        return resolved, ranking.without(last[0].id) if resolved.corrects and last else ranking

    def _whole(self, resolved: Resolved) -> tuple[Resolved, Ranking]:
        """Candidates of a question that stands alone; a detail that some entry states is no missing detail."""
        question = resolved.question
        if question.detail:
            stated = self.ranker.rank(question.about(question.text))
            if (
                stated.best
                and min(stated.best.probability, stated.answerable) > SURE_DETAIL
                and answers_detail(stated.best.entry, question.detail, question.text)
            ):
                return replace(resolved, question=replace(question, detail=None)), stated
        ranking = self.ranker.rank(question)
        clauses = self.reader.clauses(question.text)
        if ranking.answerable >= CLAUSE_FROM or not clauses:
            return resolved, ranking
        parts = [self.reader.read(clause) for clause in clauses]
        ranked = [(self.ranker.rank(part), part) for part in parts if not self.out_of_scope(part)]
        best, part = max(ranked, key=lambda item: item[0].answerable, default=(ranking, question))
        if best.answerable < CLAUSE_FROM or best.best is None or best.best.probability < CLAUSE_ENTRY:
            return resolved, ranking
        whole = replace(part, language=question.language, detail=question.detail or part.detail)
        return replace(resolved, question=whole), best

    def _same_measure(self, question: Question, last: Sequence[Entry]) -> Ranking:
        """The figure of another year for what was asked before."""
        measures = {entry.measure for entry in last if entry.measure}
        linked = [
            Ranked(entry, LAST_ENTRY)
            for entry in self.entries.values()
            if entry.measure in measures and entry.measure and self.scope.year_fits(question, entry)
        ]
        repeated = [Ranked(entry, LAST_ENTRY) for entry in last if self.scope.year_fits(question, entry)]
        known = linked or repeated
        if known:
            return Ranking(tuple(known), LAST_ENTRY)
        topics = {entry.topic for entry in last}
        akin = self.ranker.rank(question.about(last[0].subject.zh))
        return Ranking(tuple(item for item in akin.items if item.entry.topic in topics), akin.answerable)

    def _same_object(self, question: Question, last: Sequence[Entry]) -> Ranking:
        """The entries of the last answer, or a neighbour of theirs that has the unit asked for."""
        neighbours = [entry for entry in self.entries.values() if entry.topic == last[0].topic and entry.unit]
        for entry in [*last, *neighbours]:
            if entry.unit and entry.value is not None and entry.unit.zh and entry.unit.zh in question.text:
                return Ranking((Ranked(entry, LAST_ENTRY),), LAST_ENTRY)
        items = [Ranked(entry, LAST_ENTRY - 0.2 * number) for number, entry in enumerate(last)]
        return Ranking(tuple(items), LAST_ENTRY)

    def compared(
        self, resolved: Resolved, last: Sequence[Entry], shown_before: Sequence[str], decision: Decision
    ) -> Decision:
        """Fill a comparison with one entry for each side named."""
        sides: list[Entry] = []
        floor = SIDE_OF_SUM if resolved.question.total and not resolved.elliptic else SIDE
        for side in decision.sides:
            asked = self.reader.read(side)
            best = self.ranker.rank(replace(asked, years=asked.years or resolved.question.years)).best
            if best and best.probability > floor and best.entry.id not in {entry.id for entry in sides}:
                sides.append(best.entry)
        if resolved.elliptic and last and len(sides) < 2:
            twins = [
                e for e in self.entries.values() if e.measure and e.measure == last[0].measure and e is not last[0]
            ]
            shown = [self.entries[key] for key in reversed(shown_before) if key in self.entries]
            sides = [last[0], *(twins[:1] or [entry for entry in shown if entry is not last[0]][:1])]
        if len(sides) > 1:
            return replace(decision, entries=tuple(sides))
        return replace(decision, outcome="answered")
