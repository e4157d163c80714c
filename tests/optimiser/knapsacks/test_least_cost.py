"""The least cost is the least cost, the bound is one, and the same question has the same answer."""

import subprocess
import sys
from functools import cache
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser.knapsacks import KnapsackAnswer, KnapsackProblem, certified_bound, least_cost
from allocation_engine.optimiser.knapsacks.beam import Search
from allocation_engine.optimiser.knapsacks.neighbours import beam_anew
from allocation_engine.optimiser.knapsacks.pairs import only, pairs_of
from allocation_engine.optimiser.knapsacks.solve import WORKERS_FOR_BEAMS
from allocation_engine.optimiser.knapsacks.start import (
    losses,
    margins,
    mean_margin,
    plan_by_beam,
    surest_first,
    work_of_beam,
)
from tests.optimiser.knapsacks.small_knapsacks import going_on, least_by_trying, small, tight

ROOT = Path(__file__).parents[3]
CLOSE = 1e-6
IN_A_NEW_PROCESS = """
from allocation_engine.optimiser.knapsacks import least_cost
from tests.optimiser.knapsacks.small_knapsacks import going_on, tight
answer = least_cost(tight(60, 6, 3), seed=7, effort=0.5, threads=2, keep_going=going_on)
print(answer.worker_of.tobytes().hex(), answer.value, answer.bound, answer.bound_by, answer.prices.tobytes().hex())
"""


@settings(deadline=None, max_examples=150)
@given(problem=small())
def test_no_plan_costs_less_and_the_bound_is_reached(problem: KnapsackProblem) -> None:
    answer = least_cost(problem, seed=0, effort=5.0, keep_going=going_on)
    least = least_by_trying(problem)
    assert answer.infeasible == np.isinf(least)
    assert answer.bound <= least
    if answer.worker_of is None:
        assert answer.infeasible
        assert np.isinf(answer.value)
    else:
        assert problem.holds(answer.worker_of)
        assert answer.value == problem.value(answer.worker_of)
        assert answer.value == pytest.approx(least, abs=CLOSE)
        assert answer.bound == pytest.approx(least, abs=CLOSE)


def test_a_plan_that_is_complete_once_pairs_are_thinned_out_is_kept() -> None:
    """Given prices at which every unit's pair is settled at once, the plan that these make is the cheapest."""
    problem = KnapsackProblem(
        cost=np.array([[17.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [19.0, 4.0, 0.0]]),
        hours=np.array([[0, 5, 1], [0, 1, 1], [0, 1, 0], [0, 1, 1]]),
        free=np.array([0, 5, 0]),
    )
    answer = least_cost(problem, seed=0, effort=5.0, keep_going=going_on)
    assert (answer.value, answer.bound) == (20.0, 20.0)
    assert answer.worker_of is not None
    assert answer.worker_of.tolist() == [1, 0, 0, 0]


@settings(deadline=None, max_examples=150)
@given(problem=small(), seed=st.integers(0, 1_000))
def test_whatever_the_prices_their_bound_is_never_above_the_least_cost(problem: KnapsackProblem, seed: int) -> None:
    prices = np.random.default_rng(seed).normal(5.0, 10.0, len(problem.cost))
    assert certified_bound(problem, prices) <= least_by_trying(problem)


@pytest.mark.parametrize("seed", range(3))
def test_the_prices_prove_the_bound_where_it_is_said_to_be_theirs(seed: int) -> None:
    problem = tight(60, 6, seed)
    answer = least_cost(problem, seed=0, effort=0.3, keep_going=going_on)
    proven = certified_bound(problem, answer.prices)
    assert proven <= answer.bound <= answer.value
    if answer.bound_by.startswith("Lagrangian"):
        assert proven == answer.bound


def test_too_many_hours_are_proven_to_be_too_many() -> None:
    hours = np.array([[3, 3], [3, 3], [3, 3]], dtype=np.int64)
    answer = least_cost(
        KnapsackProblem(np.ones((3, 2)), hours, np.array([5, 5])), seed=0, effort=5.0, keep_going=going_on
    )
    assert answer.infeasible
    assert answer.worker_of is None
    assert np.isinf(answer.bound)


def told(threads: int) -> str:
    answer = least_cost(tight(60, 6, 3), seed=7, effort=0.5, threads=threads, keep_going=going_on)
    assert answer.worker_of is not None
    return " ".join(
        map(
            str,
            (
                answer.worker_of.tobytes().hex(),
                answer.value,
                answer.bound,
                answer.bound_by,
                answer.prices.tobytes().hex(),
            ),
        )
    )


def test_threads_and_processes_change_nothing() -> None:
    other = subprocess.run(
        [sys.executable, "-c", IN_A_NEW_PROCESS], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout.strip()
    assert told(1) == told(2) == other


def test_threads_change_nothing_where_beams_go_through_all_units_and_through_groups() -> None:
    problem = tight(150, WORKERS_FOR_BEAMS, 3)
    one, two = (least_cost(problem, seed=7, effort=1.5, threads=threads, keep_going=going_on) for threads in (1, 2))
    assert one.worker_of is not None
    assert two.worker_of is not None
    assert problem.holds(one.worker_of)
    assert (one.worker_of.tobytes(), one.value, one.bound) == (two.worker_of.tobytes(), two.value, two.bound)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), how=st.sampled_from([(1.0, True), (1.0, False)]), size=st.integers(1, 12))
