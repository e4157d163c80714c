"""One level after another over caseloads: place, lower the heaviest, even out, and say what proves how much."""

from dataclasses import dataclass

import numpy as np

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.anneal import Goal, anneal
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints
from allocation_engine.optimiser.caseloads.dual import Priced, improve, lowest_prices, nobody_waits, priced
from allocation_engine.optimiser.caseloads.heaviest import CLOSE, lowest_ceiling
from allocation_engine.optimiser.caseloads.place import place_waiting
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.standing import rise_in_all, standing_of
from allocation_engine.optimiser.caseloads.table import Table, make_table
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.result import Level
from domain.allocation import AllocationProblem, Plan, score
from domain.allocation.score import waiting_weight
from domain.vocabulary import Priority

METHOD = "caseload by caseload: placed, annealed, priced"

HOT, COLD = 1e-2, 1e-5
"""Temperatures between which squares are annealed [squared load ratio]: a case's rise, and a thousandth of it."""

PRICINGS_A_SECOND = 25
"""Pricings of all workers for each second of effort."""


@dataclass(frozen=True)
class Found:
    """A plan's items with what the levels so far are held at."""

    item_of: Ints
    ceiling: float
    levels: tuple[Level, ...]


def solve_by_caseloads(request: Request) -> Outcome | None:
    """Settle the levels of a large problem; None where it has a form that this method does not know.

    It knows the aims of a proposal with squares, no minimum caseloads, and problems whose held and pinned cases can be
    placed. Where some case has to wait that somebody could take, it gives up: which ones wait then decides on every
    later level.
    """
    if request.aims[:3] != (Aim.PLACED, Aim.HEAVIEST, Aim.SQUARES):
        return None
    if any(worker.caseload_minimum > worker.caseload for worker in request.problem.workers):
        return None
    table = make_table(request.problem)
    must = {request.problem.case_index[case] for case, _ in request.problem.pinned}
    must |= {c for c, case in enumerate(request.problem.cases) if case.current_worker_id is not None}
    if must & {*table.hopeless, *table.given_up} or request.problem.caps.moves_allowed < _could_move(table):
        return None
    found = _placed(table, request)
    if found is None:
        return None
    found = _lowered(table, request, found)
    return _evened(table, request, found)


def _could_move(table: Table) -> int:
    """Count the held cases that some item would move."""
    items = table.sheet.items
    return int(sum(table.sheet.rows["cases"][row] for row in set(items["row"][items["moved"] > 0].tolist())))


def _placed(table: Table, request: Request) -> Found | None:
    sheet = table.sheet
    begin = np.full(len(sheet.rows), -1, np.int64)
    if request.start is not None:
        begin = table.item_of(request.start)
        begin = begin if (begin >= 0).all() else np.full(len(sheet.rows), -1, np.int64)
    standing = standing_of(sheet, begin, UNTIL_SETTLED, request.seed + 1)
    best = np.empty(len(sheet.rows), np.int64)
    waiting = place_waiting(sheet, standing, np.ones(len(sheet.rows)), 200 * len(sheet.rows) + 10_000, best)
    if waiting > 0 or table.given_up:
        return None
    levels = _waiting_levels(request.problem, table.plan(best))
    for level in levels:
        request.on_level(level)
        request.watch.going(level.name, level.value, level.bound)
    return Found(best, UNTIL_SETTLED, levels)


def _waiting_levels(problem: AllocationProblem, plan: Plan) -> tuple[Level, ...]:
    waits = [case for case in problem.cases if case.case_id not in plan.primary]
    found = []
    for priority in Priority:
        weight = sum(waiting_weight(case) for case in waits if case.priority is priority)
        proof = "nobody may take those who wait" if weight else "every case is placed"
        found.append(Level(f"unallocated, {priority.value}", weight, weight, proof))
    return tuple(found)


