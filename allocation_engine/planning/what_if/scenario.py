"""A what-if as it is saved and shared: its scenarios, and what is taken of the weeks to come where nothing is known."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator

from allocation_engine.errors import SettingsError
from allocation_engine.planning.what_if.changes import Change, Week
from domain.events.registry import faults_of
from domain.identifiers import Moment, Slug

MOST_SCENARIOS = 4
"""Side by side with the baseline: more cannot be read at once."""

MONDAY = 0

Title = Annotated[str, Field(min_length=3, max_length=120)]


class Scenario(BaseModel):
    """A named set of changes over the live log. With none it is the baseline over again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Title
    changes: tuple[Change, ...] = ()


class Assumptions(BaseModel):
    """What is taken of the weeks to come, in the baseline and in every scenario alike.

    Attributes
    ----------
    look_back_weeks
        How far back the service's own record is read for what is not given here [week].
    referrals_per_week
        Unset: as many as were referred in the time looked back on. Their kinds are always drawn from those.
    days_worked
        How long a case is worked on average before it closes [day]; unset: as in the time looked back on.
    cases_close
        Unset the closing of cases, for a look at the load alone.
    incidents
        Whether incidents happen at the policy's rates.
    supervision_goes_on
        Whether the sessions of the last 13 weeks are repeated; else none is held unless a scenario says so.
    allocate
        Whether waiting cases are allocated each Monday.
    load_limit
        Nobody is brought past this share of capacity by an allocation [1]; unset: no such limit, as in a proposal.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    look_back_weeks: int = Field(default=26, ge=4, le=520)
    referrals_per_week: float | None = Field(default=None, ge=0, le=10_000)
    days_worked: float | None = Field(default=None, gt=0, le=10_000)
    cases_close: bool = True
    incidents: bool = True
    supervision_goes_on: bool = True
    allocate: bool = True
    load_limit: float | None = Field(default=None, gt=0, le=10)


class WhatIf(BaseModel):
    """Scenarios to be run beside the baseline: the file of a what-if.

    Attributes
    ----------
    title
        What is asked, in a few words.
    starts
        The Monday on which the first week begins; unset: the next one.
    weeks, runs, seed
        How many weeks, how often, and what the chances are drawn from: the same for the baseline and every scenario.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title
    starts: Moment | None = None
    weeks: Week = 26
    runs: int = Field(default=200, ge=1, le=100_000)
    seed: int = Field(default=0, ge=0, lt=2**31)
    assumptions: Assumptions = Assumptions()
    scenarios: tuple[Scenario, ...] = Field(default=(), max_length=MOST_SCENARIOS)

    @model_validator(mode="after")
    def _told_apart(self) -> "WhatIf":
        ids = [one.id for one in self.scenarios]
        if len({*ids, "baseline"}) <= len(ids):
            raise ValueError("every scenario needs an id of its own, and 'baseline' is taken")
        return self

    @model_validator(mode="after")
    def _within_the_weeks(self) -> "WhatIf":
        if self.starts is not None and self.starts.weekday() != MONDAY:
            raise ValueError(f"starts: weeks begin on Mondays, and {self.starts:%Y-%m-%d} is none")
        for scenario in self.scenarios:
            for number, change in enumerate(scenario.changes):
                week = getattr(change, "week", 1)
                if week > self.weeks:
                    raise ValueError(
                        f"scenario {scenario.id}, change {number + 1}: it begins in week {week} of {self.weeks}"
                    )
        return self

    @classmethod
    def from_mapping(cls, content: dict[str, JsonValue]) -> "WhatIf":
        """Read a what-if from plain data, as a TOML or JSON file holds it.

        Raises
        ------
        SettingsError
            It is no what-if; the first fault is named by its place.
        """
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            place, fault = faults_of(error)[0]
            raise SettingsError(place, fault) from None

    def to_mapping(self) -> dict[str, JsonValue]:
        """Give the what-if as plain data; `from_mapping` reads it back to an equal one. What is unset is left out."""
        content: dict[str, JsonValue] = self.model_dump(mode="json", exclude_none=True)
        return content
