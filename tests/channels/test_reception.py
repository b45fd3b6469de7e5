"""Every turn is logged once: by Rasa's event broker, or here if it never got there."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels.commands import Commands
from bot.channels.messages import Messages
from bot.channels.reception import Reception
from bot.conversations.turn import Turn
from tests.channels.conftest import SNAPSHOT, FakeAgent


class Log:
    """Collects turns; knows those that a broker logged before."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.by_broker: set[str] = set()
        self.fails = False

    def add(self, record: Turn) -> None:
        if self.fails:
            raise RuntimeError
        self.turns.append(record)

    def conversation_of(self, turn_id: str) -> str | None:
        return "s" if turn_id in self.by_broker else None


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def reception(agent: FakeAgent, messages: Messages, log: Log) -> Reception:
    return Reception(Commands(agent, messages, lambda: SNAPSHOT), messages, log)


async def say(reception: Reception, agent: FakeAgent, text: str) -> list[dict[str, Any]]:
    return await reception.receive(text, "s", "web", agent.handle_message)


@pytest.mark.parametrize(
    ("typed", "outcome", "question"),
    [
        ("/help", "help", "/help"),
        ("／LANG en", "lang", "/lang en"),
        ("/lang 13800138000", "lang", "/lang 〔手机号〕"),
        ("/source", "source", "/source"),
        ("😀", "empty", "😀"),
        ("问13800138000" * 400, "too_long", ""),
        ("boom", "error", "boom"),
        ("silence", "error", "silence"),
    ],
)
async def test_turns_that_do_not_reach_the_broker(
    reception: Reception, agent: FakeAgent, log: Log, typed: str, outcome: str, question: str
) -> None:
    [reply] = await say(reception, agent, typed)
    [turn] = log.turns
    assert (turn.outcome, turn.question, turn.reply) == (outcome, question, reply["text"])
    assert (turn.id, turn.conversation_id, turn.channel) == (reply["metadata"]["turn"], "s", "web")


async def test_forgetting_leaves_no_row(reception: Reception, agent: FakeAgent, log: Log) -> None:
    [reply] = await say(reception, agent, "/forget")
    assert agent.forgotten == ["s"] and not log.turns
    assert "已删除" in reply["text"]


async def test_what_the_broker_logged_is_not_logged_again(reception: Reception, agent: FakeAgent, log: Log) -> None:
    async def handle(message: UserMessage) -> None:
        log.by_broker.add(message.metadata["turn"])
        await agent.handle_message(message)

    [reply] = await reception.receive("路灯", "s", "web", handle)
    assert reply["metadata"]["turn"] in log.by_broker and not log.turns


async def test_a_log_that_fails_costs_no_reply(reception: Reception, agent: FakeAgent, log: Log) -> None:
    log.fails = True
    assert len(await say(reception, agent, "/help")) == 1


async def test_each_turn_has_its_own_id(reception: Reception, agent: FakeAgent) -> None:
    ids = {(await say(reception, agent, "路灯"))[0]["metadata"]["turn"] for _ in range(3)}
    assert len(ids) == 3
