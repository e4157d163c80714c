"""Compile the searches ahead of their first use, by small problems that need each: `python -m …optimiser.compile_ahead`.

Compiled code is kept on disk beside the source (or in the user's cache where that cannot be written), so this is worth
its minute once after installing. Nothing depends on it: what is not compiled yet is compiled when it is first called,
and that time counts towards the limit of whoever waits for it.
"""

from functools import cache

from allocation_engine.optimiser.aims import Aim, Fairness
from allocation_engine.optimiser.solve import solve
from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import Priority, RiskLevel

WORKERS, CASES = 20, 24
"""More pairs than one model is asked to take."""

COSTS = (4, 16), (30, 60)
"""Workers and cases with costs: few, and so many that beams are sent through them."""


@cache
def compile_ahead() -> None:
    """Compile all searches, or load them if they are on disk, which takes a few seconds; once in a process."""
    _service()
    for workers, cases in COSTS:
        _costs(workers, cases)
    _forward()


def _service() -> None:
    workers = tuple(
        Candidate(
            worker_id=WorkerId(f"w-{w:02}"),
            predicted_load=float(20 + 7 * w % 31),
            capacity=100.0,
            caseload_cap=9,
            high_risk_cap=3,
            harm_type_cap=9,
            hours_available=30.0,
            new_cases_cap=3,
        )
        for w in range(WORKERS)
    )
    cases = tuple(
        CaseNeed(
            case_id=CaseId(f"c-{c:02}"),
            priority=tuple(Priority)[c % len(Priority)],
            waiting_days=float(c % 9),
            risk=RiskLevel.HIGH if c % 4 == 0 else RiskLevel.LOW,
            hours=1.0 + c % 3,
        )
        for c in range(CASES)
    )
    loads = tuple(tuple(3.0 + 5 * c % 17 + 0.1 * (c * w % 7) for w in range(WORKERS)) for c in range(CASES))
    problem = AllocationProblem(workers=workers, cases=cases, added_load=loads, added_load_co=loads, caps=Caps())
    solve(problem, fairness=Fairness.SQUARES, effort=0.3)


def _forward() -> None:
    from allocation_engine.optimiser.forward.warm_up import warm_up  # noqa: PLC0415  compiles when loaded

    warm_up()


def _costs(number: int, units: int) -> None:
    workers = tuple(
        Candidate(
            worker_id=WorkerId(f"w-{w:02}"),
            predicted_load=0.0,
            capacity=1.0,
            caseload_cap=99,
            high_risk_cap=99,
            harm_type_cap=99,
            hours_available=3.0 * units / number,
        )
        for w in range(number)
    )
    cases = tuple(
        CaseNeed(case_id=CaseId(f"c-{c:02}"), priority=Priority.ROUTINE, waiting_days=0.0, hours=1.0 + c % 4)
        for c in range(units)
    )
    none = tuple((0.0,) * len(workers) for _ in cases)
    cost = tuple(tuple(float(9 + 7 * c * (w + 1) % 11) for w in range(len(workers))) for c in range(len(cases)))
    problem = AllocationProblem(
        workers=workers, cases=cases, added_load=none, added_load_co=none, caps=Caps(), cost=cost
    )
    solve(problem, aims=(Aim.PLACED, Aim.COST), effort=0.5)


if __name__ == "__main__":
    compile_ahead()
