"""From a question to a reply: understand, resolve, check the scope, rank, decide, compose."""

from __future__ import annotations

from dataclasses import replace

from bot.answers.calibration import Calibration
from bot.answers.compose import reply_language
from bot.answers.context import leans_back, resolve
from bot.answers.decide import Decision, Judge
from bot.answers.index import Index
from bot.answers.question import Reader
from bot.answers.ranking import Ranker, Ranking
from bot.answers.replies import Replies
from bot.answers.reply import Context, Reply
from bot.answers.scope import Scope
from bot.answers.understanding import Understanding
from bot.language.normalise import has_words
from bot.language.script import only_simplified


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
        scope = Scope(snapshot, self.reader)
        ranker = Ranker(index, self.reader, calibration, scope)
        self._understanding = Understanding(snapshot, self.reader, scope, ranker)
        self._judge = Judge(snapshot, self.reader)
        self._replies = Replies(snapshot, self.reader, scope, ranker, hotline)
        self._entries = snapshot.by_id

    def confidence(self, text: str) -> float:
        """Probability that the best entry answers the text taken by itself."""
        return self._understanding.confidence(text)

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
        understanding, replies = self._understanding, self._replies
        question = self.reader.read(text)
        language = self.language_of(text, context)
        last = [self._entries[key] for key in context.entries if key in self._entries]
        context = replace(context, entries=[entry.id for entry in last], last_language=language)
        chosen = understanding.chosen(question, context)
        if chosen is not None:
            return replies.answered(Decision("answered", (chosen,)), question, language, context)
        if last and act == "repeat":
            return replies.answered(Decision("answered", tuple(last)), question, language, context)
        if understanding.asks_source(question, act, last):
            return replies.provenance(last, question, language, context)
        if last and (act == "more" or self._judge.asks_more(question)):
            return replies.more(question, language, context)
        named = understanding.named(question, last)
        if named:
            return replies.answered(Decision("answered", named), question, language, context)
        refused = understanding.out_of_scope(question)
        if refused:
            premise = understanding.wrong_place(question) if refused == "other_place" else None
            if premise is None:
                return replies.refusal(refused, question, language, context, Ranking())
            return replies.answered(Decision("corrected", (premise,), lead="wrong"), question, language, context)
        if last and question.wide and leans_back(question) and understanding.only_places(question):
            return replies.refusal("other_place", question, language, context, Ranking())
        resolved = resolve(question, act, context, self.reader)
        resolved, ranking = understanding.candidates(resolved, last)
        decision = self._judge.decide(resolved, act, ranking, caution)
        if decision.outcome == "compared":
            decision = understanding.compared(resolved, last, context.shown, decision)
        if decision.outcome == "clarified":
            return replies.clarified(decision, question, language, context)
        if decision.outcome == "not_in_report":
            kind = "other_year" if question.years and resolved.without_object else ""
            return replies.refusal(kind, question, language, context, ranking)
        return replies.answered(decision, resolved.question, language, context, ranking)
