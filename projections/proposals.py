"""Proposals: what was asked for, made and decided, and by whom? Asked by whoever decides, and by whoever looks back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from domain.events.allocation import AllocationApproved, AllocationEvent, AllocationRejected, AllocationUndone
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerEvent
from domain.evolve.proposal import ProposalState, evolve_proposal
from domain.identifiers import ProposalId
from projections.corrections import CORRECTIONS
from projections.dated_events import Dossier, dossiers, events_until

HANDLES: frozenset[type[DomainEvent]] = frozenset(get_args(AllocationEvent)) | CORRECTIONS

IGNORES: frozenset[type[DomainEvent]] = frozenset(
    {
        *get_args(WorkerEvent),
        *get_args(CaseEvent),
        *get_args(PracticeEvent),
        *get_args(ServiceEvent),
        PersonErased,
    },
)


@dataclass(frozen=True, slots=True)
class KnownProposal:
    """A proposal as it stands, when it was first heard of and last, and the reason of the last decision."""

    state: ProposalState
    begun_at: datetime
    last_at: datetime
    reason: str | None = None


def proposal_as_at(key: str, row: Dossier, as_at: datetime, known_at: datetime | None = None) -> KnownProposal | None:
    """Fold one proposal's events up to a moment; None where there were none by then. Its version is not known here."""
    proposal_id = ProposalId(key.removeprefix("proposal:"))
    found: KnownProposal | None = None
    for event, at in events_until(row, as_at, known_at):
        if not isinstance(event, AllocationEvent):
            continue
        before = found or KnownProposal(ProposalState(proposal_id), at, at)
        found = replace(before, state=evolve_proposal(before.state, event), last_at=at)
        if isinstance(event, AllocationApproved | AllocationRejected | AllocationUndone):
            found = replace(found, reason=event.reason)
    return found


def proposals(
    rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None
) -> tuple[KnownProposal, ...]:
    """Give every proposal as at a moment, the one that last changed first."""
    found = (proposal_as_at(key, row, as_at, known_at) for key, row in rows.items())
    return tuple(
        sorted((one for one in found if one is not None), key=lambda one: (one.last_at, one.state.proposal_id))
    )[::-1]


PROPOSALS = dossiers("proposals", version=1, handles=HANDLES, ignores=IGNORES, subject="proposal")
