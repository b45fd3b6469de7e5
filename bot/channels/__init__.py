"""Where citizens come in: the REST webhook and the widget's channel, with the guards that all channels share.

`guards` decides what may pass, `rates` how often, `origins` from which web sites, `commands` knows the assistant's own
commands, `reception` puts them in order before Rasa, `messages` holds the wording of all of them. The web channel
(`web`, `web_requests`, put together in `web_services`) has `tokens`, `replays`, `streams` with `delivery`, `web_form`,
`suggestions`, `hot` and `parts`. Nothing here knows how an answer is found.
"""
