"""The commands ``conversations`` and ``tickets``, as an operator runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.conversations.store import TurnStore
from bot.conversations.tickets import TicketRepository
from bot.database import SessionFactory, make_engine, make_session_factory, migrate
from tests.conversations.conftest import make, questions

Run = Callable[..., str]


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionFactory:
    """The database that the commands use, with two turns of January 2020 (the 16th in China) and a ticket."""
    monkeypatch.setenv("ASKHUNNAN_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    engine = make_engine(f"sqlite:///{tmp_path / 'askhunnan.db'}")
    migrate(engine)
    opened = make_session_factory(engine)
    TurnStore(opened).write([make(1), make(2, "c2", channel="telegram")])
    TicketRepository(opened).create_ticket(matter="桥坏了", contact="早上", channel="web", sender_id="c1")
    return opened


@pytest.fixture
def run(sessions: SessionFactory, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_command(*arguments: str, status: int = 0) -> str:
        assert main(list(arguments)) == status
        captured = capsys.readouterr()
        return captured.err if status else captured.out

    return run_command


def test_export(run: Run, tmp_path: Path) -> None:
    assert [json.loads(line)["question"] for line in run("conversations", "export").splitlines()] == ["问1", "问2"]
    assert len(run("conversations", "export", "--since", "2020-01-16", "--until", "2020-01-16").splitlines()) == 2
    assert run("conversations", "export", "--until", "2020-01-15") == ""
    assert run("conversations", "export", "--since", "2020-01-17") == ""
    out = tmp_path / "telegram.jsonl"
    assert run("conversations", "export", "--channel", "telegram", "--out", str(out)) == ""
    assert json.loads(out.read_text("utf-8"))["channel"] == "telegram"


def test_a_day_that_is_none(sessions: SessionFactory, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["conversations", "export", "--since", "yesterday"])
    assert "'yesterday' is not a day such as 2020-01-15" in capsys.readouterr().err


def test_expire(run: Run, sessions: SessionFactory) -> None:
    assert "2 turns\n" in run("conversations", "expire", "--dry-run")
    assert len(questions(sessions)) == 2
    assert "2 turns\n" in run("conversations", "expire")
    assert questions(sessions) == []


def test_tickets(run: Run) -> None:
    listed = run("tickets", "list")
    number = listed.split()[0]
    assert "open" in listed and "桥坏了" in listed and "contact: 早上" in listed
    assert "waits" in run("tickets", "reply", number, "明天修")
    assert "answered" in run("tickets", "list") and "waiting: 明天修" in run("tickets", "list")
    assert run("tickets", "close", number) == ""
    assert run("tickets", "list") == "" and "closed" in run("tickets", "list", "--closed")
    assert run("tickets", "reply", "HN-1", "x", status=2).startswith("TicketError: HN-1: there is no such ticket")
