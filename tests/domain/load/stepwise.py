"""The load model a second time, by stepping through time: slow, plain, and sharing no code with `domain.load`.

It replays the events themselves, keeps who holds what, and integrates ``dL/dt = r(t) - m(t) L/τ`` by Runge-Kutta steps
of a twentieth of a day at most. A session multiplies L by exp(-ρ); an incident adds to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, exp

from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.order import rank_of
from domain.events.practice import CriticalIncidentRecorded, PeerSupportHeld, SupervisionHeld
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerLeft
from domain.identifiers import CaseId, WorkerId
from domain.load.parameters import KnownOr, LoadParameters, ReliefKind
from domain.vocabulary import AbsenceKind, AssignmentRole, HarmType, RiskLevel
from tests.domain.load.service_history import DAY_ZERO, Happened

LONGEST_STEP = 0.05


@dataclass
class Case:
    risk: RiskLevel | None = None
    harms: tuple[HarmType, ...] | None = None
    primary: WorkerId | None = None
    co_workers: set[WorkerId] = field(default_factory=set)


@dataclass
class Stepper:
    """One worker's two compartments as time goes by."""

    worker_id: WorkerId
    parameters: LoadParameters
    acute: float = 0.0
    cumulative: float = 0.0
    cases: dict[CaseId, Case] = field(default_factory=dict)
    absent: tuple[AbsenceKind, float] | None = None
    back_day: float | None = None
    relief_at_work: list[float] = field(default_factory=lambda: [0.0, 0.0])
    relief_day: float = 0.0

    def weight(self, case: Case) -> float:
        """Points of a case to this worker, 0 where they do not hold it."""
        if case.primary == self.worker_id:
            share = 1.0
        elif self.worker_id in case.co_workers:
            share = self.parameters.co_worker_share.value
        else:
            return 0.0
        points = self.parameters.held_points[case.risk or KnownOr.UNKNOWN].value * share
        factors = self.parameters.harm_factor
        if case.harms is None:
            return points * factors[KnownOr.UNKNOWN].value
        if not case.harms:
            return points
        more = self.parameters.additional_harm.value * (len(set(case.harms)) - 1)
        return points * (max(factors[harm].value for harm in case.harms) + more)

    def step_to(self, start: float, end: float) -> None:
        """Integrate over a stretch in which nothing happens, cut where an absence runs out."""
        if self.absent is not None and start < self.absent[1] < end:
            back = self.absent[1]
            self.step_to(start, back)
            self.step_to(back, end)
            return
        away = self.absent is not None and start < self.absent[1]
        multiplier, share = 1.0, 1.0
        if away and self.absent is not None:
            multiplier = self.parameters.recovery_multiplier[self.absent[0]].value
            share = self.parameters.held_share_when_absent.value
        points = sum(self.weight(case) for case in self.cases.values()) * share
        in_acute = self.parameters.held_acute_share.value
        taus = self.parameters.acute_time_constant.value, self.parameters.cumulative_time_constant.value
        self.acute = _run(self.acute, points * in_acute, multiplier, taus[0], end - start)
        self.cumulative = _run(self.cumulative, points * (1 - in_acute), multiplier, taus[1], end - start)

    def relieve(self, day: float, kind: ReliefKind) -> None:
        relief = self.parameters.relief[kind]
        fade = exp(-(day - self.relief_day) / self.parameters.relief_spacing.value)
        before = [at_work * fade for at_work in self.relief_at_work]
        after = [max(before[0], relief.acute.value), max(before[1], relief.cumulative.value)]
        self.acute *= exp(before[0] - after[0])
        self.cumulative *= exp(before[1] - after[1])
        self.relief_at_work, self.relief_day = after, day

    def add(self, points: float, acute_share: float) -> None:
        self.acute += points * acute_share
        self.cumulative += points * (1 - acute_share)


def _run(load: float, points: float, multiplier: float, tau: float, length: float) -> float:
    steps = ceil(length / LONGEST_STEP)
    for _ in range(steps):
        h = length / steps

        def slope(value: float) -> float:
            return (points - multiplier * value) / tau

        k1 = slope(load)
        k2 = slope(load + h / 2 * k1)
        k3 = slope(load + h / 2 * k2)
        k4 = slope(load + h * k3)
        load += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return load


