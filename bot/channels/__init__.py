"""Where citizens come in: the REST webhook and the chat page, with the guards that all channels share.

`guards` decides what may pass, `rates` how often, `commands` knows the assistant's own commands, `reception` puts
them in order before Rasa, `messages` holds the wording of all of them. Nothing here knows facts or answers.
"""
