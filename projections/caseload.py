"""Caseload: who holds which cases, in which role and since when? Asked by managers, supervisors and the optimiser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.evolve.case import CaseState
from domain.identifiers import WorkerId
from domain.load.exposure import CaseProfile
from domain.vocabulary import AssignmentRole
from projections.case_files import CASE_EVENTS, HOLDING_UNCHANGED, OTHER_THAN_CASES, case_as_at
from projections.corrections import CORRECTIONS
from projections.dated_events import Dossier, dossiers

IGNORES = OTHER_THAN_CASES | HOLDING_UNCHANGED
HANDLES = (CASE_EVENTS - HOLDING_UNCHANGED) | CORRECTIONS


@dataclass(frozen=True, slots=True)
class HeldCase:
    """A case in a worker's caseload."""

    case: CaseState
    role: AssignmentRole
    since: datetime

    @property
    def profile(self) -> CaseProfile:
        """What of the case its load depends on, as far as it is known."""
        return CaseProfile(self.case.harm_types, self.case.risk)


def caseloads(
    rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None
) -> dict[WorkerId, tuple[HeldCase, ...]]:
    """Give every worker's cases as at a moment, longest held first. A worker with none does not appear."""
    found: dict[WorkerId, list[HeldCase]] = {}
    for key, row in rows.items():
        case = case_as_at(key, row, as_at, known_at)
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


CASELOAD = dossiers("caseload", version=2, handles=HANDLES, ignores=IGNORES, subject="case")
