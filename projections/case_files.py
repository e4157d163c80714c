"""The state of a case as at a moment, from its row: what the caseload and the waiting list both read."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent, ConflictOfInterestDeclared, ConflictOfInterestLifted, WorkerChangeExplained
from domain.events.corrections import PersonErased
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerEvent
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId
from projections.dated_events import DatedEvent, Dossier

CASE_EVENTS: frozenset[type[DomainEvent]] = frozenset(get_args(CaseEvent))
HOLDING_UNCHANGED: frozenset[type[DomainEvent]] = frozenset(
    {ConflictOfInterestDeclared, ConflictOfInterestLifted, WorkerChangeExplained}
)
"""Events of a case that leave who holds it, and what its load depends on, as they were."""

OTHER_THAN_CASES: frozenset[type[DomainEvent]] = frozenset(
    {
        *get_args(WorkerEvent),
        *get_args(PracticeEvent),
        *get_args(ServiceEvent),
        *get_args(AllocationEvent),
        PersonErased,
    },
)
"""Families that say nothing of who holds a case or what it needs: an assignment has an event of its own."""


def case_id_of(key: str) -> CaseId:
    """Read the case's id off its row key, `case:…`."""
    return CaseId(key.removeprefix("case:"))


def case_as_at(key: str, row: Dossier, as_at: datetime, known_at: datetime | None = None) -> CaseState:
    """Fold a case's events up to a moment."""
    return row.worked_out(key, _folded, as_at, known_at)


def _folded(key: str, told: Sequence[DatedEvent]) -> CaseState:
    state = CaseState(case_id=case_id_of(key))
    for dated in told:
        event = dated.event()
        if isinstance(event, CaseEvent):
            state = evolve_case(state, event, dated.at)
    return state
