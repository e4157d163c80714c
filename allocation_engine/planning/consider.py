"""Consider: read the situation, solve, and distrust the solver. Nothing is put on record; `propose` does that."""

from dataclasses import dataclass, replace
from datetime import datetime

from allocation_engine.errors import DecisionRefused
from allocation_engine.optimiser import AllocationResult, Fairness, SolveStatus, Stopped, solve, verify
from allocation_engine.persistence.store import Store
from allocation_engine.planning.build_problem import Question, build_problem
from allocation_engine.planning.policy_in_force import PolicyInForce
from allocation_engine.planning.search import Search
from allocation_engine.planning.situation import Situation, read_situation
from domain.allocation import AllocationProblem
from domain.rejection import Rejection

LEXIMIN_UP_TO = 15
"""Cases up to which fairness is leximin; above it, the sum of squares, which is proven for larger teams."""


@dataclass(frozen=True)
class Considered:
    """A situation, the problem that it poses, and the answer."""

    situation: Situation
    problem: AllocationProblem
    result: AllocationResult


def consider(store: Store, policy: PolicyInForce, question: Question, at: datetime, search: Search) -> Considered:
    """Find the best plan for the waiting cases as things stand.

    Raises
    ------
    DecisionRefused
        There is nothing to propose: nobody waits, nobody has hours on record, or the pins contradict a rule.
    """
    situation = read_situation(store, policy.policy, at)
    problem = build_problem(situation, question)
    _refuse_the_hopeless(problem)
    fairness = Fairness.LEXIMIN if len(problem.cases) <= LEXIMIN_UP_TO else Fairness.SQUARES
    result = solve(
        problem,
        fairness=fairness,
        seed=search.seed,
        effort=search.effort,
        limits=search.limits,
        on_level=search.on_level,
        on_progress=search.on_progress,
    )
    if result.status in {SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN}:
        raise DecisionRefused(_no_plan(result))
    if result.stopped is not None and result.status is SolveStatus.OPTIMAL:
        # Each level that was settled may be proven, but those that the search did not come to are not.
        result = replace(result, status=SolveStatus.FEASIBLE)
    verdict = verify(problem, result)
    if not verdict.holds:
        # A wrong answer from the solver is our defect, never something for a manager to decide on.
        raise AssertionError(f"the optimiser's answer does not hold: {verdict}")
    return Considered(situation, problem, result)


def _refuse_the_hopeless(problem: AllocationProblem) -> None:
    if not problem.cases:
        raise DecisionRefused(
            Rejection("nothing_waiting", "no case is waiting for a worker: there is nothing to propose")
        )
    if not problem.workers:
        raise DecisionRefused(Rejection("no_workers", "nobody is registered here: there is nobody to propose"))
    if all(worker.capacity is None for worker in problem.workers):
        reason = (
            "no worker's hours are recorded, so nobody has a capacity figure. Record hours, or say with which hours to "
            "plan (--assume-fte 1.0): the proposal will name it as an assumption"
        )
        raise DecisionRefused(Rejection("hours_known", reason, "Unknown is never zero (docs/adr)"))


def _no_plan(result: AllocationResult) -> Rejection:
    if result.status is SolveStatus.INFEASIBLE:
        reason = "no plan keeps every rule: what was fixed by hand contradicts one. Take a pin back and try again"
        return Rejection("infeasible", reason)
    match result.stopped:
        case Stopped.ASKED:
            reason = "the search was stopped before it had found a plan"
        case Stopped.TIME:
            reason = "no plan was found in the time allowed: allow more (--seconds)"
        case Stopped.MEMORY:
            reason = "no plan was found in the memory allowed: allow more"
        case None:
            reason = "no plan was found in the effort allowed: allow more (--effort)"
    return Rejection("no_plan_found", reason)
