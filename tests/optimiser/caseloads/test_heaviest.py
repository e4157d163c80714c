"""How low the heaviest load ratio can be: never a bound above what some plan reaches, and plans that keep every rule."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints
from allocation_engine.optimiser.caseloads.bring_below import LARGE_GROUPS, BringBelow
from allocation_engine.optimiser.caseloads.covering import Covering
from allocation_engine.optimiser.caseloads.heaviest import least_alone, lowest_ceiling
from allocation_engine.optimiser.caseloads.levels import could_move
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.place import place_waiting
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.standing import Standing, keeps_caps, standing_of, worst_ratio
from allocation_engine.optimiser.caseloads.table import Table, make_table
from domain.allocation import AllocationProblem, CaseNeed, score
from domain.identifiers import CaseId
from tests.domain.allocation.small_problems import free_worker, problem
from tests.optimiser.drawn_problems import EVERYTHING, problems
from tests.optimiser.every_plan import plans_that_keep_every_rule, ways_in_all

MOST_PLANS = 10_000
MEANS = Means(5.0, 3, 1, going=lambda _, __: True, seconds_left=lambda: None)

small = problems(most_workers=4, most_cases=6, among=EVERYTHING)


def carrying(loads: list[float], workers: int) -> Table:
    """Give workers with nothing, of capacity 100, and cases that add so much load to any of them."""
    cases = [CaseNeed(case_id=CaseId(f"c-{c:02}")) for c in range(len(loads))]
    load = [(one,) * workers for one in loads]
    return make_table(problem([free_worker(f"w-{w}") for w in range(workers)], cases, load=load))


def placed(table: Table) -> Standing:
    """Place every row somehow."""
    sheet = table.sheet
    standing = standing_of(sheet, np.full(len(sheet.rows), -1, np.int64), UNTIL_SETTLED, 1)
    best: Ints = np.full(len(sheet.rows), -1, np.int64)
    place_waiting(sheet, standing, np.ones(len(sheet.rows)), 1_000, best)
    return standing_of(sheet, best, UNTIL_SETTLED, 1)


def test_three_cases_of_forty_bring_one_of_two_workers_to_eighty() -> None:
    # Cut into parts they would bring each to sixty; whole, somebody takes two of them.
    table = carrying([40.0, 40.0, 40.0], workers=2)
    rules = relaxation(table.sheet, table.unit_of_row)
    found = lowest_ceiling(rules, placed(table), MEANS)
    assert found.value == pytest.approx(0.8)
    assert found.bound == found.value
    assert found.proved_by == "whole caseloads for 3 cases that few could take"


def test_what_adds_up_exactly_is_found() -> None:
    # 7+5+3, 8+4+3, 9+6, 10+5 and 11+4 are fifteen each; no other plan keeps everybody at fifteen but by exchanging equals.
    table = carrying([11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 5.0, 4.0, 4.0, 3.0, 3.0], workers=5)
    rules = relaxation(table.sheet, table.unit_of_row)
    found = lowest_ceiling(rules, placed(table), MEANS)
    assert found.value == pytest.approx(0.15)
    assert found.value - found.bound <= 1e-5


def test_all_caseloads_under_a_ceiling_listed_say_whether_there_is_a_plan() -> None:
    # Fifteen each is the least (see above): below it nothing is listed that covers every case, at it a plan is.
    table = carrying([11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 5.0, 4.0, 4.0, 3.0, 3.0], workers=5)
    sheet = table.sheet
    asked = Covering(sheet, placed(table).item_of, np.ones(len(sheet.rows)), 5.0, lambda: True)
    assert asked.impossible(0.149), "seventy-five in all is fifteen for each of five"
    assert asked.listed(0.1499, 3, None) == (True, None)
    proven, mine = asked.listed(0.1501, 3, None)
    assert not proven
    assert mine is not None
    assert worst_ratio(sheet, standing_of(sheet, mine, np.inf, 1)) == pytest.approx(0.15)


@settings(deadline=None, max_examples=150)
@given(drawn=small)
def test_no_ceiling_that_some_plan_keeps_is_called_impossible(drawn: AllocationProblem) -> None:
    assume(ways_in_all(drawn) <= MOST_PLANS)
    table = make_table(drawn)
    assume(len(table.sheet.rows) > 0 and not table.hopeless and not table.given_up)
    # A limit on moves and minimum caseloads are about more than one caseload at a ceiling: such problems go elsewhere.
    assume(could_move(table) <= drawn.caps.moves_allowed)
    assume(not any(worker.is_below_minimum for worker in drawn.workers))
    reached = {
        max(score(drawn, plan).ratios, default=0.0): plan
        for plan in plans_that_keep_every_rule(drawn)
        if len(plan.primary) == len(drawn.cases)
    }
    assume(reached)
    least = min(reached)
    sheet, item_of = table.sheet, table.item_of(reached[least])
    asked = Covering(sheet, item_of, np.ones(len(sheet.rows)), 5.0, lambda: True)
    for above in (1e-7, 0.01, 0.3):
        assert not asked.impossible(least + above)
    alone = least_alone(sheet, np.arange(len(sheet.rows)))
    if alone > 0.0:
        assert asked.impossible(alone - 1e-3), "a case that brings everybody past the ceiling cannot be placed"
    for above in (1e-7, 0.01, 0.3):
        proven, mine = asked.listed(least + above, 3, None)
        assert not proven
        assert (
            mine is None or worst_ratio(asked.sheet, standing_of(asked.sheet, mine, np.inf, 1)) <= least + above + 1e-9
        )
    found = lowest_ceiling(relaxation(sheet, table.unit_of_row), standing_of(sheet, item_of, UNTIL_SETTLED, 1), MEANS)
    assert found.bound <= least + 1e-6
    assert found.value >= least - 1e-6
    assert keeps_caps(sheet, standing_of(sheet, found.item_of, UNTIL_SETTLED, 1))


def test_everybody_comes_below_a_target_or_the_plan_stays() -> None:
    dice = np.random.default_rng(7)
    table = carrying([float(load) for load in dice.integers(3, 30, 40)], workers=12)
    start = placed(table)
    lower = BringBelow(table.sheet, start.item_of, MEANS, 5.0)
    before, even = lower.value, float(table.sheet.items["load"][table.sheet.at[0] : table.sheet.at[1]].sum()) / 12
    assert not lower.reach(even * 0.99, 0.0, LARGE_GROUPS), "less than an equal share for all cannot be"
    assert lower.value == before
    assert lower.reach(even * 1.05, 0.0, LARGE_GROUPS)
    standing = standing_of(table.sheet, lower.item_of, UNTIL_SETTLED, 1)
    assert worst_ratio(table.sheet, standing) == pytest.approx(lower.value)
    assert lower.value <= even * 1.05 < before
    assert keeps_caps(table.sheet, standing)
