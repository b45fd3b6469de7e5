"""The assistant's own commands."""

from __future__ import annotations

import pytest

from bot.answers.reply import Context
from bot.channels.commands import Command, Commands, recognise
from bot.channels.messages import Messages
from tests.channels.conftest import SNAPSHOT, FakeAgent


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/help", Command("help")),
        (" /HELP ", Command("help")),
        ("／help", Command("help")),
        ("/help@hunnan_bot", Command("help")),
        ("/lang en", Command("lang", "en")),
        ("/lang  zh-Hant", Command("lang", "zh-hant")),
        ("/lang", Command("lang")),
        ("/lang 中文", Command("lang", "中文")),
        ("/source", Command("source")),
        ("/forget", Command("forget")),
        ("/forget me", None),
        ("/restart", None),
        ("help", None),
        ("/lang en please", None),
        ("say /help", None),
        ("/helpme", None),
        ('/ask{"a": 1}', None),
        ("", None),
        ("/" * 5000, None),
    ],
)
def test_recognise(typed: str, command: Command | None) -> None:
    assert recognise(typed) == command


@pytest.fixture
def commands(agent: FakeAgent, messages: Messages) -> Commands:
    return Commands(agent, messages, lambda: SNAPSHOT)


@pytest.mark.parametrize(
    ("argument", "language", "said"),
    [
        ("en", "en", "I will reply in English"),
        ("zh", "zh-Hans", "用简体中文回复"),
        ("zh-hant", "zh-Hant", "用繁體中文回覆"),
        ("auto", "", "按提问所用的语言"),
    ],
)
async def test_lang(commands: Commands, agent: FakeAgent, argument: str, language: str, said: str) -> None:
    agent.contexts["s"] = Context(question="q", language="en")
    assert said in await commands.answer(Command("lang", argument), "s")
    assert agent.contexts["s"] == Context(question="q", language=language)


async def test_lang_unknown(commands: Commands, agent: FakeAgent) -> None:
    assert "/lang zh-Hant" in await commands.answer(Command("lang", "klingon"), "s")
    assert not agent.contexts


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh-Hans", ["报道甲", "某区", "2020-01", "规划引领、改革破冰"]),
        ("zh-Hant", ["報道甲", "某區"]),
        ("en", ["Report A", "Planning; Reform"]),
        ("", ["报道甲", "Report A"]),
    ],
)
async def test_source(commands: Commands, agent: FakeAgent, language: str, parts: list[str]) -> None:
    agent.contexts["s"] = Context(last_language=language)
    said = await commands.answer(Command("source"), "s")
    assert all(part in said for part in parts)


async def test_source_without_a_report(agent: FakeAgent, messages: Messages) -> None:
    assert "No report" in await Commands(agent, messages, lambda: None).answer(Command("source"), "s")


async def test_help_and_forget(commands: Commands, agent: FakeAgent) -> None:
    said = await commands.answer(Command("help"), "s")
    assert all(name in said for name in ("/lang", "/source", "/forget", "12345"))
    agent.contexts["s"] = Context(language="en")
    assert "deleted" in await commands.answer(Command("forget"), "s")
    assert agent.forgotten == ["s"]


async def test_forget_says_if_it_failed(commands: Commands, agent: FakeAgent) -> None:
    agent.broken = True
    assert "could not be deleted" in await commands.answer(Command("forget"), "s")
    assert "12345" in await commands.answer(Command("lang", "en"), "s")
