"""The web channel: what it answers, and that nothing is done twice."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

import httpx
import pytest

from bot.answers.reply import Context
from bot.channels.parts import present
from bot.channels.replays import Replays
from bot.channels.web import WebServices
from tests.channels.conftest import Clock, FakeAgent, FakeFeedback, FakeTickets

WEB = "/webhooks/web"
KEY = "0123456789abcdef"


class Citizen:
    """A widget with its session."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        session = client.post(f"{WEB}/session", content="{}").json()
        self.token, self.expires = session["token"], session["expires"]
        self.conversation = self.token.split(".")[0]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self._client.post(f"{WEB}/{path}", content=json.dumps(body), headers=self.headers)

    def ask(self, text: Any, key: Any = KEY, **more: Any) -> httpx.Response:
        return self.post("messages", message=text, key=key, **more)


@pytest.fixture
def citizen(client: httpx.Client) -> Citizen:
    return Citizen(client)


def test_a_message_is_answered(citizen: Citizen, agent: FakeAgent) -> None:
    response = citizen.ask("路灯多少盏")
    assert response.status_code == 200
    [message] = response.json()["messages"]
    assert message["body"] == message["text"] == "答：路灯多少盏\n\n第二段"
    assert message["buttons"] == [{"title": "路灯", "payload": "路灯多少盏"}]
    assert message["outcome"] == "answered" and re.fullmatch("[0-9a-f]{32}", message["turn"])
    [seen] = agent.seen
    assert (seen.sender_id, seen.input_channel) == (citizen.conversation, "web")


def test_the_parts_of_a_reply() -> None:
    source = {
        "title": "报道甲", "published": "2020年1月", "section": "规划", "quote": "安装路灯1300盏以上。",
        "status": "这是2020年计划目标。", "line": "来源：报道甲（2020年1月）“规划”部分",
    }  # fmt: skip
    text = "\n".join(["装1300盏以上。", source["status"], source["line"], f"原文：“{source['quote']}”"])
    shown = present({"text": text, "metadata": {"source": source, "outcome": "answered"}})
    assert shown["text"] == text and shown["body"] == "装1300盏以上。" and shown["status"] == source["status"]
    assert shown["source"] == {key: source[key] for key in ("title", "published", "section", "quote")}
    assert present({"text": "您好"})["body"] == "您好" and present({"text": "您好"})["source"] is None
    only = present({"text": source["line"], "metadata": {"source": source}})
    assert only["body"] == source["line"]


@pytest.mark.parametrize("path", ["messages", "tickets", "feedback", "received", "events"])
@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("", "session_missing"),
        ("Basic abc", "session_missing"),
        ("Bearer x", "session_invalid"),
        (f"Bearer web-{'0' * 32}.9999999999.{'A' * 43}", "session_invalid"),
    ],
)
def test_without_a_valid_token_nothing_happens(
    client: httpx.Client, agent: FakeAgent, tickets: FakeTickets, path: str, header: str, error: str
) -> None:
    method = "GET" if path == "events" else "POST"
    body = {"message": "问", "matter": "事", "key": KEY}
    response = client.request(method, f"{WEB}/{path}", json=body, headers={"Authorization": header})
    assert response.status_code == 401 and response.json()["error"] == error and response.json()["message"]
    assert not agent.seen and not tickets.stored


def test_a_token_ends_unless_it_is_used(client: httpx.Client, citizen: Citizen, clock: Clock, agent: FakeAgent) -> None:
    assert "session" not in citizen.ask("一").json()
    clock.now = 1900
    renewed = citizen.ask("二", "another-key").json()["session"]
    clock.now = 3700
    assert citizen.ask("三", "a-third-key").json()["error"] == "session_expired"
    citizen.token = renewed["token"]
    assert citizen.ask("四", "a-fourth-key").status_code == 200
    assert {message.sender_id for message in agent.seen} == {citizen.conversation}
    again = client.post(f"{WEB}/session", content="{}", headers=citizen.headers).json()["token"]
    assert again.split(".")[0] == citizen.conversation


def test_a_retry_is_answered_alike_and_asked_once(citizen: Citizen, agent: FakeAgent) -> None:
    first, second = citizen.ask("问"), citizen.ask("问")
    assert first.json()["messages"] == second.json()["messages"] and len(agent.seen) == 1
    assert citizen.ask("另一个问题").json()["error"] == "key_reused" and len(agent.seen) == 1


