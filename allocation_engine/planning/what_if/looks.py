"""Questions that are answered by a look ahead, as they are asked now and answered later, by whichever process gets to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from allocation_engine.persistence.store import Store
from allocation_engine.planning.policy_in_force import policy_in_force
from allocation_engine.planning.what_if.absence import AbsenceAsked, as_what_if
from allocation_engine.planning.what_if.ask import dice_of, lay_out, next_monday
from allocation_engine.planning.what_if.changes import Week
from allocation_engine.planning.what_if.draws import Dice
from allocation_engine.planning.what_if.prepare import Future
from allocation_engine.planning.what_if.record import ServiceRecord, read_record
from allocation_engine.planning.what_if.recruitment import Recruitment, lay_out_recruitment
from allocation_engine.planning.what_if.scenario import Assumptions, WhatIf
from domain.events.worker import MAX_FTE
from domain.identifiers import Moment, TeamId, WorkerId
from domain.policy.policy_set import PolicySet
from domain.vocabulary import AbsenceKind, CareerStage

LONGEST_ABSENCE = 52


class _Look(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ScenariosLook(_Look):
    """Scenarios beside the baseline."""

    kind: Literal["scenarios"] = "scenarios"
    what_if: WhatIf

    @property
    def runs(self) -> int:
        """How often all is run."""
        return self.what_if.runs


class AbsenceLook(_Look):
    """Somebody will be away: ways of meeting it. `starts` is the Monday; unset, the next one."""

    kind: Literal["absence"] = "absence"
    worker: WorkerId
    weeks: int = Field(default=6, ge=1, le=LONGEST_ABSENCE)
    absence: AbsenceKind = AbsenceKind.SICKNESS
    starts: Moment | None = None
    runs: int = Field(default=100, ge=2, le=100_000)
    seed: int = Field(default=0, ge=0, lt=2**31)

    @property
    def asked(self) -> AbsenceAsked:
        """The absence itself."""
        return AbsenceAsked(self.worker, self.weeks, self.absence)


class RecruitmentLook(_Look):
    """How many new posts would do."""

    kind: Literal["recruitment"] = "recruitment"
    weeks_over: int = Field(default=4, ge=0, le=104)
    at_most: float = Field(default=0.1, gt=0, lt=1)
    stages: tuple[CareerStage, ...] = Field(default=tuple(CareerStage), min_length=1)
    most: int = Field(default=6, ge=1, le=40)
    fte: float = Field(default=1.0, gt=0, le=MAX_FTE)
    ramp_weeks: int = Field(default=8, ge=0, le=104)
    weeks: Week = 26
    runs: int = Field(default=60, ge=2, le=100_000)
    seed: int = Field(default=0, ge=0, lt=2**31)

    @property
    def wanted(self) -> Recruitment:
        """What the plan is to reach."""
        return Recruitment(self.weeks_over, self.at_most, self.stages, self.most, self.fte, self.ramp_weeks)

    @property
    def asked(self) -> WhatIf:
        """The weeks and chances of it."""
        return WhatIf(title="How many posts would do", weeks=self.weeks, runs=self.runs, seed=self.seed)


class LeaverLook(_Look):
    """Where would a caseload, or what of it is of high risk, go? `proposes`: put it on record as a proposal at once."""

    kind: Literal["leaver"] = "leaver"
    worker: WorkerId
    only_high_risk: bool = False
    proposes: bool = False
    effort: float = Field(default=2.0, gt=0, le=1_000)
    runs: Literal[1] = 1


class TeamsLook(_Look):
    """The best split of workers and areas into so many teams."""

    kind: Literal["teams"] = "teams"
    number: int = Field(ge=2, le=40)
    teams: tuple[TeamId, ...] = ()
    effort: float = Field(default=10.0, gt=0, le=1_000)
    runs: Literal[1] = 1


class ReplayLook(_Look):
    """A past period under another policy set, beside the one that was in force then."""

    kind: Literal["replay"] = "replay"
    policy: PolicySet
    start: Moment
    end: Moment
    runs: Literal[1] = 1


Sampled = ScenariosLook | AbsenceLook | RecruitmentLook
"""Those that are run many times over, by several processes at once."""

Look = Annotated[Sampled | LeaverLook | TeamsLook | ReplayLook, Field(discriminator="kind")]


@dataclass(frozen=True)
class Laid:
    """A look laid out to be run: everybody who lays it out gets the same."""

    record: ServiceRecord
    asked: WhatIf
    futures: Sequence[Future]
    dice: Dice


def lay_out_look(look: Sampled, store: Store, example: PolicySet, now: datetime) -> Laid:
    """Read the service as it was known at a moment and lay a look out over it.

    Raises
    ------
    SettingsError
        It names somebody who is not there, or the record does not tell what it needs.
    InvalidPolicySet
        It has a policy number that there is not, or that a policy set may not hold.
    """
    begins = _starts(look) or next_monday(now)
    policy = policy_in_force(store.log, begins, example, now).policy
    assumed = look.what_if.assumptions if isinstance(look, ScenariosLook) else Assumptions()
    record = read_record(store, policy, begins, now, assumed, known_at=now)
    if isinstance(look, RecruitmentLook):
        asked = look.asked
        return Laid(record, asked, lay_out_recruitment(record, asked, look.wanted), dice_of(record, asked))
    asked = (
        look.what_if
        if isinstance(look, ScenariosLook)
        else as_what_if(look.asked, record.situation, look.runs, look.seed)
    )
    return Laid(record, asked, lay_out(record, asked), dice_of(record, asked))


def _starts(look: Sampled) -> datetime | None:
    if isinstance(look, ScenariosLook):
        return look.what_if.starts
    return look.starts if isinstance(look, AbsenceLook) else None
