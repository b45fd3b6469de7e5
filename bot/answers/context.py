"""Follow-ups: what a short message means after the turns before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.answers.question import Question, Reader
from bot.answers.reply import Context

COMPLETE = 8
"""Content characters from which a correction is a question of its own."""
_LEAD = re.compile(
    r"^(那么|那|然后|还有|再|另外|对了|哦+|噢+|嗯+|好的?|行|and|what about|how about|then|ok(ay)?|so|also)[,，、 ]*"
    r"(说说|问一?下)?|(呢|啊|呀|咧|哩)?[?？!。.]*$"
)
_CORRECTION = re.compile(
    r"^(不是|不对|错了|搞错了|弄错了|你搞错了|不不|没问这个|我不是问这个|我不是这个意思|no|nope|wrong|"
    r"not that)[,，。、!. ]*"
    r"|(我(是)?(问|说|指|讲)的?(其实)?(是|不是)?|我(是)?想问(的是)?|"
    r"i mean[t]?|i('m| am| was) asking( about)?|i asked( about)?)"
)
_PRONOUN = re.compile(
    r"它们?|这个|那个|这些|那些|这事儿?|那事儿?|这|其中|里头|里面|上面|刚才|该项目|\b(it|its|they|them|that|this|those|these|there)\b"
)
_PRONOUN_FIRST = re.compile(
    r"(那|这)?(它们?|这个|那个|这些|那些|这事儿?|那事儿?)|"
    r"(is|are|does|do|will|where is|when is|what is) (it|they|that|this)\b"
)
_COMPARISON = re.compile(
    r"相?比较?|对比|哪个|谁|更|最|多|少|大|高|长|快|加起来|加一?块|合计|一共|总共|相?差|目标|计划|实际|完成|两个|俩|"
    r"\b(which|one|longer|larger|bigger|higher|together|total|difference|compare[ds]?|two|both|target)\b"
)
_VERB = re.compile(
    "[装修建签种铺做办干增涨投完成达到了]|\\b(built|installed|repaired|signed|planted|achieved|reached|it)\\b"
)
_CLAIM = re.compile(
    r"\d[\d.,]*\s*(公里|千米|平方米|亿元|万元|亿|万|元|盏|家|座|亩|处|项|个|位|%|km|kilomet\w+|lights?|mu|million|billion|yuan)?|"
    r"正好|刚好|整整|一点|不多|不少|只有|咋|怎么|说成?|才|不止|\b(so|right|correct|exactly|just|only|about|isn.t|is|was)\b"
)
_ORDINAL = re.compile(
    r"^(就|选|要|我要|我选|我问的?是)?(第)?(?P<n>[一二三四1234])(个|项|号|条)?(吧|呗|那个)?$|"
    r"^(?P<first>前者|前面(那|的)?个?|头一个|上面那个|"
    r"(the )?first( one)?)$|^(?P<second>(the )?second( one)?)$|"
    r"^(?P<third>(the )?third( one)?)$|"
    r"^(?P<last>后者|后面(那|的)?个?|最后(那|的)?一?个?|(the )?(last|latter)( one)?)$"
)
_NUMERAL = {"一": 0, "二": 1, "三": 2, "四": 3, "1": 0, "2": 1, "3": 2, "4": 3}


@dataclass(frozen=True)
class Resolved:
    """A question with what the conversation adds to it.

    Args:
        question: the question to answer.
        elliptic: it cannot stand alone: it has no object, or only swaps one part of the question before.
        without_object: nothing is named; the entries of the last answer are meant.
        corrects: the citizen rejects the last answer, so its first entry is not meant.
        merged: text that joins the question before with the new words, to search with as well; may be empty.
    """

    question: Question
    elliptic: bool = False
    without_object: bool = False
    corrects: bool = False
    merged: str = ""


def chosen_option(text: str) -> int | None:
    """Which of several options a message picks by position: from 0, -1 for the last; None if it picks none."""
    match = _ORDINAL.match(text.strip(" 。.!?,，"))
    if not match:
        return None
    if match.group("n"):
        return _NUMERAL[match.group("n")]
    if match.group("last"):
        return -1
    return 0 if match.group("first") else 1 if match.group("second") else 2


def leans_back(question: Question) -> bool:
    """True if the wording leads on from the turn before: 那…呢, what about…, a correction."""
    led = re.match(r"那|and\b|what about|how about", question.text) or question.text.rstrip("?？。").endswith("呢")
    return bool(led or _CORRECTION.search(question.text) or _PRONOUN_FIRST.match(question.text))


def resolve(question: Question, act: str, context: Context, reader: Reader) -> Resolved:
    """Understand a question from the conversation.

    Args:
        question: as read from its own words.
        act: dialogue act that the classifier gives it.
        context: what the conversation remembers.
        reader: understands wording.
    """
    if not context.entries:
        return Resolved(question)
    stripped = _LEAD.sub("", question.core).strip()
    corrects = bool(_CORRECTION.search(question.text)) or act == "correct"
    if corrects:
        stripped = _CORRECTION.sub(" ", stripped).strip()
    content = reader.content(_PRONOUN.sub(" ", stripped))
    short = len(content) <= 6 if question.language != "en" else len(content.split()) <= 2
    claimed = reader.content(_PRONOUN.sub(" ", _CLAIM.sub(" ", stripped))) if question.figures else content
    bare = _COMPARISON.sub("", claimed)
    bare = (_VERB.sub("", bare) if question.years else bare).replace(" ", "")
    only_detail = question.detail is not None and question.said == question.text and not question.places
    without_object = len(bare) < 2 or _only_unit(content) or only_detail
    pronoun = bool(_PRONOUN.search(question.text)) and short
    if without_object or pronoun:
        return Resolved(question, True, without_object, corrects, f"{context.question} {stripped}".strip())
    if act in ("follow_up", "correct") or leans_back(question) or corrects or short:
        core = stripped or question.core
        alone = corrects and not short and len(content) >= COMPLETE
        merged = core if alone else f"{core} {context.question}"
        return Resolved(question.about(core), True, False, corrects, merged)
    return Resolved(question)


def _only_unit(content: str) -> bool:
    return bool(
        re.fullmatch(
            r"(公里|千米|盏|家|座|亩|处|项|元|亿|万|%|平方米|km|kilomet(re|er)s?|lights?|companies|projects|mu)",
            content,
        )
    )
