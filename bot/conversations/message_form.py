"""What the message form accepts, in the dialogue and as a form with fields alike."""

from __future__ import annotations

import re

MOST_CONTACT = 200
"""Longest contact, in characters."""

_DECLINED = re.compile(
    r"\s*(那|就)*(不用|不需要|不要|不必|不留|不方便|没有|沒有|無|无|跳过|跳過|免了|匿名|"
    r"no|none|skip( it)?|not needed|anonymous)"
    r"(了|吧|就行|联系|回复|留|联系方式|,? ?(contact|need|thanks|thank you)|谢谢|謝謝|[,，。.!！ ])*\s*",
    re.I,
)
_CANCEL = re.compile(
    r"\s*((那|还是)?(算了(吧)?|取消(了|留言)?(吧)?|不(留|说|写|用|填)了|不留言了|退出|停(止)?|"
    r"cancel( it| that)?|never ?mind|forget it|stop|quit)[,，。.!！ ]*)+\s*",
    re.I,
)


def declines_contact(text: str) -> bool:
    """True for words that do nothing but decline to leave a contact; a contact that holds such words is kept."""
    return bool(_DECLINED.fullmatch(text))


def cancels(text: str) -> bool:
    """True for words that do nothing but cancel the form."""
    return bool(_CANCEL.fullmatch(text))
