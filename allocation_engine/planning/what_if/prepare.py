"""A service under a scenario, laid out to be run forward: every figure worked out by the domain's own functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from allocation_engine.optimiser.forward import (
    IMPULSE,
    NO_LIMIT,
    NO_ONE,
    PIECES,
    PLANNED,
    RELEASE_ALL,
    RELEASE_HIGH,
    SESSION,
    STARTS,
    WEEKS,
    Service,
)
from allocation_engine.optimiser.forward.arrays import Floats, Ints, Records
from allocation_engine.planning.build_problem import scaled_cap
from allocation_engine.planning.what_if import changes as what
from allocation_engine.planning.what_if.case_arrays import CaseArrays, Names, case_arrays, given_cases
from allocation_engine.planning.what_if.numbers import with_number
from allocation_engine.planning.what_if.overlay import Overlay, Ramp, lay_over
from allocation_engine.planning.what_if.record import ServiceRecord
from allocation_engine.planning.what_if.scenario import WhatIf
from allocation_engine.planning.what_if.sessions import planned_sessions
from domain.allocation.rules.caseloads import RATIO_TOLERANCE
from domain.evolve.worker import WorkerState
from domain.identifiers import TeamId, WorkerId
from domain.load import capacity_ahead, capacity_at, outlook
from domain.load.exposure import incident_impulse
from domain.load.facts import AbsenceEnded, AbsenceStarted, Exposed, Hours, Left, Relieved, Stage, WorkerHistory
from domain.load.looking_ahead import Outlook
from domain.load.parameters import KnownOr, LoadParameters
from domain.load.recovery import NO_RELIEF, absences, at_work_after, days, ease, pieces
from domain.policy.policy_set import PolicySet

TRIES = 100
"""Changes tried for each case that a weekly allocation places (ADR 12)."""

NO_ALLOCATION = -1


@dataclass(frozen=True)
class Future:
    """A scenario laid out: who is there, and the arrays to be run.

    Attributes
    ----------
    workers, teams, team_of
        Ids by place; each worker's team in each week (`NO_ONE`: none).
    capacity
        Each worker's capacity in each week [lp]; NaN where it is not known, or they are not there.
    present
        The capacity of those at work who hold cases, in each week [lp].
    rate
        Referrals a week, in each week.
    given, given_incidents
        The cases that the scenario itself brings, and how often each has an incident [1/day].
    """

    id: str
    title: str
    policy: PolicySet
    workers: tuple[WorkerId, ...]
    teams: tuple[TeamId, ...]
    team_of: Ints
    capacity: Floats
    present: Floats
    service: Service
    cases: CaseArrays
    names: Names
    rate: Floats
    given: Records
    given_incidents: Floats


def prepare(record: ServiceRecord, asked: WhatIf, id_: str, title: str, changes: Iterable[what.Change]) -> Future:
    """Lay out a service under the changes of a scenario."""
    listed = tuple(changes)
    policy = _policy(record.situation.policy, listed)
    overlay = lay_over(record.situation, listed, asked.weeks)
    names = Names.of(overlay.workers)
    cases = case_arrays(record, policy, names)
    brought, incidents = given_cases(listed, policy, names)
    laid = _Laid(record, overlay, policy, names, asked)
    service = laid.service(_planned(record, overlay, listed, policy, asked))
    return Future(
        id=id_,
        title=title,
        policy=policy,
        workers=overlay.workers,
        teams=tuple(TeamId(one) for one in names.teams.known()),
        team_of=service.weeks["team"].astype(np.int64),
        capacity=laid.capacity,
        present=_present(laid.capacity, service.weeks),
        service=service,
        cases=cases,
        names=names,
        rate=_rate(record.referrals_per_week, listed, asked.weeks),
        given=brought,
        given_incidents=incidents,
    )


def _policy(policy: PolicySet, changes: Iterable[what.Change]) -> PolicySet:
    for change in changes:
        if isinstance(change, what.PolicyNumbers):
            for place, value in change.numbers.items():
                policy = with_number(policy, place, value)
    return policy


def _rate(per_week: float, changes: Iterable[what.Change], weeks: int) -> Floats:
    rate = np.full(weeks, per_week)
    for change in changes:
        if isinstance(change, what.ReferralRate):
            until = weeks if change.weeks is None else change.week - 1 + change.weeks
            span = slice(change.week - 1, until)
            rate[span] = rate[span] * change.times if change.per_week is None else change.per_week
    return rate


def _present(capacity: Floats, weeks: Records) -> Floats:
    there = (weeks["away"] == 0) & (weeks["primary"] > 0) & np.isfinite(capacity)
    return np.asarray(np.where(there, capacity, 0.0).sum(axis=1), np.float64)


class _Laid:
    """A scenario's workers, week by week, as arrays."""

    def __init__(self, record: ServiceRecord, overlay: Overlay, policy: PolicySet, names: Names, asked: WhatIf) -> None:
        self.record, self.overlay, self.policy, self.names, self.asked = record, overlay, policy, names, asked
        self.begins = record.begins
        shape = (asked.weeks, len(overlay.workers))
        self.weeks = np.zeros(shape, WEEKS)
        self.weeks["team"] = NO_ONE
        self.weeks["area"] = NO_ONE
        self.weeks["capacity"] = np.nan
        self.capacity = np.full(shape, np.nan)
        for place, worker in enumerate(overlay.workers):
            self._lay_out(place, worker)

    def service(self, planned: Records) -> Service:
        limits, load, assumed = self.policy.limits, self.policy.load, self.asked.assumptions
        spans, at = self._pieces()
        limit = NO_LIMIT if assumed.load_limit is None else assumed.load_limit + RATIO_TOLERANCE / 2
        return Service(
            weeks=self.weeks,
            starts=self._starts(),
            pieces=spans,
            pieces_at=at,
            planned=planned,
            team_of_area=self._team_of_area(),
            taus=np.array([load.acute_time_constant.value, load.cumulative_time_constant.value]),
            eased_for=load.relief_spacing.value,
            incident_acute=load.incident_acute_share.value,
            co_worker_share=load.co_worker_share.value,
            co_worker_hours=limits.co_worker_hours_share.value,
            harm_share=limits.harm_type_share.value,
            harm_share_from=int(limits.harm_type_share_from.value),
            load_limit=float(limit),
            tries=TRIES if assumed.allocate else NO_ALLOCATION,
        )

    def _lay_out(self, place: int, worker: WorkerId) -> None:
        history = self.overlay.histories[worker]
        posts = tuple(fact for fact in history if isinstance(fact, Hours | Stage | Left))
        away = tuple(fact for fact in history if isinstance(fact, AbsenceStarted | AbsenceEnded | Left))
        ahead = _Outlooks(away, self.policy.load, self.policy.limits.horizon.value)
        ramp = self.overlay.ramps.get(worker)
        for week, states in enumerate(self.overlay.states):
            state, at = states.get(worker), self.begins + timedelta(weeks=week)
            if state is None or not state.is_employed:
                continue
            capacity = capacity_at(tuple(fact for fact in posts if fact.at <= at), self.policy.load)
            row = self.weeks[week, place]
            if capacity.points is not None:
                self.capacity[week, place] = capacity.points
                looking = ahead.at(at, days(at))
                row["capacity"] = capacity_ahead(capacity, looking)
                row["state_acute"], row["state_cumulative"] = looking.from_state.acute, looking.from_state.cumulative
                row["given_acute"], row["given_cumulative"] = looking.from_rate.acute, looking.from_rate.cumulative
            self._post(row, state, capacity.fte or 0.0, capacity.stage or KnownOr.UNKNOWN)
            row["away"] = state.is_away(at)
            if ramp is not None:
                _hold_back(row, ramp, week)
        for (week, who), whose in self.overlay.released.items():
            if who == worker:
                self.weeks[week, place]["release"] = _release(whose)

    def _post(self, row: Records, state: WorkerState, fte: float, stage: object) -> None:
        limits, names = self.policy.limits, self.names
        row["primary"] = state.role is None or state.role in limits.primary_roles
        row["co_worker"] = state.role is None or state.role in limits.co_worker_roles
        row["skills"], row["languages"] = (
            names.needs.known_bits(state.skills),
            names.languages.known_bits(state.languages),
        )
        row["area"], row["team"] = names.areas.of(state.area), names.teams.of(state.team_id)
        row["cases"] = scaled_cap(limits.caseload_cap[stage].value, fte)  # type: ignore[index]
        row["high"] = scaled_cap(limits.high_risk_cap[stage].value, fte)  # type: ignore[index]
        row["harm"] = scaled_cap(limits.harm_type_cap.value, fte)
        row["new"] = max(1, scaled_cap(limits.new_cases_cap.value, fte))
        row["hours"] = fte * (limits.full_time_hours.value - limits.protected_hours.value)

    def _starts(self) -> Records:
        starts = np.zeros(len(self.overlay.workers), STARTS)
        begins = days(self.begins)
        for row, worker in zip(starts, self.overlay.workers, strict=True):
            row["eased_at"] = -1e9
            if worker not in self.record.situation.workers:
                continue
            account = self.record.situation.accounts[worker]
            row["acute"], row["cumulative"] = account.load.acute, account.load.cumulative
            relief = NO_RELIEF
            for fact in self.overlay.histories[worker]:
                if isinstance(fact, Relieved) and fact.at <= self.begins:
                    relief = at_work_after(
                        relief, ease(relief, fact.kind, days(fact.at), self.policy.load), self.policy.load
                    )
            if relief is not NO_RELIEF:
                row["eased_at"] = relief.at - begins
                row["eased_acute"], row["eased_cumulative"] = relief.acute, relief.cumulative
        return starts

    def _pieces(self) -> tuple[Records, Ints]:
        begins, share = days(self.begins), self.policy.load.held_share_when_absent.value
        found: list[tuple[float, float, float]] = []
        at = [0]
        for worker in self.overlay.workers:
            away = absences(self.overlay.histories[worker], self.policy.load)
            spans = list(pieces(away, begins, begins + 7.0 * self.asked.weeks))
            found += [(one.end - begins, one.multiplier, share if one.absent else 1.0) for one in spans[:-1]]
            # The last one has no end: rounding must not let time run past it.
            found.append((np.inf, spans[-1].multiplier, share if spans[-1].absent else 1.0))
            at.append(len(found))
        return np.array(found, PIECES), np.array(at, np.int64)

    def _team_of_area(self) -> Ints:
        for _, area, _team in self.overlay.areas:
            self.names.areas.of(area)
        found = np.full((self.asked.weeks, max(len(self.names.areas), 1)), NO_ONE, np.int64)
        for week, area, team in self.overlay.areas:
            found[week:, self.names.areas.of(area)] = self.names.teams.of(team)
        return found


