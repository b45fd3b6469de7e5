"""What begins when the server starts, and ends when it stops."""

from __future__ import annotations

from typing import Any

from sanic import Sanic

from bot.runtime.agent import AssistantAgent
from bot.runtime.conversations import KeptConversations
from bot.runtime.daily import every_day
from bot.settings import Settings


def add_listeners(app: Sanic, settings: Settings, agent: AssistantAgent, keeping: KeptConversations) -> None:
    """Start the log and the daily expiry with the server and say where it is; close everything after it.

    Args:
        app: the web application.
        settings: where it listens.
        agent: whose stores and broker are closed.
        keeping: what is kept of conversations.
    """

    @app.after_server_start
    async def announce(app: Sanic, loop: Any) -> None:
        keeping.log.start()
        app.ctx.expiring = loop.create_task(every_day("the expiry of conversations", keeping.retention.expire))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"AskHunnan is ready: http://{host}:{settings.port}/", flush=True)

    @app.after_server_stop
    async def close(app: Sanic, loop: Any) -> None:
        app.ctx.expiring.cancel()
        broker = agent.tracker_store.event_broker
        if broker is not None:
            await broker.close()
        keeping.log.close()
        agent.tracker_store.close()
