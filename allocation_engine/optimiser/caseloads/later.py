"""The levels after the squares, exactly: chosen among every caseload that keeps the squares as low as they are."""

from ortools.sat.python import cp_model

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import Ints
from allocation_engine.optimiser.caseloads.choose import caseloads_of, items_of, model_of, solver_of, steps_above
from allocation_engine.optimiser.caseloads.even import ALL_LISTED, Evened, Listed
from allocation_engine.optimiser.caseloads.master import Pool
from allocation_engine.optimiser.caseloads.means import Means
from allocation_engine.optimiser.caseloads.searched import POINTS, first_by_aims
from allocation_engine.optimiser.cp_sat import run
from allocation_engine.optimiser.scaling import Scale, cost_scale, harm_scale, harm_steps

AS_GOOD = 1e-6
"""Share of the squares by which a caseload may be beyond what a plan as good could hold: far more than rounding."""

Settled = dict[Aim, tuple[float, str]]
"""For each aim the bound proven, in the level's own unit, and what proves it."""


def settle_later(listed: Listed, evened: Evened, aims: tuple[Aim, ...], means: Means) -> tuple[Ints, Settled]:
    """Settle the later aims in order, the squares held; give the items, and the bounds of the aims that were settled."""
    base = listed.base
    pool = listed.pool.within(base, evened.value - base.bound + AS_GOOD * max(evened.value, 1.0))
    pool.add_plan(evened.item_of)
    searched = first_by_aims(pool, base, evened.value, aims, means.seconds_left())
    if searched.whole and searched.item_of is not None:
        return searched.item_of, {aim: (value, ALL_LISTED) for aim, value in zip(aims, searched.values, strict=True)}
    model, literals = model_of(pool, evened.item_of)
    chosen, (steps, _) = evened.item_of, steps_above(pool, base)
    now = caseloads_of(pool.sheet, chosen)
    held = sum(
        above
        for worker, items, above in zip(pool.worker, pool.items, steps, strict=True)
        if now.get(worker, ()) == items
    )
    # Each caseload is rounded by half a step: plans that are as even may come to as many steps more as there are workers.
    model.add(cp_model.LinearExpr.weighted_sum(literals, steps) <= held + len(pool.sheet.rooms))
    settled: Settled = {}
    for aim in aims:
        expression, scale = _level(model, literals, pool, aim)
        model.minimize(expression)
        solver = solver_of(0.1 * means.effort + 0.2, means.seed, means.seconds_left())
        solver.parameters.cp_model_presolve = False  # takes longer than what it leaves
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
    points = pool.sheet.items[POINTS[aim]].tolist()
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
        exposures: dict[int, list[tuple[int, cp_model.IntVar]]] = {}
        for literal, worker, items in zip(literals, pool.worker, pool.items, strict=True):
            counts = [int(sheet.row_harm[sheet.items[item]["row"], harm]) for item in items]
            if any(n and sheet.items[item]["new"] for n, item in zip(counts, items, strict=True)):
                total = int(sheet.held_harm[worker, harm]) + sum(counts)
                exposures.setdefault(worker, []).append((steps[worker] * total, literal))
                most = max(most, total)
        if exposures:
            highest = max(exposure for mine in exposures.values() for exposure, _ in mine)
            worst.append(model.new_int_var(0, highest, ""))
            for mine in exposures.values():  # one caseload each: what is added up is that of the one chosen
                model.add(sum(exposure * literal for exposure, literal in mine) <= worst[-1])
    return sum(worst), Scale(scale.steps, scale.apart * most * len(worst))
