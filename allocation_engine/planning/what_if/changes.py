"""What a scenario may change, in the words of the field. Weeks count from 1, the first week of the run; each begins on a Monday."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.events.worker import MAX_FTE
from domain.identifiers import Slug, TeamId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    CareerStage,
    HarmType,
    IncidentKind,
    Priority,
    RiskLevel,
    Role,
    Severity,
    SupervisionKind,
)

LONGEST_RUN = 104
"""Weeks: two years. Beyond that the service would be another one."""

Week = Annotated[int, Field(ge=1, le=LONGEST_RUN)]


class WhoseCases(StrEnum):
    """What becomes of the cases of somebody who is away."""

    STAY = "stay"
    HIGH_RISK_PASSED_ON = "high_risk_passed_on"
    ALL_PASSED_ON = "all_passed_on"


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    week: Week = 1


class Absence(_Change):
    """A worker is away from the Monday of a week, for so many weeks; unset, until the run ends.

    Their cases stay with them, or those of high risk, or all of them, are passed on to others.
    """

    kind: Literal["absence"] = "absence"
    worker: WorkerId
    weeks: Week | None = None
    absence: AbsenceKind = AbsenceKind.SICKNESS
    cases: WhoseCases = WhoseCases.STAY


class Leaving(_Change):
    """A worker leaves; their cases wait for another."""

    kind: Literal["leaving"] = "leaving"
    worker: WorkerId


class HoursChange(_Change):
    """A worker's hours change to this share of full time."""

    kind: Literal["hours"] = "hours"
    worker: WorkerId
    fte: float = Field(gt=0, le=MAX_FTE)


class Starters(_Change):
    """New workers start, for good or for so many weeks.

    What they may be given grows evenly from `ramp_from` to the whole over `ramp_weeks`.
    """

    kind: Literal["starters"] = "starters"
    number: int = Field(default=1, ge=1, le=200)
    weeks: Week | None = None
    fte: float = Field(default=1.0, gt=0, le=MAX_FTE)
    stage: CareerStage = CareerStage.EXPERIENCED
    role: Role = Role.SOCIAL_WORKER
    team: TeamId | None = None
    area: Slug | None = None
    skills: tuple[Slug, ...] = ()
    languages: tuple[Slug, ...] = ()
    ramp_weeks: int = Field(default=8, ge=0, le=LONGEST_RUN)
    ramp_from: float = Field(default=0.25, gt=0, le=1)


class ReferralRate(_Change):
    """Referrals come so often a week, or so many times as often as before; for so many weeks, or until the run ends."""

    kind: Literal["referral_rate"] = "referral_rate"
    weeks: Week | None = None
    per_week: float | None = Field(default=None, ge=0, le=10_000)
    times: float | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _one_of_both(self) -> "ReferralRate":
        if (self.per_week is None) == (self.times is None):
            raise ValueError("give per_week or times, one of the two")
        return self


class Referrals(_Change):
    """So many cases of one kind are referred in a week. What is not given is not known."""

    kind: Literal["referrals"] = "referrals"
    number: int = Field(default=1, ge=1, le=1_000)
    risk: RiskLevel | None = None
    harm_types: tuple[HarmType, ...] | None = None
    priority: Priority = Priority.ROUTINE
    needs: tuple[Slug, ...] = ()
    languages: tuple[Slug, ...] = ()
    area: Slug | None = None


class Incident(_Change):
    """A serious incident, and who is exposed to it: workers who were there or co-work, teams that hear of it."""

    kind: Literal["incident"] = "incident"
    incident: IncidentKind
    severity: Severity = Severity.SERIOUS
    direct: tuple[WorkerId, ...] = ()
    co_working: tuple[WorkerId, ...] = ()
    team_heard: tuple[TeamId, ...] = ()

    @model_validator(mode="after")
    def _somebody(self) -> "Incident":
        if not (self.direct or self.co_working or self.team_heard):
            raise ValueError("name who is exposed: direct, co_working or team_heard")
        return self


class SupervisionChange(_Change):
    """Supervision is held every so many days, or not at all (`every_days` unset), for some, a team or everybody."""

    kind: Literal["supervision"] = "supervision"
    weeks: Week | None = None
    every_days: float | None = Field(default=None, ge=1, le=366)
    session: SupervisionKind = SupervisionKind.ONE_TO_ONE
    workers: tuple[WorkerId, ...] = ()
    team: TeamId | None = None


class NewTeam(BaseModel):
    """A team made of a part of another: its workers, and the areas whose cases it alone takes from then on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    team: TeamId
    workers: tuple[WorkerId, ...] = Field(min_length=1)
    areas: tuple[Slug, ...] = ()


class TeamSplit(_Change):
    """A team, or the whole service (`team` unset), is split anew. Who is named in none of the new teams stays where they are."""

    kind: Literal["team_split"] = "team_split"
    team: TeamId | None = None
    into: tuple[NewTeam, ...] = Field(min_length=1)


class TeamsMerged(_Change):
    """Teams become one; areas that one of them alone took are the merged team's."""

    kind: Literal["teams_merged"] = "teams_merged"
    teams: tuple[TeamId, ...] = Field(min_length=2)
    into: TeamId


class PolicyNumbers(BaseModel):
    """Numbers of the policy set are other ones throughout, by place, such as `limits.caseload_cap.experienced = 14`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["policy"] = "policy"
    numbers: dict[str, float] = Field(min_length=1)


Change = Annotated[
    Absence
    | Leaving
    | HoursChange
    | Starters
    | ReferralRate
    | Referrals
    | Incident
    | SupervisionChange
    | TeamSplit
    | TeamsMerged
    | PolicyNumbers,
    Field(discriminator="kind"),
]
