"""Whose data an event holds: one table over all events, by which its content is sealed and, with a person, erased.

What an event says of a case is the case's, whoever worked it; what it says of a worker is the worker's. What several
workers did together stays readable while one of them is there: a session is part of each one's account. A proposal is
readable only while everybody in it is: it shows people side by side.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from domain.events.allocation import (
    AllocationAmended,
    AllocationApproved,
    AllocationExpired,
    AllocationProposed,
    AllocationRejected,
    AllocationRequested,
    AllocationUndone,
    AllocationWithdrawn,
)
from domain.events.base import DomainEvent
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
    WorkerChangeExplained,
)
from domain.events.corrections import EventCorrected, EventRetracted, PersonErased
from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    PeerSupportHeld,
    ServiceDevelopmentJoined,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.events.registry import REGISTRY, EventRegistry
from domain.events.service import AlertAnswered, FoundationsSurveyAnswered, PolicyAdopted, TeamClosed, TeamFormed
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)

PERSONS = ("worker:", "case:")
"""What the tag of a person begins with: a practitioner, or the child whose case it is."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose data an event holds: tags of persons, or of a proposal, in order; nobody's if empty.

    `together`: it is readable only while all of them are there; else while one is.
    """

    tags: tuple[str, ...] = ()
    together: bool = False


NOBODY = Concerned()
Rule = Callable[[DomainEvent], Concerned]


def is_person(tag: str) -> bool:
    """Tell whether a tag is that of a worker or of a case."""
    return tag.startswith(PERSONS)


def persons_among(tags: Iterable[str]) -> tuple[str, ...]:
    """Give the tags of persons, sorted."""
    return tuple(sorted(tag for tag in tags if is_person(tag)))


def _nobody(_: DomainEvent) -> Concerned:
    return NOBODY


def _the(kind: str) -> Rule:
    """Make the rule that an event is of the one subject that its field of this kind names."""
    return lambda event: Concerned((f"{kind}:{getattr(event, f'{kind}_id')}",))


def _anyone(event: DomainEvent) -> Concerned:
    return Concerned(persons_among(event.tags()))


def _incident(event: DomainEvent) -> Concerned:
    case_id = getattr(event, "case_id", None)
    return _anyone(event) if case_id is None else Concerned((f"case:{case_id}",))


def _everyone(event: DomainEvent) -> Concerned:
    proposal = (tag for tag in event.tags() if tag.startswith("proposal:"))
    return Concerned((*persons_among(event.tags()), *proposal), together=True)


RULES: Mapping[type[DomainEvent], Rule] = {
    WorkerRegistered: _the("worker"),
    WorkerHoursChanged: _the("worker"),
    WorkerStageChanged: _the("worker"),
    WorkerAbsenceStarted: _the("worker"),
    WorkerAbsenceEnded: _the("worker"),
    WorkerMovedTeam: _the("worker"),
    WorkerLeft: _the("worker"),
    WorkerSkillGained: _the("worker"),
    CheckInRecorded: _the("worker"),
    CapacityConcernRaised: _the("worker"),
    CapacityConcernAnswered: _the("worker"),
    CaseReferred: _the("case"),
    CaseRiskReassessed: _the("case"),
    CaseAssigned: _the("case"),
    CaseReassigned: _the("case"),
    CaseUnassigned: _the("case"),
    CaseClosed: _the("case"),
    ConflictOfInterestDeclared: _the("case"),
    ConflictOfInterestLifted: _the("case"),
    WorkerChangeExplained: _the("case"),
    CriticalIncidentRecorded: _incident,
    FollowUpCompleted: _the("worker"),
    DebriefHeld: _anyone,
    SupervisionAgreed: _the("worker"),
    SupervisionHeld: _anyone,
    SupervisionMissed: _the("worker"),
    SupervisionCancelled: _the("worker"),
    LearningAttended: _the("worker"),
    PeerSupportHeld: _anyone,
    ServiceDevelopmentJoined: _the("worker"),
    FeedbackGiven: _the("worker"),
    TeamFormed: _nobody,
    TeamClosed: _nobody,
    PolicyAdopted: _nobody,
    AlertAnswered: _nobody,
    FoundationsSurveyAnswered: _nobody,
    AllocationRequested: _the("proposal"),
    AllocationWithdrawn: _the("proposal"),
    AllocationProposed: _everyone,
    AllocationApproved: _the("proposal"),
    AllocationAmended: _everyone,
    AllocationRejected: _the("proposal"),
    AllocationUndone: _the("proposal"),
    AllocationExpired: _the("proposal"),
    EventRetracted: _anyone,
    PersonErased: _nobody,
}
"""Every event but a correction, which is of whoever the words that hold instead are about."""


def concerned_by(event: DomainEvent, registry: EventRegistry = REGISTRY) -> Concerned:
    """Say whose data an event holds."""
    if isinstance(event, EventCorrected):
        replacement = registry.decode(event.replacement_type, event.replacement)
        return RULES.get(type(replacement), _anyone)(replacement)
    return RULES.get(type(event), _anyone)(event)
