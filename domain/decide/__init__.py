"""Deciding: from a state and what somebody reports or asks, the event, or the rule in its way as a `Rejection`.

`case`, `worker`, `practice`, `service`, `proposal`: a file a subject. Who may take which case is in `domain/policy`.
"""
