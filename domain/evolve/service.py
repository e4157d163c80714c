"""The state of the service: its teams and the policy sets adopted."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from domain.events.service import (
    AlertAnswered,
    FoundationsSurveyAnswered,
    PolicyAdopted,
    ServiceEvent,
    TeamClosed,
    TeamFormed,
)
from domain.identifiers import AlertId, TeamId


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Teams at work, alerts answered, and every policy adoption in the order it was made."""

    teams: frozenset[TeamId] = frozenset()
    answered: frozenset[AlertId] = frozenset()
    adopted: tuple[PolicyAdopted, ...] = ()

    def policy_in_force(self, as_at: datetime) -> PolicyAdopted | None:
        """Give the adoption with the latest effective day up to a moment; of two for one day, the later adoption."""
        found: PolicyAdopted | None = None
        for one in self.adopted:
            if one.effective_from <= as_at and (found is None or one.effective_from >= found.effective_from):
                found = one
        return found


def evolve_service(state: ServiceState, event: ServiceEvent) -> ServiceState:
    """Give the state after an event."""
    match event:
        case TeamFormed():
            return replace(state, teams=state.teams | {event.team_id})
        case TeamClosed():
            return replace(state, teams=state.teams - {event.team_id})
        case PolicyAdopted():
            return replace(state, adopted=(*state.adopted, event))
        case AlertAnswered():
            return replace(state, answered=state.answered | {event.alert_id})
        case FoundationsSurveyAnswered():
            return state
        case _:
            assert_never(event)
