"""Alembic scripts of the one schema; `bot.database.migrate` runs them, only on its own connection."""
