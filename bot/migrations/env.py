"""Alembic environment: the caller's connection, in the caller's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from bot.channels.telegram import models as telegram
from bot.conversations import models as conversations
from bot.database import Base, UtcDateTime
from bot.facts import models as facts

MODULES = (conversations, facts, telegram)
"""Modules with tables: importing them registers the tables with the shared metadata."""


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Scripts name column types of SQLAlchemy only, so that an old script never depends on today's code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Run the wanted migrations on the connection that `bot.database.migrate` put into the configuration."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
        render_item=render_item,
        include_name=lambda name, kind, parents: name != "sqlite_sequence",  # SQLite's own
    )
    with context.begin_transaction():
        context.run_migrations()


run()
