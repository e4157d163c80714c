"""Solved caseload by caseload, small problems come out as by trying every plan: never beaten, no rule broken, no false bound."""

from time import perf_counter

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser.aims import Fairness, aims_of
from allocation_engine.optimiser.caseloads.levels import solve_by_caseloads
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.watch import Limits, Watch
from domain.allocation import AllocationProblem, score, violations
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import DECIMALS, best_worth, worth

LEVELS_BEFORE_SQUARES = 4


def solved(problem: AllocationProblem, seed: int = 0) -> Outcome | None:
    return solve_by_caseloads(
        Request(
            problem=problem,
            aims=aims_of(problem, Fairness.SQUARES),
            seed=seed,
            effort=1.0,
            threads=1,
            start=None,
            watch=Watch(Limits(), perf_counter, None),
            on_level=lambda _: None,
        )
    )


def hold_against_every_plan(problem: AllocationProblem, seed: int) -> None:
    outcome = solved(problem, seed)
    event("solved" if outcome is not None else "left to one model")
    if outcome is None:
        return
    best = best_worth(problem, Fairness.SQUARES)
    assert outcome.plan is not None
    assert best is not None
    assert list(violations(problem, outcome.plan)) == []
    found = worth(problem, score(problem, outcome.plan), Fairness.SQUARES)
    proven = [level.gap <= 1e-6 for level in outcome.levels]
    event(f"{sum(proven)} levels proven")
    assert found >= best, "nothing beats trying every plan"
    for place, level in enumerate(outcome.levels):
        # Levels hold one after another: a bound says something as long as all levels before it are at their best.
        if found[:place] == best[:place]:
            assert level.bound <= best[place] + 2 * 10**-DECIMALS, level
        if all(proven[: place + 1]):
            assert found[: place + 1] == best[: place + 1], level


@settings(deadline=None, max_examples=250)
@given(problem=problems(), seed=st.integers(0, 3))
def test_no_plan_beats_what_is_proven_and_no_bound_is_false(problem: AllocationProblem, seed: int) -> None:
    hold_against_every_plan(problem, seed)


@pytest.mark.campaign
@settings(deadline=None, max_examples=10_000)
@given(problem=problems(), seed=st.integers(0, 3))
def test_no_bound_is_false_on_very_many_problems(problem: AllocationProblem, seed: int) -> None:
    hold_against_every_plan(problem, seed)
