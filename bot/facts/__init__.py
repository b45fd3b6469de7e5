"""The facts database: entries that answers are made of, with where each stands in the published report.

Here live the tables, the reading and checking of facts files, and the repository that the rest of the assistant asks.
Neither Rasa nor a web framework may be imported here; of the project only `bot.errors`, `bot.database` and
`bot.language` (`commands` also reads `bot.settings`).
"""
