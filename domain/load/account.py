"""The load account of one worker at one moment: every contribution, and the sums they add up to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from math import exp

from domain.identifiers import CaseId, WorkerId
from domain.load.capacity import capacity_at
from domain.load.exposure import (
    CaseProfile,
    TwoCompartments,
    case_points,
    held_rate,
    incident_impulse,
    role_share,
    sum_of,
    supervision_given_impulse,
)
from domain.load.facts import CaseHistory, Exposed, PartErased, SupervisionGiven, WorkerHistory
from domain.load.holdings import Holding, holdings
from domain.load.parameters import LoadParameters
from domain.load.recovery import RecoveryClock, absences, days, moment_of, relief_steps
from domain.vocabulary import AssignmentRole


class SourceOfLoad(StrEnum):
    """What a contribution comes from."""

    HELD_CASE = "held_case"
    INCIDENT = "incident"
    SUPERVISION_GIVEN = "supervision_given"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one case or one event adds to a worker's load at the moment of the account [lp].

    Attributes
    ----------
    source, subject
        The kind of source, and the case, the incident or the giving of supervision itself.
    since
        When it began.
    load
        What of it is there now [lp].
    initial
        What an impulse added at first [lp]; for a held case the points to which it tends [lp].
    still_held
        Whether the case is held at that moment.
    role, profile
        For a case: the role in which it is or was held, and its risk and harm types when last held.
    exposed
        For an incident: its kind, its severity and the route of exposure.
    """

    source: SourceOfLoad
    subject: str
    since: datetime
    load: TwoCompartments
    initial: float
    still_held: bool = False
    role: AssignmentRole | None = None
    profile: CaseProfile | None = None
    exposed: Exposed | None = None


@dataclass(frozen=True)
class LoadAccount:
    """A worker's account: an index of exposure and recovery, not a measure of stress.

    Attributes
    ----------
    load
        Acute and cumulative load [lp].
    capacity
        What is sustainable at these hours and this stage [lp]; None where the hours are not known.
    contributions
        Every part, largest first; they add up to `load`.
    held
        The cases held at that moment.
    gaps
        What the figures had to take as unknown, in plain words.
    """

    worker_id: WorkerId
    as_at: datetime
    load: TwoCompartments
    capacity: float | None
    contributions: tuple[Contribution, ...]
    held: tuple[Holding, ...]
    gaps: tuple[str, ...]

    @cached_property
    def headroom(self) -> float | None:
        """Capacity less load [lp]; None where capacity is not known: that is not room."""
        return None if self.capacity is None else self.capacity - self.load.total


class _Clocks:
    """Both compartments' clocks of one worker up to one moment."""

    def __init__(self, history: WorkerHistory, parameters: LoadParameters, start: float, until: float) -> None:
        away = absences(history, parameters)
        steps = relief_steps(history, parameters)
        share = parameters.held_share_when_absent.value
        taus = (parameters.acute_time_constant.value, parameters.cumulative_time_constant.value)
        self.until = until
        self.clocks = (
            RecoveryClock(taus[0], share, away, [(s.at, s.acute) for s in steps], start, until),
            RecoveryClock(taus[1], share, away, [(s.at, s.cumulative) for s in steps], start, until),
        )
        self._now = tuple(clock.at(until)[0] for clock in self.clocks)

    def remains_of_impulse(self, impulse: TwoCompartments, at: float) -> TwoCompartments:
        """Decay an impulse [lp] from then to now: ``a_k · exp(-(R_k(t) - R_k(t_i)))``."""
        parts = (impulse.acute, impulse.cumulative)
        acute, cumulative = (
            part * exp(-(now - clock.at(at)[0])) for part, now, clock in zip(parts, self._now, self.clocks, strict=True)
        )
        return TwoCompartments(acute, cumulative)

    def remains_of_rate(self, rate: TwoCompartments, start: float, end: float) -> TwoCompartments:
        """Integrate a held rate [lp/day] in closed form: ``∫ r_k · exp(-(R_k(t) - R_k(s))) ds`` from start to end.

        With U what a rate of 1 a day builds up, it is ``r · (U(end) · e(end) - U(start) · e(start))``, where
        ``e(s) = exp(-(R(t) - R(s)))``.
        """
        acute, cumulative = (
            part * max(0.0, self._left_now(clock, now, end) - self._left_now(clock, now, start))
            for part, now, clock in zip((rate.acute, rate.cumulative), self._now, self.clocks, strict=True)
        )
        return TwoCompartments(acute, cumulative)

    @staticmethod
    def _left_now(clock: RecoveryClock, now: float, t: float) -> float:
        reading, built_up = clock.at(t)
        return built_up * exp(-(now - reading))


