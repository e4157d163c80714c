"""Undo an approved proposal by compensating events: each case goes back to whom it was with, or waits again."""

from collections.abc import Iterator
from datetime import datetime

from allocation_engine.errors import DecisionRefused
from allocation_engine.persistence.event_log import Criterion, EventLog
from allocation_engine.persistence.store import Store
from allocation_engine.planning.decide import Approval, again_if_overtaken
from allocation_engine.planning.proposal_states import about, read_proposal, require_allowed
from allocation_engine.planning.staleness import CASE_FACTS
from allocation_engine.planning.stamp import Stamp
from allocation_engine.planning.states import EVERYTHING_ON_RECORD, case_now
from domain.decide.case import decide_case
from domain.events.allocation import AllocationUndone, ProposalContent, ProposedChoice
from domain.events.case import CaseEvent, CaseReassigned, CaseUnassigned
from domain.evolve.case import evolve_case
from domain.identifiers import ProposalId
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole


def undo(store: Store, proposal_id: ProposalId, reason: str, stamp: Stamp, seen: int | None = None) -> Approval:
    """Undo an approved proposal: that it is undone and what puts its cases back are recorded together or not at all.

    Raises
    ------
    UnknownProposal, ProposalMoved, DecisionRefused
        There is none; it is no longer as the decider saw it; it is not approved, or one of its cases has moved on since
        and cannot go back without undoing what somebody decided later.
    """
    event = AllocationUndone(proposal_id=proposal_id, decided_by=stamp.actor, reason=reason)

    def attempt() -> Approval:
        state, head = read_proposal(store.log, proposal_id, seen)
        require_allowed(state, event)
        assert state.content is not None  # noqa: S101  what was approved has content
        back = list(_back(store.log, state.content, proposal_id, stamp.at))
        cases = sorted({choice.case_id for choice in state.content.choices})
        unless = (about(proposal_id), *(Criterion(frozenset({f"case:{case_id}"}), CASE_FACTS) for case_id in cases))
        records = [stamp.record(one) for one in (event, *back)]
        return Approval(proposal_id, store.log.append(records, unless=unless, after=head), len(back))

    return again_if_overtaken(attempt)


def _back(log: EventLog, content: ProposalContent, proposal_id: ProposalId, at: datetime) -> Iterator[CaseEvent]:
    """Give what takes each choice back, co-workers first, each checked against its case as it stands."""
    for case_id in sorted({choice.case_id for choice in content.choices}):
        state = case_now(log, case_id, EVERYTHING_ON_RECORD)
        chosen = [choice for choice in content.choices if choice.case_id == case_id]
        for choice in sorted(chosen, key=lambda one: one.role is AssignmentRole.PRIMARY):
            event = _taken_back(choice, proposal_id)
            decision = decide_case(state, event)
            if isinstance(decision, Rejection):
                raise DecisionRefused(decision)
            state = evolve_case(state, event, at)
            yield event


def _taken_back(choice: ProposedChoice, proposal_id: ProposalId) -> CaseReassigned | CaseUnassigned:
    if choice.from_worker_id is None:
        return CaseUnassigned(case_id=choice.case_id, worker_id=choice.worker_id, role=choice.role)
    return CaseReassigned(
        case_id=choice.case_id,
        from_worker_id=choice.worker_id,
        to_worker_id=choice.from_worker_id,
        role=choice.role,
        proposal_id=proposal_id,
    )
