"""Propose: read the situation, solve, distrust the solver, and put the proposal on record. It changes nothing yet."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from allocation_engine.optimiser import AllocationResult, Level, explain_choices, explain_unallocated
from allocation_engine.optimiser.explain import ChoiceExplained, UnallocatedExplained, fairness_of
from allocation_engine.persistence.store import Store
from allocation_engine.planning.build_problem import Question
from allocation_engine.planning.consider import consider
from allocation_engine.planning.policy_in_force import PolicyInForce
from allocation_engine.planning.proposal_states import about, require_allowed, state_of
from allocation_engine.planning.search import Search
from allocation_engine.planning.situation import Situation
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
from domain.vocabulary import AssignmentRole


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


def new_proposal_id(new_id: Callable[[], UUID]) -> ProposalId:
    """Make the id of a new proposal."""
    return ProposalId(f"p-{new_id().hex[:10]}")


def propose(
    store: Store,
    policy: PolicyInForce,
    question: Question,
    stamp: Stamp,
    search: Search,
    requested: ProposalId | None = None,
) -> Proposal:
    """Make a proposal for the waiting cases and put it on record; `requested` is one that was asked for before.

    Raises
    ------
    DecisionRefused
        There is nothing to propose: nobody waits, nobody has hours on record, or the pins contradict a rule. Or what
        was asked for is proposed or withdrawn already.
    """
    considered = consider(store, policy, question, stamp.at, search)
    situation, problem, result = considered.situation, considered.problem, considered.result
    choices = explain_choices(problem, result.plan, fairness_of(result))
    waiting = explain_unallocated(problem, result.plan)
    proposal_id = requested or new_proposal_id(stamp.new_id)
    content = describe(
        situation, problem, result.plan, question, waiting, status=result.status.value, levels=result.levels
    )
    event = AllocationProposed(proposal_id=proposal_id, content=content)
    state, head = state_of(store.log, proposal_id)
    require_allowed(state, event)
    store.log.append([stamp.record(event)], unless=(about(proposal_id),), after=head)
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
        load_limit=question.load_limit,
        deviations_above=question.deviations_above,
        one_area=question.one_area,
    )


def question_again(content: ProposalContent) -> Question:
    """Give what was asked of a proposal as far as an amendment, or a look at other choices, is held to it.

    Team, pins and forbidden pairs are not on record: whoever amends may choose anybody whom rules and limits allow.
    """
    return Question(
        may_move=frozenset(one.case_id for one in content.choices if one.from_worker_id is not None),
        assumed_fte=content.assumed_fte,
        load_limit=content.load_limit,
        deviations_above=content.deviations_above,
        one_area=content.one_area,
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
