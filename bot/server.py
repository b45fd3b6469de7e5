"""Composition root: settings in, a running assistant out."""

from __future__ import annotations

import asyncio
import errno
import gc
import importlib
import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import ModelMissingError, SettingsError, StoreError
from bot.facts.entries import Snapshot
from bot.settings import Settings

if TYPE_CHECKING:
    from sanic import Sanic

    from bot.database import SessionFactory
    from bot.runtime.agent import AssistantAgent

logger = logging.getLogger(__name__)

APP_NAME = "askhunnan"
ACTIONS = "actions"
"""Package of the rasa_sdk actions; its `setup(assistant, tickets)` receives the services."""

TRANSPORT_BYTES = 1024 * 1024
"""Bodies above this are cut off while they arrive; between `MAX_BODY_BYTES` and this they get a tidy 413."""

STOP_SECONDS = 10.0
"""How long running requests may take after a signal to stop."""


@dataclass(frozen=True)
class Services:
    """What actions and commands work with.

    Args:
        assistant: answers questions (`bot.answers.assistant.Assistant`).
        tickets: creates tickets (`bot.conversations.tickets.TicketRepository`).
        report: what is published now, or None without any.
        sessions: of the migrated database.
    """

    assistant: Any
    tickets: Any
    report: Callable[[], Snapshot | None]
    sessions: SessionFactory


def build_services(settings: Settings) -> Services:
    """Bring the database up to date and build the services on it.

    Raises:
        StoreError: the database is not reachable.
    """
    from bot.answers.service import build_assistant
    from bot.conversations.tickets import TicketRepository
    from bot.database import make_engine, make_session_factory, migrate
    from bot.facts.published import PublishedReport
    from bot.facts.repository import FactsRepository

    engine = make_engine(settings.database_url)
    migrate(engine)
    sessions = make_session_factory(engine)
    report = PublishedReport(FactsRepository(sessions))
    return Services(build_assistant(settings), TicketRepository(sessions), report, sessions)


def serve(settings: Settings, services: Callable[[Settings], Services] = build_services) -> None:
    """Serve until a signal to stop.

    Args:
        settings: all settings.
        services: builds the services; a test gives its own.

    Raises:
        SettingsError: the port is in use, or a file of the configuration is wrong.
        ModelMissingError: there is no trained model.
        StoreError: a store, a lock or an action did not load, or the database is not reachable.
    """
    prepare_process(settings)
    model = newest_model(settings.model_dir)
    listener = listen(settings.host, settings.port)
    try:
        with lasting():
            app = build_app(settings, services(settings), model)
        app.run(sock=listener, workers=1, access_log=False, motd=False, debug=False)
    finally:
        listener.close()


@contextmanager
def lasting() -> Iterator[None]:
    """What is imported and built meanwhile stays for good, so that looking for garbage in it is time lost.

    It saves a quarter of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def prepare_process(settings: Settings) -> None:
    """Set what Rasa and its libraries read from the environment, before they are imported; quiet the logs."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["DATABASE_URL"] = settings.database_url  # endpoints.yml refers to both
    os.environ["REDIS_URL"] = settings.redis_url

    from bot.runtime.logs import configure_logs

    configure_logs(settings.log_level)


