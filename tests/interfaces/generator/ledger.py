"""Follows a history, corrections carried out, as a careful clerk would and names every rule that it breaks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import singledispatchmethod
from uuid import UUID

from domain.events import REGISTRY, DomainEvent, EventRecord
from domain.events import case as on_case
from domain.events import practice as on_practice
from domain.events import worker as on_worker
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.service import TeamClosed, TeamFormed
from domain.vocabulary import AssignmentRole, CareerStage, ExposureRoute, RiskLevel, Role, Severity

LEADERS = (Role.SUPERVISOR, Role.TEAM_MANAGER)


@dataclass
class WorkerRow:
    role: Role | None
    team: str | None
    stage: CareerStage | None
    fte: float
    absent: bool = False
    left: bool = False
    concerns: int = 0

    @property
    def present(self) -> bool:
        return not (self.absent or self.left)


@dataclass
class CaseRow:
    referred: on_case.CaseReferred
    risk: RiskLevel | None
    primary: str | None = None
    co_workers: list[str] = field(default_factory=list)
    conflicted: set[str] = field(default_factory=set)
    closed: bool = False


@dataclass
class Ledger:
    """The state of the service after the events so far, and (rule, subject) for each rule broken on the way."""

    workers: dict[str, WorkerRow] = field(default_factory=dict)
    cases: dict[str, CaseRow] = field(default_factory=dict)
    teams: set[str] = field(default_factory=set)
    incidents: dict[str, on_practice.CriticalIncidentRecorded] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    broken: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, records: Iterable[EventRecord]) -> "Ledger":
        """Follow the records in the order in which things happened."""
        ledger = cls()
        moment = None
        for record in sorted(ledger.carried_out(records), key=lambda one: one.envelope.occurred_at):
            if moment is not None and record.envelope.occurred_at > moment:
                ledger.check_groups()
            moment = record.envelope.occurred_at
            ledger.check_known(record.event)
            ledger.follow(record.event)
        ledger.check_groups()
        return ledger

    def carried_out(self, records: Iterable[EventRecord]) -> Sequence[EventRecord]:
        """Put right what was corrected and leave out what was retracted."""
        standing: list[EventRecord | None] = []
        place_of: dict[UUID, int] = {}
        for record in records:
            event, envelope = record.event, record.envelope
            if not isinstance(event, EventCorrected | EventRetracted):
                place_of[envelope.event_id] = len(standing)
                standing.append(record)
                continue
            place = place_of.get(event.target_event_id)
            target = None if place is None else standing[place]
            self.require(target is not None, "only what is on record is put right", envelope.source_id)
            if place is None or target is None:
                continue
            standing[place] = None
            source = (target.envelope.source_system, target.envelope.source_id)
            self.require((event.target_system, event.target_source_id) == source, "named as its source did", source[1])
            tags = target.event.tags()
            if isinstance(event, EventCorrected):
                right = REGISTRY.decode(event.replacement_type, event.replacement)
                self.require(
                    right != target.event or event.occurred_at != target.envelope.occurred_at,
                    "a correction changes something",
                    source[1],
                )
                tags |= right.tags()
                changed = target.envelope.model_copy(update={"occurred_at": event.occurred_at})
                standing[place] = EventRecord(envelope=changed, event=right)
            self.require(set(event.subjects) == tags, "all subjects hear of a correction", source[1])
        return [record for record in standing if record is not None]

    def open_cases(self) -> dict[str, CaseRow]:
        return {case_id: case for case_id, case in self.cases.items() if not case.closed}

    def require(self, holds: bool, rule: str, subject: str) -> None:  # noqa: FBT001 - reads as the rule does
        if not holds:
            self.broken.append((rule, subject))

    def check_known(self, event: DomainEvent) -> None:
        """Every worker and case named is there, and has not left or closed."""
        for tag in sorted(event.tags()):
            kind, _, subject = tag.partition(":")
            if kind == "worker" and not isinstance(event, on_worker.WorkerRegistered):
                row = self.workers.get(subject)
                self.require(row is not None and not row.left, "only workers in post", subject)
            elif kind == "case" and not isinstance(event, on_case.CaseReferred):
                case = self.cases.get(subject)
                self.require(case is not None, "referred first", subject)
                self.require(case is None or not case.closed, "closed is closed", subject)
                if case is not None:
                    self.touch_groups(case)
            elif kind == "team" and not isinstance(event, TeamFormed):
                self.require(subject in self.teams, "only teams that were formed", subject)

    def check_groups(self) -> None:
        """Siblings have one primary worker, peers never share any worker; asked of the groups just touched."""
        for group in sorted(self.touched):
            cases = [self.cases[case_id] for case_id in self.groups[group] if not self.cases[case_id].closed]
            if cases and cases[0].referred.sibling_group == group:
                self.require(len({case.primary for case in cases}) == 1, "siblings together", group)
            else:
                holders = [one for case in cases for one in (case.primary, *case.co_workers) if one is not None]
                self.require(len(holders) == len(set(holders)), "peers apart", group)
        self.touched.clear()

    def touch_groups(self, case: CaseRow) -> None:
        self.touched.update(one for one in (case.referred.sibling_group, case.referred.peer_group) if one is not None)

    def check_taker(self, worker_id: str, case_id: str, role: AssignmentRole) -> None:
        worker, case = self.workers.get(worker_id), self.cases.get(case_id)
        if worker is None or case is None:
            return
        self.require(worker.present, "nothing to the absent", worker_id)
        self.require(worker_id not in case.conflicted, "no assignment against a conflict", case_id)
        self.require(worker.role not in LEADERS, "leaders hold no cases", worker_id)
        self.require(worker_id not in {case.primary, *case.co_workers}, "one role on a case", case_id)
        if role is AssignmentRole.PRIMARY:
            self.require(worker.role is Role.SOCIAL_WORKER, "primary workers are social workers", worker_id)
            protected = worker.stage is CareerStage.NEWLY_QUALIFIED and case.risk is RiskLevel.VERY_HIGH
            self.require(not protected, "no very high risk to the newly qualified", worker_id)

    @singledispatchmethod
    def follow(self, event: DomainEvent) -> None:
        """Take in an event; those without a method here change nothing that a rule looks at."""

    @follow.register
    def _(self, event: TeamFormed) -> None:
        self.teams.add(event.team_id)

    @follow.register
    def _(self, event: TeamClosed) -> None:
        there = any(row.team == event.team_id and not row.left for row in self.workers.values())
        self.require(not there, "a team that closes is empty", event.team_id)
        self.teams.discard(event.team_id)

    @follow.register
    def _(self, event: on_worker.CapacityConcernRaised) -> None:
        self.workers[event.worker_id].concerns += 1

    @follow.register
    def _(self, event: on_worker.CapacityConcernAnswered) -> None:
        row = self.workers[event.worker_id]
        self.require(row.concerns > 0, "answered once raised", event.worker_id)
        row.concerns -= 1

    @follow.register
    def _(self, event: on_worker.WorkerRegistered) -> None:
        self.require(event.worker_id not in self.workers, "registered once", event.worker_id)
        self.workers[event.worker_id] = WorkerRow(event.role, event.team_id, event.stage, event.fte or 0.0)

    @follow.register
    def _(self, event: on_worker.WorkerHoursChanged) -> None:
        self.workers[event.worker_id].fte = event.fte

    @follow.register
    def _(self, event: on_worker.WorkerStageChanged) -> None:
        self.workers[event.worker_id].stage = event.stage

    @follow.register
    def _(self, event: on_worker.WorkerMovedTeam) -> None:
        self.workers[event.worker_id].team = event.team_id

    @follow.register
    def _(self, event: on_worker.WorkerAbsenceStarted) -> None:
        self.require(not self.workers[event.worker_id].absent, "away once at a time", event.worker_id)
        self.workers[event.worker_id].absent = True

    @follow.register
    def _(self, event: on_worker.WorkerAbsenceEnded) -> None:
        self.require(self.workers[event.worker_id].absent, "back only from an absence", event.worker_id)
        self.workers[event.worker_id].absent = False

    @follow.register
    def _(self, event: on_worker.WorkerLeft) -> None:
        held = [one for one in self.open_cases().values() if event.worker_id in {one.primary, *one.co_workers}]
        self.require(not held, "a leaver passes everything on", event.worker_id)
        self.workers[event.worker_id].left = True

    @follow.register
    def _(self, event: on_case.CaseReferred) -> None:
        self.require(event.case_id not in self.cases, "referred once", event.case_id)
        case = CaseRow(event, event.risk)
        self.cases[event.case_id] = case
        self.touch_groups(case)
        for group in (event.sibling_group, event.peer_group):
            if group is not None:
                self.groups.setdefault(group, []).append(event.case_id)

    @follow.register
    def _(self, event: on_case.CaseAssigned) -> None:
        self.check_taker(event.worker_id, event.case_id, event.role)
        case = self.cases.get(event.case_id)
        if case is None:
            return
        if event.role is AssignmentRole.PRIMARY:
            self.require(case.primary is None, "one primary worker", event.case_id)
            case.primary = event.worker_id
        else:
            case.co_workers.append(event.worker_id)

    @follow.register
    def _(self, event: on_case.CaseReassigned) -> None:
        self.require(event.role is AssignmentRole.PRIMARY, "only primary work is passed on in one step", event.case_id)
        case = self.cases[event.case_id]
        self.require(case.primary == event.from_worker_id, "passed on by its holder", event.case_id)
        self.check_taker(event.to_worker_id, event.case_id, event.role)
        case.primary = event.to_worker_id

    @follow.register
    def _(self, event: on_case.CaseUnassigned) -> None:
        case = self.cases[event.case_id]
        if event.role is AssignmentRole.PRIMARY:
            self.require(case.primary == event.worker_id, "given up by its holder", event.case_id)
            case.primary = None
        else:
            self.require(event.worker_id in case.co_workers, "given up by its co-worker", event.case_id)
            case.co_workers = [one for one in case.co_workers if one != event.worker_id]

    @follow.register
    def _(self, event: on_case.CaseClosed) -> None:
        self.cases[event.case_id].closed = True

    @follow.register
    def _(self, event: on_case.CaseRiskReassessed) -> None:
        self.cases[event.case_id].risk = event.risk

    @follow.register
    def _(self, event: on_case.ConflictOfInterestDeclared) -> None:
        case = self.cases[event.case_id]
        holds = event.worker_id in {case.primary, *case.co_workers}
        self.require(not holds, "no conflict with a holder", event.case_id)
        case.conflicted.add(event.worker_id)

    @follow.register
    def _(self, event: on_case.ConflictOfInterestLifted) -> None:
        case = self.cases[event.case_id]
        self.require(event.worker_id in case.conflicted, "lifted once declared", event.case_id)
        case.conflicted.discard(event.worker_id)

    @follow.register
    def _(self, event: on_practice.CriticalIncidentRecorded) -> None:
        self.require(event.incident_id not in self.incidents, "recorded once", event.incident_id)
        self.incidents[event.incident_id] = event
        case = self.cases.get(event.case_id or "")
        if case is None:
            self.require(event.case_id is None, "referred first", event.incident_id)
            return
        by_route: dict[ExposureRoute, list[str]] = {route: [] for route in ExposureRoute}
        for exposure in event.exposures:
            by_route[exposure.route].append(exposure.worker_id)
            self.require(self.workers[exposure.worker_id].present, "the exposed were there", event.incident_id)
        self.require(by_route[ExposureRoute.DIRECT] == [case.primary], "directly the primary", event.incident_id)
        there = [one for one in case.co_workers if self.workers[one].present]
        self.require(by_route[ExposureRoute.CO_WORKER] == there, "the co-workers too", event.incident_id)
        if by_route[ExposureRoute.TEAM_HEARD] or event.severity is not Severity.MODERATE:
            team = self.workers[str(case.primary)].team
            heard = {key for key, row in self.workers.items() if row.team == team and row.present}
            heard -= {str(case.primary), *there}
            self.require(set(by_route[ExposureRoute.TEAM_HEARD]) == heard, "heard in the team", event.incident_id)

    @follow.register
    def _(self, event: on_practice.FollowUpCompleted) -> None:
        incident = self.incidents.get(event.incident_id)
        exposed = incident is not None and event.worker_id in {one.worker_id for one in incident.exposures}
        self.require(exposed, "followed up with the exposed", event.incident_id)
        self.require(self.workers[event.worker_id].present, "followed up in person", event.worker_id)

    @follow.register
    def _(self, event: on_practice.SupervisionAgreed) -> None:
        self.check_supervision(event.supervisor_id, (event.worker_id,))

    @follow.register
    def _(self, event: on_practice.SupervisionMissed) -> None:
        self.check_supervision(event.supervisor_id, (event.worker_id,))

    @follow.register
    def _(self, event: on_practice.SupervisionCancelled) -> None:
        self.check_supervision(event.supervisor_id, (event.worker_id,))

    @follow.register
    def _(self, event: on_practice.SupervisionHeld) -> None:
        self.check_supervision(event.supervisor_id, event.worker_ids)
        for worker_id in (event.supervisor_id, *event.worker_ids):
            self.require(self.workers[worker_id].present, "sessions are held with those there", worker_id)

    def check_supervision(self, supervisor_id: str, worker_ids: Iterable[str]) -> None:
        supervisor = self.workers.get(supervisor_id)
        if supervisor is None:
            return
        for worker_id in worker_ids:
            worker = self.workers[worker_id]
            if worker.role is Role.SUPERVISOR:
                self.require(supervisor.role is Role.TEAM_MANAGER, "supervisors by their manager", supervisor_id)
                continue
            self.require(supervisor.role is Role.SUPERVISOR, "supervision by a supervisor", supervisor_id)
            self.require(worker.team == supervisor.team, "supervision within the team", worker_id)
