"""CP-SAT and HiGHS on the linear model, each with its documented defaults: neither knows anything of ours."""

from collections.abc import Sequence
from functools import partial
from math import inf

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from benchmarks.peers.instance import Instance
from benchmarks.peers.judging import Answer
from benchmarks.peers.linear_model import LinearModel, Solved, solve_levels


def plain_cp_sat(instance: Instance, seconds: float, threads: int, seed: int) -> Answer:
    """Solve with CP-SAT, which starts each level from the level before."""
    return solve_levels(instance, seconds, partial(_cp_sat, threads=threads, seed=seed))


def plain_highs(instance: Instance, seconds: float) -> Answer:
    """Solve with HiGHS as scipy has it, which takes no start."""
    return solve_levels(instance, seconds, _highs)


def _cp_sat(
    linear: LinearModel,
    objective: Sequence[tuple[int, int]],
    seconds: float,
    start: Sequence[float] | None,
    *,
    threads: int,
    seed: int,
) -> Solved:
    model = cp_model.CpModel()
    variables = [model.new_int_var(0, upper, "") for upper in linear.upper]
    for row in linear.rows:
        low = cp_model.INT_MIN if row.low is None else row.low
        high = cp_model.INT_MAX if row.high is None else row.high
        model.add_linear_constraint(_sum(variables, row.terms), low, high)
    model.minimize(_sum(variables, objective))
    for place, value in enumerate(start or ()):
        model.add_hint(variables[place], round(value))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = threads
    solver.parameters.random_seed = seed
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    values = [solver.value(one) for one in variables] if found else None
    return Solved(values, solver.best_objective_bound if found else -inf)


def _sum(variables: Sequence[cp_model.IntVar], terms: Sequence[tuple[int, int]]) -> cp_model.LinearExprT:
    places, coefficients = zip(*terms, strict=True) if terms else ((), ())
    return cp_model.LinearExpr.weighted_sum([variables[place] for place in places], list(coefficients))


def _highs(
    linear: LinearModel, objective: Sequence[tuple[int, int]], seconds: float, start: Sequence[float] | None
) -> Solved:
    del start
    unit = np.array(linear.unit, float)
    cost = np.zeros(len(unit))
    for place, coefficient in objective:
        cost[place] += coefficient
    scale = max(float(np.abs(cost * unit).max()), 1.0)
    rows = [row for row in linear.rows if row.terms]
    lengths = [len(row.terms) for row in rows]
    places = np.array([place for row in rows for place, _ in row.terms])
    coefficients = np.array([coefficient for row in rows for _, coefficient in row.terms], float) * unit[places]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    size = np.maximum.reduceat(np.abs(coefficients), starts[:-1])
    matrix = csr_array((coefficients / np.repeat(size, lengths), places, starts), shape=(len(rows), len(unit)))
    low = np.array([-inf if row.low is None else row.low for row in rows]) / size
    high = np.array([inf if row.high is None else row.high for row in rows]) / size
    found = milp(
        cost * unit / scale,
        integrality=(unit == 1).astype(int),
        bounds=Bounds(0, np.array(linear.upper) / unit),
        constraints=LinearConstraint(matrix, low, high),
        options={"time_limit": seconds},
    )
    values = None if found.x is None else (found.x * unit).tolist()
    bound = found.get("mip_dual_bound")
    return Solved(values, -inf if bound is None else float(bound) * scale)
