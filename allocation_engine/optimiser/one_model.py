"""One CP-SAT model for the whole problem, grown by a level at a time: exact for teams, and for every kind of rule."""

import math
from dataclasses import replace

from ortools.sat.python import cp_model

from allocation_engine.optimiser.constraints import CONSTRAINTS
from allocation_engine.optimiser.cp_sat import run
from allocation_engine.optimiser.level_values import SAME
from allocation_engine.optimiser.objective import LevelOfObjective, levels
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.result import Level
from allocation_engine.optimiser.variables import Variables, make_variables, read_plan
from domain.allocation import Plan, Score, score, violations

LEVEL_SHARE = 0.5
"""A level may use at most this share of the effort that is left, so that a hard one does not starve the next."""

CLOSE_ENOUGH = 1e-6
"""Gap [1] of a level that is refined step by step at which refining ends; the gap itself is kept."""

LEAST_EFFORT = 0.5
"""What a level is always given, so that a plan exists to improve on."""

LEAST_SECONDS = 0.05
"""What a level is given when time is up, so that a plan so far can be carried through."""

PROOF = "CP-SAT: every plan looked at or ruled out"

_SOLVED = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def solve_in_one_model(request: Request) -> Outcome:
    """Settle level after level with CP-SAT on one thread."""
    search = _Search(request)
    settled: list[tuple[LevelOfObjective, Level]] = []
    for level in levels(search.model, search.variables, request.problem, request.aims, lambda: search.score):
        over = request.watch.stopped is not None and search.plan is not None
        outcome = search.carry_through(level) if over else search.settle(level)
        if outcome is None:
            break
        settled.append((level, outcome))
        request.on_level(outcome)
    search.make_sure_of_a_plan()
    final = tuple(_as_the_plan_has_it(level, outcome, search.score) for level, outcome in settled)
    complete = request.watch.stopped is None
    return Outcome(search.plan, final, "one model (CP-SAT)", search.proven_infeasible, complete=complete)


def _as_the_plan_has_it(level: LevelOfObjective, outcome: Level, final: Score | None) -> Level:
    """Give a level with the final plan's value: a later level may have lowered an unproven one on its way."""
    if final is None or isinstance(level.expression, int):
        return outcome
    value = level.value(final)
    same = outcome.gap == 0 and abs(value - outcome.value) <= SAME
    return replace(outcome, value=value, bound=value if same else min(outcome.bound, value))


