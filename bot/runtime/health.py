"""Signs of life: the process answers, and it can answer citizens."""

from __future__ import annotations

from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.rest import respond
from bot.runtime.agent import AssistantAgent


def add_health(app: Sanic, agent: AssistantAgent) -> None:
    """Add ``/healthz``, which only says that the process runs, and ``/readyz``, which says what it waits for.

    Args:
        app: the web application.
        agent: must have its model, and its tracker store must answer.
    """

    async def healthz(request: Request) -> HTTPResponse:
        return respond({"status": "ok"})

    async def readyz(request: Request) -> HTTPResponse:
        problem = _problem(agent)
        return respond({"status": "waiting", "for": problem}, 503) if problem else respond({"status": "ready"})

    app.add_route(healthz, "/healthz", methods=["GET", "HEAD"])
    app.add_route(readyz, "/readyz", methods=["GET", "HEAD"])


def _problem(agent: AssistantAgent) -> str:
    """What is missing, empty if nothing is."""
    if not agent.is_ready():
        return "model"
    try:
        agent.tracker_store.check()
    except Exception:
        return "database"
    return ""
