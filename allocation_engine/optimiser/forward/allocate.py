"""A week's allocation, by the searches of `caseloads` and under every rule: place, then even out under the heaviest load.

Of the levels of a proposal it settles who waits, the heaviest load ratio and the squares. Balanced harm types, matching areas and
continuity break ties in a proposal; loads do not depend on them, so a run forward leaves them out.
"""

import numpy as np

from allocation_engine.optimiser.caseloads.anneal import Goal, anneal
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Sheet
from allocation_engine.optimiser.caseloads.arrays import Ints as Places
from allocation_engine.optimiser.caseloads.fits import HARM
from allocation_engine.optimiser.caseloads.place import place_waiting
from allocation_engine.optimiser.caseloads.standing import Standing as PlanStanding
from allocation_engine.optimiser.caseloads.standing import (
    fill,
    may_take,
    put,
    rise,
    take_off,
    unload_one_sided,
    worst_ratio,
)
from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.forward.arrays import NO_ONE, Chances, Flags, Service
from allocation_engine.optimiser.forward.load import Loads
from allocation_engine.optimiser.forward.sheet import Units, beside_of, holdings_of, lay_out, narrowed, units_waiting
from allocation_engine.optimiser.forward.standing_cases import Standing

HOT, COLD = 1e-2, 1e-5
"""Temperatures between which the squares are annealed [squared load ratio]."""

HOT_DOWN, COLD_DOWN, SLIGHT = 0.02, 0.0005, 0.02
"""Temperatures while the heaviest load ratio is lowered [1], and what a squared ratio counts beside what lies past the target."""

COOLINGS = 8
"""Temperatures of one annealing."""

STEPS_DOWN, CLOSE = 5, 1e-9
"""Targets tried one after the other for the heaviest load ratio, and what is rounding."""

PLACING_TRIES = 1
"""Placements tried for each row before those that are left wait for another week, and so many more."""

MORE_PLACING_TRIES = 30


@compiled
def empty_plan(sheet: Sheet, seed: int) -> PlanStanding:
    """Lay out a plan in which everybody waits."""
    workers, harms = len(sheet.rooms), sheet.row_harm.shape[1]
    most = 1
    for worker in range(workers):
        most = max(most, min(sheet.at[worker + 1] - sheet.at[worker], len(sheet.rows)) + 1)
    return PlanStanding(
        np.full(len(sheet.rows), -1, np.int64),
        np.full((workers, most), -1, np.int64),
        np.zeros(workers, np.int64),
        np.zeros((workers, HARM + harms), np.int64),
        np.zeros((workers, 3)),
        np.zeros((workers, harms), np.int64),
        np.full(1, UNTIL_SETTLED),
        np.full(1, (seed * 2_654_435_769 + 88_172_645_463_325_252) % (2**62) + 1, np.int64),
    )


@compiled
def stuck(sheet: Sheet, units: Units, unit_of_row: Places) -> tuple[Flags, bool]:
    """Say which units may be kept: all of whose rows somebody could take."""
    keep, all_kept = np.ones(len(units.at) - 1, np.uint8), True
    for row in range(len(sheet.rows)):
        if sheet.row_at[row + 1] == sheet.row_at[row]:
            keep[unit_of_row[row]] = 0
            all_kept = False
    return keep, all_kept


@compiled
def units_of_rows(sheet: Sheet, units: Units, beside: Places) -> Places:
    """Give the unit to which each row belongs."""
    number = len(units.at) - 1
    found = np.empty(len(sheet.rows), np.int64)
    for unit in range(number):
        found[unit] = unit
        for place in range(units.at[unit], units.at[unit + 1]):
            for k in range(len(beside)):
                if beside[k] == units.cases[place]:
                    found[number + k] = unit
    return found


@compiled
def placeable(
    service: Service, chances: Chances, standing: Standing, loads: Loads, week: int, groups: int
) -> tuple[Units, Sheet, Places]:
    """Lay out the units that somebody could take, siblings in part where nobody could take all of them."""
    held = holdings_of(service, chances, standing, loads, week, groups)
    units = units_waiting(chances, standing, 7.0 * week)
    sheet = lay_out(service, chances, standing, held, units, week)
    of_row = units_of_rows(sheet, units, beside_of(chances, standing, units))
    while True:
        keep, all_kept = stuck(sheet, units, of_row)
        if all_kept:
            break
        units = narrowed(units, keep)
        sheet = lay_out(service, chances, standing, held, units, week)
        of_row = units_of_rows(sheet, units, beside_of(chances, standing, units))
    return units, sheet, of_row


@compiled
def lowest_hope(sheet: Sheet, plan: PlanStanding) -> float:
    """Give the load ratio [1] to which some placed row brings whoever takes it at least: no ceiling can be lower."""
    found = 0.0
    for row in range(len(sheet.rows)):
        if plan.item_of[row] >= 0:
            least = np.inf
            for place in range(sheet.row_at[row], sheet.row_at[row + 1]):
                item = sheet.items[sheet.by_row[place]]
                least = min(least, sheet.rooms[item["worker"]]["ratio"] + item["load"])
            found = max(found, least)
    return found


