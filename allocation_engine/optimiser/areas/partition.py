"""The exact step: choose caseloads that together take every unit once, at the least cost, with CP-SAT."""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.areas.caseloads import Caseloads
from allocation_engine.optimiser.areas.problem import Integers
from allocation_engine.optimiser.cp_sat import run

COUNTABLE = 2.0**60
"""Where all costs together are beyond this, CP-SAT could not add them up: any choice is asked for, not the cheapest."""


@dataclass(frozen=True)
class Partition:
    """What the search found.

    Attributes
    ----------
    caseloads
        Places of the caseloads chosen, with repetition; None if none was found.
    bound
        Proven least cost, if there is a choice at all; None if it is proven that there is not.
    work
        What it took [deterministic s].
    """

    caseloads: list[int] | None
    bound: int | None
    work: float


def partition(caseloads: Caseloads, cost: Integers, count: int, limit: int, solver: cp_model.CpSolver) -> Partition:
    """Choose `count` caseloads that take every unit once, at a total cost of at most `limit`, as cheap as can be.

    Parameters
    ----------
    cost
        Of each caseload, in whole numbers, not negative.
    solver
        With effort and seed set, so that the caller can stop it from outside.
    """
    model = cp_model.CpModel()
    most_times = _most_times(caseloads)
    times = [model.new_int_var(0, most, "") for most in most_times.tolist()]
    rows = caseloads.taken.tocsr()
    for kind, there in enumerate(caseloads.there.tolist()):
        here = slice(rows.indptr[kind], rows.indptr[kind + 1])
        terms = [times[c] for c in rows.indices[here].tolist()]
        if there == 1:
            model.add_exactly_one(terms)
        else:
            model.add(cp_model.LinearExpr.weighted_sum(terms, rows.data[here].tolist()) == there)
    model.add(cp_model.LinearExpr.sum(times) == count)
    if float(cost @ most_times.astype(np.float64)) < COUNTABLE:
        total = cp_model.LinearExpr.weighted_sum(times, cost.tolist())
        model.add(total <= limit)
        model.minimize(total)
    outcome = run(solver, model)
    work = solver.deterministic_time
    if outcome == cp_model.INFEASIBLE:
        return Partition(None, None, work)
    bound = round(solver.best_objective_bound) if model.has_objective() else 0
    if outcome not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Partition(None, max(bound, 0), work)
    chosen = [c for c, one in enumerate(times) for _ in range(solver.value(one))]
    return Partition(chosen, bound, work)


def _most_times(caseloads: Caseloads) -> Integers:
    """Give how often each caseload may be taken by what it takes of each kind."""
    taken = caseloads.taken
    owner = np.repeat(np.arange(taken.shape[1]), np.diff(taken.indptr))
    most = np.full(taken.shape[1], np.iinfo(np.int64).max)
    np.minimum.at(most, owner, caseloads.there[taken.indices] // taken.data)
    return most
