"""Errors of the domain, one tree.

AllocationError
└── DomainError
    ├── UnknownEventType   a stored or received event has no class here
    ├── InvalidEvent       its fields do not fit its class
    ├── InvalidPolicySet   a policy set is not complete or not consistent
    └── FactOutOfOrder     a running load was given what comes before what it has taken in

The engine's own errors (store, intake, proposal) extend the root in `allocation_engine/errors.py`. A refusal that
users can expect is no error but a value: see `domain/rejection.py`.
"""

from datetime import datetime


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


class FactOutOfOrder(DomainError):
    """A running load moves forward only; late news needs a replay of the worker from their facts."""

    def __init__(self, worker_id: str, at: datetime, already_at: datetime) -> None:
        self.worker_id = worker_id
        self.at = at
        self.already_at = already_at
        super().__init__(
            f"the running load of {worker_id} stands at {already_at.isoformat()} and cannot take in what comes before "
            f"({at.isoformat()}); replay it from the worker's facts"
        )
