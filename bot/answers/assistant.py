"""From a question to a reply: understand, resolve, check the scope, rank, decide, compose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answers.calibration import Calibration
from bot.answers.compose import Composer, reply_language
from bot.answers.context import Resolved, chosen_option, leans_back, resolve
from bot.answers.decide import Decision, Judge, answers_detail
from bot.answers.index import Index
from bot.answers.question import Question, Reader
from bot.answers.ranking import Ranked, Ranker, Ranking, blend
from bot.answers.reply import Candidate, Context, Outcome, Reply
from bot.answers.scope import Scope
from bot.facts.entries import Entry
from bot.language.normalise import has_words, normalise
from bot.language.script import only_simplified

NUMERIC_DETAILS = ("fee", "budget", "subsidy", "extent", "dimension", "people", "capital", "rank")
"""Details that would be a figure: no other figure is stated in their place."""
MOST_NAMED = 2
"""How many entries of a topic are stated when only its name is said."""
_ELLIPSIS = re.compile(r"^(那么?|还有|and|what about|how about)[,， ]*|(呢|啊|呀)?[?？。!！]*$")
RELATED = 3
"""How many related questions an answer offers."""
REMEMBERED = 24
"""How many shown entries a conversation remembers."""
OWN_WORDS = 0.65
"""Weight of a follow-up's own words against its words joined with the question before."""
CLAUSE_FROM = 0.9
"""Probability of an answer from which one clause of a wordy message stands for all of it."""
CLAUSE_ENTRY = 0.5
"""Lowest probability of the entry that such a clause names."""
NO_RANKING = Ranking()
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
NEXT = 0.03
"""Lowest probability at which an entry is told next to 「还有吗」, before others of the topic."""
SIDE = 0.15
"""Lowest probability at which an entry is taken for one side of a comparison."""
LAST_ENTRY = 0.9
"""Probability given to the entries of the last answer when a follow-up names nothing."""


