"""Replies of each outcome, with what the conversation remembers of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers.compose import Composer
from bot.answers.decide import Decision
from bot.answers.question import Question, Reader
from bot.answers.ranking import Ranker, Ranking
from bot.answers.reply import Candidate, Context, Outcome, Reply
from bot.answers.scope import Scope
from bot.facts.entries import Entry, Snapshot

NUMERIC_DETAILS = ("fee", "budget", "subsidy", "extent", "dimension", "people", "capital", "rank")
"""Details that would be a figure: no other figure is stated in their place."""
RELATED = 3
"""How many related questions an answer offers."""
REMEMBERED = 24
"""How many shown entries a conversation remembers."""
NEXT = 0.03
"""Lowest probability at which an entry is told next to 「还有吗」, before others of the topic."""
NO_RANKING = Ranking()


class Replies:
    """Makes replies.

    Args:
        snapshot: what is published.
        reader: understands wording.
        scope: limits of place and year.
        ranker: ranks entries.
        hotline: number that refusals point to.
    """

    def __init__(self, snapshot: Snapshot, reader: Reader, scope: Scope, ranker: Ranker, hotline: str) -> None:
        self.reader, self._scope, self._ranker = reader, scope, ranker
        self._composer = Composer(snapshot, hotline)
        self._entries = snapshot.by_id
        self._topics = {topic.id: topic for topic in snapshot.topics}

    def answered(
        self, decision: Decision, question: Question, language: str, context: Context, ranking: Ranking = NO_RANKING
    ) -> Reply:
        """A statement, a list, a correction or a missing detail, as decided."""
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

    def clarified(self, decision: Decision, question: Question, language: str, context: Context) -> Reply:
        """A question back, naming the entries that may be meant."""
        options = decision.entries
        return Reply(
            text=self._composer.clarification(options, language),
            outcome="clarified",
            language=language,
            entries=tuple(entry.id for entry in options),
            buttons=self._composer.buttons(options, language),
            context=replace(context, question=question.core, options=[entry.id for entry in options]),
        )

    def refusal(self, kind: str, question: Question, language: str, context: Context, ranking: Ranking) -> Reply:
        """A refusal of a kind; without one, that of the nearest kind of question, if any is near."""
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

    def provenance(self, last: Sequence[Entry], question: Question, language: str, context: Context) -> Reply:
        """Where the last answer comes from."""
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

    def more(self, question: Question, language: str, context: Context) -> Reply:
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
        return self.answered(Decision("listed", tuple(siblings), lead="more"), question, language, context)

    def _siblings(self, topic_id: str) -> list[Entry]:
        root = topic_id.split(".")[0]
        same = [entry for entry in self._entries.values() if entry.topic == topic_id]
        return same + [e for e in self._entries.values() if e.topic.split(".")[0] == root and e.topic != topic_id]

    def _related(self, entry: Entry, shown: Sequence[str]) -> list[Entry]:
        return [other for other in self._siblings(entry.topic) if other.id not in shown][:RELATED]


def _candidates_of(ranking: Ranking) -> tuple[Candidate, ...]:
    return tuple(Candidate(item.entry.id, round(item.probability, 4)) for item in ranking.items[:5])