def _lowered(table: Table, request: Request, found: Found) -> Found:
    sheet = table.sheet
    standing = standing_of(sheet, found.item_of, UNTIL_SETTLED, request.seed + 2)
    placed = np.flatnonzero(found.item_of >= 0)
    tries = 1_000 * len(placed)
    anneal(sheet, standing, Goal(1.0, 0.0, 0.0), placed, tries, HOT, COLD)
    ceiling = lowest_ceiling(relaxation(sheet, table.unit_of_row), standing, 2 * tries, request.seed)
    level = Level("heaviest load ratio", ceiling.value, ceiling.bound, ceiling.proved_by)
    request.on_level(level)
    request.watch.going(level.name, level.value, level.bound)
    return Found(ceiling.item_of, ceiling.value + CLOSE, (*found.levels, level))


def _evened(table: Table, request: Request, found: Found) -> Outcome:
    """Lower the squares under the ceiling, raise the bound under them, and read off the levels that follow."""
    sheet, name = table.sheet, "sum of squared load ratios"
    standing = standing_of(sheet, found.item_of, found.ceiling, request.seed + 3)
    placed = np.flatnonzero(found.item_of >= 0)
    lin = np.zeros(len(sheet.items))
    bounds = priced(sheet, lowest_prices(sheet, lin, 1.0, found.ceiling), nobody_waits, request.threads)
    best, item_of = rise_in_all(sheet, standing), standing.item_of.copy()
    going = request.watch.going(name, best, bounds.bound)
    steps = max(int(request.effort * PRICINGS_A_SECOND), 20)
    for share in (0.1, 0.2, 0.3, 0.4):
        if not going:
            break
        anneal(sheet, standing, Goal(1.0, 0.0, 0.0), placed, _tries(request, len(placed), share), HOT, COLD)
        value = rise_in_all(sheet, standing)
        if value < best:
            best, item_of = value, standing.item_of.copy()
        going = request.watch.going(name, best, bounds.bound)
        bounds = _raised(table, request, bounds, best, int(steps * share))
        going = request.watch.going(name, best, bounds.bound)
        if best - bounds.bound <= 1e-9 * max(best, 1.0):
            break
    plan = table.plan(item_of)
    level = Level(
        name, score(request.problem, plan).squares, min(bounds.bound, best), "prices for the cases (Lagrangian)"
    )
    request.on_level(level)
    rest = _later_levels(table, request, plan)
    return Outcome(plan, (*found.levels, level, *rest), METHOD, complete=going)


def _tries(request: Request, rows: int, share: float) -> int:
    """Give the changes to try: more rows need more, and a second of effort is good for about three million."""
    return int(min(20_000 * rows, 3_000_000 * request.effort) * share)


def _raised(table: Table, request: Request, bounds: Priced, best: float, steps: int) -> Priced:
    return improve(
        table.sheet,
        bounds,
        best,
        steps,
        nobody_waits,
        threads=request.threads,
        keep_going=lambda bound: request.watch.going("sum of squared load ratios", best, bound),
    )


def _later_levels(table: Table, request: Request, plan: Plan) -> tuple[Level, ...]:
    """Read off the levels after the squares, each with what its cases cost at least whoever takes them."""
    worth = score(request.problem, plan)
    items = table.sheet.items
    rows = len(table.units)
    proof = "each case by itself"
    values: dict[Aim, tuple[str, float, float]] = {
        Aim.HARM_TYPES: ("harm types balanced", worth.harm_balance, 0.0),
        Aim.MATCH: ("area and language", worth.mismatch, _least(items["mismatch"], items["row"], rows)),
        Aim.CONTINUITY: ("continuity", worth.discontinuity, _least(items["discontinuity"], items["row"], rows)),
        Aim.COST: ("cost", worth.cost, _least(items["cost"], items["row"], rows)),
    }
    levels = tuple(
        Level(name, value, min(bound, value), proof) for name, value, bound in (values[aim] for aim in request.aims[3:])
    )
    for level in levels:
        request.on_level(level)
    return levels


def _least(points: Ints, row: Ints, rows: int) -> float:
    least = np.full(rows, np.inf)
    unit = row < rows
    np.minimum.at(least, row[unit], points[unit])
    return float(least[np.isfinite(least)].sum())