class Assistant:
    """Answers questions from one snapshot of the facts.

    Args:
        index: retrieval index of the snapshot.
        calibration: fitted weights of the decision.
        hotline: number that refusals point to.
    """

    def __init__(self, index: Index, calibration: Calibration, hotline: str = "12345") -> None:
        snapshot = index.snapshot
        self.revision = snapshot.revision
        self.reader = Reader(snapshot.source.plan_year, snapshot.source.home, index.spelling.correct)
        self._scope = Scope(snapshot, self.reader)
        self._ranker = Ranker(index, self.reader, calibration, self._scope)
        self._judge = Judge(snapshot, self.reader)
        self._composer = Composer(snapshot, hotline)
        self._entries = snapshot.by_id
        self._topics = {topic.id: topic for topic in snapshot.topics}
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
        if self._scope.foreign_place(question):
            return 0.0
        return self._ranker.rank(question).answerable

    def language_of(self, text: str, context: Context) -> str:
        """The language to reply in: what the citizen fixed, or the question's own, or the last one."""
        if context.language:
            return context.language
        if not has_words(text) or text.strip().isdigit():
            return context.last_language or "zh-Hans"
        language = reply_language(self.reader.read(text).language)
        if language == "zh-Hans" and context.last_language == "zh-Hant" and not only_simplified(text):
            return "zh-Hant"
        return language

    def is_follow_up(self, text: str) -> bool:
        """True if the wording leans on the turn before (「那路灯呢」, 「是3000盏吧」)."""
        question = self.reader.read(text)
        return bool(question.figures) or question.compare or self._judge.asks_more(question) or leans_back(question)

    def reply(self, text: str, act: str, context: Context, caution: float = 0.0) -> Reply:
        """Answer one message.

        Args:
            text: what the citizen typed, masked.
            act: dialogue act from the classifier, such as ``ask_amount`` or ``follow_up``; may be empty.
            context: the conversation so far.
            caution: lowest probability of an answer, for messages that sound like no question about the report.

        Returns:
            The reply; never raises for anything a citizen can type.
        """
        question = self.reader.read(text)
        language = self.language_of(text, context)
        last = [self._entries[key] for key in context.entries if key in self._entries]
        context = replace(context, entries=[entry.id for entry in last], last_language=language)
        chosen = self._chosen(question, context)
        if chosen is not None:
            return self._answered(Decision("answered", (chosen,)), question, language, context)
        if last and act == "repeat":
            return self._answered(Decision("answered", tuple(last)), question, language, context)
        if self._asks_source(question, act, last):
            return self._provenance(last, question, language, context)
        if last and (act == "more" or self._judge.asks_more(question)):
            return self._more(question, language, context)
        named = self._named(question, last)
        if named:
            return self._answered(Decision("answered", named), question, language, context)
        refused = self._out_of_scope(question)
        if refused:
            premise = self._wrong_place(question) if refused == "other_place" else None
            if premise is None:
                return self._refusal(refused, question, language, context, Ranking())
            return self._answered(Decision("corrected", (premise,), lead="wrong"), question, language, context)
        if last and question.wide and leans_back(question) and self._only_places(question):
            return self._refusal("other_place", question, language, context, Ranking())
        resolved = resolve(question, act, context, self.reader)
        resolved, ranking = self._candidates(resolved, last)
        decision = self._judge.decide(resolved, act, ranking, caution)
        if decision.outcome == "compared":
            decision = self._compared(resolved, last, context.shown, decision)
        if decision.outcome == "clarified":
            return self._clarified(decision, question, language, context)
        if decision.outcome == "not_in_report":
            kind = "other_year" if question.years and resolved.without_object else ""
            return self._refusal(kind, question, language, context, ranking)
        return self._answered(decision, resolved.question, language, context, ranking)

    # ---- understanding ---------------------------------------------------------------------------------------

    def _chosen(self, question: Question, context: Context) -> Entry | None:
        """The option of the last clarification that a message picks, by its position or by its words."""
        options = [self._entries[key] for key in context.options or context.entries if key in self._entries]
        if not options:
            return None
        choice = chosen_option(question.text)
        if choice is not None and choice < 0:
            choice += len(options)
        if choice is not None and choice < len(options):
            return options[choice]
        if not context.options:
            return None
        scores = self._ranker.scores_of(question, options)
        best = max(range(len(options)), key=scores.__getitem__)
        return options[best] if scores[best] >= OPTION_FROM and not question.years else None

    def _named(self, question: Question, last: Sequence[Entry]) -> tuple[Entry, ...]:
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
            found = [entry for entry in self._entries.values() if entry.topic == topic and topic]
            return tuple(sorted(found, key=lambda entry: entry.kind != "faq")[:MOST_NAMED])
        return ()

    def _asks_source(self, question: Question, act: str, last: Sequence[Entry]) -> bool:
        if not (question.source or act == "ask_source"):
            return False
        content = self.reader.content(question.text)
        if question.compare or question.figures:
            return False
        if not last and (not question.source or self.confidence(question.text) > SOURCE_BELOW):
            return False
        return len(content) <= 8 or (bool(last) and act == "ask_source" and len(content) <= 12)

    def _out_of_scope(self, question: Question) -> str:
        if self._scope.foreign_place(question):
            return "other_place"
        if question.vague_year or (question.years and not question.years & self._scope.known_years):
            return "other_year"
        if question.personal or (question.opinion and not question.aspects & {"amount", "list"}):
            return "unknown"
        return ""

    def _only_places(self, question: Question) -> bool:
        """True if nothing is named but a place: 「那沈阳市的呢」."""
        rest = question.text
        for place in (*question.wide, *question.places):
            rest = rest.replace(place, "")
        return len(self.reader.content(_ELLIPSIS.sub("", rest))) < 2

    def _wrong_place(self, question: Question) -> Entry | None:
        """The entry whose own place a question gets wrong (「是学上海的吧？」), or None."""
        if not question.confirm:
            return None
        best = self._ranker.rank(self.reader.without_places(question)).best
        if best is None or best.probability < SURE_PREMISE or not self._scope.names_places(best.entry):
            return None
        return best.entry

    def _candidates(self, resolved: Resolved, last: Sequence[Entry]) -> tuple[Resolved, Ranking]:
        question = resolved.question
        if not resolved.elliptic:
            return self._whole(resolved)
        if resolved.without_object:
            if question.years:
                return resolved, self._same_measure(question, last)
            if not resolved.corrects:
                return resolved, self._same_object(question, last)
        own = self._ranker.rank(question)
        joined = self._ranker.rank(question.about(resolved.merged))
        ranking = blend(own, joined, 0.0 if resolved.without_object else OWN_WORDS)
        if last:
            ranking = ranking.near(last[0].topic.split(".")[0])
        return resolved, ranking.without(last[0].id) if resolved.corrects and last else ranking

    def _whole(self, resolved: Resolved) -> tuple[Resolved, Ranking]:
        """Candidates of a question that stands alone; a detail that some entry states is no missing detail."""
        question = resolved.question
        if question.detail:
            stated = self._ranker.rank(question.about(question.text))
            if (
                stated.best
                and stated.best.probability > SURE_DETAIL
                and answers_detail(stated.best.entry, question.detail, question.text)
            ):
                return replace(resolved, question=replace(question, detail=None)), stated
        ranking = self._ranker.rank(question)
        clauses = self.reader.clauses(question.text)
        if ranking.answerable >= CLAUSE_FROM or not clauses:
            return resolved, ranking
        parts = [self.reader.read(clause) for clause in clauses]
        ranked = [(self._ranker.rank(part), part) for part in parts if not self._out_of_scope(part)]
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
            for entry in self._entries.values()
            if entry.measure in measures and entry.measure and self._scope.year_fits(question, entry)
        ]
        repeated = [Ranked(entry, LAST_ENTRY) for entry in last if self._scope.year_fits(question, entry)]
        known = linked or repeated
        if known:
            return Ranking(tuple(known), LAST_ENTRY)
        topics = {entry.topic for entry in last}
        akin = self._ranker.rank(question.about(last[0].subject.zh))
        return Ranking(tuple(item for item in akin.items if item.entry.topic in topics), akin.answerable)

    def _same_object(self, question: Question, last: Sequence[Entry]) -> Ranking:
        """The entries of the last answer, or a neighbour of theirs that has the unit asked for."""
        neighbours = [entry for entry in self._entries.values() if entry.topic == last[0].topic and entry.unit]
        for entry in [*last, *neighbours]:
            if entry.unit and entry.value is not None and entry.unit.zh and entry.unit.zh in question.text:
                return Ranking((Ranked(entry, LAST_ENTRY),), LAST_ENTRY)
        items = [Ranked(entry, LAST_ENTRY - 0.2 * number) for number, entry in enumerate(last)]
        return Ranking(tuple(items), LAST_ENTRY)

    def _compared(
        self, resolved: Resolved, last: Sequence[Entry], shown_before: Sequence[str], decision: Decision
    ) -> Decision:
        """Fill a comparison with one entry for each side named."""
        sides: list[Entry] = []
        floor = SIDE_OF_SUM if resolved.question.total and not resolved.elliptic else SIDE
        for side in decision.sides:
            asked = self.reader.read(side)
            best = self._ranker.rank(replace(asked, years=asked.years or resolved.question.years)).best
            if best and best.probability > floor and best.entry.id not in {entry.id for entry in sides}:
                sides.append(best.entry)
        if resolved.elliptic and last and len(sides) < 2:
            twins = [
                e for e in self._entries.values() if e.measure and e.measure == last[0].measure and e is not last[0]
            ]
            shown = [self._entries[key] for key in reversed(shown_before) if key in self._entries]
            sides = [last[0], *(twins[:1] or [entry for entry in shown if entry is not last[0]][:1])]
        if len(sides) > 1:
            return replace(decision, entries=tuple(sides))
        return replace(decision, outcome="answered")

    # ---- replies ---------------------------------------------------------------------------------------------

    def _answered(
        self, decision: Decision, question: Question, language: str, context: Context, ranking: Ranking = NO_RANKING
    ) -> Reply:
        entries = decision.entries
        derived: tuple[float, ...] = ()
        tail = self._composer.say(decision.tail, language) if decision.tail else ""
        if not tail and self._says_unknown(entries[0], question):
            tail = self._composer.say("ask_hotline", language)
        if decision.outcome == "detail_unknown":
            detail = question.detail or self.reader.detail("amount")
            text = self._composer.unknown_detail(entries[0], detail, language, detail.id in NUMERIC_DETAILS)
            entries = entries[:1]
        else:
            summed = question.total and decision.outcome == "compared"
            total = self._composer.total(entries, language) if summed else None
            if total:
                tail, derived = total[0], (total[1],)
            text = self._composer.answer(entries, language, decision.lead, tail)
        if entries[0].value_sum is not None:
            derived += (entries[0].value_sum,)
        shown = list(dict.fromkeys([*context.shown, *(entry.id for entry in entries)]))[-REMEMBERED:]
        related = self._related(entries[0], shown)
        asked = question.core if ranking.items or not context.question else context.question
        return Reply(
            text=text,
            outcome=decision.outcome,
            language=language,
            entries=tuple(entry.id for entry in entries),
            buttons=self._composer.buttons(related, language),
            derived=derived,
            confidence=ranking.answerable if ranking.items else 1.0,
            candidates=_candidates_of(ranking),
            citation=self._composer.citation(entries[0], language, stated=decision.outcome != "detail_unknown"),
            context=replace(
                context, question=asked, entries=[entry.id for entry in entries], topic=entries[0].topic,
                options=[], shown=shown,
            ),
        )  # fmt: skip

    def _says_unknown(self, entry: Entry, question: Question) -> bool:
        """True if the entry answers a detail that was asked for by saying that the report does not give it."""
        return entry.kind == "faq" and bool(self.reader.read(question.text).detail) and "没有" in entry.statement.zh

    def _clarified(self, decision: Decision, question: Question, language: str, context: Context) -> Reply:
        options = decision.entries
        return Reply(
            text=self._composer.clarification(options, language),
            outcome="clarified",
            language=language,
            entries=tuple(entry.id for entry in options),
            buttons=self._composer.buttons(options, language),
            context=replace(context, question=question.core, options=[entry.id for entry in options]),
        )

    def _refusal(self, kind: str, question: Question, language: str, context: Context, ranking: Ranking) -> Reply:
        entries: tuple[str, ...] = ()
        if kind == "other_place":
            place = self._scope.foreign_place(question) or next(iter(question.wide), "")
            text = self._composer.say("other_place", language, place=place)
        elif kind == "other_year":
            text = self._composer.say("other_year", language)
        else:
            referral = self._ranker.referral(question)
            kind = referral.topic if referral else "unknown"
            entries = (referral.id,) if referral else ()
            text = (
                self._composer.refer(referral, language) if referral else self._composer.say("not_in_report", language)
            )
        return Reply(
            text=text,
            outcome="not_in_report",
            kind=kind,
            language=language,
            entries=entries,
            confidence=ranking.answerable,
            candidates=_candidates_of(ranking),
            context=context,
        )

    def _provenance(self, last: Sequence[Entry], question: Question, language: str, context: Context) -> Reply:
        entry = self._located(last[0]) if last else None
        text = self._composer.provenance(entry, language)
        outcome: Outcome = "source_named"
        return Reply(
            text, outcome, language, context, entries=tuple(item.id for item in last[:1]), confidence=1.0,
            citation=self._composer.citation(entry, language) if entry else None,
        )  # fmt: skip

    def _located(self, entry: Entry) -> Entry:
        cited = [self._entries[key] for key in entry.cites if key in self._entries]
        return entry if entry.locator or not cited else cited[0]

    def _more(self, question: Question, language: str, context: Context) -> Reply:
        """What else the report has on the topic of the last answer."""
        akin = [
            item.entry
            for item in self._ranker.rank(self.reader.read(context.question)).items
            if item.probability > NEXT
        ]
        siblings = [
            entry
            for entry in dict.fromkeys([*akin, *self._siblings(context.topic)])
            if entry.id not in context.shown and entry.kind == "fact"
        ][:2]
        if not siblings:
            topic = self._topics.get(context.topic)
            label = topic.label.get("en" if language == "en" else "zh") if topic else ""
            text = self._composer.say("no_more", language, topic=label)
            return Reply(text, "listed", language, context, confidence=1.0)
        return self._answered(Decision("listed", tuple(siblings), lead="more"), question, language, context)

    def _siblings(self, topic_id: str) -> list[Entry]:
        root = topic_id.split(".")[0]
        same = [entry for entry in self._entries.values() if entry.topic == topic_id]
        return same + [e for e in self._entries.values() if e.topic.split(".")[0] == root and e.topic != topic_id]

    def _related(self, entry: Entry, shown: Sequence[str]) -> list[Entry]:
        return [other for other in self._siblings(entry.topic) if other.id not in shown][:RELATED]


def _candidates_of(ranking: Ranking) -> tuple[Candidate, ...]:
    return tuple(Candidate(item.entry.id, round(item.probability, 4)) for item in ranking.items[:5])
