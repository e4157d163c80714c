"""Solving: level after level with CP-SAT, each settled before the next, always the same for the same problem."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from time import perf_counter

from ortools.sat.python import cp_model

from allocation_engine.optimiser.constraints import CONSTRAINTS
from allocation_engine.optimiser.objective import Fairness, LevelOfObjective, levels
from allocation_engine.optimiser.result import AllocationResult, Level, SolveStatus
from allocation_engine.optimiser.variables import Variables, make_variables, read_plan
from domain.allocation import AllocationProblem, Plan, Score, score

DEFAULT_EFFORT = 10.0
"""Deterministic seconds for all levels together: enough to prove a team of 15 with a dozen waiting cases."""

LEVEL_SHARE = 0.5
"""A level may use at most this share of the effort that is left, so that a hard one does not starve the next."""

CLOSE_ENOUGH = 1e-4
"""Gap [1] up to which a level counts as proven: a hundredth of a load point in a hundred. The gap itself is kept."""

LEAST_EFFORT = 0.5
"""What a level is always given, so that a plan exists to improve on."""

OnLevel = Callable[[Level], None]

_SOLVED = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def solve(
    problem: AllocationProblem,
    *,
    fairness: Fairness = Fairness.LEXIMIN,
    seed: int = 0,
    effort: float = DEFAULT_EFFORT,
    on_level: OnLevel | None = None,
) -> AllocationResult:
    """Find the best plan for a problem.

    Parameters
    ----------
    problem
        Workers, cases, figures and rules.
    fairness
        What to lower once the heaviest load ratio is as low as can be: the next heaviest, or the sum of squares.
    seed
        Of the search; it never changes what is best.
    effort
        Deterministic time of the solver for all levels together, so that a slower machine finds the same plan.
    on_level
        Told of each level as it is settled.

    Returns
    -------
    AllocationResult
        With the plan, its score, and for each level the value, the proven bound and the gap. Infeasible is a status
        (pins or moves that contradict a rule), never an exception.
    """
    started = perf_counter()
    problem = in_canonical_order(problem)
    search = _Search(problem, seed, effort)
    settled: list[tuple[LevelOfObjective, Level]] = []
    for level in levels(search.model, search.variables, problem, fairness, lambda: search.score):
        outcome = search.settle(level)
        if outcome is None:
            break
        settled.append((level, outcome))
        if on_level is not None:
            on_level(outcome)
    search.make_sure_of_a_plan()
    final = tuple(_as_the_plan_has_it(level, outcome, search.score) for level, outcome in settled)
    return AllocationResult(
        status=search.status(final),
        plan=search.plan or Plan(),
        score=search.score,
        levels=final,
        seed=seed,
        effort=effort,
        versions={"ortools": version("ortools")},
        seconds=perf_counter() - started,
    )


def _as_the_plan_has_it(level: LevelOfObjective, outcome: Level, final: Score | None) -> Level:
    """Give a level with the final plan's value: a later level may have lowered an unproven one on its way."""
    if final is None or isinstance(level.expression, int):
        return outcome
    value = level.value(final)
    return Level(level.name, value, value if outcome.gap == 0 else min(outcome.bound, value))


def in_canonical_order(problem: AllocationProblem) -> AllocationProblem:
    """Sort workers and cases by id, so that the order in which they were named changes nothing."""
    workers = sorted(range(len(problem.workers)), key=lambda w: problem.workers[w].worker_id)
    cases = sorted(range(len(problem.cases)), key=lambda c: problem.cases[c].case_id)
    return problem.part(cases, workers)


class _Search:
    """One model that grows by a level at a time and never loses the best plan so far."""

    def __init__(self, problem: AllocationProblem, seed: int, effort: float) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.variables: Variables = make_variables(self.model, problem)
        for state in CONSTRAINTS.values():
            state(self.model, self.variables, problem)
        self.plan: Plan | None = None
        self.score: Score | None = None
        self._seed = seed
        self._left = effort
        self._proven_infeasible = False
        self._hint: list[int] = []
        self._reached = 0

    def settle(self, level: LevelOfObjective) -> Level | None:
        """Minimise a level and hold it there; None when no plan is known and none was found."""
        if isinstance(level.expression, int):
            constant = level.expression / level.scale
            return Level(level.name, constant, constant)
        self.model.minimize(level.expression)
        best: Level | None = None
        budget = max(self._left * LEVEL_SHARE, LEAST_EFFORT)
        while True:
            solver = self._solver(budget)
            outcome = solver.solve(self.model)
            self._left -= solver.deterministic_time
            budget -= solver.deterministic_time
            if outcome not in _SOLVED:
                break
            best = self._better_of(best, level, solver)
            if level.refine is not None and best.gap > CLOSE_ENOUGH and level.refine(solver.value) and budget > 0:
                continue
            # Equal in the solver's own integers is proven; what is left between them is rounding (scaling.py).
            exact = level.refine is None and outcome == cp_model.OPTIMAL
            best = replace(best, bound=best.value) if exact else best
            break
        if best is not None:
            self.model.add(level.expression <= self._reached)
            return best
        if self.plan is None:
            self._proven_infeasible = outcome == cp_model.INFEASIBLE
            return None
        return self._carry_through(level)

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
        return Level(level.name, value, min(bound, value))

    def _carry_through(self, level: LevelOfObjective) -> Level:
        """Carry the plan so far through a level for which no effort was left: its value, with nothing proven."""
        value = 0.0 if self.score is None else level.value(self.score)
        return Level(level.name, value, min(0.0, value))

    def _solver(self, effort: float) -> cp_model.CpSolver:
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for index, value in zip(self._all_variables(), self._hint, strict=False):
            self.model.add_hint(self.model.get_int_var_from_proto_index(index), value)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self._seed
        solver.parameters.linearization_level = 2
        solver.parameters.max_deterministic_time = max(effort, 1e-3)
        return solver

    def _all_variables(self) -> range:
        return range(len(self.model.proto.variables))

    def make_sure_of_a_plan(self) -> None:
        """Where no choice bore on any level, find out whether the rules can be kept at all."""
        if self.plan is None and not self._proven_infeasible:
            self.model.clear_objective()  # type: ignore[no-untyped-call]
            self.settle(LevelOfObjective("any plan", self.model.new_constant(0), 1, lambda _: 0.0))

    def status(self, settled: tuple[Level, ...]) -> SolveStatus:
        """Say how far the answer can be trusted."""
        if self.plan is None:
            return SolveStatus.INFEASIBLE if self._proven_infeasible else SolveStatus.UNKNOWN
        return SolveStatus.OPTIMAL if all(level.gap <= CLOSE_ENOUGH for level in settled) else SolveStatus.FEASIBLE
