"""Read how a proposal stands, with what to condition a decision on it on."""

from dataclasses import replace

from allocation_engine.persistence.event_log import Criterion, EventLog
from domain.events.allocation import AllocationEvent
from domain.evolve.proposal import ProposalState, evolve_proposal
from domain.identifiers import ProposalId


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
