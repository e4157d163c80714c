"""Decide on a proposal: approve, amend or reject, by a named person with a reason. Only approval changes caseloads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from allocation_engine.errors import ConcurrentWrite, DecisionRefused, StaleProposal, UnknownProposal
from allocation_engine.optimiser import explain_unallocated
from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.store import Store
from allocation_engine.planning.build_problem import build_problem
from allocation_engine.planning.policy_in_force import PolicyInForce
from allocation_engine.planning.proposal_states import about, read_proposal, require_allowed
from allocation_engine.planning.propose import describe, question_again
from allocation_engine.planning.situation import read_situation
from allocation_engine.planning.staleness import changes_since, relied_on
from allocation_engine.planning.stamp import Stamp
from allocation_engine.planning.states import EVERYTHING_ON_RECORD, case_now
from domain.allocation import AllocationProblem, Plan, violations
from domain.decide.case import decide_case
from domain.events.allocation import (
    AllocationAmended,
    AllocationApproved,
    AllocationEvent,
    AllocationExpired,
    AllocationRejected,
    ProposalContent,
    ProposedChoice,
)
from domain.events.case import CaseAssigned, CaseEvent, CaseReassigned
from domain.evolve.case import evolve_case
from domain.evolve.proposal import ProposalState
from domain.identifiers import CaseId, ProposalId, WorkerId
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole

TRIES = 5
"""How often a decision is taken anew when something was recorded in between; each time on what is there now."""

Outcome = TypeVar("Outcome")

_NOTHING_TO_APPROVE = Rejection(
    "nothing_to_approve",
    "this proposal places no case, so there is nothing to approve; it says which rules leave each case waiting",
)


@dataclass(frozen=True, slots=True)
class Approval:
    """What an approval put on record: the last position, and how many assignments."""

    proposal_id: ProposalId
    position: int
    assignments: int


def approve(store: Store, proposal_id: ProposalId, reason: str, stamp: Stamp, seen: int | None = None) -> Approval:
    """Approve a proposal: the approval and its assignments are recorded together or not at all.

    Raises
    ------
    UnknownProposal, StaleProposal, DecisionRefused
        There is none; something it relied on has changed (and what); it was decided already, or a case cannot be
        assigned as it stands.
    """
    event = AllocationApproved(proposal_id=proposal_id, decided_by=stamp.actor, reason=reason)

    def attempt() -> Approval:
        state, head = read_proposal(store.log, proposal_id, seen)
        content = _may(state, event)
        if not content.choices:
            raise DecisionRefused(_NOTHING_TO_APPROVE)
        _refuse_if_stale(store.log, proposal_id, content)
        try:
            assignments = list(_assignments(store.log, proposal_id, content, stamp.at))
        except DecisionRefused:
            # A rival may have come between the two reads: what changed says more than the rule it now runs into.
            _refuse_if_stale(store.log, proposal_id, content)
            raise
        records = [stamp.record(one) for one in (event, *assignments)]
        unless = (about(proposal_id), *relied_on(content))
        return Approval(proposal_id, store.log.append(records, unless=unless, after=head), len(assignments))

    return again_if_overtaken(attempt)


def reject(store: Store, proposal_id: ProposalId, reason: str, stamp: Stamp, seen: int | None = None) -> int:
    """Turn a proposal down; give the position."""
    event = AllocationRejected(proposal_id=proposal_id, decided_by=stamp.actor, reason=reason)

    def attempt() -> int:
        state, head = read_proposal(store.log, proposal_id, seen)
        _may(state, event)
        return store.log.append([stamp.record(event)], unless=(about(proposal_id),), after=head)

    return again_if_overtaken(attempt)


@dataclass(frozen=True)
class Amendment:
    """Changes to a proposal: cases to other workers, co-workers, and cases to leave waiting."""

    assign: Mapping[CaseId, WorkerId]
    co_work: Mapping[CaseId, WorkerId]
    drop: frozenset[CaseId]


def amend(
    store: Store,
    proposal_id: ProposalId,
    amendment: Amendment,
    reason: str,
    stamp: Stamp,
    policy: PolicyInForce,
    seen: int | None = None,
) -> ProposalContent:
    """Change a proposal by hand, checked against every rule on the situation as it is now; it is then open again.

    Raises
    ------
    DecisionRefused
        The changed plan breaks a rule; the rule says so in plain words. Nothing is recorded.
    """

    def attempt() -> ProposalContent:
        state, head = read_proposal(store.log, proposal_id, seen)
        before = _may(state, AllocationExpired(proposal_id=proposal_id))  # whatever would still be open to change
        situation = read_situation(store, policy.policy, stamp.at)
        question = question_again(before)
        problem = build_problem(situation, question)
        plan = _amended(problem, before, amendment)
        for rejection in violations(problem, plan):
            raise DecisionRefused(rejection)
        content = describe(situation, problem, plan, question, explain_unallocated(problem, plan), status="amended")
        event = AllocationAmended(proposal_id=proposal_id, decided_by=stamp.actor, reason=reason, content=content)
        store.log.append([stamp.record(event)], unless=(about(proposal_id),), after=head)
        return content

    return again_if_overtaken(attempt)


def _refuse_if_stale(log: EventLog, proposal_id: ProposalId, content: ProposalContent) -> None:
    if changes := changes_since(log, content):
        raise StaleProposal(proposal_id, changes)


def _content(state: ProposalState) -> ProposalContent:
    if state.content is None:
        raise UnknownProposal(state.proposal_id)
    return state.content


def _may(state: ProposalState, event: AllocationEvent) -> ProposalContent:
    require_allowed(state, event)
    return _content(state)


def again_if_overtaken(attempt: Callable[[], Outcome]) -> Outcome:
    """Try again where something was recorded in between: the next try finds it, and says so if it matters."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except ConcurrentWrite:
            continue
    return attempt()


