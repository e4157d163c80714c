"""Who could wait is never told wrongly, and making room for those who wait breaks no rule."""

from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED
from allocation_engine.optimiser.caseloads.cores import cores_of
from allocation_engine.optimiser.caseloads.covering import loosened
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.scarce import Scarcity
from allocation_engine.optimiser.caseloads.squeeze import squeezed_in
from allocation_engine.optimiser.caseloads.standing import keeps_caps, standing_of
from allocation_engine.optimiser.caseloads.table import Table, make_table, weight_of, without
from allocation_engine.optimiser.solve import in_canonical_order
from domain.allocation import Caps, Plan, score, violations
from domain.identifiers import CaseId
from domain.vocabulary import HarmType
from tests.domain.allocation.small_problems import C1, W1, problem
from tests.optimiser.drawn_problems import numbered_problem
from tests.optimiser.every_plan import plans_that_keep_every_rule, ways_in_all
from tests.optimiser.problem_maker import Play

MOST_PLANS = 3_000
PROBLEMS = 150
BINDING = frozenset(Play) - {Play.HELD, Play.PINNED, Play.CASELOAD_MINIMUM}


def tables() -> list[Table]:
    drawn = (in_canonical_order(numbered_problem(n, (1, 3), (3, 6), BINDING)) for n in range(PROBLEMS))
    found = [make_table(one) for one in drawn if ways_in_all(one) <= MOST_PLANS]
    return [one for one in found if len(one.sheet.rows)]


def waits(table: Table, plan: Plan) -> set[int]:
    """Give the units of which some case waits."""
    ids = [[table.problem.cases[c].case_id for c in unit] for unit in table.units]
    return {place for place, unit in enumerate(ids) if not all(one in plan.primary for one in unit)}


def test_no_plan_lets_less_wait_in_a_core_or_others_than_are_told() -> None:
    cores = 0
    for table in tables():
        weights = Scarcity(table, table, 0)._least_weights
        found = cores_of(table, np.arange(len(table.units)), weights, 0)
        cores += len(found)
        for plan in plans_that_keep_every_rule(table.problem) if found else ():
            for core in found:
                here = tuple(sorted(waits(table, plan) & {*core.units.tolist()}))
                weight = weights[list(here)].sum()
                assert weight >= core.least
                assert weight > core.least or core.choices is None or here in core.choices
    assert cores > 10, "too few problems in which something has to wait"


def test_at_any_prices_no_plan_in_which_no_more_waits_costs_less_than_the_bound() -> None:
    compared = 0
    for number, table in enumerate(tables()):
        dice = np.random.default_rng(number)
        start = np.full(len(table.sheet.rows), -1, np.int64)
        smaller, _ = without(table, squeezed_in(table.sheet, start, 3, lambda: True))
        scarcity = Scarcity(table, smaller, 0)
        if not smaller.given_up or not scarcity.known:
            continue
        prices = [dice.uniform(0.0, 1.0, len(smaller.sheet.rows)) * scale for scale in (0.05, 0.3, 1.0)]
        bounds = [scarcity.bound(row, UNTIL_SETTLED, 1) for row in prices]
        cases = table.problem.cases
        for plan in plans_that_keep_every_rule(table.problem):
            waiting = {place for place, case in enumerate(cases) if case.case_id not in plan.primary}
            if sum(weight_of(cases[place]) for place in waiting - {*table.hopeless}) <= scarcity.waits:
                compared += 1
                assert max(bounds) <= score(table.problem, plan).squares + 1e-9
    assert compared > 100, "too few plans to compare with"


def test_who_is_squeezed_in_breaks_no_rule() -> None:
    placed = 0
    for table in tables():
        sheet = table.sheet
        start = np.full(len(sheet.rows), -1, np.int64)
        item_of = squeezed_in(sheet, start, 3, lambda: True)
        assert (sheet.items["row"][item_of[item_of >= 0]] == np.flatnonzero(item_of >= 0)).all()
        assert keeps_caps(sheet, standing_of(sheet, item_of, UNTIL_SETTLED, 1))
        smaller, rest = without(table, item_of)
        placed += len(rest)
        if keeps_caps(smaller.sheet, standing_of(smaller.sheet, rest, UNTIL_SETTLED, 1)):
            assert not list(violations(table.problem, smaller.plan(rest)))
    assert placed > PROBLEMS


def test_cases_not_asked_about_may_mend_a_one_sided_caseload_bug() -> None:
    # Five of one harm type are too many of five, but not of seven: with the two others W1 may take them all.
    five = [replace(C1, case_id=CaseId(f"c-{n}"), harm_types=(HarmType.GANGS,)) for n in range(5)]
    two = [replace(C1, case_id=CaseId(f"c-{n}"), harm_types=(HarmType.MISSING,)) for n in range(5, 7)]
    table = make_table(problem([W1], [*five, *two], caps=Caps(harm_type_share=0.75, harm_type_share_from=6)))
    rules = relaxation(table.sheet, table.unit_of_row)
    together = PairModel(rules, UNTIL_SETTLED).solve(1.0, 0, None).status
    assert together == cp_model.OPTIMAL
    part = loosened(part_of(table.sheet, np.arange(1), np.arange(5)).sheet)
    alone = PairModel(relaxation(part, np.arange(5)), UNTIL_SETTLED).solve(1.0, 0, None).status
    assert alone == cp_model.OPTIMAL
