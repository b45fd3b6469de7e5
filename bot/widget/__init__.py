"""The embeddable element `<ask-hunnan>`, the demo page that shows it, and how both are served.

`static/` holds the element's modules and its style, `texts.yml` its wording, `demo/` the page at `/`. Nothing here
knows conversations: the element talks to `bot.channels.web`.
"""
