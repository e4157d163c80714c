"""Applies stored events to the rows of one projection, in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from eventsourcing.dcb.api import DCBSequencedEvent
from pydantic import ValidationError

from allocation_engine.errors import ProjectionStopped, UnreadableEvent
from allocation_engine.persistence.mapper import RecordMapper
from domain.errors import UnknownEventType
from domain.events import EventRecord
from domain.events.registry import faults_of
from projections.projection import Projection

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Step:
    """One event that a projection handles, and the rows it touches."""

    position: int
    record: EventRecord
    keys: tuple[str, ...]


@dataclass(slots=True)
class Fold(Generic[State]):
    """The rows of a projection while events are applied to them, and which of them have changed."""

    projection: Projection[State]
    mapper: RecordMapper
    states: dict[str, State] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def steps(self, events: Iterable[DCBSequencedEvent]) -> tuple[list[Step], ProjectionStopped | None]:
        """Read the events that the projection handles, up to the first that stops it."""
        steps: list[Step] = []
        for stored in events:
            try:
                if not self._ignores(stored.event.type) and (step := self._step(stored)) is not None:
                    steps.append(step)
            except ProjectionStopped as stop:
                return steps, stop
        return steps, None

    def apply(self, steps: Sequence[Step]) -> ProjectionStopped | None:
        """Apply steps up to the first that stops the projection; that one changes nothing."""
        for step in steps:
            try:
                after = {key: self.projection.apply(self.states.get(key), key, step.record) for key in step.keys}
            except Exception as error:  # noqa: BLE001  a projection may fail in any way; it stops, with the position
                return self._stopped(step.position, step.record.event.wire_type(), error)
            self.changed.update(after)
            for key, state in after.items():
                if state is None:
                    self.states.pop(key, None)
                else:
                    self.states[key] = state
        return None

    def written(self) -> dict[str, bytes]:
        """Give all rows as they are stored."""
        return {key: self.projection.rows.dump(state) for key, state in self.states.items()}

    def changes(self) -> dict[str, bytes | None]:
        """Give the changed rows as they are stored, None for those that are gone."""
        dump = self.projection.rows.dump
        return {key: dump(self.states[key]) if key in self.states else None for key in sorted(self.changed)}

    def _ignores(self, wire_type: str) -> bool:
        """Tell by its type alone whether an event is ignored, so that it need not be read at all."""
        try:
            return self.mapper.registry.class_of(wire_type) in self.projection.ignores
        except UnknownEventType:
            return False

    def _step(self, stored: DCBSequencedEvent) -> Step | None:
        """Read one event; None if it reads as one that is ignored, since its person was erased."""
        try:
            record = self.mapper.decode_at(stored)
            if type(record.event) in self.projection.ignores:
                return None
            if type(record.event) not in self.projection.handles:
                msg = "it neither handles nor ignores this event"
                raise LookupError(msg)  # noqa: TRY301  told like every other reason to stop
            return Step(stored.position, record, tuple(dict.fromkeys(self.projection.keys(record))))
        except Exception as error:
            raise self._stopped(stored.position, stored.event.type, error) from error

    def _stopped(self, position: int, wire_type: str, error: Exception) -> ProjectionStopped:
        stop = ProjectionStopped(self.projection.name, position, wire_type, _why(error))
        stop.__cause__ = error
        return stop


def _why(error: Exception) -> str:
    """Say what went wrong, without the values a validation error would quote: they may be personal."""
    match error:
        case UnreadableEvent():
            return error.why
        case ValidationError():
            return "; ".join(f"{place}: {fault}" for place, fault in faults_of(error))
        case LookupError() if type(error) is LookupError:
            return str(error)
        case _:
            return f"{type(error).__name__}: {error}"
