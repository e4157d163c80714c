"""The levels after the squares, exactly: chosen among every caseload that keeps the squares as low as they are."""

from collections.abc import Iterator

from ortools.sat.python import cp_model

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import Ints
from allocation_engine.optimiser.caseloads.choose import cost_of, items_of, model_of, solver_of
from allocation_engine.optimiser.caseloads.even import ALL_LISTED, Evened
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.scaling import HARM_SCALE, harm_steps

COST_STEPS = 10**6
"""Integer steps in a cost of 1."""

Settled = dict[Aim, tuple[float, str]]
"""For each aim the bound proven, in the level's own unit, and what proves it."""


def settle_later(pool: Pool, evened: Evened, aims: tuple[Aim, ...], means: Means) -> tuple[Ints, Settled]:
    """Settle the later aims in order, the squares held; give the items, and the bounds of the aims that were settled."""
    model, literals = model_of(pool, evened.item_of)
    held = cost_of(pool, literals)
    chosen = evened.item_of
    steps = sum(round(cost * 10**8) for cost in _costs_of(pool, chosen))
    model.add(held <= steps)
    settled: Settled = {}
    for aim in aims:
        expression, scale = _level(model, literals, pool, aim)
        model.minimize(expression)
        solver = solver_of(0.1 * means.effort + 0.2, means.seed, means.seconds_left())
        status = solver.solve(model)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            break
        chosen = items_of(pool, literals, solver)
        reached = round(solver.objective_value)
        bound = reached if status == cp_model.OPTIMAL else solver.best_objective_bound
        settled[aim] = (bound / scale, ALL_LISTED)
        model.add(expression <= reached)
        _hint(model, literals, solver)
    return chosen, settled


def _costs_of(pool: Pool, item_of: Ints) -> Iterator[float]:
    mine: dict[int, list[int]] = {}
    for item in sorted(item_of.tolist()):
        mine.setdefault(int(pool.sheet.items[item]["worker"]), []).append(item)
    wanted = {(worker, tuple(items)) for worker, items in mine.items()}
    for worker, items, cost in zip(pool.worker, pool.items, pool.cost, strict=True):
        if (worker, items) in wanted:
            yield cost


def _hint(model: cp_model.CpModel, literals: list[cp_model.IntVar], solver: cp_model.CpSolver) -> None:
    values = [solver.boolean_value(literal) for literal in literals]
    model.clear_hints()  # type: ignore[no-untyped-call]
    for literal, value in zip(literals, values, strict=True):
        model.add_hint(literal, value)


def _level(
    model: cp_model.CpModel, literals: list[cp_model.IntVar], pool: Pool, aim: Aim
) -> tuple[cp_model.LinearExprT, float]:
    """Give an aim over the caseloads, and steps in one of its unit."""
    if aim is Aim.HARM_TYPES:
        return _harm_types(model, literals, pool), HARM_SCALE
    name, scale = {
        Aim.MATCH: ("mismatch", 1),
        Aim.CONTINUITY: ("discontinuity", 1),
        Aim.COST: ("cost", COST_STEPS),
    }[aim]
    # Rounded item by item: plans that cost the same in other caseloads then cost the same in steps.
    points = [round(one * scale) for one in pool.sheet.items[name].tolist()]
    steps = [sum(points[item] for item in items) for items in pool.items]
    return cp_model.LinearExpr.weighted_sum(literals, steps), scale


def _harm_types(model: cp_model.CpModel, literals: list[cp_model.IntVar], pool: Pool) -> cp_model.LinearExprT:
    """Add up, over harm types, the largest number per capacity among caseloads that newly receive the harm type."""
    sheet, worst = pool.sheet, []
    for harm in range(sheet.row_harm.shape[1]):
        largest = model.new_int_var(0, cp_model.INT32_MAX, "")
        for literal, worker, items in zip(literals, pool.worker, pool.items, strict=True):
            counts = [int(sheet.row_harm[sheet.items[item]["row"], harm]) for item in items]
            if any(n and sheet.items[item]["new"] for n, item in zip(counts, items, strict=True)):
                total = int(sheet.held_harm[worker, harm]) + sum(counts)
                model.add(largest >= harm_steps(float(sheet.rooms[worker]["capacity"])) * total * literal)
        worst.append(largest)
    return sum(worst)
