"""One turn of a conversation: safety first, then small talk and language switches, then the question."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from bot.answers import speech
from bot.answers.assistant import Assistant
from bot.answers.reply import Button, Context

SOCIAL = frozenset(
    (
        "greet",
        "goodbye",
        "thanks",
        "praise",
        "bot_challenge",
        "ask_help",
        "smalltalk",
        "insult",
        "complaint",
        "provocation",
        "injection",
        "affirm",
        "deny",
        "cancel",
    )
)
"""Acts that get a fixed phrase, unless the message also asks something that the report answers."""
GUARDED = frozenset(("provocation", "injection", "insult"))
"""Acts that are answered from the report only when the question is beyond doubt."""
DOUBTED = frozenset(("out_of_scope", "smalltalk", "complaint"))
"""Acts that raise the bar for an answer the more, the surer the classifier is of them."""
DOUBT = 0.6
"""Where the bar for them begins."""
BELIEVED = 0.4
"""Lowest confidence at which a social act is believed."""
CANCEL_BELIEVED = 0.75
"""The same where there is nothing to cancel."""
ANSWERED_ANYWAY = 0.75
"""Probability of an answer from which a social message counts as a question after all."""
BEYOND_DOUBT = 0.97
"""The same for guarded acts."""
DANGER_BELIEVED = 0.8
"""Lowest confidence at which an act of danger is believed without any of its words."""

_ENGLISH = re.compile(r"英文|英语|english", re.I)
_TRADITIONAL = re.compile(r"繁[体體]|traditional", re.I)
_CHINESE = re.compile(r"中文|汉语|漢語|普通话|普通話|简体|簡體|国语|chinese|mandarin", re.I)
_LANGUAGE_REQUEST = re.compile(
    r"(请|麻烦|能不能)?(你)?(都)?(用|说|讲)(英文|英语|中文|汉语|普通话|繁[体體](字|中文)?)(来)?(回答|告诉我|说|讲|回复|吧|一下)*|"
    r"(please |can you |could you )?(answer|reply|say it|speak|tell me|respond)?( me)?( in)? ?"
    r"(english|chinese|mandarin)( please)?",
    re.I,
)
_LASTING = re.compile(r"以后|以後|之后都|一直|都用|接下来|接下來|from now on|always|henceforth", re.I)


@dataclass(frozen=True)
class Turn:
    """What a turn says and leaves behind.

    Args:
        text: the reply.
        context: the conversation's context after the turn.
        buttons: suggestions.
        metadata: outcome, entries, confidence and the like; JSON types only.
    """

    text: str
    context: Context
    buttons: tuple[Button, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)


def take_turn(assistant: Assistant, text: str, act: str, confidence: float, context: Context, hotline: str) -> Turn:
    """Reply to one message.

    Args:
        assistant: answers questions.
        text: the message, masked.
        act: dialogue act from the classifier, may be empty.
        confidence: its confidence, 0 to 1.
        context: the conversation so far.
        hotline: number that the phrases point to.
    """
    language = assistant.language_of(text, context)
    danger = speech.danger(text)
    if not danger and act in ("emergency", "self_harm") and confidence >= DANGER_BELIEVED:
        danger = act if assistant.confidence(text) < ANSWERED_ANYWAY else ""
    if danger:
        return _said(danger, language, context, hotline)
    if act == "change_language" or _names_language_only(text):
        rest = _LANGUAGE_REQUEST.sub(" ", text).strip(" ,，。.!！?？")
        language = target_language(text)
        if not language or not (assistant.confidence(rest) >= ANSWERED_ANYWAY or assistant.is_follow_up(rest)):
            return _switched(assistant, text, context, hotline)
        lasting = bool(_LASTING.search(text) or context.language)
        reply = assistant.reply(rest, "follow_up" if context.entries else "", replace(context, language=language))
        left = replace(reply.context, language=language if lasting else context.language)
        return Turn(reply.text, left, reply.buttons, reply.metadata())
    if act in SOCIAL or act in GUARDED:
        doubt = BEYOND_DOUBT if act in GUARDED else ANSWERED_ANYWAY
        needed = CANCEL_BELIEVED if act == "cancel" else BELIEVED
        believed = confidence >= needed and not (context.entries and assistant.is_follow_up(text))
        if believed and speech.knows(act) and assistant.confidence(text) < doubt:
            return _said(act, language, context, hotline)
    if act == "repeat" and not context.entries and assistant.confidence(text) < ANSWERED_ANYWAY:
        return _said("nothing_to_repeat", language, context, hotline)
    caution = 0.0
    if act in GUARDED and confidence >= BELIEVED:
        caution = BEYOND_DOUBT
    elif act in DOUBTED and confidence >= BELIEVED:
        caution = DOUBT + (BEYOND_DOUBT - DOUBT) * confidence
    reply = assistant.reply(text, act, context, caution)
    return Turn(
        reply.text,
        reply.context,
        reply.buttons,
        {
            **reply.metadata(),
            "candidates": [{"entry": c.entry_id, "probability": c.probability} for c in reply.candidates],
        },
    )


def target_language(text: str) -> str:
    """The language that a message asks to be answered in, or empty."""
    for pattern, language in ((_TRADITIONAL, "zh-Hant"), (_ENGLISH, "en"), (_CHINESE, "zh-Hans")):
        if pattern.search(text):
            return language
    return ""


def _names_language_only(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"\s*(请|麻烦)?(用|说|讲|in |speak |say it in )?(英文|英语|中文|繁体|繁體|english|chinese)"
            r"(怎么说|说|回答|再说一遍|说一遍|please|,? please)?[。.!！?？]?\s*",
            text,
            re.I,
        )
    )


def _switched(assistant: Assistant, text: str, context: Context, hotline: str) -> Turn:
    language = target_language(text) or assistant.language_of(text, context)
    fixed = language if _LASTING.search(text) or not context.entries or context.language else ""
    context = replace(context, language=fixed or context.language)
    if not context.entries:
        return _said("language_switched", language, context, hotline)
    reply = assistant.reply(text, "repeat", replace(context, language=language))
    return Turn(reply.text, replace(reply.context, language=context.language), reply.buttons, reply.metadata())


def _said(act: str, language: str, context: Context, hotline: str) -> Turn:
    metadata = {"outcome": act, "entries": [], "language": language}
    return Turn(speech.say(act, language, hotline=hotline), replace(context, last_language=language), (), metadata)
