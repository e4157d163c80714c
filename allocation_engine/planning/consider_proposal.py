"""Consider a proposal that is on record: the problem as it was posed then, and its plan as the answer."""

from allocation_engine.errors import DecisionRefused, StaleProposal
from allocation_engine.optimiser import AllocationResult, Level, SolveStatus
from allocation_engine.persistence.store import Store
from allocation_engine.planning.build_problem import build_problem
from allocation_engine.planning.consider import Considered
from allocation_engine.planning.proposal_states import read_proposal
from allocation_engine.planning.propose import question_again
from allocation_engine.planning.situation import read_situation
from allocation_engine.planning.staleness import changes_since
from domain.allocation import Plan, score, violations
from domain.events.allocation import ProposalContent
from domain.identifiers import CaseId, ProposalId, WorkerId
from domain.policy.policy_set import PolicySet
from domain.vocabulary import AssignmentRole


def consider_proposal(store: Store, policy: PolicySet, proposal_id: ProposalId) -> Considered:
    """Give a proposal as an answer to its problem: the figures are those of its own day, and of what was known then.

    Raises
    ------
    UnknownProposal, StaleProposal, DecisionRefused
        There is none; something it relied on has changed; it breaks a rule.
    """
    state, _ = read_proposal(store.log, proposal_id)
    content = state.content
    assert content is not None  # noqa: S101  an unknown proposal was refused
    if changes := changes_since(store.log, content):
        raise StaleProposal(proposal_id, changes)
    situation = read_situation(store, policy, content.as_at, content.as_at)
    problem = build_problem(situation, question_again(content))
    plan = _plan_of(content)
    for rejection in violations(problem, plan):
        raise DecisionRefused(rejection)
    levels = tuple(Level(one.name, one.value, one.bound, "on record") for one in content.levels)
    result = AllocationResult(SolveStatus.FEASIBLE, plan, score(problem, plan), levels, 0, 0.0, {}, "on record")
    return Considered(situation, problem, result)


def _plan_of(content: ProposalContent) -> Plan:
    def chosen(role: AssignmentRole) -> dict[CaseId, WorkerId]:
        return dict(sorted((one.case_id, one.worker_id) for one in content.choices if one.role is role))

    return Plan(chosen(AssignmentRole.PRIMARY), chosen(AssignmentRole.CO_WORKER))
