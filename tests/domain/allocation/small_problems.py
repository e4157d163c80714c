"""Workers and cases to build small problems from: change one with `dataclasses.replace`."""

from collections.abc import Iterable, Sequence

from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed, Plan
from domain.identifiers import CaseId, GroupId, WorkerId

LOAD = 10.0
"""What a case adds to a worker's mean load unless a test says otherwise [lp]."""

CO_LOAD = 4.0
"""Likewise, as co-worker [lp]."""

Pairs = Iterable[tuple[CaseNeed, Candidate]]
Figures = float | Sequence[Sequence[float]]


def free_worker(name: str) -> Candidate:
    """Make a full-time worker with nothing to do and no tight cap."""
    return Candidate(
        worker_id=WorkerId(name),
        predicted_load=0.0,
        capacity=100.0,
        caseload_cap=20,
        high_risk_cap=20,
        harm_type_cap=20,
        hours_available=30.0,
    )


W1, W2, W3 = (free_worker(f"w-{number}") for number in (1, 2, 3))
C1, C2, C3 = (CaseNeed(case_id=CaseId(f"c-{number}")) for number in (1, 2, 3))
GROUP = GroupId("g-1")


def matrix(figures: Figures, cases: int, workers: int) -> tuple[tuple[float, ...], ...]:
    """Give a row for each case: the same figure everywhere, or the rows that were given."""
    if isinstance(figures, float):
        return ((figures,) * workers,) * cases
    return tuple(tuple(row) for row in figures)


def problem(
    workers: Sequence[Candidate],
    cases: Sequence[CaseNeed],
    *,
    load: Figures = LOAD,
    co_load: Figures = CO_LOAD,
    caps: Caps | None = None,
    pinned: Pairs = (),
    forbidden: Pairs = (),
) -> AllocationProblem:
    """Put a problem together."""
    return AllocationProblem(
        workers=tuple(workers),
        cases=tuple(cases),
        added_load=matrix(load, len(cases), len(workers)),
        added_load_co=matrix(co_load, len(cases), len(workers)),
        caps=caps or Caps(),
        pinned=pairs_of(pinned),
        forbidden=pairs_of(forbidden),
    )


def pairs_of(pairs: Pairs) -> frozenset[tuple[CaseId, WorkerId]]:
    """Give the ids of pairs."""
    return frozenset((case.case_id, worker.worker_id) for case, worker in pairs)


def plan(*primary: tuple[CaseNeed, Candidate], co_worker: Pairs = ()) -> Plan:
    """Make a plan of pairs."""
    return Plan(primary=dict(sorted(pairs_of(primary))), co_worker=dict(sorted(pairs_of(co_worker))))
