"""问浑南 AskHunnan: a citizen-facing assistant for a district's yearly plan.

Dependencies point one way: channels → Rasa → actions → answers → facts; `facts`, `answers`, `language` and
`conversations` import neither Rasa nor a web framework, so they are tested in milliseconds.
"""
