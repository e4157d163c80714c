"""Every rule of allocation: `pairs` (may this person take it), `caseloads` (what one would hold), `plans` (the whole).

Each is checked here without a solver; `allocation_engine/optimiser/constraints` states the same rule to the solver
under the same code, and a test holds the two lists together.
"""

from collections.abc import Iterator

from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed, Plan
from domain.allocation.rules.caseloads import CASELOAD_RULES
from domain.allocation.rules.pairs import PAIR_RULES
from domain.allocation.rules.plans import PLAN_RULES, one_primary
from domain.allocation.rules.rule import PairRule, PlanRule
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole

RULES: tuple[PairRule | PlanRule, ...] = (*PAIR_RULES, *CASELOAD_RULES, *PLAN_RULES)

SHORT: dict[str, str] = {rule.code: rule.short for rule in RULES}
"""Rule code to the few words that name it in a list."""


def blocked(
    problem: AllocationProblem,
    worker: Candidate,
    case: CaseNeed,
    role: AssignmentRole = AssignmentRole.PRIMARY,
) -> Rejection | None:
    """Give the first rule that keeps this worker from this case, whatever else the plan holds; None if none does.

    A held case may always stay with the worker who holds it.
    """
    if role is AssignmentRole.PRIMARY and case.current_worker_id == worker.worker_id:
        return None
    for rule in PAIR_RULES:
        fault = rule.blocks(problem, worker, case, role)
        if fault is not None:
            return rule.rejection(fault, case.case_id)
    return None


def violations(problem: AllocationProblem, plan: Plan) -> Iterator[Rejection]:
    """Check a plan against every rule."""
    strangers = tuple(one_primary.rejections(problem, plan))
    yield from strangers
    if strangers:
        return
    for role, pairs in ((AssignmentRole.PRIMARY, plan.primary), (AssignmentRole.CO_WORKER, plan.co_worker)):
        for case_id, worker_id in sorted(pairs.items()):
            rejection = blocked(problem, problem.worker(worker_id), problem.case(case_id), role)
            if rejection is not None:
                yield rejection
    for rule in (*CASELOAD_RULES, *PLAN_RULES):
        if rule is not one_primary:
            yield from rule.rejections(problem, plan)


__all__ = [
    "CASELOAD_RULES",
    "PAIR_RULES",
    "PLAN_RULES",
    "RULES",
    "SHORT",
    "PairRule",
    "PlanRule",
    "blocked",
    "violations",
]