def newest_model(folder: Path) -> Path:
    """The newest trained model of a folder.

    Raises:
        ModelMissingError: there is none.
    """
    models = sorted(folder.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
    if not models:
        raise ModelMissingError(f"{folder}: there is no trained model; train one first: ./run train")
    return models[-1]


def listen(host: str, port: int) -> socket.socket:
    """Take the port at once, so that a second server fails before it loads anything.

    Raises:
        SettingsError: the port is in use, or the address is not one of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"ASKHUNNAN_PORT={port}: the port is in use; stop the other server or choose another"
            ) from None
        raise SettingsError(f"ASKHUNNAN_HOST={host}, ASKHUNNAN_PORT={port}: {error.strerror}") from None
    return listener


def build_app(settings: Settings, services: Services, model: Path) -> Sanic:
    """The web application with its agent loaded; nothing listens yet.

    Raises:
        StoreError: a store, a lock or an action did not load.
        SettingsError: endpoints.yml or credentials.yml is wrong.
    """
    from rasa.core.channels.channel import register
    from rasa.core.run import create_http_input_channels
    from rasa.shared.exceptions import RasaException
    from sanic import Sanic

    from bot.channels.commands import Commands
    from bot.channels.messages import Messages
    from bot.channels.origins import Origins, guard
    from bot.channels.rates import TokenBuckets
    from bot.channels.reception import Reception
    from bot.channels.rest import Limits, handle_errors
    from bot.channels.telegram.channel import TelegramOptions
    from bot.channels.web_services import build_web, run_delivery
    from bot.conversations.hot import hot_questions
    from bot.runtime.conversations import keep_conversations
    from bot.runtime.health import add_health
    from bot.runtime.listeners import add_listeners
    from bot.widget.assets import load_widget, widget_blueprint

    messages = Messages.load(settings.hotline)
    keeping = keep_conversations(settings, services.sessions)
    agent = load_agent(settings, services, model, messages.text("error", ""))
    app = Sanic(APP_NAME, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = TRANSPORT_BYTES
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = STOP_SECONDS
    if settings.proxies:
        app.config.PROXIES_COUNT = settings.proxies
    guard(app, Origins(settings.trusted_origins), messages)
    app.ctx.agent = agent
    commands = Commands(agent, messages, services.report, keeping.erasure.forget)
    app.ctx.reception = Reception(commands, messages, keeping.log)
    app.ctx.feedback, app.ctx.outbox = keeping.feedback, keeping.outbox
    app.ctx.telegram = TelegramOptions.from_settings(settings, services.sessions, keeping.feedback, keeping.outbox)
    app.ctx.limits = Limits(
        TokenBuckets(settings.sender_burst, settings.sender_rate, time.monotonic),
        TokenBuckets(settings.address_burst, settings.address_rate, time.monotonic),
    )
    app.ctx.web = build_web(
        settings,
        app.ctx.reception,
        agent,
        services.tickets,
        services.report,
        app.ctx.outbox,
        app.ctx.feedback.record,
        lambda days, limit: hot_questions(services.sessions, days, limit),
    )
    try:
        channels = create_http_input_channels(None, str(settings.credentials_file))
    except RasaException as error:
        raise SettingsError(f"{settings.credentials_file}: {error}") from error
    register(channels, app, route="/webhooks/")
    app.blueprint(widget_blueprint(load_widget(settings.hotline)))
    run_delivery(app)
    handle_errors(app, messages)
    add_health(app, agent)
    add_listeners(app, settings, agent, keeping)
    return app


def load_agent(settings: Settings, services: Services, model: Path, error_text: str) -> AssistantAgent:
    """Load the actions, the stores and the model.

    Raises:
        StoreError: one of them did not load.
    """
    from rasa.core.utils import AvailableEndpoints

    from bot.runtime.actions import load_actions
    from bot.runtime.agent import AssistantAgent
    from bot.runtime.endpoints import build_stores

    importlib.import_module(ACTIONS).setup(services.assistant, services.tickets)
    runs = load_actions(ACTIONS)
    endpoints = AvailableEndpoints.read_endpoints(str(settings.endpoints_file))
    tracker_store, lock_store = asyncio.run(build_stores(endpoints))
    agent = AssistantAgent(runs, settings.action_seconds, error_text, tracker_store, lock_store)
    try:
        agent.load_model(model)
        asyncio.run(agent.warm_up())
    except (ModelMissingError, StoreError):
        raise
    except Exception as error:
        raise ModelMissingError(
            f"{model}: cannot be loaded ({type(error).__name__}: {error}); train again: ./run train"
        ) from error
    return agent
