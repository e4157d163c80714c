"""Problems of a special form, and ones that nearly have it, come out as by trying every plan, whatever method takes them."""

from dataclasses import replace

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import Aim, solve
from domain.allocation import AllocationProblem, Candidate, figure
from domain.allocation.figures import Table
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import ways_in_all
from tests.optimiser.judged_by_plans import hold_against_every_plan
from tests.optimiser.problem_maker import Play

MOST_PLANS = 5_000

BY_AREA = frozenset(
    {
        Play.CASELOAD_CAP,
        Play.CASELOAD_MINIMUM,
        Play.FINE,
        Play.FORBIDDEN,
        Play.HOURS_BY_WORKER,
        Play.LOAD_LIMIT,
        Play.NEW_CASES_CAP,
        Play.NINETY,
        Play.PINNED,
        Play.PROTECTED_HOURS,
        Play.WITHOUT_LOAD,
    }
)
AT_LEAST_COST = frozenset(
    {
        Play.AWAY,
        Play.CASELOAD_CAP,
        Play.CONFLICTS,
        Play.COST,
        Play.FINE,
        Play.FORBIDDEN,
        Play.HOURS_BY_WORKER,
        Play.HOURS_UNKNOWN,
        Play.PEERS,
        Play.PROTECTED_HOURS,
        Play.ROLES,
        Play.SKILLS,
        Play.TEAMS,
    }
)


def with_alike_workers(problem: AllocationProblem, but_for_one: Candidate | None) -> AllocationProblem:
    """Make every worker the first one with nothing to do yet and every case one of a known area; now and then but for one."""
    first = replace(problem.workers[0], predicted_load=0.0, caseload=0, high_risk=0, by_harm={}, areas_held=frozenset())
    lacking = first.caseload_minimum - problem.workers[0].caseload
    first = replace(first, caseload_minimum=max(lacking, 0), caseload_cap=max(first.caseload_cap, 0))
    workers = [replace(first, worker_id=worker.worker_id) for worker in problem.workers]
    if but_for_one is not None:
        workers[-1] = replace(but_for_one, worker_id=workers[-1].worker_id)
    return replace(
        problem,
        workers=tuple(workers),
        cases=tuple(replace(case, area=case.area or "west") for case in problem.cases),
        added_load=_first_of_each(problem, "added_load"),
        hours=None if problem.hours is None else _first_of_each(problem, "hours"),
        caps=replace(problem.caps, one_area=True),
    )


def _first_of_each(problem: AllocationProblem, name: str) -> Table:
    figures = problem.figures()[name]
    return tuple((figure(figures, c, 0),) * len(problem.workers) for c in range(len(problem.cases)))


@st.composite
def by_area(draw: st.DrawFn) -> AllocationProblem:
    problem = draw(problems(most_workers=4, most_cases=6, among=BY_AREA))
    areas = draw(st.lists(st.sampled_from(["north", "south"]), min_size=6, max_size=6))
    cases = tuple(replace(case, area=area) for case, area in zip(problem.cases, areas, strict=False))
    unlike = draw(st.sampled_from([None, None, None, problem.workers[-1]]))
    return with_alike_workers(replace(problem, cases=cases), unlike)


@st.composite
def at_least_cost(draw: st.DrawFn) -> AllocationProblem:
    problem = draw(problems(most_workers=4, most_cases=6, among=AT_LEAST_COST))
    row = st.tuples(*(st.integers(0, 9).map(float) for _ in problem.workers))
    costs = draw(st.tuples(*(row for _ in problem.cases)))
    return replace(problem, cost=problem.cost or costs)


def no_plan_beats_it(problem: AllocationProblem, aims: tuple[Aim, ...], seed: int) -> None:
    assume(ways_in_all(problem) <= MOST_PLANS)
    result = solve(problem, aims=aims, effort=3.0, seed=seed)
    event(f"{result.method.split()[0]} {result.status.value}")
    hold_against_every_plan(problem, result)


@settings(deadline=None, max_examples=200)
@given(problem=by_area(), seed=st.integers(0, 3))
def test_no_plan_beats_a_sharing_by_area(problem: AllocationProblem, seed: int) -> None:
    no_plan_beats_it(problem, (Aim.PLACED, Aim.SQUARES), seed)


@settings(deadline=None, max_examples=200)
@given(problem=at_least_cost(), seed=st.integers(0, 3))
def test_no_plan_beats_the_least_cost(problem: AllocationProblem, seed: int) -> None:
    no_plan_beats_it(problem, (Aim.PLACED, Aim.COST), seed)


@pytest.mark.campaign
@settings(deadline=None, max_examples=5_000)
@given(problem=by_area(), seed=st.integers(0, 3))
def test_no_plan_beats_a_sharing_by_area_in_very_many_problems(problem: AllocationProblem, seed: int) -> None:
    no_plan_beats_it(problem, (Aim.PLACED, Aim.SQUARES), seed)


@pytest.mark.campaign
@settings(deadline=None, max_examples=5_000)
@given(problem=at_least_cost(), seed=st.integers(0, 3))
def test_no_plan_beats_the_least_cost_in_very_many_problems(problem: AllocationProblem, seed: int) -> None:
    no_plan_beats_it(problem, (Aim.PLACED, Aim.COST), seed)
