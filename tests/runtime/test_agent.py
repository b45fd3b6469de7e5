"""The agent and its processor, with a stand-in for the trained model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered, SlotSet
from rasa.shared.data import TrainingType

from bot.answers.reply import Context
from bot.channels.output import ReplyCollector
from bot.errors import ModelMissingError, StoreError
from bot.runtime import agent as runtime
from bot.runtime.agent import EVENTS_PER_SESSION, AssistantAgent
from bot.runtime.locks import LocalLockStore
from bot.runtime.stores import ConversationTrackerStore
from tests.runtime.conftest import make_domain

APOLOGY = "出错了"
DOMAIN = make_domain(
    intents=["ask"], actions=["action_answer", "action_other"], responses={"utter_hello": [{"text": "您好"}]}
)


class Model:
    """Understands every message as `ask`, and predicts the same actions in every turn."""

    def __init__(self) -> None:
        self.plan = ["action_answer", "action_listen"]
        self.fails = False

    def run(self, inputs: dict[str, Any], targets: list[str]) -> dict[str, Any]:
        if self.fails:
            raise RuntimeError("一个秘密")
        if targets == ["nlu"]:
            [message] = inputs["__message__"]
            parsed = {"text": message.text, "intent": {"name": "ask", "confidence": 1.0}, "entities": []}
            return {"nlu": [SimpleNamespace(as_dict=lambda **_: parsed)]}
        last = inputs["__tracker__"].latest_action_name
        following = self.plan[self.plan.index(last) + 1] if last in self.plan[:-1] else self.plan[0]
        return {"core": PolicyPrediction.for_action_name(DOMAIN, following)}


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    stand_in = Model()
    metadata = SimpleNamespace(
        assistant_id="test",
        model_id="1",
        domain=DOMAIN,
        training_type=TrainingType.BOTH,
        nlu_target="nlu",
        core_target="core",
    )
    monkeypatch.setattr(MessageProcessor, "_load_model", staticmethod(lambda path: ("model", metadata, stand_in)))
    return stand_in


@pytest.fixture
def agent(model: Model, tmp_path: Path) -> Iterator[AssistantAgent]:
    def answer(dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        text = tracker.latest_message["text"]
        dispatcher.utter_message(text=f"答：{text}", metadata={"outcome": "answered"})
        return [
            {"event": "slot", "name": "context", "value": {**(tracker.get_slot("context") or {}), "question": text}}
        ]

    file = tmp_path / "model.tar.gz"
    file.touch()
    store = ConversationTrackerStore(None, f"sqlite:///{tmp_path / 'x.db'}")
    made = AssistantAgent({"action_answer": answer, "action_other": answer}, 1, APOLOGY, store, LocalLockStore())
    made.load_model(file)
    yield made
    store.close()


async def ask(agent: AssistantAgent, text: str, sender: str = "s") -> list[str]:
    collector = ReplyCollector()
    await agent.handle_message(UserMessage(text, collector, sender))
    return [message["text"] for message in collector.messages]


async def test_a_turn(agent: AssistantAgent) -> None:
    assert await ask(agent, "路灯") == ["答：路灯"]
    assert (await agent.context("s")).question == "路灯"
    assert await agent.context("unknown") == Context()


async def test_the_language_is_kept_and_forgotten(agent: AssistantAgent) -> None:
    await agent.set_context("s", Context(language="en"))
    await ask(agent, "lamps")
    assert await agent.context("s") == Context(question="lamps", language="en")
    await agent.forget("s")
    assert await agent.context("s") == Context()


async def test_what_a_form_led_to_is_noted(agent: AssistantAgent) -> None:
    await ask(agent, "一")
    await agent.finish_form("s", "编号1", {"outcome": "ticket_created"})
    await agent.finish_form("new", "编号2", {"outcome": "ticket_created"})
    for sender, text in (("s", "编号1"), ("new", "编号2")):
        tracker = await agent.tracker_store.retrieve(sender)
        [said] = [event for event in tracker.events if isinstance(event, BotUttered) and event.text == text]
        assert said.metadata["outcome"] == "ticket_created" and tracker.active_loop_name is None
        await agent.tracker_store.save(tracker)
    assert await ask(agent, "二") == ["答：二"]


async def test_what_was_said_in_a_turn_can_be_read_again(agent: AssistantAgent) -> None:
    for text, turn in (("一", "t1"), ("二", "t2")):
        await agent.handle_message(UserMessage(text, ReplyCollector(), "s", metadata={"turn": turn}))
    await agent.finish_form("s", "编号1", {"outcome": "ticket_created"})
    for text, turn in (("一", "t1"), ("二", "t2")):
        said = [{"text": f"答：{text}", "buttons": [], "metadata": {"outcome": "answered"}}]
        assert await agent.replies("s", turn) == said
    assert await agent.replies("s", "t3") == await agent.replies("unknown", "t1") == []


async def test_a_failure_of_rasa_is_an_apology(
    agent: AssistantAgent, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(agent, "一")
    model.fails = True
    assert await ask(agent, "二") == [APOLOGY]
    model.fails = False
    assert await ask(agent, "三") == ["答：三"]
    assert "a message failed in Rasa" in caplog.messages


async def test_an_action_does_not_follow_itself(agent: AssistantAgent, model: Model) -> None:
    model.plan = ["action_answer"]
    assert await ask(agent, "一") == ["答：一"]
    assert await ask(agent, "二") == ["答：二"]


async def test_the_limit_of_actions_does_not_kill_the_conversation(agent: AssistantAgent, model: Model) -> None:
    model.plan = ["utter_hello"]
    assert await ask(agent, "一") == ["您好"] * 10
    model.plan = ["action_answer", "action_listen"]
    assert await ask(agent, "二") == ["答：二"]


async def test_sessions_are_bounded_and_keep_their_slots(agent: AssistantAgent) -> None:
    await agent.set_context("s", Context(language="en"))
    lengths = []
    for number in range(EVENTS_PER_SESSION // 2):
        assert await ask(agent, str(number)) == [f"答：{number}"]
        tracker = await agent.tracker_store.retrieve("s")
        lengths.append(len(tracker.events))
        await agent.tracker_store.save(tracker)
    assert max(lengths) <= EVENTS_PER_SESSION + 10
    assert lengths[-1] < max(lengths)
    assert sum(isinstance(event, SlotSet) for event in list(tracker.events)[:4]) == 1
    assert await agent.context("s") == Context(question=str(number), language="en")


def test_no_model(tmp_path: Path, model: Model) -> None:
    store = ConversationTrackerStore(None, f"sqlite:///{tmp_path / 'x.db'}")
    made = AssistantAgent({}, 1, APOLOGY, store, LocalLockStore())
    for path in (tmp_path, tmp_path / "nothing.tar.gz"):
        with pytest.raises(ModelMissingError, match="no trained model"):
            made.load_model(path)
    (tmp_path / "model.tar.gz").touch()
    with pytest.raises(StoreError, match="the domain names action_answer, action_other"):
        made.load_model(tmp_path)
    store.close()


def test_custom_actions_of_a_domain() -> None:
    domain = make_domain(actions=["action_a", "validate_f"], responses={"utter_x": [{"text": "x"}]})
    assert runtime.custom_actions(domain) == ["action_a", "validate_f"]
