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
    AllocationRequested,
    AllocationUndone,
    AllocationWithdrawn,
    ProposalContent,
    ProposalRequest,
)
from domain.identifiers import PersonId, ProposalId


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    UNDONE = "undone"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ProposalState:
    """A proposal's content as last amended, its status, who decided, and what was asked where that is on record.

    `version` is the position of the last event about it in the log, 0 where the state was not read from one.
    """

    proposal_id: ProposalId
    content: ProposalContent | None = None
    status: ProposalStatus = ProposalStatus.OPEN
    decided_by: PersonId | None = None
    request: ProposalRequest | None = None
    withdrawn: str | None = None
    version: int = 0


def evolve_proposal(state: ProposalState, event: AllocationEvent) -> ProposalState:
    """Give the state after an event."""
    match event:
        case AllocationRequested():
            return replace(state, status=ProposalStatus.REQUESTED, request=event.request)
        case AllocationWithdrawn():
            return replace(state, status=ProposalStatus.WITHDRAWN, withdrawn=event.code)
        case AllocationProposed() | AllocationAmended():
            return replace(state, status=ProposalStatus.OPEN, content=event.content)
        case AllocationApproved():
            return replace(state, status=ProposalStatus.APPROVED, decided_by=event.decided_by)
        case AllocationRejected():
            return replace(state, status=ProposalStatus.REJECTED, decided_by=event.decided_by)
        case AllocationUndone():
            return replace(state, status=ProposalStatus.UNDONE, decided_by=event.decided_by)
        case AllocationExpired():
            return replace(state, status=ProposalStatus.EXPIRED)
        case _:
            assert_never(event)
