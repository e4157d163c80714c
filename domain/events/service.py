"""Facts about the service itself: teams, the policy in force, answers that leaders owe."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.events.base import DomainEvent
from domain.events.subjects import POLICY_TAG
from domain.identifiers import AlertId, Moment, PersonId, PolicySetId, Slug, TeamId
from domain.vocabulary import Foundation


class TeamFormed(DomainEvent):
    """A team started work."""

    wire_name: ClassVar[str] = "service.team_formed"

    team_id: TeamId
    area: Slug | None = None


class TeamClosed(DomainEvent):
    """A team stopped work."""

    wire_name: ClassVar[str] = "service.team_closed"

    team_id: TeamId


class PolicyAdopted(DomainEvent):
    """A named person put a policy set in force.

    The whole set travels in the event, so that a proposal can be recomputed with the numbers of its own day from the
    log alone.
    """

    wire_name: ClassVar[str] = "service.policy_adopted"

    policy_set_id: PolicySetId
    effective_from: Moment
    adopted_by: PersonId
    content: dict[str, JsonValue]

    def tags(self) -> frozenset[str]:
        """Add the one tag that every decision resting on policy reads."""
        return super().tags() | {POLICY_TAG}


class AlertAnswered(DomainEvent):
    """A named leader answered an alert."""

    wire_name: ClassVar[str] = "service.alert_answered"

    alert_id: AlertId
    answered_by: PersonId


class FoundationScore(BaseModel):
    """One foundation's score in a survey answer, 1 to 5."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    foundation: Foundation
    score: int = Field(ge=1, le=5)


class FoundationsSurveyAnswered(DomainEvent):
    """Somebody of a team, not said who, rated the organisation."""

    wire_name: ClassVar[str] = "service.foundations_survey_answered"

    team_id: TeamId
    scores: tuple[FoundationScore, ...] = Field(min_length=1)


ServiceEvent = TeamFormed | TeamClosed | PolicyAdopted | AlertAnswered | FoundationsSurveyAnswered
