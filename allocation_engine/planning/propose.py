"""Propose: read the situation, solve, distrust the solver, and put the proposal on record. It changes nothing yet."""

from collections.abc import Callable
from dataclasses import dataclass

from allocation_engine.errors import DecisionRefused
from allocation_engine.optimiser import (
    AllocationResult,
    Fairness,
    Level,
    SolveStatus,
    explain_choices,
    explain_unallocated,
    solve,
    verify,
)
from allocation_engine.optimiser.explain import ChoiceExplained, UnallocatedExplained
from allocation_engine.optimiser.solve import DEFAULT_EFFORT
from allocation_engine.persistence.event_log import Criterion
from allocation_engine.persistence.store import Store
from allocation_engine.planning.build_problem import Question, build_problem
from allocation_engine.planning.policy_in_force import PolicyInForce
from allocation_engine.planning.situation import Situation, read_situation
from allocation_engine.planning.stamp import Stamp
from domain.allocation import AllocationProblem, Plan
from domain.allocation.score import load_ratio
from domain.events.allocation import (
    AllocationProposed,
    LevelScore,
    ProposalContent,
    ProposedChoice,
    UnallocatedCase,
)
from domain.identifiers import CaseId, PolicySetId, ProposalId, WorkerId
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole

LEXIMIN_UP_TO = 15
"""Cases up to which fairness is leximin; above it, the sum of squares, which is proven for larger teams."""


@dataclass(frozen=True)
class Proposal:
    """A proposal with all that explains it: what was asked, what was found, and why each choice."""

    proposal_id: ProposalId
    content: ProposalContent
    situation: Situation
    problem: AllocationProblem
    result: AllocationResult
    choices: tuple[ChoiceExplained, ...]
    waiting: tuple[UnallocatedExplained, ...]
    policy_adopted: bool


def propose(
    store: Store,
    policy: PolicyInForce,
    question: Question,
    stamp: Stamp,
    *,
    seed: int = 0,
    effort: float | None = None,
    on_level: Callable[[Level], None] | None = None,
) -> Proposal:
    """Make a proposal for the waiting cases and put it on record.

    Raises
    ------
    DecisionRefused
        There is nothing to propose: nobody waits, nobody has hours on record, or the pins contradict a rule.
    """
    situation = read_situation(store, policy.policy, stamp.at)
    problem = build_problem(situation, question)
    _refuse_the_hopeless(problem)
    fairness = Fairness.LEXIMIN if len(problem.cases) <= LEXIMIN_UP_TO else Fairness.SQUARES
    effort = DEFAULT_EFFORT if effort is None else effort
    result = solve(problem, fairness=fairness, seed=seed, effort=effort, on_level=on_level)
    if result.status in {SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN}:
        raise DecisionRefused(_no_plan(result.status))
    verdict = verify(problem, result)
    if not verdict.holds:
        # A wrong answer from the solver is our defect, never something for a manager to decide on.
        raise AssertionError(f"the optimiser's answer does not hold: {verdict}")
    choices, waiting = explain_choices(problem, result.plan), explain_unallocated(problem, result.plan)
    proposal_id = ProposalId(f"p-{stamp.new_id().hex[:10]}")
    content = describe(
        situation, problem, result.plan, question, waiting, status=result.status.value, levels=result.levels
    )
    store.log.append(
        [stamp.record(AllocationProposed(proposal_id=proposal_id, content=content))],
        unless=(Criterion(frozenset({f"proposal:{proposal_id}"})),),
    )
    return Proposal(proposal_id, content, situation, problem, result, choices, waiting, policy.adopted)


def describe(
    situation: Situation,
    problem: AllocationProblem,
    plan: Plan,
    question: Question,
    waiting: tuple[UnallocatedExplained, ...],
    *,
    status: str,
    levels: tuple[Level, ...] = (),
) -> ProposalContent:
    """Put a plan as what the log keeps: each choice with the figures that the decider sees."""
    kept = {case.case_id: case.current_worker_id for case in problem.cases}
    pairs = [(case_id, worker_id, AssignmentRole.PRIMARY) for case_id, worker_id in sorted(plan.primary.items())]
    pairs += [(case_id, worker_id, AssignmentRole.CO_WORKER) for case_id, worker_id in sorted(plan.co_worker.items())]
    return ProposalContent(
        seen_position=situation.position,
        as_at=situation.as_at,
        horizon_days=situation.policy.limits.horizon.value,
        policy_set_id=PolicySetId(situation.policy.policy_set_id),
        status=status,
        choices=tuple(
            _choice(problem, plan, case_id, worker_id, role)
            for case_id, worker_id, role in pairs
            if role is AssignmentRole.CO_WORKER or kept[case_id] != worker_id
        ),
        unallocated=tuple(UnallocatedCase(case_id=one.case_id, codes=one.codes) for one in waiting),
        levels=tuple(LevelScore(name=one.name, value=one.value, bound=one.bound) for one in levels),
        assumed_fte=question.assumed_fte,
    )


def _choice(
    problem: AllocationProblem,
    plan: Plan,
    case_id: CaseId,
    worker_id: WorkerId,
    role: AssignmentRole,
) -> ProposedChoice:
    worker = problem.worker(worker_id)
    capacity = worker.capacity or 0.0
    return ProposedChoice(
        case_id=case_id,
        worker_id=worker_id,
        role=role,
        load_before=worker.predicted_load,
        load_after=load_ratio(problem, plan, worker) * capacity,
        capacity=capacity,
        from_worker_id=problem.case(case_id).current_worker_id if role is AssignmentRole.PRIMARY else None,
    )


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


def _no_plan(status: SolveStatus) -> Rejection:
    if status is SolveStatus.INFEASIBLE:
        reason = "no plan keeps every rule: what was fixed by hand contradicts one. Take a pin back and try again"
        return Rejection("infeasible", reason)
    return Rejection("no_plan_found", "no plan was found in the effort allowed: allow more (--effort)")
