"""Each step on the way by itself: numbers of workers, bounds, lists of caseloads, and the exact choice."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from allocation_engine.optimiser.areas import AreaProblem
from allocation_engine.optimiser.areas.caseloads import Caseloads, caseloads_within, window
from allocation_engine.optimiser.areas.counts import totals
from allocation_engine.optimiser.areas.evening import Evening
from allocation_engine.optimiser.areas.partition import partition
from allocation_engine.optimiser.areas.problem import UNREACHABLE, Integers, Limits
from allocation_engine.optimiser.areas.relaxation import relax
from allocation_engine.optimiser.areas.spreading import least_by_spreading
from tests.optimiser.areas.every_share import areas, least_by_count

ROW = st.lists(st.just(UNREACHABLE) | st.integers(0, 50), min_size=1, max_size=5)
LOADS = st.lists(st.integers(0, 12), min_size=1, max_size=7).map(lambda loads: sorted(loads, reverse=True))


@given(rows=st.lists(ROW, min_size=1, max_size=4), workers=st.integers(0, 10))
def test_the_numbers_of_workers_are_the_best_of_all_numbers(rows: list[list[int]], workers: int) -> None:
    found = totals(areas(*rows), workers)
    all_ways = [
        (sum(row[count] for row, count in zip(rows, counts, strict=True)), counts)
        for counts in product(*(range(len(row)) for row in rows))
        if sum(counts) == workers
    ]
    possible = [(value, counts) for value, counts in all_ways if value < UNREACHABLE]
    assert found.least == min((value for value, _ in possible), default=UNREACHABLE)
    if possible:
        assert (found.least, tuple(found.counts())) in possible
    for value, counts in possible:
        for area, count in enumerate(counts):
            assert found.elsewhere(area, count) <= value - rows[area][count]


@given(loads=LOADS, fewest=st.integers(1, 3), most=st.integers(1, 7), largest=st.integers(0, 90))
def test_the_even_spread_is_never_above_the_best(loads: list[int], fewest: int, most: int, largest: int) -> None:
    best = least_by_count(loads, AreaProblem(areas(loads), 1, fewest, most, largest))
    for count in range(len(loads) + 1):
        bound = least_by_spreading(np.array(loads), count, fewest, most, largest)
        assert bound <= best.get(count, UNREACHABLE)


@given(loads=LOADS, sizes=st.tuples(st.integers(1, 3), st.integers(1, 5)), ends=st.tuples(*[st.integers(0, 40)] * 2))
def test_every_caseload_is_listed_once(loads: list[int], sizes: tuple[int, int], ends: tuple[int, int]) -> None:
    listed = caseloads_within(np.array(loads), sizes, *ends, limit=1_000)
    assert listed is not None
    choices = {
        tuple(sorted(choice, reverse=True))
        for size in range(sizes[0], min(sizes[1], len(loads)) + 1)
        for choice in combinations(loads, size)
        if ends[0] <= sum(choice) <= ends[1]
    }
    kinds = sorted(set(loads), reverse=True)
    taken = listed.taken.toarray().T.tolist()
    found = [tuple(kind for kind, n in zip(kinds, row, strict=True) for _ in range(n)) for row in taken]
    assert sorted(found) == sorted(choices)
    assert listed.load.tolist() == [sum(choice) for choice in found]


def test_more_caseloads_than_wanted_are_not_listed() -> None:
    assert caseloads_within(np.arange(20, 0, -1), (1, 6), 0, 1_000, limit=100) is None


@settings(max_examples=60)
@given(loads=LOADS, count=st.integers(1, 3), most=st.integers(2, 7))
def test_window_relaxation_and_partition_agree_with_every_plan(loads: list[int], count: int, most: int) -> None:
    best = least_by_count(loads, AreaProblem(areas(loads), count, 1, most, None)).get(count)
    if best is None:
        return
    listed = within_reach(np.array(loads), count, best + 1, most)
    squares = listed.load**2
    relaxed = relax(listed, squares, count)
    assert relaxed.least() <= best
    kept = relaxed.may_cost_at_most(best)
    found = partition(listed.only(kept), squares[kept], count, best, solver())
    assert found.bound == best
    assert found.caseloads is not None
    assert int(squares[kept][found.caseloads].sum()) == best
    assert partition(listed, squares, count, best - 1, solver()).bound is None


def within_reach(loads: Integers, count: int, below: int, most: int) -> Caseloads:
    lowest, highest = window(int(loads.sum()), count, below, Limits(1, most, UNREACHABLE))
    listed = caseloads_within(loads, (1, most), lowest, highest, limit=5_000)
    assert listed is not None
    return listed


def solver() -> cp_model.CpSolver:
    made = cp_model.CpSolver()
    made.parameters.num_workers = 1
    return made


def test_the_relaxation_prices_caseloads_it_did_not_begin_with(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = np.sort(np.random.default_rng(0).integers(10, 70, 14))[::-1]
    listed = within_reach(loads, 5, 2**60, 4)
    cost = (listed.load - round(loads.sum() / 5)) ** 2
    all_at_once = relax(listed, cost, 5)
    monkeypatch.setattr("allocation_engine.optimiser.areas.relaxation.AT_FIRST", 5)
    monkeypatch.setattr("allocation_engine.optimiser.areas.relaxation.AT_ONCE", 50)
    assert relax(listed, cost, 5).bound / 2**20 == pytest.approx(all_at_once.bound / 2**20, abs=1e-2)


def test_costs_too_large_to_add_up_are_left_aside_and_any_choice_will_do() -> None:
    listed = within_reach(np.array([3, 2, 1]), 2, 2**60, 3)
    huge = np.full(len(listed.load), 2**59, dtype=np.int64)
    assert relax(listed, huge, 2).least() <= 2**60
    found = partition(listed, huge, 2, 0, solver())
    assert (found.bound, found.caseloads is None) == (0, False)


def test_a_shaken_plan_is_no_worse_and_its_limits_are_kept() -> None:
    loads = np.random.default_rng(4).integers(100, 1_000, 40)
    evening = Evening(loads, 3, Limits(10, 16, UNREACHABLE), seed=0)
    before = evening.value
    evening.shake(200, 0)
    assert evening.value <= before
    assert sorted(unit for group in evening.groups for unit in group) == list(range(40))
    assert all(10 <= len(group) <= 16 for group in evening.groups)
    assert evening.value == sum(int(loads[group].sum()) ** 2 for group in evening.groups)


@pytest.mark.parametrize(
    ("loads", "limits", "says"),
    [
        (areas([1, -2]), (1, 1, None, None), "unit 1 of area 0 is below 0"),
        ((np.array([0.5]),), (1, 1, None, None), "area 0 are no row of whole numbers"),
        (areas([1]), (-1, 1, None, None), "workers is below 0"),
        (areas([1]), (1, 1, None, -5), "largest is below 0"),
        (areas([2**31]), (1, 1, None, None), "coarser steps"),
    ],
)
def test_a_problem_that_makes_no_sense_is_refused(
    loads: tuple[Integers, ...], limits: tuple[int, int, int | None, int | None], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        AreaProblem(loads, *limits)


def test_a_plan_that_breaks_a_rule_does_not_hold() -> None:
    problem = AreaProblem(areas([3, 2, 1], [4]), 3, 1, 2, 5)
    assert problem.holds((((0, 1), (2,)), ((0,),)))
    for broken in (
        (((0, 1), (2,)),),  # an area is missing
        (((0, 1),), ((0,),)),  # a unit is missing
        (((0, 1, 2),), ((0,),)),  # three units
        (((0,), (1,), (2,)), ((0,),)),  # four workers
    ):
        assert not problem.holds(broken)