def load_by_stepping(
    until: float,
    happenings: Sequence[Happened],
    worker_id: WorkerId,
    parameters: LoadParameters,
) -> tuple[float, float]:
    """Give acute and cumulative load [lp] on a day."""
    known = (one for one in happenings if one.day <= until)
    in_time = sorted(known, key=lambda one: (one.day, rank_of(type(one.event))))
    stepper = Stepper(worker_id, parameters)
    now = in_time[0].day if in_time else until
    for moment in sorted({one.day for one in in_time}):
        stepper.step_to(now, moment)
        now = moment
        together = [(place, one) for place, one in enumerate(in_time) if one.day == moment]
        # A session eases what was there before it, so of one moment the sessions come first.
        for _, one in together:
            _ease(stepper, one)
        for place, one in together:
            _weigh(stepper, one)
            _move(stepper, one, in_time[place + 1 :])
    stepper.step_to(now, until)
    return stepper.acute, stepper.cumulative


def _ease(stepper: Stepper, happened: Happened) -> None:
    match happened.event:
        case SupervisionHeld() as event if stepper.worker_id in event.worker_ids:
            stepper.relieve(happened.day, ReliefKind(event.kind.value))
        case PeerSupportHeld() as event if stepper.worker_id in event.worker_ids:
            stepper.relieve(happened.day, ReliefKind.PEER_SUPPORT)
        case _:
            pass


def _weigh(stepper: Stepper, happened: Happened) -> None:
    parameters = stepper.parameters
    match happened.event:
        case CriticalIncidentRecorded() as event:
            for exposure in event.exposures:
                if exposure.worker_id == stepper.worker_id:
                    points = parameters.incident_points[event.severity].value
                    points *= parameters.incident_kind_factor[event.kind].value
                    points *= parameters.route_share[exposure.route].value
                    stepper.add(points, parameters.incident_acute_share.value)
        case SupervisionHeld() as event if event.supervisor_id == stepper.worker_id:
            points = parameters.supervision_given_points.value * len(event.worker_ids)
            stepper.add(points, parameters.supervision_given_acute_share.value)
        case _:
            pass


def _move(stepper: Stepper, happened: Happened, later: Sequence[Happened]) -> None:
    match happened.event:
        case WorkerAbsenceStarted() as event if event.worker_id == stepper.worker_id:
            if stepper.back_day == happened.day:
                stepper.back_day = None
            else:
                stepper.absent = (event.kind, _absent_until(event, stepper.worker_id, later))
        case WorkerAbsenceEnded() as event if event.worker_id == stepper.worker_id:
            stepper.back_day = happened.day if stepper.absent is None else stepper.back_day
            stepper.absent = None
        case WorkerLeft() as event if event.worker_id == stepper.worker_id:
            stepper.absent = None
            for case in stepper.cases.values():
                case.co_workers.discard(event.worker_id)
                case.primary = None if case.primary == event.worker_id else case.primary
        case (
            CaseReferred() | CaseRiskReassessed() | CaseAssigned() | CaseReassigned() | CaseUnassigned() | CaseClosed()
        ):
            _move_case(stepper.cases.setdefault(happened.event.case_id, Case()), happened)
        case _:
            pass


def _absent_until(event: WorkerAbsenceStarted, worker_id: WorkerId, later: Sequence[Happened]) -> float:
    turns = (WorkerAbsenceStarted, WorkerAbsenceEnded, WorkerLeft)
    following = [one.event for one in later if isinstance(one.event, turns) and one.event.worker_id == worker_id]
    is_back = bool(following) and isinstance(following[0], WorkerAbsenceEnded)
    if event.expected_until is None or is_back:
        return float("inf")
    return (event.expected_until - DAY_ZERO).total_seconds() / 86_400


def _move_case(case: Case, happened: Happened) -> None:
    match happened.event:
        case CaseReferred() as event:
            case.risk, case.harms = event.risk, event.harm_types
        case CaseRiskReassessed() as event:
            case.risk = event.risk
            case.harms = case.harms if event.harm_types is None else event.harm_types
        case CaseClosed():
            case.primary = None
            case.co_workers.clear()
        case CaseAssigned() as event:
            _take(case, event.worker_id, event.role)
        case CaseReassigned() as event:
            _give_up(case, event.from_worker_id, event.role)
            _take(case, event.to_worker_id, event.role)
        case CaseUnassigned() as event:
            _give_up(case, event.worker_id, event.role)
        case _:
            pass


def _take(case: Case, worker_id: WorkerId, role: AssignmentRole) -> None:
    if role is AssignmentRole.PRIMARY:
        case.primary = worker_id
        case.co_workers.discard(worker_id)
    elif case.primary != worker_id:
        case.co_workers.add(worker_id)


def _give_up(case: Case, worker_id: WorkerId, role: AssignmentRole) -> None:
    if role is AssignmentRole.CO_WORKER:
        case.co_workers.discard(worker_id)
    elif case.primary == worker_id:
        case.primary = None
