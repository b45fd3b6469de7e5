"""Talking with the assistant from the terminal, here with a server that only pretends."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.__main__ import main
from bot.commands import terminal
from bot.commands.conversation import show
from bot.errors import StoreError
from bot.settings import Settings


class Pretender(BaseHTTPRequestHandler):
    """Answers like the REST channel: says what it was told, with one suggestion."""

    def do_GET(self) -> None:
        self._reply({"status": "ready"} if self.path == "/readyz" else {})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        button = {"title": "路灯？", "payload": "路灯要装多少盏？"}
        reply = {"recipient_id": asked["sender"], "text": f"答：{asked['message']}", "buttons": [button]}
        self._reply([{**reply, "metadata": {"outcome": "answered"}}])

    def _reply(self, body: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Port of a running pretender, which the settings name too."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Pretender) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("ASKHUNNAN_PORT", str(server.server_port))
        yield server.server_port
        server.shutdown()


def test_ask_goes_to_the_running_server(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "路灯"]) == 0
    assert capsys.readouterr().out == "答：路灯\n  1. 路灯？\n"


def test_several_questions_are_shown_with_their_answers(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--why", "路灯", "停车"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [said[0], said[4]] == ["> 路灯", "> 停车"]
    assert said[3] == '  {"outcome": "answered"}'


def test_ask_prints_json(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--json", "路灯"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["text"] == "答：路灯"


def test_chat_asks_a_suggestion_by_its_number(
    port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = iter(["路灯", "1", "2"])

    def say_next(_: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr("builtins.input", say_next)
    assert main(["chat"]) == 0
    answers = [line for line in capsys.readouterr().out.splitlines() if line.startswith("答")]
    assert answers == ["答：路灯", "答：路灯要装多少盏？", "答：2"]


def test_a_server_that_is_gone_is_said() -> None:
    with pytest.raises(StoreError, match="did not answer"):
        terminal.RemoteConversation("http://127.0.0.1:1", "somebody").say("你好")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:5005"),
        ("0.0.0.0", "http://127.0.0.1:5005"),
        ("::", "http://[::1]:5005"),
        ("example.gov.cn", "http://example.gov.cn:5005"),
    ],
)
def test_address_of_the_server(host: str, address: str) -> None:
    assert terminal.server_address(Settings(host=host)) == address


def test_only_askhunnan_counts_as_the_server(port: int) -> None:
    assert terminal.is_ready(f"http://127.0.0.1:{port}")
    assert not terminal.is_ready(f"http://127.0.0.1:{port}/elsewhere")
    assert not terminal.is_ready("http://127.0.0.1:1")


def test_show_numbers_suggestions_across_messages(capsys: pytest.CaptureFixture[str]) -> None:
    replies = [{"text": "甲", "buttons": [{"title": "一", "payload": "问一"}]}, {"text": "乙"}]
    assert show([*replies, replies[0]], why=False) == ["问一", "问一"]
    assert capsys.readouterr().out == "甲\n  1. 一\n乙\n甲\n  2. 一\n"
