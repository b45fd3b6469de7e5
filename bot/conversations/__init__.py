"""What is kept of conversations: masking, messages left for staff.

Neither Rasa nor a web framework may be imported here.
"""