def _release(whose: what.WhoseCases | None) -> int:
    codes = {what.WhoseCases.ALL_PASSED_ON: RELEASE_ALL, what.WhoseCases.HIGH_RISK_PASSED_ON: RELEASE_HIGH}
    return 0 if whose is None else codes.get(whose, 0)


def _hold_back(row: Records, ramp: Ramp, week: int) -> None:
    """Let a new starter be given a part only of what the post may hold."""
    share = ramp.share(week)
    for name in ("cases", "high", "harm"):
        row[name] = int(row[name] * share + 1e-9)
    row["new"] = max(1, int(row["new"] * share + 1e-9))
    row["capacity"] *= share
    row["hours"] *= share


class _Outlooks:
    """The outlooks of one worker; most are all alike, since most are at work throughout."""

    def __init__(self, away: WorkerHistory, parameters: LoadParameters, horizon: float) -> None:
        self._away, self._parameters, self._horizon = away, parameters, horizon
        self._present: Outlook | None = None

    def at(self, moment: object, day: float) -> Outlook:
        known = tuple(fact for fact in self._away if fact.at <= moment)  # type: ignore[operator]
        spans = list(pieces(absences(known, self._parameters), day, day + self._horizon))
        if len(spans) > 1 or spans[0].absent:
            return outlook(known, self._parameters, moment, self._horizon)  # type: ignore[arg-type]
        if self._present is None:
            self._present = outlook((), self._parameters, moment, self._horizon)  # type: ignore[arg-type]
        return self._present


def _planned(
    record: ServiceRecord, overlay: Overlay, changes: tuple[what.Change, ...], policy: PolicySet, asked: WhatIf
) -> Records:
    """Lay out what is known to come: sessions, and the incidents of a scenario."""
    found: list[tuple[int, int, float, float, float]] = []
    begins = days(record.begins)
    for place, worker in enumerate(overlay.workers):
        for fact in overlay.histories[worker]:
            if isinstance(fact, Exposed) and fact.at >= record.begins and _is_ours(fact):
                points = incident_impulse(fact, policy.load)
                found.append((place, IMPULSE, days(fact.at) - begins, points.acute, points.cumulative))
    for one in planned_sessions(record, overlay, changes, policy.load, asked.weeks):
        kind = IMPULSE if one.is_given else SESSION
        found.append((one.place, kind, one.at, one.points.acute, one.points.cumulative))
    found.sort(key=lambda one: (one[2], one[0], one[1]))
    return np.array(found, PLANNED)


def _is_ours(fact: Exposed) -> bool:
    return fact.incident_id.startswith("what-if-")