def _assignments(
    log: EventLog,
    proposal_id: ProposalId,
    content: ProposalContent,
    at: datetime,
) -> Iterator[CaseEvent]:
    """Give an assignment for each choice, each checked against its case as it stands."""
    for case_id in sorted({choice.case_id for choice in content.choices}):
        state = case_now(log, case_id, EVERYTHING_ON_RECORD)
        chosen = [choice for choice in content.choices if choice.case_id == case_id]
        for choice in sorted(chosen, key=lambda one: one.role is not AssignmentRole.PRIMARY):
            event = _assignment(proposal_id, choice)
            decision = decide_case(state, event)
            if isinstance(decision, Rejection):
                raise DecisionRefused(decision)
            state = evolve_case(state, event, at)
            yield event


def _assignment(proposal_id: ProposalId, choice: ProposedChoice) -> CaseAssigned | CaseReassigned:
    if choice.from_worker_id is None:
        return CaseAssigned(
            case_id=choice.case_id,
            worker_id=choice.worker_id,
            role=choice.role,
            proposal_id=proposal_id,
        )
    return CaseReassigned(
        case_id=choice.case_id,
        from_worker_id=choice.from_worker_id,
        to_worker_id=choice.worker_id,
        role=choice.role,
        proposal_id=proposal_id,
    )


def _amended(problem: AllocationProblem, before: ProposalContent, amendment: Amendment) -> Plan:
    def chosen(role: AssignmentRole) -> dict[CaseId, WorkerId]:
        return {one.case_id: one.worker_id for one in before.choices if one.role is role}

    kept = {case.case_id: case.current_worker_id for case in problem.cases if case.current_worker_id is not None}
    primary = {**kept, **chosen(AssignmentRole.PRIMARY), **amendment.assign}
    co_worker = {**chosen(AssignmentRole.CO_WORKER), **amendment.co_work}
    for case_id in amendment.drop:
        primary.pop(case_id, None)
        co_worker.pop(case_id, None)
        if case_id in kept:
            primary[case_id] = kept[case_id]
    return Plan(primary=dict(sorted(primary.items())), co_worker=dict(sorted(co_worker.items())))
