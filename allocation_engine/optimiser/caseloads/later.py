"""The levels after the squares, exactly: chosen among every caseload that keeps the squares as low as they are."""

from collections.abc import Iterator

from ortools.sat.python import cp_model

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import Ints
from allocation_engine.optimiser.caseloads.choose import cost_of, items_of, model_of, solver_of
from allocation_engine.optimiser.caseloads.even import ALL_LISTED, Evened
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.cp_sat import run
from allocation_engine.optimiser.scaling import Scale, cost_scale, harm_scale, harm_steps

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
        status = run(solver, model)
        if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            break
        chosen = items_of(pool, literals, solver)
        reached = round(solver.objective_value)
        bound = reached if status == cp_model.OPTIMAL else solver.best_objective_bound
        settled[aim] = (bound / scale.steps, ALL_LISTED)
        model.add(expression <= reached + scale.apart)
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
) -> tuple[cp_model.LinearExprT, Scale]:
    """Give an aim over the caseloads, and its scale."""
    if aim is Aim.HARM_TYPES:
        return _harm_types(model, literals, pool)
    name = {Aim.MATCH: "mismatch", Aim.CONTINUITY: "discontinuity", Aim.COST: "cost"}[aim]
    points = pool.sheet.items[name].tolist()
    scale = cost_scale(points, len(pool.sheet.rows))
    # Rounded item by item: plans that cost the same in other caseloads then cost the same in steps.
    rounded = [round(one * scale.steps) for one in points]
    return cp_model.LinearExpr.weighted_sum(
        literals, [sum(rounded[item] for item in items) for items in pool.items]
    ), scale


def _harm_types(
    model: cp_model.CpModel, literals: list[cp_model.IntVar], pool: Pool
) -> tuple[cp_model.LinearExprT, Scale]:
    """Add up, over harm types, the largest number per capacity among caseloads that newly receive the harm type."""
    sheet, worst, most = pool.sheet, [], 0
    scale = harm_scale(sheet.rooms["capacity"].tolist())
    steps = [harm_steps(capacity, scale) for capacity in sheet.rooms["capacity"].tolist()]
    for harm in range(sheet.row_harm.shape[1]):
        exposures = []
        for literal, worker, items in zip(literals, pool.worker, pool.items, strict=True):
            counts = [int(sheet.row_harm[sheet.items[item]["row"], harm]) for item in items]
            if any(n and sheet.items[item]["new"] for n, item in zip(counts, items, strict=True)):
                total = int(sheet.held_harm[worker, harm]) + sum(counts)
                exposures.append((steps[worker] * total, literal))
                most = max(most, total)
        if exposures:
            worst.append(model.new_int_var(0, max(exposure for exposure, _ in exposures), ""))
            for exposure, literal in exposures:
                model.add(worst[-1] >= exposure * literal)
    return sum(worst), Scale(scale.steps, scale.apart * most * len(worst))
