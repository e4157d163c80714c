"""The solver's variables: a pair that a rule blocks has none, so it can never be chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ortools.sat.python import cp_model

from domain.allocation import AllocationProblem, Plan, blocked
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, HarmType

Expr = cp_model.LinearExprT
Bool = cp_model.IntVar
Pair = tuple[int, int]
"""(case, worker), by their places in the problem."""


@dataclass(frozen=True)
class Variables:
    """What the solver decides.

    Attributes
    ----------
    primary, co_worker
        One literal for each pair that no rule blocks.
    receives
        For each worker whether something new comes to them.
    receives_harm
        For each worker and harm type whether a new case with it comes to them, where that is possible.
    """

    primary: dict[Pair, Bool]
    co_worker: dict[Pair, Bool]
    receives: dict[int, Bool]
    receives_harm: dict[tuple[int, HarmType], Bool]

    def cases_of(self, worker: int) -> list[tuple[int, Bool]]:
        """Give (case, literal) for every case the worker might hold as primary."""
        return self._cases_of.get(worker, [])

    def co_cases_of(self, worker: int) -> list[tuple[int, Bool]]:
        """Give (case, literal) for every case the worker might co-work."""
        return self._co_cases_of.get(worker, [])

    def workers_of(self, case: int) -> list[tuple[int, Bool]]:
        """Give (worker, literal) for every worker who might be the case's primary worker."""
        return self._workers_of.get(case, [])

    def co_workers_of(self, case: int) -> list[tuple[int, Bool]]:
        """Give (worker, literal) for every worker who might co-work the case."""
        return self._co_workers_of.get(case, [])

    @cached_property
    def _cases_of(self) -> dict[int, list[tuple[int, Bool]]]:
        return _indexed((who, case, literal) for (case, who), literal in self.primary.items())

    @cached_property
    def _co_cases_of(self) -> dict[int, list[tuple[int, Bool]]]:
        return _indexed((who, case, literal) for (case, who), literal in self.co_worker.items())

    @cached_property
    def _workers_of(self) -> dict[int, list[tuple[int, Bool]]]:
        return _indexed((case, who, literal) for (case, who), literal in self.primary.items())

    @cached_property
    def _co_workers_of(self) -> dict[int, list[tuple[int, Bool]]]:
        return _indexed((case, who, literal) for (case, who), literal in self.co_worker.items())


def _indexed(entries: Iterable[tuple[int, int, Bool]]) -> dict[int, list[tuple[int, Bool]]]:
    found: dict[int, list[tuple[int, Bool]]] = {}
    for by, other, literal in entries:
        found.setdefault(by, []).append((other, literal))
    return found


def make_variables(
    model: cp_model.CpModel,
    problem: AllocationProblem,
    among: Sequence[Sequence[int]] | None = None,
) -> Variables:
    """Make the variables and tie `receives` to the pairs; `among` names for each case the workers to look at, if not all."""
    everybody = range(len(problem.workers))
    primary: dict[Pair, Bool] = {}
    co_worker: dict[Pair, Bool] = {}
    for c, case in enumerate(problem.cases):
        for w in everybody if among is None else among[c]:
            worker = problem.workers[w]
            if blocked(problem, worker, case) is None:
                primary[c, w] = model.new_bool_var(f"primary {case.case_id} {worker.worker_id}")
            if case.needs_co_worker and blocked(problem, worker, case, AssignmentRole.CO_WORKER) is None:
                co_worker[c, w] = model.new_bool_var(f"co-worker {case.case_id} {worker.worker_id}")
    receives = {w: model.new_bool_var(f"receives {one.worker_id}") for w, one in enumerate(problem.workers)}
    _tie_receives(model, problem, primary, co_worker, receives)
    return Variables(primary, co_worker, receives, _harm_receipts(model, problem, primary))


def is_new(problem: AllocationProblem, pair: Pair) -> bool:
    """Say whether the pair brings the worker something they do not hold now."""
    case, worker = pair
    return problem.cases[case].current_worker_id != problem.workers[worker].worker_id


def _tie_receives(
    model: cp_model.CpModel,
    problem: AllocationProblem,
    primary: dict[Pair, Bool],
    co_worker: dict[Pair, Bool],
    receives: dict[int, Bool],
) -> None:
    coming: dict[int, list[Bool]] = {w: [] for w in receives}
    for pair, literal in primary.items():
        if is_new(problem, pair):
            coming[pair[1]].append(literal)
    for pair, literal in co_worker.items():
        coming[pair[1]].append(literal)
    for w, literals in coming.items():
        model.add_max_equality(receives[w], literals) if literals else model.add(receives[w] == 0)


def _harm_receipts(
    model: cp_model.CpModel,
    problem: AllocationProblem,
    primary: dict[Pair, Bool],
) -> dict[tuple[int, HarmType], Bool]:
    coming: dict[tuple[int, HarmType], list[Bool]] = {}
    for pair, literal in primary.items():
        if is_new(problem, pair):
            for harm in set(problem.cases[pair[0]].harm_types or ()):
                coming.setdefault((pair[1], harm), []).append(literal)
    found: dict[tuple[int, HarmType], Bool] = {}
    for (w, harm), literals in sorted(coming.items()):
        found[w, harm] = model.new_bool_var(f"receives {harm} {problem.workers[w].worker_id}")
        model.add_max_equality(found[w, harm], literals)
    return found


def read_plan(problem: AllocationProblem, variables: Variables, solver: cp_model.CpSolver) -> Plan:
    """Read the plan off a solution, sorted, so that equal plans are written alike."""

    def chosen(literals: dict[Pair, Bool]) -> dict[CaseId, WorkerId]:
        pairs = ((problem.cases[c].case_id, problem.workers[w].worker_id) for (c, w) in literals)
        return dict(
            sorted(pair for pair, literal in zip(pairs, literals.values(), strict=True) if solver.value(literal))
        )

    return Plan(primary=chosen(variables.primary), co_worker=chosen(variables.co_worker))
