"""Slips of the pen: records written wrongly or twice, and put right once somebody notices."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from allocation_engine.interfaces.generator.clock import Clock
from allocation_engine.interfaces.generator.figures import Figures
from domain.events.base import DomainEvent, Envelope
from domain.events.case import CaseRiskReassessed
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.practice import CriticalIncidentRecorded, LearningAttended, PeerSupportHeld, SupervisionHeld
from domain.events.worker import CheckInRecorded
from domain.vocabulary import RetractionReason, RiskLevel, Severity

NOTICED_AFTER_DAYS = (0.5, 30.0)
SENT_AGAIN_AFTER_DAYS = (0.02, 3.0)
WRONG_DATE_SHARE = 0.4
A_WEEK = 7.0
"""The usual slip of a date: the same day of the week before."""


@dataclass(frozen=True, slots=True)
class Slip:
    """When a record turns out to be wrong [day], and what it should have been; a copy too many has no right version."""

    noticed: float
    right: DomainEvent | None = None
    right_day: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What is recorded in place of the truth, or beside it: the event, its day, when it is recorded, and the slip."""

    event: DomainEvent
    day: float
    recorded: float
    slip: Slip
    beside_the_truth: bool


class Slips:
    """Draws slips at the rates of the figures. One that nobody would notice before the end is left out: all comes right."""

    def __init__(self, figures: Figures, chance: Random, clock: Clock) -> None:
        self._chance = chance
        self._clock = clock
        self._corrected = figures.number("corrected_rate")
        self._either = self._corrected + figures.number("recorded_twice_rate")

    def drawn(self, day: float, event: DomainEvent, recorded: float) -> Told | None:
        """Draw whether this record goes wrong, and how."""
        at = self._chance.random()
        if at >= self._either:
            return None
        told = self._wrong(day, event, recorded) if at < self._corrected else self._twice(day, event, recorded)
        return told if told.day >= 0 and told.slip.noticed <= self._clock.end else None

    def _wrong(self, day: float, event: DomainEvent, recorded: float) -> Told:
        slip = Slip(self._noticed(recorded), right=event, right_day=day)
        mistake = MISTAKES.get(type(event))
        if mistake is None or self._chance.random() < WRONG_DATE_SHARE:
            return Told(event, day - A_WEEK, recorded, slip, beside_the_truth=False)
        wrong = event.model_copy(update=mistake(event, self._chance))
        return Told(wrong, day, recorded, slip, beside_the_truth=False)

    def _twice(self, day: float, event: DomainEvent, recorded: float) -> Told:
        again = self._clock.working(recorded + self._chance.uniform(*SENT_AGAIN_AFTER_DAYS))
        return Told(event, day, again, Slip(self._noticed(again)), beside_the_truth=True)

    def _noticed(self, recorded: float) -> float:
        return self._clock.working(recorded + self._chance.uniform(*NOTICED_AFTER_DAYS))


def put_right(envelope: Envelope, wrong: DomainEvent, slip: Slip, clock: Clock) -> EventCorrected | EventRetracted:
    """Say of a record what it should have been, or that it should not be."""
    if slip.right is None:
        return EventRetracted(
            target_event_id=envelope.event_id,
            target_system=envelope.source_system,
            target_source_id=envelope.source_id,
            reason=RetractionReason.DUPLICATE,
            subjects=tuple(sorted(wrong.tags())),
        )
    return EventCorrected(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        occurred_at=clock.moment(slip.right_day),
        replacement_type=slip.right.wire_type(),
        replacement=slip.right.model_dump(mode="json"),
        subjects=tuple(sorted(wrong.tags() | slip.right.tags())),
    )


def _wrong_severity(event: CriticalIncidentRecorded, chance: Random) -> dict[str, object]:
    return {"severity": chance.choice([one for one in Severity if one is not event.severity])}


def _wrong_risk(event: CaseRiskReassessed, chance: Random) -> dict[str, object]:
    return {"risk": chance.choice([one for one in RiskLevel if one is not event.risk])}


def _wrong_session(event: SupervisionHeld, _: Random) -> dict[str, object]:
    quality = event.reflective_quality
    return {"minutes": event.minutes + 30, "reflective_quality": None if quality is None else 6 - quality}


def _wrong_minutes(event: PeerSupportHeld, _: Random) -> dict[str, object]:
    return {"minutes": event.minutes + 30}


def _wrong_hours(event: LearningAttended, _: Random) -> dict[str, object]:
    return {"hours": event.hours + 1.0}


def _wrong_answer(event: CheckInRecorded, _: Random) -> dict[str, object]:
    return {"felt_load": event.felt_load + 1 if event.felt_load == 1 else event.felt_load - 1}


MISTAKES: dict[type[DomainEvent], Callable[[Any, Random], dict[str, object]]] = {
    CriticalIncidentRecorded: _wrong_severity,
    CaseRiskReassessed: _wrong_risk,
    SupervisionHeld: _wrong_session,
    PeerSupportHeld: _wrong_minutes,
    LearningAttended: _wrong_hours,
    CheckInRecorded: _wrong_answer,
}
"""What is easily written down wrongly in an event of each kind. In any other only the date is."""
