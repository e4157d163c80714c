"""Foundations: how does each team rate the organisation on the five foundations? Asked by leaders, for teams and service.

Nobody says who they are, and the view keeps it so: answers are kept by team, and told of in whole half-years that are
over. A figure that could be asked for day by day would give an answer away as the difference of two days.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import PracticeEvent
from domain.events.service import AlertAnswered, FoundationsSurveyAnswered, PolicyAdopted, TeamClosed, TeamFormed
from domain.events.worker import WorkerEvent
from domain.identifiers import TeamId
from domain.vocabulary import Foundation
from projections.corrections import CORRECTIONS
from projections.dated_events import Dossier, dossiers, events_until

HANDLES: frozenset[type[DomainEvent]] = frozenset({FoundationsSurveyAnswered}) | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = frozenset(
    {
        TeamFormed,
        TeamClosed,
        PolicyAdopted,
        AlertAnswered,
        *get_args(WorkerEvent),
        *get_args(CaseEvent),
        *get_args(PracticeEvent),
        *get_args(AllocationEvent),
        PersonErased,
    },
)

FIRST_OF_SECOND_HALF = 7


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """Half a calendar year in UTC; `half` is 1 or 2."""

    year: int
    half: int

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, 1 if self.half == 1 else FIRST_OF_SECOND_HALF, 1, tzinfo=UTC)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self.next.since

    @property
    def next(self) -> "HalfYear":
        """The half-year after it."""
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    @property
    def previous(self) -> "HalfYear":
        """The half-year before it."""
        return HalfYear(self.year - 1, 2) if self.half == 1 else HalfYear(self.year, 1)

    @classmethod
    def last_over(cls, as_at: datetime) -> "HalfYear":
        """Give the last half-year that was over at a moment."""
        moment = as_at.astimezone(UTC)
        return cls(moment.year, 1 if moment.month < FIRST_OF_SECOND_HALF else 2).previous


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One answer, of somebody in a team: a score of 1 to 5 for each foundation that was rated."""

    at: datetime
    scores: Mapping[Foundation, int]


def survey_answers(
    rows: Mapping[str, Dossier], period: HalfYear, known_at: datetime | None = None
) -> dict[TeamId, tuple[SurveyAnswer, ...]]:
    """Give the answers of a half-year by team, in order of time. A team with none does not appear."""
    found = {TeamId(key.removeprefix("team:")): tuple(_answers(row, period, known_at)) for key, row in rows.items()}
    return {team_id: answers for team_id, answers in sorted(found.items()) if answers}


def _answers(row: Dossier, period: HalfYear, known_at: datetime | None) -> Iterator[SurveyAnswer]:
    for event, at in events_until(row, period.until, known_at):
        if isinstance(event, FoundationsSurveyAnswered) and period.since <= at < period.until:
            yield SurveyAnswer(at, {one.foundation: one.score for one in event.scores})


FOUNDATIONS = dossiers("foundations", version=1, handles=HANDLES, ignores=IGNORES, subject="team")
