"""Read how a proposal stands, with what to condition a decision on it on, and refuse what does not fit it."""

from dataclasses import replace

from allocation_engine.errors import DecisionRefused, ProposalMoved, UnknownProposal
from allocation_engine.persistence.event_log import Criterion, EventLog
from domain.decide.proposal import decide_proposal
from domain.events.allocation import AllocationEvent
from domain.evolve.proposal import ProposalState, evolve_proposal
from domain.identifiers import ProposalId
from domain.rejection import Rejection


def about(proposal_id: ProposalId) -> Criterion:
    """Match whatever concerns the proposal."""
    return Criterion(frozenset({f"proposal:{proposal_id}"}))


def state_of(log: EventLog, proposal_id: ProposalId) -> tuple[ProposalState, int]:
    """Read a proposal as it stands, asked for or not, and the head of the log then."""
    page = log.read((about(proposal_id),))
    state = ProposalState(proposal_id)
    for stored in page.events:
        if isinstance(stored.record.event, AllocationEvent):
            state = replace(evolve_proposal(state, stored.record.event), version=stored.position)
    return state, page.head


def read_proposal(log: EventLog, proposal_id: ProposalId, seen: int | None = None) -> tuple[ProposalState, int]:
    """Read a proposal as it stands, and the head of the log then.

    Raises
    ------
    UnknownProposal
        No such proposal was ever asked for or made.
    ProposalMoved
        It is no longer at the version that the decider saw (`seen`).
    """
    state, head = state_of(log, proposal_id)
    if state.version == 0:
        raise UnknownProposal(proposal_id)
    if seen not in {None, state.version}:
        raise ProposalMoved(proposal_id, state.version)
    return state, head


def require_allowed(state: ProposalState, event: AllocationEvent) -> None:
    """Refuse what cannot happen to a proposal as it stands (`DecisionRefused`)."""
    decision = decide_proposal(state, event)
    if isinstance(decision, Rejection):
        raise DecisionRefused(decision)
