"""The state of one proposal: what it holds now, and what was decided."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from domain.events.allocation import (
    AllocationAmended,
    AllocationApproved,
    AllocationEvent,
    AllocationExpired,
    AllocationProposed,
    AllocationRejected,
    ProposalContent,
)
from domain.identifiers import PersonId, ProposalId


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ProposalState:
    """A proposal's content as last amended, its status, and who decided."""

    proposal_id: ProposalId
    content: ProposalContent | None = None
    status: ProposalStatus = ProposalStatus.OPEN
    decided_by: PersonId | None = None


def evolve_proposal(state: ProposalState, event: AllocationEvent) -> ProposalState:
    """Give the state after an event."""
    match event:
        case AllocationProposed() | AllocationAmended():
            return replace(state, content=event.content)
        case AllocationApproved():
            return replace(state, status=ProposalStatus.APPROVED, decided_by=event.decided_by)
        case AllocationRejected():
            return replace(state, status=ProposalStatus.REJECTED, decided_by=event.decided_by)
        case AllocationExpired():
            return replace(state, status=ProposalStatus.EXPIRED)
        case _:
            assert_never(event)
