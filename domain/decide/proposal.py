"""What a named person may decide on a proposal."""

from domain.events.allocation import AllocationEvent, AllocationProposed
from domain.evolve.proposal import ProposalState, ProposalStatus
from domain.rejection import Rejection

PERSON_DECIDES = "A named person decides, once (docs/adr)"


def decide_proposal(state: ProposalState, event: AllocationEvent) -> AllocationEvent | Rejection:
    """Say whether this may happen to a proposal as it stands: it is made once, and decided once."""
    about = f"proposal:{state.proposal_id}"
    if isinstance(event, AllocationProposed):
        if state.content is None:
            return event
        return Rejection("proposal_exists", f"proposal {state.proposal_id} exists already", PERSON_DECIDES, about)
    if state.content is None:
        return Rejection("no_proposal", f"there is no proposal {state.proposal_id}", PERSON_DECIDES, about)
    if state.status is not ProposalStatus.OPEN:
        by = f" by {state.decided_by}" if state.decided_by else ""
        reason = f"proposal {state.proposal_id} was {state.status.value}{by} already"
        return Rejection("already_decided", reason, PERSON_DECIDES, about)
    return event
