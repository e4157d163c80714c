"""One CP-SAT model of the plans that keep every rule and stay within limits at each level up to fairness."""

from math import floor, isfinite

from ortools.sat.python import cp_model

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.choices.within import Limits
from allocation_engine.optimiser.constraints import CONSTRAINTS
from allocation_engine.optimiser.cp_sat import run
from allocation_engine.optimiser.level_values import SQUARES
from allocation_engine.optimiser.objective import LevelOfObjective, levels, name_of_ratio_level
from allocation_engine.optimiser.scaling import ratio_error
from allocation_engine.optimiser.variables import Expr, Variables, make_variables, read_plan
from domain.allocation import AllocationProblem, Plan, score

REFINED_AT_MOST = 30
"""Times that tangents are added for one plan before it is given up."""

_SOLVED = (cp_model.OPTIMAL, cp_model.FEASIBLE)


class LimitedModel:
    """Plans within limits; each question may add what further plans must differ from.

    Attributes
    ----------
    levels
        The levels up to fairness by name, as the model states them.
    none_left, proven
        After an answer: whether it is proven that there is no such plan, or that there is no better one.
    """

    def __init__(self, problem: AllocationProblem, limits: Limits, effort: float, seed: int = 0) -> None:
        self.problem, self.limits, self.effort, self.seed = problem, limits, effort, seed
        self.model = cp_model.CpModel()
        self.variables: Variables = make_variables(self.model, problem)
        self.none_left = self.proven = False
        self._exact = True
        for state in CONSTRAINTS.values():
            state(self.model, self.variables, problem)
        self.levels = self._limited()

    def _limited(self) -> dict[str, LevelOfObjective]:
        """Hold every level up to fairness within its limit, with room for rounding; give them by name."""
        rounding, receivers = ratio_error(self.problem), len(self.problem.workers)
        slack = [1e-6, 1e-6, 1e-6, rounding, 4 * rounding * receivers]
        most = [*self.limits.unallocated, self.limits.heaviest, self.limits.squares]
        named = {name_of_ratio_level(1): 3, SQUARES: 4}
        stated = {name: LevelOfObjective(name, 0, 1, lambda _: 0.0) for name in named}  # where nobody can receive
        for aim in (Aim.PLACED, Aim.HEAVIEST, Aim.SQUARES):
            for place, level in enumerate(self.stated(aim)):
                at, stated[level.name] = named.get(level.name, place), level
                if not isinstance(level.expression, int) and isfinite(most[at]):
                    self.model.add(level.expression <= floor((most[at] + slack[at]) * level.scale))
        return stated

    def stated(self, aim: Aim) -> list[LevelOfObjective]:
        """State the levels of an aim."""
        return list(levels(self.model, self.variables, self.problem, (aim,), lambda: None))

    def hold(self, expression: Expr, at_most: int) -> None:
        """Hold an expression for every further plan."""
        if not isinstance(expression, int):
            self.model.add(expression <= at_most)
        elif expression > at_most:
            self.model.add_bool_or([])

    def differ_from(self, plan: Plan, at_least: int) -> None:
        """Let every further plan differ from this one in the primary workers of at least so many cases."""
        index, same = self.problem.worker_index, []
        for c, case in enumerate(self.problem.cases):
            planned = index.get(plan.primary[case.case_id]) if case.case_id in plan.primary else None
            placed = [literal for _, literal in self.variables.workers_of(c)]
            if planned is None:
                same.append(1 - sum(placed))
            elif (c, planned) in self.variables.primary:
                same.append(self.variables.primary[c, planned] + 0)
        self.model.add(sum(same) <= len(self.problem.cases) - at_least)

    def most_even(self) -> Plan | None:
        """Give the plan of least squares that is left; None if none was found."""
        return self.least(self.levels[SQUARES])

    def least(self, level: LevelOfObjective) -> Plan | None:
        """Give the plan within the limits for which a level is least; None if none was found."""
        squares, plan, within = self.levels[SQUARES], Plan(), False
        if isinstance(level.expression, int):
            self.model.clear_objective()  # type: ignore[no-untyped-call]
        else:
            self.model.minimize(level.expression)
        for _ in range(REFINED_AT_MOST):
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = self.seed
            solver.parameters.linearization_level = 2
            solver.parameters.max_deterministic_time = self.effort
            # Whoever calls hears Ctrl-C; CP-SAT would take it, and afterwards leave nobody to hear it.
            solver.parameters.catch_sigint_signal = False
            outcome = run(solver, self.model)
            if outcome not in _SOLVED:
                self.none_left = outcome == cp_model.INFEASIBLE and self._exact
                return None
            plan = read_plan(self.problem, self.variables, solver)
            within = self.limits.hold(score(self.problem, plan))
            refined = squares.refine is not None and squares.refine(solver.value)
            if within and not (refined and level is squares):
                self.proven = outcome == cp_model.OPTIMAL
                return plan
            if not within and not refined:  # a rounding past the limit
                self._exact = False
                self.differ_from(plan, 1)
        self.proven = False
        return plan if within else None
