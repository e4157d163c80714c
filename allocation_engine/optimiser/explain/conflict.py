"""Why a case must wait: a minimal set of rules in conflict, proven minimal by leaving out each in turn.

The question put to the solver is whether the case can be placed while every case of the same or a higher priority that
the plan places stays placed, with whomever. It has no objective; a set of rules under which the answer is no is shrunk
by leaving out one rule after another, since what a solver calls a sufficient set need not be minimal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ortools.sat.python import cp_model

from allocation_engine.optimiser.constraints import CONSTRAINTS
from allocation_engine.optimiser.cp_sat import run
from allocation_engine.optimiser.explain.plan_in_hand import PlanInHand
from allocation_engine.optimiser.explain.rules_left_out import LEFT_OUT, left_out
from allocation_engine.optimiser.explain.sentences import listed
from allocation_engine.optimiser.variables import make_variables, read_plan
from domain.allocation import SHORT, AllocationProblem, Candidate, CaseNeed, Plan
from domain.allocation.rules import PAIR_RULES, RULES
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, Priority

WHOLE_UP_TO = 2_000
"""Pairs of case and worker up to which the whole problem is looked at; above, the workers nearest to the case."""

NEIGHBOURS = 25
"""Workers who are looked at then: those with the fewest rules of their own in the way, the least loaded first."""

EFFORT = 2.0
"""Deterministic seconds for each question."""


@dataclass(frozen=True, slots=True)
class RuleInConflict:
    """One rule of the set.

    `about` are the workers for whom it stands in the way of the case, everything else as planned. `alone_enough` says
    whether leaving out this rule and no other would place the case, and `with_whom` then.
    """

    code: str
    about: tuple[WorkerId, ...]
    alone_enough: bool
    with_whom: WorkerId | None


@dataclass(frozen=True)
class Conflict:
    """The rules that together keep a case waiting.

    Attributes
    ----------
    rules
        A set of rules with which the case cannot be placed, and without any one of which it can. Empty where no rule
        does: `could` then is a plan that places it, or there are no workers at all.
    proven
        Whether all of this is proven, for those who were looked at.
    workers, cases
        How many were looked at; every other case is taken to stay as planned.
    whole
        Whether that is the whole problem.
    """

    case_id: CaseId
    rules: tuple[RuleInConflict, ...]
    could: Plan | None
    proven: bool
    workers: int
    cases: int
    whole: bool
    sentence: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules of the set by code."""
        return tuple(rule.code for rule in self.rules)


def conflict_of(problem: AllocationProblem, plan: Plan, case_id: CaseId, *, whole_up_to: int = WHOLE_UP_TO) -> Conflict:
    """Say which rules keep a case waiting that the plan leaves.

    Raises
    ------
    ValueError
        The plan places the case.
    """
    if case_id in plan.primary:
        raise ValueError(f"{case_id} is placed with {plan.primary[case_id]}")
    question = _Question(problem, plan, problem.case(case_id), whole_up_to)
    could = question.answer(frozenset())
    codes: tuple[str, ...] = ()
    if could is None and question.answer(frozenset(LEFT_OUT)) is not None:
        codes = _shrunk(question)
    rules = tuple(_in_conflict(question, code) for code in codes)
    found = (case_id, rules, could, question.certain, len(question.near), question.movable, question.whole)
    return Conflict(*found, sentence=_told(question, codes, could, rules))


