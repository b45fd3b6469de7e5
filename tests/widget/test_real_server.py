"""The element on the whole assistant: real answers, the dialogue's form, staff replies, a restart."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.conversations.models import FeedbackRow, TurnRow
from bot.conversations.tickets import TicketRepository
from bot.database import SessionFactory, make_engine, make_session_factory
from bot.settings import ROOT
from tests.widget.conftest import SMOKE, Screen, Widget

pytestmark = pytest.mark.slow
Visit = Callable[..., Widget]


@dataclass
class Server:
    """The assistant in a process of its own."""

    folder: Path
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def environment(self) -> dict[str, str]:
        models = os.environ.get("ASKHUNNAN_MODELS") or str(ROOT / "var" / "models")
        own = {"ASKHUNNAN_VAR": str(self.folder), "ASKHUNNAN_MODELS": models, "ASKHUNNAN_PORT": str(self.port)}
        return {**os.environ, **own, "PYTHONPATH": str(ROOT)}

    def start(self) -> None:
        self.running.append(subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=self.environment()))
        for _ in range(600):
            try:
                if httpx.get(f"{self.address}readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def stop(self) -> float:
        """End it; gives the seconds that took."""
        begun = time.monotonic()
        process = self.running.pop()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)
        return time.monotonic() - begun


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Server(tmp_path_factory.mktemp("var"), port)
    subprocess.run(
        [sys.executable, "-m", "bot", "prepare"], cwd=ROOT, env=server.environment(), check=True, timeout=300
    )
    server.start()
    yield server
    if server.running:
        server.stop()


@pytest.fixture
def sessions(server: Server) -> Iterator[SessionFactory]:
    engine = make_engine(f"sqlite:///{server.folder / 'askhunnan.db'}")
    yield make_session_factory(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("language", "asked", "figure", "status"),
    [
        ("zh", "今年乡村要装多少盏路灯？", "1300", "2020年计划目标"),
        ("en", "How many street lamps will be installed in the villages?", "1,300", "2020 plan target"),
    ],
)
def test_real_answers(server: Server, visit: Visit, language: str, asked: str, figure: str, status: str) -> None:
    widget = visit(server.address, Screen(1280, "light", language))
    widget.open()
    assert widget.find(".hot button").count() or widget.find(".hot button").first.wait_for() is None
    widget.ask(asked)
    answer = widget.find(".item.bot:not(.welcome)").first
    assert figure in answer.locator(".said").inner_text() and status in answer.locator(".badge").inner_text()
    assert "2020" in answer.locator("summary").inner_text() and answer.locator(".choices button").count() == 3
    widget.find("[data-language=zh-Hant]").click()
    widget.ask("停车难怎么解决")
    assert "車" in widget.find(".item.bot:not(.welcome) .said").last.inner_text()


def test_form_feedback_staff_and_restart(server: Server, visit: Visit, sessions: SessionFactory) -> None:
    widget = visit(server.address, SMOKE)
    widget.open()
    widget.ask("24小时大厅能办什么")
    widget.find("[data-vote=up]").click()
    widget.ask("我要留言")
    widget.find(".item.bot:not(.welcome)").last.locator(".choices button").click()
    widget.find("#matter").fill("村口的路灯坏了，我的电话13800138000")
    widget.find("form.sheet [type=submit]").click()
    widget.find(".ticket").wait_for()
    tickets = TicketRepository(sessions)
    [ticket] = tickets.tickets()
    assert ticket.number in widget.find(".ticket").inner_text()
    assert "13800138000" not in ticket.matter and ticket.channel == "web"
    widget.ask("停车难怎么解决")  # the dialogue's form has ended: this is a question again
    assert "车" in widget.find(".item.bot:not(.welcome) .said").last.inner_text()
    assert len(tickets.tickets()) == 1
    tickets.reply(ticket.number, "已安排检修。")
    widget.find(".item.staff").wait_for()
    for _ in range(50):
        [ticket] = tickets.tickets()
        with sessions() as session:
            given = session.scalars(select(FeedbackRow.value)).all()
        if ticket.replies == (("已安排检修。", "delivered"),) and given == ["up"]:
            break
        time.sleep(0.1)
    assert ticket.replies == (("已安排检修。", "delivered"),) and given == ["up"]
    with sessions() as session:
        [logged] = session.scalars(select(TurnRow.question).where(TurnRow.outcome == "ticket_created"))
    assert logged == "村口的路灯坏了，我的电话〔手机号〕"
    assert server.stop() < 8
    tickets.reply(ticket.number, "已修好。")
    server.start()
    widget.find(".item.staff").nth(1).wait_for(timeout=40000)
    widget.ask("那路灯呢")
    assert widget.find(".retry").count() == 0
