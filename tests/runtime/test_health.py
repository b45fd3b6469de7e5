"""Signs of life, with stand-ins for the agent: what is missing is named, with a status that probes understand."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from bot.runtime.health import add_health


class App:
    """Keeps the handlers by their path."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}
        self.methods: dict[str, list[str]] = {}

    def add_route(self, handler: Any, path: str, methods: list[str]) -> None:
        self.handlers[path], self.methods[path] = handler, methods


def agent(ready: bool = True, away: bool = False) -> SimpleNamespace:
    def check() -> None:
        if away:
            raise ConnectionError("postgresql://u:secret@db")

    return SimpleNamespace(is_ready=lambda: ready, tracker_store=SimpleNamespace(check=check))


async def ask(path: str, of: SimpleNamespace) -> tuple[int, dict[str, str]]:
    app = App()
    add_health(app, of)  # type: ignore[arg-type]
    assert app.methods[path] == ["GET", "HEAD"]
    response = await app.handlers[path](None)
    return response.status, json.loads(response.body)


@pytest.mark.parametrize(
    ("of", "status", "said"),
    [
        (agent(), 200, {"status": "ready"}),
        (agent(ready=False), 503, {"status": "waiting", "for": "model"}),
        (agent(away=True), 503, {"status": "waiting", "for": "database"}),
        (agent(ready=False, away=True), 503, {"status": "waiting", "for": "model"}),
    ],
)
async def test_readiness(of: SimpleNamespace, status: int, said: dict[str, str]) -> None:
    assert await ask("/readyz", of) == (status, said)


@pytest.mark.parametrize("of", [agent(), agent(ready=False, away=True)])
async def test_life_needs_nothing_else(of: SimpleNamespace) -> None:
    assert await ask("/healthz", of) == (200, {"status": "ok"})