class _Question:
    """Whether the case can be placed without some rules, asked again and again of the same part of the problem."""

    def __init__(self, problem: AllocationProblem, plan: Plan, case: CaseNeed, whole_up_to: int) -> None:
        self.problem, self.plan, self.case = problem, plan, case
        self.hand = PlanInHand(problem, plan)
        self.whole = len(problem.cases) * len(problem.workers) <= whole_up_to
        self.near = frozenset(range(len(problem.workers)) if self.whole else _nearest(problem, self.hand, case))
        self.certain = True
        self._among = [self._workers_for(one) for one in problem.cases]
        self.movable = len(problem.cases) if self.whole else sum(self._moves(one) for one in problem.cases)
        rank = list(Priority).index
        self._kept = [
            c
            for c, one in enumerate(problem.cases)
            if one is case or (one.case_id in plan.primary and rank(one.priority) <= rank(case.priority))
        ]

    @cached_property
    def in_the_way(self) -> dict[WorkerId, set[str]]:
        """For each worker the rules that they would break by taking the case, everything else as planned."""
        problem, found = self.problem, {}
        for worker in problem.workers:
            change = self.hand.handed_to(self.case.case_id, worker.worker_id)
            of_pair = _of_pair(problem, worker, self.case)
            found[worker.worker_id] = of_pair | {one.code for one in self.hand.faults(change)}
        return found

    def answer(self, without: Iterable[str]) -> Plan | None:
        """Give a plan without these rules that places the case, None if there is none or none was found."""
        problem = left_out(self.problem, without)
        model = cp_model.CpModel()
        x = make_variables(model, problem, self._among)
        for state in CONSTRAINTS.values():
            state(model, x, problem)
        for c in self._kept:
            model.add_bool_or([literal for _, literal in x.workers_of(c)])
        for literals, chosen in ((x.primary, self.plan.primary), (x.co_worker, self.plan.co_worker)):
            for (c, w), literal in literals.items():
                model.add_hint(literal, chosen.get(problem.cases[c].case_id) == problem.workers[w].worker_id)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        # A plan is near at hand or there is none: long preparation is most of the time otherwise.
        solver.parameters.max_presolve_iterations = 1
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_deterministic_time = EFFORT
        # Whoever calls hears Ctrl-C; CP-SAT would take it, and afterwards leave nobody to hear it.
        solver.parameters.catch_sigint_signal = False
        outcome = run(solver, model)
        if outcome in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return read_plan(problem, x, solver)
        self.certain = self.certain and outcome == cp_model.INFEASIBLE
        return None

    def _moves(self, one: CaseNeed) -> bool:
        index = self.problem.worker_index
        who = self.plan.primary.get(one.case_id)
        return one is self.case or (who is not None and index[who] in self.near)

    def _workers_for(self, one: CaseNeed) -> Sequence[int]:
        """Give the workers to look at for a case: those near if it may move, and always those it is planned with."""
        if self.whole:
            return range(len(self.problem.workers))
        index = self.problem.worker_index
        planned = {index[who] for who in self.hand.seats(one.case_id, {}) if who is not None}
        if one.current_worker_id in index:
            planned.add(index[one.current_worker_id])
        return sorted(planned | (self.near if self._moves(one) else frozenset()))


def _shrunk(question: _Question) -> tuple[str, ...]:
    """Shrink the set of all rules to one from which none can be spared; those of a pair are spared last.

    It begins with the rules that a worker would break by taking the case and nothing else changing, if these are enough.
    """
    problem, everything = question.problem, frozenset(LEFT_OUT)
    kept = {code for code in LEFT_OUT if left_out(problem, {code}) != problem}
    likely = kept & set[str]().union(*question.in_the_way.values())
    if likely != kept and question.answer(everything - likely) is None:
        kept = likely
    for rule in reversed(RULES):
        if rule.code in kept and question.answer((everything - kept) | {rule.code}) is None:
            kept.remove(rule.code)
    return tuple(rule.code for rule in RULES if rule.code in kept)


def _in_conflict(question: _Question, code: str) -> RuleInConflict:
    alone = question.answer({code})
    with_whom = None if alone is None else alone.primary[question.case.case_id]
    about = tuple(worker_id for worker_id, codes in question.in_the_way.items() if code in codes)
    return RuleInConflict(code, about, alone is not None, with_whom)


def _of_pair(problem: AllocationProblem, worker: Candidate, case: CaseNeed) -> set[str]:
    return {rule.code for rule in PAIR_RULES if rule.blocks(problem, worker, case, AssignmentRole.PRIMARY) is not None}


def _nearest(problem: AllocationProblem, hand: PlanInHand, case: CaseNeed) -> list[int]:
    carried = {one.worker_id: one.predicted_load / (one.capacity or 1.0) for one in problem.workers}
    ratio = carried | {who: ratio for ratio, who in hand.ratios}
    in_the_way = {w: len(_of_pair(problem, worker, case)) for w, worker in enumerate(problem.workers)}

    def order(w: int) -> tuple[int, float, WorkerId]:
        worker = problem.workers[w]
        return in_the_way[w], ratio[worker.worker_id], worker.worker_id

    return sorted(in_the_way, key=order)[:NEIGHBOURS]


def _told(question: _Question, codes: tuple[str, ...], could: Plan | None, rules: tuple[RuleInConflict, ...]) -> str:
    case_id = question.case.case_id
    if not question.problem.workers:
        return f"{case_id} waits: there are no workers."
    if could is not None:
        return (
            f"{case_id} need not wait: {could.primary[case_id]} could take it and nothing as urgent would be given up."
        )
    if not codes:
        return f"{case_id} waits: nobody could take it even without the rules, or it was not found out."
    sure = "" if question.certain else " (not proven)"
    few = "" if question.whole else f" Looked at: the {len(question.near)} workers nearest to it and their cases."
    named = listed([f"“{SHORT[code]}”" for code in codes])
    together = (
        f"{case_id} waits because of one rule: {named}{sure}."
        if len(codes) == 1
        else f"{case_id} waits because of {len(codes)} rules together: {named}; without any one of them it need not{sure}."
    )
    ways = [f"without “{SHORT[one.code]}” alone it could go to {one.with_whom}" for one in rules if one.alone_enough]
    return f"{together}{f' {_capital(listed(ways))}.' if ways else ''}{few}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
