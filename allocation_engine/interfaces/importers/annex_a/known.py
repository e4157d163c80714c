"""What the store holds already of what a workbook tells, so that only what differs is recorded."""

from allocation_engine.interfaces.importers.annex_a.comparison import KnownCaseload
from allocation_engine.planning import Situation


def known_in(situation: Situation) -> KnownCaseload:
    """Give who holds what, who waits, and whose hours are known."""
    held = {
        one.case.case_id: one.case.primary
        for cases in situation.caseloads.values()
        for one in cases
        if one.case.primary is not None
    }
    waiting = {one.case.case_id: None for one in situation.waiting}
    workers = situation.workers.values()
    return KnownCaseload(
        primary_workers={**{case_id: holder.worker_id for case_id, holder in held.items()}, **waiting},
        since={case_id: holder.since for case_id, holder in held.items()},
        workers=frozenset(situation.workers),
        teams=frozenset(worker.team_id for worker in workers if worker.team_id is not None),
        workers_with_hours=frozenset(worker.worker_id for worker in workers if worker.fte is not None),
    )
