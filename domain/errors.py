"""Errors of the domain, one tree.

AllocationError
└── DomainError
    ├── UnknownEventType   a stored or received event has no class here
    ├── InvalidEvent       its fields do not fit its class
    └── InvalidPolicySet   a policy set is not complete or not consistent

The engine's own errors (store, intake, proposal) extend the root in `allocation_engine/errors.py`. A refusal that
users can expect is no error but a value: see `domain/rejection.py`.
"""


class AllocationError(Exception):
    """Root of every error this project raises on purpose."""


class DomainError(AllocationError):
    """The domain was given something it cannot mean."""


class UnknownEventType(DomainError):
    """No event class carries this wire name and version."""

    def __init__(self, wire_type: str) -> None:
        self.wire_type = wire_type
        super().__init__(f"no event is known as {wire_type!r}; the registry in domain/events lists those there are")


class InvalidEvent(DomainError):
    """An event's fields do not fit; `faults` holds (field, what is wrong), never the value itself."""

    def __init__(self, wire_type: str, faults: tuple[tuple[str, str], ...]) -> None:
        self.wire_type = wire_type
        self.faults = faults
        told = "; ".join(f"{field}: {fault}" for field, fault in faults)
        super().__init__(f"{wire_type} does not fit its definition: {told}")


class InvalidPolicySet(DomainError):
    """A policy set misses a value, or holds one that makes no sense."""

    def __init__(self, place: str, fault: str) -> None:
        self.place = place
        self.fault = fault
        super().__init__(f"policy set, {place}: {fault}")
