"""What a named person may decide on a proposal."""

from domain.events.allocation import (
    AllocationEvent,
    AllocationProposed,
    AllocationRequested,
    AllocationUndone,
    AllocationWithdrawn,
)
from domain.evolve.proposal import ProposalState, ProposalStatus
from domain.rejection import Rejection

PERSON_DECIDES = "A named person decides, once (docs/adr)"


def decide_proposal(state: ProposalState, event: AllocationEvent) -> AllocationEvent | Rejection:
    """Say whether this may happen to a proposal as it stands: it is made once, decided once, and undone once if approved."""
    about = f"proposal:{state.proposal_id}"
    if state.status is ProposalStatus.WITHDRAWN:
        reason = f"proposal {state.proposal_id} was withdrawn before it was made; ask for another"
        return Rejection("withdrawn", reason, PERSON_DECIDES, about)
    asked = state.status is ProposalStatus.REQUESTED
    if isinstance(event, AllocationRequested | AllocationProposed):
        if state.content is None and not (asked and isinstance(event, AllocationRequested)):
            return event
        return Rejection("proposal_exists", f"proposal {state.proposal_id} exists already", PERSON_DECIDES, about)
    if asked:
        if isinstance(event, AllocationWithdrawn):
            return event
        reason = f"proposal {state.proposal_id} is still being worked on; wait until it is made"
        return Rejection("not_made_yet", reason, PERSON_DECIDES, about)
    if isinstance(event, AllocationWithdrawn) and state.content is not None:
        reason = f"proposal {state.proposal_id} is made already: reject it instead"
        return Rejection("proposal_exists", reason, PERSON_DECIDES, about)
    if state.content is None:
        return Rejection("no_proposal", f"there is no proposal {state.proposal_id}", PERSON_DECIDES, about)
    if isinstance(event, AllocationUndone):
        if state.status is ProposalStatus.APPROVED:
            return event
        reason = f"proposal {state.proposal_id} is {state.status.value}: only an approved one can be undone"
        return Rejection("not_approved", reason, PERSON_DECIDES, about)
    if state.status is not ProposalStatus.OPEN:
        by = f" by {state.decided_by}" if state.decided_by else ""
        reason = f"proposal {state.proposal_id} was {state.status.value}{by} already"
        return Rejection("already_decided", reason, PERSON_DECIDES, about)
    return event
