"""No level of a small problem takes more effort than it is given: CP-SAT may creep along a figure of many steps, past its limit."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from ortools.sat.python import cp_model

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.optimiser import SolveStatus, cp_sat, one_model, solve
from allocation_engine.planning import Question
from allocation_engine.planning.build_problem import build_problem

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
EFFORT = 4.0


@pytest.mark.parametrize(("workers", "waiting", "seed"), [(8, 6, 2), (15, 6, 1), (15, 12, 2)])
def test_the_search_of_a_small_service_keeps_to_its_effort(
    monkeypatch: pytest.MonkeyPatch, workers: int, waiting: int, seed: int
) -> None:
    """The last of these once took 30 times its effort and 3 GB, with the threshold of the usual form of leximin."""
    engine = open_engine("memory://", clock=lambda: NOW)
    engine.ingest(generate(ServiceShape(ends_at=NOW, workers=workers, waiting=waiting, weeks=16), seed=seed))
    taken: list[float] = []
    run: Callable[..., cp_model.CpSolverStatus] = cp_sat.run

    def counted(solver: cp_model.CpSolver, *rest: object) -> cp_model.CpSolverStatus:
        found = run(solver, *rest)
        taken.append(solver.deterministic_time)
        return found

    monkeypatch.setattr(one_model, "run", counted)
    result = solve(build_problem(engine.situation(), Question()), effort=EFFORT)
    assert result.method == "one model (CP-SAT)"
    assert result.status is SolveStatus.OPTIMAL
    assert sum(taken) <= EFFORT