class _Search:
    """One model that grows by a level at a time and never loses the best plan so far."""

    def __init__(self, request: Request) -> None:
        self.problem, self.watch = request.problem, request.watch
        self.model = cp_model.CpModel()
        self.variables: Variables = make_variables(self.model, self.problem)
        for state in CONSTRAINTS.values():
            state(self.model, self.variables, self.problem)
        self.plan: Plan | None = None
        self.score: Score | None = None
        self.proven_infeasible = False
        self._seed = request.seed
        self._left = request.effort
        self._hint: list[int] = []
        self._reached = 0
        self._held: list[tuple[LevelOfObjective, int]] = []
        if request.start is not None and not any(violations(self.problem, request.start)):
            self._hint = self._of_plan(request.start)

    def _of_plan(self, plan: Plan) -> list[int]:
        """Give the pairs of a plan as values for the model's first variables, which are the pairs."""
        index, pairs = self.problem.worker_index, {}
        for places, chosen in ((self.variables.primary, plan.primary), (self.variables.co_worker, plan.co_worker)):
            for (c, w), literal in places.items():
                pairs[literal.index] = int(index.get(chosen.get(self.problem.cases[c].case_id, ""), -1) == w)  # type: ignore[call-overload]
        return [pairs[place] for place in range(len(pairs))] if set(pairs) == set(range(len(pairs))) else []

    def settle(self, level: LevelOfObjective) -> Level | None:
        """Minimise a level and hold it there; None when no plan is known and none was found."""
        if isinstance(level.expression, int):
            constant = level.expression / level.scale
            return Level(level.name, constant, constant, "no choice bears on it")
        self.model.minimize(level.expression)
        best: Level | None = None
        budget = max(self._left * LEVEL_SHARE, LEAST_EFFORT)
        while True:
            solver = self._solver(budget)
            outcome = run(solver, self.model, _Told(self, level))
            self._left -= solver.deterministic_time
            budget -= solver.deterministic_time
            if outcome not in _SOLVED:
                self.watch.going(level.name, math.inf if best is None else best.value, -math.inf)
                break
            if not self._keeps_what_is_held(solver):
                if budget > 0 and self.watch.going(level.name, math.inf, -math.inf):
                    continue
                break
            best = self._better_of(best, level, solver)
            if not self.watch.going(level.name, best.value, best.bound):
                break
            open_ = level.closes or best.gap > CLOSE_ENOUGH
            refined = level.refine is not None and open_ and level.refine(solver.value)
            if refined and budget > 0:
                continue
            # Equal in the solver's own integers is proven; what is left between them is rounding (scaling.py).
            exact = level.closes and not refined and outcome == cp_model.OPTIMAL
            best = replace(best, bound=best.value) if exact else best
            break
        if best is not None:
            self.model.add(level.expression <= self._reached)
            if level.refine is not None:
                self._held.append((level, self._reached))
            return best
        if self.plan is None:
            self.proven_infeasible = outcome == cp_model.INFEASIBLE
            return None
        return self.carry_through(level)

    def _keeps_what_is_held(self, solver: cp_model.CpSolver) -> bool:
        """Say whether a solution truly keeps the levels before; what only bounds them is tightened around it if not."""
        keeps = True
        for level, reached in self._held:
            truly = None if level.true_steps is None else level.true_steps(solver.value)
            if truly is not None and truly > reached and level.refine is not None:
                keeps = not level.refine(solver.value) and keeps
        return keeps

    def _better_of(self, best: Level | None, level: LevelOfObjective, solver: cp_model.CpSolver) -> Level:
        """Keep a solution if it is the level's best so far, and the higher bound either way."""
        plan = read_plan(self.problem, self.variables, solver)
        found = score(self.problem, plan)
        value, bound = level.value(found), solver.best_objective_bound / level.scale
        if best is not None:
            bound = max(bound, best.bound)
        if best is None or value < best.value:
            self.plan, self.score = plan, found
            steps = level.true_steps
            self._reached = round(solver.objective_value) if steps is None else steps(solver.value)
            self._hint = [solver.value(self.model.get_int_var_from_proto_index(i)) for i in self._all_variables()]
        else:
            value = best.value
        return Level(level.name, value, min(bound, value), PROOF)

    def carry_through(self, level: LevelOfObjective) -> Level:
        """Carry the plan so far through a level for which no effort was left: its value, with nothing proven."""
        value = 0.0 if self.score is None else level.value(self.score)
        return Level(level.name, value, min(0.0, value), "nothing: no effort was left for it")

    def _solver(self, effort: float) -> cp_model.CpSolver:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for index, value in zip(self._all_variables(), self._hint, strict=False):
            self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.catch_sigint_signal = False  # Ctrl-C is the caller's, who may want the plan so far
        solver.parameters.random_seed = self._seed
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = max(effort, 1e-3)
        if self.watch.seconds_left is not None:
            solver.parameters.max_time_in_seconds = max(self.watch.seconds_left, LEAST_SECONDS)
        if self.watch.limits.memory_mib is not None:
            solver.parameters.max_memory_in_mb = int(self.watch.limits.memory_mib)
        return solver

    def _all_variables(self) -> range:
        return range(len(self.model.proto.variables))

    def make_sure_of_a_plan(self) -> None:
        """Where no choice bore on any level, find out whether the rules can be kept at all."""
        if self.plan is None and not self.proven_infeasible:
            self.model.clear_objective()  # type: ignore[no-untyped-call]
            self.settle(LevelOfObjective("any plan", self.model.new_constant(0), 1, lambda _: 0.0))


class _Told(cp_model.CpSolverSolutionCallback):
    """Tells the watch of every better solution, and ends the search when it says so."""

    def __init__(self, search: _Search, level: LevelOfObjective) -> None:
        super().__init__()
        self._search, self._level = search, level

    def on_solution_callback(self) -> None:
        value, bound = self.objective_value / self._level.scale, self.best_objective_bound / self._level.scale
        if not self._search.watch.going(self._level.name, value, bound):
            self.stop_search()
