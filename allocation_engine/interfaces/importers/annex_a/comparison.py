"""A later workbook against what the store already knows: which cases are new, moved, closed, or as they were."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from allocation_engine.interfaces.importers.annex_a.caseload import Caseload, ClosedCase, OpenCase
from allocation_engine.interfaces.importers.annex_a.report import Outcome
from allocation_engine.interfaces.importers.casework.course import midnight
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from domain.identifiers import CaseId, TeamId, WorkerId


@dataclass(frozen=True, slots=True)
class KnownCaseload:
    """What the store holds.

    Attributes
    ----------
    primary_workers
        Every open case, with its primary worker or None while it waits.
    since
        When the store last changed who holds a case. A workbook older than that does not overrule it. May be left out.
    workers, teams
        Those already registered or formed.
    workers_with_hours
        Those whose hours are recorded: an assumed FTE never replaces them.
    """

    primary_workers: Mapping[CaseId, WorkerId | None]
    since: Mapping[CaseId, datetime] = field(default_factory=dict)
    workers: frozenset[WorkerId] = frozenset()
    teams: frozenset[TeamId] = frozenset()
    workers_with_hours: frozenset[WorkerId] = frozenset()


NOTHING_KNOWN = KnownCaseload(primary_workers={})


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case that the store does not hold open."""

    case_id: CaseId
    worker_id: WorkerId | None
    case: OpenCase


@dataclass(frozen=True, slots=True)
class MovedCase:
    """A known case that has another worker now; `from_worker_id` is None where it waited."""

    case_id: CaseId
    from_worker_id: WorkerId | None
    to_worker_id: WorkerId


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A known case that was closed on `day`; `moment` is never before the last assignment that is known."""

    case_id: CaseId
    day: date
    moment: datetime


CaseChange = NewCase | MovedCase | EndedCase


def changes_of(caseload: Caseload, known: KnownCaseload, pseudonyms: Pseudonyms, snapshot: date) -> list[CaseChange]:
    """List what is new, in the order of the case ids, and settle the outcome of the rows about which nothing is."""
    found: list[CaseChange | None] = [
        *(_open_change(caseload, case, known, pseudonyms, snapshot) for case in caseload.open),
        *(_closed_change(caseload, case, known, pseudonyms, snapshot) for case in caseload.closed),
    ]
    named = {pseudonyms.case(case.child) for case in caseload.open}
    named.update(pseudonyms.case(case.child) for case in caseload.closed)
    caseload.noticed["known_and_not_in_workbook"] += len(known.primary_workers.keys() - named)
    return sorted((change for change in found if change is not None), key=lambda change: change.case_id)


def _open_change(
    caseload: Caseload,
    case: OpenCase,
    known: KnownCaseload,
    pseudonyms: Pseudonyms,
    snapshot: date,
) -> NewCase | MovedCase | None:
    case_id = pseudonyms.case(case.child)
    worker_id = None if case.worker is None else pseudonyms.worker(case.worker)
    if case_id not in known.primary_workers:
        return NewCase(case_id, worker_id, case)
    holder = known.primary_workers[case_id]
    if holder == worker_id:
        caseload.settle(case.row, Outcome.MERGED, "already_known", "the store has this case as it stands here")
        return None
    if worker_id is None:
        caseload.noticed["worker_left_as_known"] += 1
        why = "names no worker; the one that the store has stays"
        caseload.settle(case.row, Outcome.MERGED, "already_known", why, attention=True)
        return None
    if _store_is_newer(known, case_id, snapshot):
        caseload.noticed["store_is_newer"] += 1
        why = "names another worker, but the store has later news of this case"
        caseload.settle(case.row, Outcome.MERGED, "store_is_newer", why, attention=True)
        return None
    if holder is None:
        caseload.settle(case.row, Outcome.IMPORTED, "now_assigned", "a known case that waited now has a worker")
    else:
        caseload.settle(case.row, Outcome.IMPORTED, "reassigned", "a known case that another worker now holds")
    return MovedCase(case_id, holder, worker_id)


def _closed_change(
    caseload: Caseload,
    case: ClosedCase,
    known: KnownCaseload,
    pseudonyms: Pseudonyms,
    snapshot: date,
) -> EndedCase | None:
    case_id = pseudonyms.case(case.child)
    if case_id not in known.primary_workers:
        return None
    if _store_is_newer(known, case_id, snapshot):
        caseload.noticed["store_is_newer"] += 1
        why = "closed here, but the store has later news of this case"
        caseload.settle(case.row, Outcome.MERGED, "store_is_newer", why, attention=True)
        return None
    caseload.settle(case.row, Outcome.IMPORTED, "closed_since", "a known case that has been closed")
    day = case.day or snapshot
    # A closure dated before the last assignment that is known would read as closed first and then held again.
    return EndedCase(case_id, day, max(midnight(day), known.since.get(case_id, midnight(day))))


def _store_is_newer(known: KnownCaseload, case_id: CaseId, snapshot: date) -> bool:
    since = known.since.get(case_id)
    return since is not None and since > midnight(snapshot)
