"""Sixty days of a small service, told by day: ten in post, nine of them in one team, and one who left."""

from domain.events import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseReassigned, CaseReferred
from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    Exposure,
    FollowUpCompleted,
    LearningAttended,
    SupervisionMissed,
)
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerLeft,
    WorkerRegistered,
    WorkerSkillGained,
)
from domain.identifiers import CaseId, IncidentId, PersonId, TeamId, WorkerId
from domain.vocabulary import (
    Agency,
    CareerStage,
    ExposureRoute,
    FollowUpDue,
    HarmType,
    IncidentKind,
    RiskLevel,
    Role,
    Severity,
    SupervisionKind,
)
from tests.projections.practice_histories import agreed, leave, session, told

END = 60
FIELD = tuple(WorkerId(f"w-{number:02}") for number in range(1, 9))
NURSE, CHIEF, LEFT = WorkerId("w-09"), WorkerId("w-10"), WorkerId("w-11")
ONE, TWO = CaseId("c-1"), CaseId("c-2")
INCIDENT = IncidentId("i-1")
ONE_TO_ONE = SupervisionKind.ONE_TO_ONE

Told = tuple[float, DomainEvent]


def post(worker_id: WorkerId, role: Role, agency: Agency, team: str) -> WorkerRegistered:
    return WorkerRegistered(
        worker_id=worker_id,
        role=role,
        agency=agency,
        team_id=TeamId(team),
        fte=1.0,
        stage=CareerStage.EXPERIENCED,
    )


POSTS: tuple[Told, ...] = (
    *((0, post(one, Role.SOCIAL_WORKER, Agency.LOCAL_AUTHORITY, "t-1")) for one in (*FIELD, LEFT)),
    (0, post(NURSE, Role.SPECIALIST_NURSE, Agency.HEALTH, "t-2")),
    (0, post(CHIEF, Role.SUPERVISOR, Agency.LOCAL_AUTHORITY, "t-1")),
    (30, WorkerLeft(worker_id=LEFT)),
)
"""Eight social workers and their supervisor in t-1, a nurse of another agency alone in t-2, and one who left."""

SUPERVISION: tuple[Told, ...] = (
    *((0, agreed(28, one, CHIEF)) for one in FIELD),
    *((20, session(one, supervisor=CHIEF, quality=4)) for one in FIELD[:7]),
    (28, SupervisionMissed(worker_id=FIELD[7], supervisor_id=CHIEF, kind=ONE_TO_ONE)),
    (30, session(FIELD[0], NURSE, supervisor=CHIEF, kind=SupervisionKind.GROUP, quality=5, minutes=90)),
    (50, session(FIELD[0], supervisor=CHIEF)),
    (46, leave(worker=FIELD[6])),
)
"""Monthly for each social worker; w-01 is up to date, w-07 away since day 46, w-08 never had one, nobody sees to w-10."""

INCIDENTS: tuple[Told, ...] = (
    (0, CaseReferred(case_id=ONE, risk=RiskLevel.HIGH, harm_types=(HarmType.GANGS,), needs=("cce-direct-work",))),
    (0, CaseReferred(case_id=TWO, risk=RiskLevel.LOW, harm_types=(), needs=("missing-return",))),
    (1, CaseAssigned(case_id=ONE, worker_id=FIELD[0])),
    (55, CaseReassigned(case_id=ONE, from_worker_id=FIELD[0], to_worker_id=FIELD[1])),
    (
        10,
        CriticalIncidentRecorded(
            incident_id=INCIDENT,
            kind=IncidentKind.SERIOUS_INJURY,
            severity=Severity.SERIOUS,
            exposures=(
                Exposure(worker_id=FIELD[0], route=ExposureRoute.DIRECT),
                Exposure(worker_id=FIELD[1], route=ExposureRoute.CO_WORKER),
                Exposure(worker_id=FIELD[2], route=ExposureRoute.TEAM_HEARD),
                Exposure(worker_id=LEFT, route=ExposureRoute.CO_WORKER),
            ),
            case_id=ONE,
        ),
    ),
    (11, DebriefHeld(incident_id=INCIDENT, worker_ids=(FIELD[0],))),
    (
        12,
        FollowUpCompleted(
            incident_id=INCIDENT, worker_id=FIELD[0], due=FollowUpDue.HOURS_72, completed_by=PersonId("m-1")
        ),
    ),
    (
        14,
        FollowUpCompleted(
            incident_id=INCIDENT, worker_id=FIELD[1], due=FollowUpDue.HOURS_72, completed_by=PersonId("m-1")
        ),
    ),
)

TOLD: tuple[Told, ...] = (
    *((30, CheckInRecorded(worker_id=one, felt_load=5)) for one in FIELD[:6]),
    (40, CheckInRecorded(worker_id=FIELD[0], felt_load=3)),
    (31, CheckInRecorded(worker_id=NURSE, felt_load=2)),
    (40, CapacityConcernRaised(worker_id=FIELD[1])),
    (41, CapacityConcernRaised(worker_id=FIELD[2])),
    (45, CapacityConcernAnswered(worker_id=FIELD[2], answered_by=PersonId("m-1"))),
)

LEARNING: tuple[Told, ...] = (
    *((5, LearningAttended(worker_id=one, topic="cce-direct-work", hours=6.5)) for one in FIELD[:4]),
    (6, WorkerSkillGained(worker_id=FIELD[1], skill="cce-direct-work")),
)


def history() -> list[EventRecord]:
    return told(*POSTS, *SUPERVISION, *INCIDENTS, *TOLD, *LEARNING)
