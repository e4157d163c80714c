"""The events, one file a family: worker, case, practice, service, allocation, corrections.

`registry` maps each to its stored name and version, `upcasting` brings old shapes up, `subjects` says which field files
an event under which tag, `base` holds the envelope.
"""

from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.events.registry import FAMILIES, REGISTRY, EventRegistry

__all__ = ["FAMILIES", "REGISTRY", "DomainEvent", "Envelope", "EventRecord", "EventRegistry"]
