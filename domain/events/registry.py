"""The register of all events: wire name and version to class, and back. Duplicates refuse to load."""

from collections.abc import Iterable, Mapping
from typing import get_args

from pydantic import JsonValue, ValidationError

from domain.errors import InvalidEvent, UnknownEventType
from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import CorrectionEvent, EventCorrected, PersonErased
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.upcasting import UPCASTERS, Upcaster, upcast
from domain.events.worker import WorkerEvent

EventClass = type[DomainEvent]

FAMILIES: Mapping[str, tuple[EventClass, ...]] = {
    "worker": get_args(WorkerEvent),
    "case": get_args(CaseEvent),
    "practice": get_args(PracticeEvent),
    "service": get_args(ServiceEvent),
    "allocation": get_args(AllocationEvent),
    "correction": get_args(CorrectionEvent),
}


class EventRegistry:
    """Finds an event's class by its stored type, bringing older versions up on the way."""

    def __init__(
        self,
        classes: Iterable[EventClass],
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> None:
        self._upcasters = upcasters
        self._by_name: dict[str, EventClass] = {}
        for event_class in classes:
            if event_class.wire_name in self._by_name:
                msg = f"two events are called {event_class.wire_name!r}: a wire name belongs to one class for ever"
                raise ValueError(msg)
            self._by_name[event_class.wire_name] = event_class
        self._current = {event_class.wire_type(): event_class for event_class in self._by_name.values()}

    @property
    def classes(self) -> frozenset[EventClass]:
        """Every event there is; a projection's handled and ignored events together must equal it."""
        return frozenset(self._by_name.values())

    @property
    def wire_types(self) -> tuple[str, ...]:
        """The current stored types, sorted."""
        return tuple(sorted(self._current))

    def class_of(self, wire_type: str) -> EventClass:
        """Find the class that a stored type reads as today, whatever its version was."""
        name, _ = self._split(wire_type)
        return self._by_name[name]

    def decode(self, wire_type: str, fields: Mapping[str, JsonValue]) -> DomainEvent:
        """Validate fields as the event they are stored as, upcasting first where the version is old."""
        current = self._current.get(wire_type)
        if current is None:
            name, version = self._split(wire_type)
            current = self._by_name[name]
            version, fields = upcast(name, version, dict(fields), upcasters=self._upcasters)
            if version != current.wire_version:
                raise UnknownEventType(wire_type)
        try:
            event = current.model_validate(fields, strict=False)
        except ValidationError as error:
            raise InvalidEvent(wire_type, faults_of(error)) from None
        if isinstance(event, EventCorrected):
            self._check_replacement(wire_type, event)
        return event

    def _check_replacement(self, wire_type: str, correction: EventCorrected) -> None:
        """Refuse a correction that no view could carry out: it would stop each of them for good."""
        try:
            replacement = self.decode(correction.replacement_type, correction.replacement)
        except UnknownEventType:
            raise InvalidEvent(wire_type, (("replacement_type", "no event is known by this type"),)) from None
        except InvalidEvent as error:
            faults = tuple((f"replacement.{field}", fault) for field, fault in error.faults)
            raise InvalidEvent(wire_type, faults) from None
        # That its replacement was erased is the one thing a correction may say of a person's erasure.
        if isinstance(replacement, get_args(CorrectionEvent)) and not isinstance(replacement, PersonErased):
            raise InvalidEvent(wire_type, (("replacement_type", "a correction cannot stand in for an event"),))
        if not replacement.tags() <= set(correction.subjects):
            raise InvalidEvent(wire_type, (("subjects", "name the subjects of the replacement as well"),))

    def _split(self, wire_type: str) -> tuple[str, int]:
        name, _, digits = wire_type.rpartition(".v")
        if name not in self._by_name or not digits.isdecimal() or wire_type != f"{name}.v{int(digits)}":
            raise UnknownEventType(wire_type)
        return name, int(digits)


def faults_of(error: ValidationError) -> tuple[tuple[str, str], ...]:
    """Name each faulty field and what is wrong with it, never the value: it may be personal."""
    return tuple(
        (".".join(str(part) for part in fault["loc"]) or "(whole)", fault["msg"].removeprefix("Value error, "))
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )


REGISTRY = EventRegistry(event_class for family in FAMILIES.values() for event_class in family)
