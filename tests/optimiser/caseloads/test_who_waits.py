"""Who could wait is never told wrongly, and making room for those who wait breaks no rule."""

from dataclasses import replace

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED
from allocation_engine.optimiser.caseloads.cores import cores_of
from allocation_engine.optimiser.caseloads.covering import loosened
from allocation_engine.optimiser.caseloads.in_part import placed_in_part
from allocation_engine.optimiser.caseloads.pair_model import PairModel
from allocation_engine.optimiser.caseloads.part import part_of
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.scarce import Scarcity
from allocation_engine.optimiser.caseloads.squeeze import squeezed_in
from allocation_engine.optimiser.caseloads.standing import keeps_caps, standing_of
from allocation_engine.optimiser.caseloads.table import Table, make_table, weight_of, without
from allocation_engine.optimiser.caseloads.ways import Way, weight_left
from allocation_engine.optimiser.solve import in_canonical_order
from domain.allocation import Caps, Plan, score, violations
from domain.identifiers import CaseId, GroupId
from domain.vocabulary import HarmType
from tests.domain.allocation.small_problems import C1, W1, W2, problem
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


def crowded(number: int) -> Table:
    """Draw families for whom there is hardly room, all routine: up to two workers, up to seven cases."""
    dice = np.random.default_rng([7, number])
    workers = [
        replace(
            who,
            caseload=0,
            by_harm={},
            caseload_cap=int(dice.integers(1, 5)),
            predicted_load=float(dice.integers(0, 60)),
        )
        for who in (W1, W2)[: int(dice.integers(1, 3))]
    ]
    sizes = [int(size) for size in dice.integers(1, 4, 3)]
    cases = [
        replace(
            C1,
            case_id=CaseId(f"c-{family}-{member}"),
            waiting_days=float(dice.integers(0, 30)),
            sibling_group=GroupId(f"s-{family}") if size > 1 else None,
        )
        for family, size in enumerate(sizes)
        for member in range(size)
    ]
    return make_table(in_canonical_order(problem(workers, cases)))


def crowded_tables() -> list[Table]:
    return [table for table in map(crowded, range(60)) if len(table.sheet.rows)]


def waits(table: Table, plan: Plan) -> set[Way]:
    """Give the ways in which units of a table wait, whole or in part."""
    ids = [case.case_id for case in table.problem.cases]
    rests = [tuple(case for case in unit if ids[case] in plan.primary) for unit in table.units]
    return {
        Way(place, weight_left(table, tuple(set(unit) - set(rest))), rest)
        for place, (unit, rest) in enumerate(zip(table.units, rests, strict=True))
        if rest != unit
    }


def test_no_plan_lets_less_wait_in_a_core_or_others_than_are_told() -> None:
    cores = in_part = 0
    for table in [*tables(), *crowded_tables()]:
        ways = [waits(table, plan) for plan in plans_that_keep_every_rule(table.problem)]
        most = min(sum(way.weight for way in one) for one in ways) + 3.0
        for core in cores_of(table, np.arange(len(table.units)), most, 0):
            cores += 1
            for one in ways:
                here = {way for way in one if way.unit in core.units}
                weight = sum(way.weight for way in here)
                assert weight >= core.least
                in_part += weight == core.least and any(way.rest for way in here)
                if weight == core.least and core.choices is not None and weight <= most:
                    assert here in [set(choice) for choice in core.choices]
    assert cores > 10, "too few problems in which something has to wait"
    assert in_part > 10, "too few plans that place siblings in part"


def test_placed_in_part_less_waits_and_no_rule_is_broken() -> None:
    less = 0
    for table in crowded_tables():
        start = np.full(len(table.sheet.rows), -1, np.int64)
        item_of = squeezed_in(table.sheet, start, 3, lambda: True)
        if not (item_of < 0).any():
            continue
        smaller, best = without(table, item_of)
        before = Scarcity(table, smaller, 0)
        after, found = placed_in_part(before, best, lambda: True)
        less += after.waits < before.waits
        assert after.waits <= before.waits
        assert not list(violations(table.problem, after.placed.plan(found)))
        waiting = {case.case_id for case in table.problem.cases} - set(after.placed.plan(found).primary)
        given_up = {table.problem.cases[place].case_id for place in (*after.placed.given_up, *table.hopeless)}
        assert waiting == given_up
    assert less > 0, "no problem in which siblings placed in part make room"


def test_at_any_prices_no_plan_in_which_no_more_waits_costs_less_than_the_bound() -> None:
    compared = 0
    for number, table in enumerate([*tables(), *crowded_tables()]):
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