def load_account(
    worker_id: WorkerId,
    history: WorkerHistory,
    cases: Mapping[CaseId, CaseHistory],
    parameters: LoadParameters,
    as_at: datetime,
) -> LoadAccount:
    """Draw up a worker's account at a moment from dated facts; facts after the moment do not count.

    Implements, for each compartment k, ``L_k(t) = sum a_i,k exp(-(R_k(t)-R_k(t_i))) + sum ∫ r_c,k exp(-(R_k(t)-R_k(s)))
    ds`` [lp] exactly, with no time stepping.

    Parameters
    ----------
    worker_id
        Whose account it is.
    history
        The worker's facts, in time.
    cases
        The facts of every case they ever took, in time; a case that is missing here is one nothing is known of.
    parameters
        The coefficients of `exposure` (a, r), `recovery` (R) and `capacity`.
    as_at
        The moment t.

    References
    ----------
    .. [1] E. W. Banister and T. W. Calvert (1980), Can J Appl Sport Sci 5(3):170-176, for the form; an index for an
       account, which measures nobody's stress or health.
    """
    known = tuple(fact for fact in history if fact.at <= as_at)
    until = days(as_at)
    start = days(known[0].at) if known else until
    clocks = _Clocks(known, parameters, start, until)
    held = holdings(worker_id, known, cases, until)
    contributions = [*_from_holdings(held, clocks, parameters), *_from_impulses(known, clocks, parameters)]
    contributions.sort(key=lambda one: (-one.load.total, one.source, one.subject))
    present = tuple(holding for holding in held if holding.end > until)
    capacity = capacity_at(known, parameters)
    return LoadAccount(
        worker_id=worker_id,
        as_at=as_at,
        load=sum_of(one.load for one in contributions),
        capacity=capacity.points,
        contributions=tuple(contributions),
        held=present,
        gaps=(*capacity.gaps, *_profile_gaps(present), *_erased_gaps(worker_id, known)),
    )


def _from_holdings(held: list[Holding], clocks: _Clocks, parameters: LoadParameters) -> Iterator[Contribution]:
    by_case: dict[tuple[CaseId, AssignmentRole], list[Holding]] = {}
    for holding in held:
        by_case.setdefault((holding.case_id, holding.role), []).append(holding)
    for (case_id, role), stretches in by_case.items():
        parts = [
            clocks.remains_of_rate(held_rate(one.profile, role, parameters), one.start, one.end) for one in stretches
        ]
        last = stretches[-1]
        yield Contribution(
            source=SourceOfLoad.HELD_CASE,
            subject=case_id,
            since=moment_of(stretches[0].start),
            load=sum_of(parts),
            initial=case_points(last.profile, parameters) * role_share(role, parameters),
            still_held=last.end > clocks.until,
            role=role,
            profile=last.profile,
        )


def _from_impulses(history: WorkerHistory, clocks: _Clocks, parameters: LoadParameters) -> Iterator[Contribution]:
    for fact in history:
        if isinstance(fact, Exposed):
            impulse, source = incident_impulse(fact, parameters), SourceOfLoad.INCIDENT
            subject: str = fact.incident_id
        elif isinstance(fact, SupervisionGiven):
            impulse, source = supervision_given_impulse(fact, parameters), SourceOfLoad.SUPERVISION_GIVEN
            subject = str(fact.event_id)
        else:
            continue
        remains = clocks.remains_of_impulse(impulse, days(fact.at))
        exposed = fact if isinstance(fact, Exposed) else None
        yield Contribution(source, subject, fact.at, remains, impulse.total, exposed=exposed)


def _profile_gaps(held: tuple[Holding, ...]) -> Iterator[str]:
    for what, number in (
        ("risk", sum(one.profile.risk is None for one in held)),
        ("harm type", sum(one.profile.harm_types is None for one in held)),
    ):
        if number:
            cases = "1 case has" if number == 1 else f"{number} cases have"
            yield f"{cases} no recorded {what}, counted at the policy's value for unknown"


def _erased_gaps(worker_id: WorkerId, history: WorkerHistory) -> Iterator[str]:
    erased = {fact.person for fact in history if isinstance(fact, PartErased)}
    if f"worker:{worker_id}" in erased:
        yield "this worker was erased: what is left is no account of their load"
    others = len(erased - {f"worker:{worker_id}"})
    if others:
        whom = "1 person was" if others == 1 else f"{others} persons were"
        yield f"{whom} erased whom this worker worked with: what that added or eased is unknown and left out"
