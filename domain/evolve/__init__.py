"""Folding: the next state from a state and an event. These only copy; no clock, no rule, no refusal.

`case`, `worker`, `practice`, `service`, `proposal`: a file a subject. What may happen is decided in `domain/decide`.
"""