def test_a_beam_through_a_group_keeps_the_hours_and_never_costs_more(
    seed: int, how: tuple[float, bool], size: int
) -> None:
    problem, known = known_plan()
    dice, stop = np.random.default_rng(seed), np.zeros(1, dtype=np.int64)
    assert known.worker_of is not None
    group = np.sort(dice.permutation(12)[:size])
    units, new, _, work = beam_anew(pairs_of(problem), known.prices, known.worker_of, group, how, 0.3, seed, stop)
    plan = known.worker_of.copy()
    plan[units] = new
    assert work > 0.0
    assert problem.holds(plan)
    assert problem.value(plan) <= known.value - (0.0 if how[1] or not len(units) else 1.0)
    assert set(np.flatnonzero(plan != known.worker_of)) <= set(units)


@cache
def known_plan() -> tuple[KnapsackProblem, KnapsackAnswer]:
    problem = tight(60, 12, 1)
    return problem, least_cost(problem, seed=0, effort=0.05, keep_going=going_on)


@settings(deadline=None, max_examples=100)
@given(problem=small(), seed=st.integers(0, 1_000))
def test_a_beam_that_drops_nothing_finds_the_least_cost(problem: KnapsackProblem, seed: int) -> None:
    pairs, stop, least = pairs_of(problem), np.zeros(1, dtype=np.int64), least_by_trying(problem)
    dice = np.random.default_rng(seed)
    prices, order = dice.normal(5.0, 10.0, len(problem.cost)), dice.permutation(len(problem.cost))
    plan, _ = plan_by_beam(pairs, prices, order, Search(3**6, 5, 0.5), np.inf, stop)
    assert (plan is None) == np.isinf(least)
    if plan is not None:
        assert problem.holds(plan)
        assert problem.value(plan) == pytest.approx(least, abs=1e-3)
        assert plan_by_beam(pairs, prices, order, Search(3**6, 5, 0.5), least - 0.1, stop)[0] is None


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), width=st.integers(1, 30))
def test_however_narrow_a_beam_is_its_plan_keeps_the_hours(seed: int, width: int) -> None:
    problem, dice = tight(40, 8, seed), np.random.default_rng(seed)
    pairs, prices, stop = pairs_of(problem), np.zeros(40), np.zeros(1, dtype=np.int64)
    margin = margins(pairs, losses(pairs, prices)[1])
    order = surest_first(margin, 0.5, dice)
    assert sorted(order) == list(range(40))
    plan, work = plan_by_beam(pairs, prices, order, Search(width, 10, mean_margin(margin)), np.inf, stop)
    assert work > 0.0
    assert plan is None or problem.holds(plan)


def test_tables_too_large_are_not_made() -> None:
    hours = np.full((300, 30), 1_000, dtype=np.int64)
    pairs = pairs_of(KnapsackProblem(np.ones((300, 30)), hours, np.full(30, 20_000)))
    search, stop = Search(10, 5, 0.5), np.zeros(1, dtype=np.int64)
    assert plan_by_beam(pairs, np.ones(300), np.arange(300), search, np.inf, stop) == (None, 0.0)


def test_the_work_of_a_beam_rises_with_its_pairs_and_rounds() -> None:
    pairs = pairs_of(tight(150, 30, 0))
    assert work_of_beam(only(pairs, pairs.worker < 10), 20) < work_of_beam(pairs, 20) < work_of_beam(pairs, 40)


def test_many_units_a_worker_are_rounded_off_to_a_plan_near_the_bound() -> None:
    # 150 units for each of four workers: their linear relaxation splits four at most.
    problem = tight(600, 4, 4)
    answer = least_cost(problem, seed=0, effort=3.0, keep_going=going_on)
    assert answer.worker_of is not None
    assert problem.holds(answer.worker_of)
    assert answer.value - answer.bound <= 0.002 * answer.value


@pytest.mark.parametrize("asked", [1, 8])
def test_stopped_early_it_gives_the_best_so_far(asked: int) -> None:
    problem, calls = tight(200, 20, 1), count(1)
    best: list[float] = []

    def until(value: float, _bound: float) -> bool:
        best.append(value)
        return next(calls) < asked

    answer = least_cost(problem, seed=0, effort=1_000.0, threads=2, keep_going=until)
    assert answer.value <= best[-1]
    assert answer.bound <= answer.value
    assert answer.worker_of is None or problem.holds(answer.worker_of)


def test_a_known_plan_is_where_it_starts() -> None:
    problem = tight(60, 6, 5)
    known = least_cost(problem, seed=0, effort=0.3, keep_going=going_on)
    again = least_cost(problem, seed=0, effort=0.0, keep_going=going_on, start=known.worker_of)
    assert again.value == known.value


def test_hours_too_fine_for_a_table_still_give_a_true_plan_and_bound() -> None:
    coarse = tight(12, 3, 2)
    fine = KnapsackProblem(coarse.cost, coarse.hours * 1_000_003 + 1, coarse.free * 1_000_003 + 20)
    answer = least_cost(fine, seed=0, effort=2.0, keep_going=going_on)
    exact = least_cost(coarse, seed=0, effort=20.0, keep_going=going_on)
    assert exact.value == exact.bound
    assert answer.worker_of is not None
    assert fine.holds(answer.worker_of)
    assert answer.bound <= exact.value <= answer.value


@pytest.mark.parametrize(
    ("cost", "hours", "said"),
    [
        ([[np.nan]], [[1]], "cost of unit 0 with worker 0"),
        ([[1.0]], [[-1]], "hours of unit 0 with worker 0"),
        ([[1.0, 2.0]], [[1]], "shapes disagree"),
    ],
)
def test_a_malformed_question_is_refused(cost: list[list[float]], hours: list[list[int]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        KnapsackProblem(np.array(cost), np.array(hours), np.array([5]))