@compiled
def planned(sheet: Sheet, of_row: Places, tries: int, seed: int) -> PlanStanding:
    """Find a plan that keeps every rule: as many rows as can be placed, then even."""
    first = empty_plan(sheet, seed)
    place_whole(sheet, first, of_row)
    plan = first
    if (first.item_of < 0).any():
        best = np.full(len(sheet.rows), -1, np.int64)
        pushing = empty_plan(sheet, seed)
        fill(sheet, pushing, first.item_of)
        place_waiting(
            sheet, pushing, np.ones(len(sheet.rows)), PLACING_TRIES * len(sheet.rows) + MORE_PLACING_TRIES, best
        )
        pushed = empty_plan(sheet, seed + 1)
        fill(sheet, pushed, best)
        settle(sheet, pushed, of_row)
        place_whole(sheet, pushed, of_row)
        if placed_weight(sheet, pushed) > placed_weight(sheet, first):
            plan = pushed
    placed = np.flatnonzero(plan.item_of >= 0)
    plan = lower_heaviest(sheet, plan, placed, tries // STEPS_DOWN, seed + 2)
    plan.ceiling[0] = worst_ratio(sheet, plan) + CLOSE
    cooled(sheet, plan, Goal(1.0, np.inf, 0.0), placed, tries * len(placed), HOT, COLD)
    return plan


@compiled
def cooled(sheet: Sheet, plan: PlanStanding, goal: Goal, placed: Places, tries: int, hot: float, cold: float) -> None:
    """Anneal a short while: `anneal` cools every thousand changes, and here there are hardly more in all."""
    for step in range(COOLINGS):
        temperature = hot * (cold / hot) ** (step / (COOLINGS - 1))
        anneal(sheet, plan, goal, placed, tries // COOLINGS, temperature, temperature)


@compiled
def lower_heaviest(sheet: Sheet, plan: PlanStanding, placed: Places, tries: int, seed: int) -> PlanStanding:
    """Lower the heaviest load ratio of those who receive something, halving what lies between hope and the plan at hand."""
    least, best = lowest_hope(sheet, plan), plan.item_of.copy()
    worst = worst_ratio(sheet, plan)
    for _ in range(STEPS_DOWN):
        if worst <= least + CLOSE:
            break
        target = 0.5 * (least + worst)
        cooled(sheet, plan, Goal(SLIGHT, target, 1.0), placed, tries * len(placed), HOT_DOWN, COLD_DOWN)
        reached = worst_ratio(sheet, plan)
        if reached < worst:
            worst = reached
            best[:] = plan.item_of
        if reached > target:
            least = target
    found = empty_plan(sheet, seed)
    fill(sheet, found, best)
    return found


@compiled
def placed_weight(sheet: Sheet, plan: PlanStanding) -> float:
    """Give the weight of the rows that are placed."""
    total = 0.0
    for row in range(len(sheet.rows)):
        if plan.item_of[row] >= 0:
            total += sheet.rows[row]["weight"]
    return total


@compiled
def place_whole(sheet: Sheet, plan: PlanStanding, of_row: Places) -> None:
    """Place units that wait where they raise the squares least, heaviest first: with all their rows, or not at all."""
    units = 0
    for row in range(len(of_row)):
        units = max(units, of_row[row] + 1)
    for unit in np.argsort(-sheet.rows["weight"][:units], kind="mergesort"):
        if plan.item_of[unit] >= 0:
            continue
        item = easiest(sheet, plan, unit)
        if item < 0:
            continue
        put(sheet, plan, item)
        whole = True
        # The rows of co-workers come after those of units.
        for row in range(units, len(of_row)):
            if of_row[row] == unit and whole:
                item = easiest(sheet, plan, row)
                whole = item >= 0
                if whole:
                    put(sheet, plan, item)
        if not whole:
            take_off(sheet, plan, plan.item_of[unit])
            for row in range(units, len(of_row)):
                if of_row[row] == unit and plan.item_of[row] >= 0:
                    take_off(sheet, plan, plan.item_of[row])


@compiled
def easiest(sheet: Sheet, plan: PlanStanding, row: int) -> int:
    """Give the item of a row that raises the squares least and keeps every rule; below zero if there is none."""
    item, least = -1, np.inf
    for place in range(sheet.row_at[row], sheet.row_at[row + 1]):
        one = sheet.by_row[place]
        worker = sheet.items[one]["worker"]
        rises = rise(sheet, plan, worker, one, -1)
        if rises < least and may_take(sheet, plan, worker, one, -1):
            item, least = one, rises
    return item


@compiled
def settle(sheet: Sheet, plan: PlanStanding, of_row: Places) -> None:
    """Let units wait whole: those of which a row waits, and what makes a caseload one-sided, until none is left."""
    while True:
        waiting = np.zeros(len(sheet.rows), np.uint8)
        for row in range(len(sheet.rows)):
            if plan.item_of[row] < 0:
                waiting[of_row[row]] = 1
        for row in range(len(sheet.rows)):
            if plan.item_of[row] >= 0 and waiting[of_row[row]]:
                take_off(sheet, plan, plan.item_of[row])
        if unload_one_sided(sheet, plan) == 0:
            break


@compiled
def allocate(
    service: Service, chances: Chances, standing: Standing, loads: Loads, week: int, groups: int
) -> tuple[int, int]:
    """Allocate the cases that wait at the beginning of a week; give how many were placed, and how many of them had a worker."""
    units, sheet, of_row = placeable(service, chances, standing, loads, week, groups)
    if len(sheet.rows) == 0:
        return 0, 0
    plan = planned(sheet, of_row, service.tries, chances.seed + 7_919 * week)
    beside = beside_of(chances, standing, units)
    number, placed, moved = len(units.at) - 1, 0, 0
    for row in range(len(sheet.rows)):
        if plan.item_of[row] < 0:
            continue
        worker = sheet.items[plan.item_of[row]]["worker"]
        if row < number:
            for place in range(units.at[row], units.at[row + 1]):
                case = units.cases[place]
                standing.holder[case] = worker
                placed += 1
                moved += standing.passed_on[case]
                standing.passed_on[case] = 0
        else:
            case = beside[row - number]
            for column in range(standing.co_workers.shape[1]):
                if standing.co_workers[case, column] == NO_ONE:
                    standing.co_workers[case, column] = worker
                    break
    return placed, moved
