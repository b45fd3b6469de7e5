"""Text as citizens type it: normal form, language, script, numerals, pronunciation.

Pure functions over strings. Nothing here knows the report, Rasa, a database or a channel.
"""
