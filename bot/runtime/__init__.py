"""Rasa as it runs here: custom actions in the same process, stores that never lose a reply, quiet logs."""
