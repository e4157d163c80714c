"""What a named person may decide on a proposal."""

from functools import reduce

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.decide.proposal import decide_proposal
from domain.events.allocation import (
    AllocationAmended,
    AllocationApproved,
    AllocationEvent,
    AllocationExpired,
    AllocationProposed,
    AllocationRejected,
    ProposalContent,
)
from domain.evolve.proposal import ProposalState, ProposalStatus, evolve_proposal
from domain.identifiers import PersonId, PolicySetId, ProposalId
from tests.domain.decide.given_when_then import accepted, on_day, refused

PROPOSAL, MANAGER = ProposalId("p-1"), PersonId("m-1")
REASON = "Agreed in the allocation meeting"


def content(position: int) -> ProposalContent:
    return ProposalContent(
        seen_position=position,
        as_at=on_day(0),
        horizon_days=28,
        policy_set_id=PolicySetId("policy-1"),
        status="optimal",
        choices=(),
    )


PROPOSED = AllocationProposed(proposal_id=PROPOSAL, content=content(1))
APPROVED = AllocationApproved(proposal_id=PROPOSAL, decided_by=MANAGER, reason=REASON)
AMENDED = AllocationAmended(proposal_id=PROPOSAL, decided_by=MANAGER, reason=REASON, content=content(2))
REJECTED = AllocationRejected(proposal_id=PROPOSAL, decided_by=MANAGER, reason=REASON)
EXPIRED = AllocationExpired(proposal_id=PROPOSAL)
DECISIONS: tuple[AllocationEvent, ...] = (APPROVED, AMENDED, REJECTED, EXPIRED)


def given(*events: AllocationEvent) -> ProposalState:
    return reduce(evolve_proposal, events, ProposalState(PROPOSAL))


def test_a_proposal_is_made_once() -> None:
    accepted(decide_proposal(given(), PROPOSED), PROPOSED)
    refused(decide_proposal(given(PROPOSED), PROPOSED), "proposal_exists", "proposal p-1 exists already")


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda event: event.wire_name)
@pytest.mark.parametrize("state", [given(PROPOSED), given(PROPOSED, AMENDED)], ids=["proposed", "amended"])
def test_an_open_proposal_may_be_decided(state: ProposalState, decision: AllocationEvent) -> None:
    accepted(decide_proposal(state, decision), decision)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda event: event.wire_name)
def test_nothing_is_decided_on_a_proposal_that_is_not_there(decision: AllocationEvent) -> None:
    refused(decide_proposal(given(), decision), "no_proposal", "there is no proposal p-1")


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda event: event.wire_name)
@pytest.mark.parametrize(
    ("before", "told"),
    [(APPROVED, "was approved by m-1"), (REJECTED, "was rejected by m-1"), (EXPIRED, "was expired already")],
)
def test_a_proposal_is_decided_once_and_says_by_whom(
    before: AllocationEvent, told: str, decision: AllocationEvent
) -> None:
    refused(decide_proposal(given(PROPOSED, before), decision), "already_decided", "proposal p-1", told)


def test_an_amended_proposal_stands_for_decision_with_its_new_content() -> None:
    state = given(PROPOSED, AMENDED)
    assert state.content == content(2)
    assert state.status is ProposalStatus.OPEN
    assert state.decided_by is None


@settings(deadline=None, max_examples=50)
@given_any(st.lists(st.sampled_from([PROPOSED, *DECISIONS]), max_size=12))
def test_folding_never_raises_whatever_the_order_of_events(events: list[AllocationEvent]) -> None:
    assert given(*events).proposal_id == PROPOSAL