def test_a_retry_after_a_restart_gets_the_reply_of_before(
    citizen: Citizen, agent: FakeAgent, web: WebServices, caplog: pytest.LogCaptureFixture
) -> None:
    [first] = citizen.ask("问").json()["messages"]
    restarted = Replays()
    web.replays.__dict__.update(restarted.__dict__)
    agent.said = {
        f"{citizen.conversation} {first['turn']}": [{"text": "答：从前", "metadata": {"outcome": "answered"}}]
    }
    [again] = citizen.ask("问").json()["messages"]
    assert (again["text"], again["outcome"], again["turn"]) == ("答：从前", "answered", first["turn"])
    assert len(agent.seen) == 1
    web.replays.__dict__.update(Replays().__dict__)
    agent.broken = True  # then it is asked again, and logged under the same id
    [asked] = citizen.ask("问").json()["messages"]
    assert asked["turn"] == first["turn"] and len(agent.seen) == 2
    assert "an earlier reply could not be read: RuntimeError" in caplog.messages


def test_a_retry_while_the_first_still_runs(client: httpx.Client, citizen: Citizen, agent: FakeAgent) -> None:
    agent.pauses = 0.5
    replies: list[Any] = []
    threads = [threading.Thread(target=lambda: replies.append(citizen.ask("问").json())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(replies) == 3 and replies[0] == replies[1] == replies[2] and len(agent.seen) == 1


def test_a_retry_after_the_first_was_cut_off(client: httpx.Client, citizen: Citizen, agent: FakeAgent) -> None:
    agent.pauses = 0.6
    with pytest.raises(httpx.ReadTimeout):
        client.post(
            f"{WEB}/messages",
            json={"message": "问", "key": KEY},
            headers=citizen.headers,
            timeout=httpx.Timeout(5, read=0.2),
        )
    assert citizen.ask("问").json()["messages"][0]["outcome"] == "answered" and len(agent.seen) == 1


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[]", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b"[" * 60000, "invalid_json"),
        (b"{}", "invalid_message"),
        (b'{"message": 5, "key": "0123456789"}', "invalid_message"),
        (b'{"message": "x"}', "invalid_key"),
        (b'{"message": "x", "key": "short"}', "invalid_key"),
        (b'{"message": "x", "key": 12345678}', "invalid_key"),
        (b'{"message": "x", "key": "with space here"}', "invalid_key"),
        (b'{"message": "x", "key": "' + b"k" * 65 + b'"}', "invalid_key"),
        (b'{"message": "x", "key": "0123456789", "language": "tlh"}', "invalid_language"),
        (b'{"message": "x", "key": "0123456789", "language": ["en"]}', "invalid_language"),
    ],
)
def test_wrong_bodies_are_refused(
    client: httpx.Client, citizen: Citizen, agent: FakeAgent, body: bytes, error: str
) -> None:
    response = client.post(f"{WEB}/messages", content=body, headers=citizen.headers)
    assert response.status_code == 400 and response.json()["error"] == error
    assert re.search("[a-z]", response.json()["message"]) and re.search("[\u4e00-\u9fff]", response.json()["message"])
    assert not agent.seen


@pytest.mark.parametrize("path", ["messages", "tickets", "session", "feedback"])
def test_large_bodies_are_refused(client: httpx.Client, citizen: Citizen, agent: FakeAgent, path: str) -> None:
    body = json.dumps({"message": "x" * 66000, "matter": "x", "key": KEY})
    response = client.post(f"{WEB}/{path}", content=body, headers=citizen.headers)
    assert response.status_code == 413 and response.json()["error"] == "body_too_large" and not agent.seen


def test_the_widgets_language_is_fixed_for_the_conversation(citizen: Citizen, agent: FakeAgent) -> None:
    citizen.ask("问", language="en")
    assert agent.contexts[citizen.conversation].language == "en"
    agent.broken = True
    assert citizen.ask("问", "another-key", language="zh-Hant").status_code == 200


def test_a_flood_is_slowed_down_and_touches_nobody_else(
    client: httpx.Client, citizen: Citizen, agent: FakeAgent
) -> None:
    statuses = [citizen.ask("问", f"key-number-{number}").status_code for number in range(8)]
    assert statuses == [200] * 5 + [429] * 3 and len(agent.seen) == 5
    refused = citizen.ask("问", "yet-another-key")
    assert refused.headers["retry-after"] == "1" and refused.json()["error"] == "too_many_messages"
    assert Citizen(client).ask("问").status_code == 200


def test_one_address_is_slowed_down(client: httpx.Client) -> None:
    statuses = [client.post(f"{WEB}/session", content="{}").status_code for _ in range(22)]
    assert statuses == [200] * 20 + [429] * 2
    lookups = [client.get(f"{WEB}/hot").status_code for _ in range(42)]
    assert lookups == [200] * 40 + [429] * 2


def test_feedback(citizen: Citizen, feedback: FakeFeedback) -> None:
    turn = citizen.ask("问").json()["messages"][0]["turn"]
    assert citizen.post("feedback", turn=turn, value="up").status_code == 200
    assert feedback.given == [(turn, citizen.conversation, "up")]
    assert citizen.post("feedback", turn="unknown", value="down").json()["error"] == "unknown_turn"
    assert citizen.post("feedback", turn=turn, value="maybe").status_code == 400
    assert citizen.post("feedback", turn=7, value="up").status_code == 400


def test_the_form_gives_a_ticket_once(citizen: Citizen, tickets: FakeTickets, agent: FakeAgent) -> None:
    fields = {"matter": "路灯坏了，电话13800138000", "contact": "王女士，晚上", "key": KEY, "language": "zh-Hant"}
    first, second = citizen.post("tickets", **fields), citizen.post("tickets", **fields)
    assert first.json() == second.json()
    [message] = first.json()["messages"]
    assert message["ticket"] == "HN-20200115-0001" in message["text"] and "編號" in message["text"]
    assert tickets.stored == [
        {
            "matter": "路灯坏了，电话〔手机号〕",
            "contact": "王女士，晚上",
            "channel": "web",
            "sender_id": citizen.conversation,
        }
    ]
    assert re.fullmatch("[0-9a-f]{32}", message["turn"])
    [(conversation, text, metadata)] = agent.noted
    assert conversation == citizen.conversation and text == message["text"]
    assert metadata["outcome"] == "ticket_created" and metadata["ticket"] == "HN-20200115-0001"


@pytest.mark.parametrize(
    ("matter", "contact", "error"),
    [
        ("", "", "matter_empty"),
        ("？？ 😀", "", "matter_empty"),
        ("事" * 2001, "", "matter_too_long"),
        ("事", "人" * 201, "contact_too_long"),
    ],
)
def test_wrong_fields_are_refused(
    citizen: Citizen, tickets: FakeTickets, matter: str, contact: str, error: str
) -> None:
    response = citizen.post("tickets", matter=matter, contact=contact, key=KEY)
    assert response.status_code == 422 and response.json()["error"] == error
    assert not tickets.stored
    assert citizen.post("tickets", matter="事", contact="", key="another-key").status_code == 200


@pytest.mark.parametrize("contact", ["", "不用了", "no thanks", "😀"])
def test_a_contact_is_not_needed(citizen: Citizen, tickets: FakeTickets, contact: str) -> None:
    assert citizen.post("tickets", matter="事情", contact=contact, key=KEY).status_code == 200
    assert tickets.stored[0]["contact"] == ""


def test_danger_in_the_form_gets_the_numbers_and_is_not_stored(citizen: Citizen, tickets: FakeTickets) -> None:
    [message] = citizen.post("tickets", matter="着火了，快来人", key=KEY).json()["messages"]
    assert message["outcome"] == "emergency" and "119" in message["text"] and not message["ticket"]
    assert not tickets.stored


def test_the_form_without_a_database(citizen: Citizen, tickets: FakeTickets, agent: FakeAgent) -> None:
    agent.broken = tickets.broken = True
    [message] = citizen.post("tickets", matter="事情", key=KEY).json()["messages"]
    assert message["outcome"] == "ticket_failed" and "12345" in message["text"]
    tickets.broken = False
    [message] = citizen.post("tickets", matter="事情", key="another-key").json()["messages"]
    assert message["ticket"]


def test_the_form_follows_the_conversations_language(citizen: Citizen, agent: FakeAgent) -> None:
    agent.contexts[citizen.conversation] = Context(language="en")
    [message] = citizen.post("tickets", matter="事情", key=KEY, language="zh-Hans").json()["messages"]
    assert "Ticket number" in message["text"]


def test_lookups(client: httpx.Client) -> None:
    assert client.get(f"{WEB}/suggestions?q=路灯").json() == {"suggestions": ["乡村要装多少盏路灯？"]}
    assert client.get(f"{WEB}/suggestions").json() == {"suggestions": []}
    assert client.get(f"{WEB}/suggestions?q=%ff%fe&language=en").status_code == 200
    assert client.get(f"{WEB}/hot?language=en").json() == {"questions": ["What about parking?", "A seed?"]}
    assert client.get(f"{WEB}/hot?language=x").status_code == 400


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "messages"), ("PUT", "tickets"), ("POST", "hot"), ("GET", "nothing")]
)
def test_other_requests(client: httpx.Client, method: str, path: str) -> None:
    response = client.request(method, f"{WEB}/{path}")
    assert response.status_code in (404, 405) and response.json()["message"]


def test_services_are_complete(web: WebServices) -> None:
    assert web.tokens.now() == 0
