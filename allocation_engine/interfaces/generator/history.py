"""Puts events in their envelopes, in the order in which they became known."""

import heapq
from collections.abc import Iterator
from hashlib import sha1
from uuid import UUID

from allocation_engine.interfaces.generator.clock import Clock
from allocation_engine.interfaces.generator.shape import ServiceShape
from allocation_engine.interfaces.generator.slips import Slip, put_right
from domain.events.base import DomainEvent, Envelope, EventRecord

SOURCE_SYSTEM = "generator"
NAMESPACE = UUID("6b1d7c3e-52c8-5f0a-9c55-0f6f9f1f6a10")
"""Any fixed value does: event ids are made from it and the source id."""

UUID_BYTES = 16


class History:
    """Holds back what is recorded late; hands on everything else at once."""

    def __init__(self, shape: ServiceShape, *, seed: int, clock: Clock) -> None:
        self._prefix = f"{seed}-{shape.digest}-"
        self._clock = clock
        self._fresh: list[tuple[float, DomainEvent]] = []
        self._late: list[tuple[float, int, float, DomainEvent, Slip | None]] = []
        self._noted_late = 0
        self._told = 0
        self._hash = sha1(NAMESPACE.bytes, usedforsecurity=False)

    def note(self, day: float, event: DomainEvent, *, recorded: float, slip: Slip | None = None) -> None:
        """Keep an event that happened on `day` until it is recorded, which may be later; a slip is put right in time."""
        if recorded <= day and slip is None:
            self._fresh.append((day, event))
        else:
            self._hold_back(day, event, recorded, slip)

    def _hold_back(self, day: float, event: DomainEvent, recorded: float, slip: Slip | None) -> None:
        self._noted_late += 1
        heapq.heappush(self._late, (recorded, self._noted_late, day, event, slip))

    def known_by(self, day: float) -> Iterator[EventRecord]:
        """Hand over what was recorded up to `day`. What is recorded after the end is never known."""
        while self._late and self._late[0][0] <= day:
            recorded, _, occurred, event, slip = heapq.heappop(self._late)
            record = self._record(occurred, recorded, event)
            yield record
            if slip is not None:
                right = put_right(record.envelope, event, slip, self._clock)
                self._hold_back(slip.noticed, right, slip.noticed, None)
        for occurred, event in self._fresh:
            yield self._record(occurred, occurred, event)
        self._fresh.clear()

    def _record(self, occurred: float, recorded: float, event: DomainEvent) -> EventRecord:
        self._told += 1
        source_id = f"{self._prefix}{self._told}"
        occurred_at = self._clock.moment(occurred)
        return EventRecord(
            envelope=Envelope(
                event_id=self._id_for(source_id),
                occurred_at=occurred_at,
                recorded_at=occurred_at if recorded == occurred else self._clock.moment(recorded),
                actor=SOURCE_SYSTEM,
                source_system=SOURCE_SYSTEM,
                source_id=source_id,
            ),
            event=event,
        )

    def _id_for(self, source_id: str) -> UUID:
        """Give `uuid.uuid5(NAMESPACE, source_id)`, in half the time: the hash of the namespace is made once."""
        digest = self._hash.copy()
        digest.update(source_id.encode())
        return UUID(bytes=digest.digest()[:UUID_BYTES], version=5)
