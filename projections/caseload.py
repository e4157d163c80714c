"""Caseload: who holds which cases, in which role and since when? Asked by managers, supervisors and the optimiser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from domain.events.base import DomainEvent, EventRecord
from domain.events.case import ConflictOfInterestDeclared, ConflictOfInterestLifted
from domain.events.registry import REGISTRY
from domain.evolve.case import CaseState
from domain.identifiers import WorkerId
from domain.vocabulary import AssignmentRole
from projections.case_files import CASE_EVENTS, case_as_at
from projections.corrections import CORRECTIONS, subjects
from projections.dated_events import Dossier, keep_dated
from projections.projection import Projection

HANDLES: frozenset[type[DomainEvent]] = (
    CASE_EVENTS - {ConflictOfInterestDeclared, ConflictOfInterestLifted}
) | CORRECTIONS
IGNORES = REGISTRY.classes - HANDLES


def keys(record: EventRecord) -> tuple[str, ...]:
    """Give the row of the case that a record is about."""
    return subjects(record, "case")


def apply(row: Dossier | None, key: str, record: EventRecord) -> Dossier | None:
    """Keep the record in the case's row, in its place in time."""
    return keep_dated(row, key, record, HANDLES)


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case in a worker's caseload."""

    case: CaseState
    role: AssignmentRole
    since: datetime


def caseloads(rows: Mapping[str, Dossier], as_at: datetime) -> dict[WorkerId, tuple[HeldCase, ...]]:
    """Give every worker's cases as at a moment, longest held first. A worker with none does not appear."""
    found: dict[WorkerId, list[HeldCase]] = {}
    for key, row in rows.items():
        case = case_as_at(key, row, as_at)
        if not case.is_open:
            continue
        if case.primary is not None:
            held = HeldCase(case, AssignmentRole.PRIMARY, case.primary.since)
            found.setdefault(case.primary.worker_id, []).append(held)
        for holder in case.co_workers:
            held = HeldCase(case, AssignmentRole.CO_WORKER, holder.since)
            found.setdefault(holder.worker_id, []).append(held)
    return {
        worker_id: tuple(sorted(held, key=lambda one: (one.since, one.case.case_id)))
        for worker_id, held in sorted(found.items())
    }


CASELOAD = Projection[Dossier](
    name="caseload",
    version=1,
    handles=HANDLES,
    ignores=IGNORES,
    keys=keys,
    apply=apply,
    rows=TypeAdapter(Dossier),
)
