"""Waiting cases: which open cases have no primary worker, since when, and what do they need? Asked before allocating."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.events.base import DomainEvent
from domain.events.case import WorkerChangeExplained
from domain.evolve.case import CaseState
from domain.vocabulary import Priority
from projections.case_files import CASE_EVENTS, OTHER_THAN_CASES, case_as_at
from projections.corrections import CORRECTIONS
from projections.dated_events import Dossier, dossiers

HANDLES: frozenset[type[DomainEvent]] = (CASE_EVENTS - {WorkerChangeExplained}) | CORRECTIONS
IGNORES = OTHER_THAN_CASES | {WorkerChangeExplained}


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """An open case without a primary worker, and how long it has waited [day]."""

    case: CaseState
    waiting_days: float


def waiting(rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None) -> tuple[WaitingCase, ...]:
    """Give the waiting cases as at a moment: most urgent first, then longest waiting."""
    order = list(Priority)
    found: list[WaitingCase] = []
    for key, row in rows.items():
        case = case_as_at(key, row, as_at, known_at)
        if case.is_waiting:
            since = case.waiting_since or as_at
            found.append(WaitingCase(case, (as_at - since).total_seconds() / 86_400))
    found.sort(key=lambda one: (order.index(one.case.priority), -one.waiting_days, one.case.case_id))
    return tuple(found)


WAITING_CASES = dossiers("waiting-cases", version=2, handles=HANDLES, ignores=IGNORES, subject="case")
