"""The command line: one module per command, with `add_parser` and functions from parsed arguments to an exit status.

What a command needs is imported when it runs, so that `help` and `facts` do not wait for Rasa. Messages here go to
the terminal of whoever operates the assistant.
"""
