"""One example of every event, with every field set: what the golden files hold."""

from datetime import UTC, datetime
from uuid import UUID

from domain.events.allocation import (
    AllocationAmended,
    AllocationApproved,
    AllocationExpired,
    AllocationProposed,
    AllocationRejected,
    AllocationRequested,
    AllocationUndone,
    AllocationWithdrawn,
    CasePair,
    LevelScore,
    ProposalContent,
    ProposalRequest,
    ProposedChoice,
    UnallocatedCase,
)
from domain.events.base import DomainEvent
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
    WorkerChangeExplained,
)
from domain.events.corrections import EventCorrected, EventRetracted, PersonErased
from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    Exposure,
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    PeerSupportHeld,
    ServiceDevelopmentJoined,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.events.service import (
    AlertAnswered,
    FoundationScore,
    FoundationsSurveyAnswered,
    PolicyAdopted,
    TeamClosed,
    TeamFormed,
)
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)
from domain.identifiers import (
    AlertId,
    CaseId,
    GroupId,
    IncidentId,
    PersonId,
    PolicySetId,
    ProposalId,
    TeamId,
    WorkerId,
)
from domain.vocabulary import (
    AbsenceKind,
    Agency,
    AssignmentRole,
    CareerStage,
    ErasureReason,
    ExposureRoute,
    FollowUpDue,
    Foundation,
    HarmType,
    IncidentKind,
    PlanType,
    Priority,
    RetractionReason,
    RiskLevel,
    Role,
    Severity,
    SupervisionKind,
    WorkerChangeReason,
)

MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TARGET = UUID("11111111-2222-4333-8444-555555555555")
W1, W2, W3 = WorkerId("w-1"), WorkerId("w-2"), WorkerId("w-3")
C1, C2 = CaseId("c-1"), CaseId("c-2")
TEAM, INCIDENT, PROPOSAL = TeamId("t-1"), IncidentId("i-1"), ProposalId("p-1")
MANAGER, POLICY = PersonId("m-1"), PolicySetId("policy-2026-11")

CONTENT = ProposalContent(
    seen_position=1042,
    as_at=MOMENT,
    horizon_days=28,
    policy_set_id=POLICY,
    status="optimal",
    choices=(
        ProposedChoice(
            case_id=C1,
            worker_id=W1,
            role=AssignmentRole.PRIMARY,
            load_before=41.25,
            load_after=44.5,
            capacity=80,
            from_worker_id=W2,
        ),
    ),
    unallocated=(UnallocatedCase(case_id=C2, codes=("caseload_cap", "conflict_of_interest")),),
    levels=(LevelScore(name="urgent_unallocated", value=1, bound=1),),
    assumed_fte=0.8,
    load_limit=0.95,
    deviations_above=1.5,
    one_area=True,
)

WORKER_EVENTS: tuple[DomainEvent, ...] = (
    WorkerRegistered(
        worker_id=W1,
        agency=Agency.LOCAL_AUTHORITY,
        role=Role.SOCIAL_WORKER,
        team_id=TEAM,
        fte=0.8,
        stage=CareerStage.EXPERIENCED,
        area="north",
        skills=("direct-work",),
        languages=("polish",),
    ),
    WorkerHoursChanged(worker_id=W1, fte=0.6),
    WorkerStageChanged(worker_id=W1, stage=CareerStage.ADVANCED),
    WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=MOMENT),
    WorkerAbsenceEnded(worker_id=W1),
    WorkerMovedTeam(worker_id=W1, team_id=TEAM),
    WorkerLeft(worker_id=W1),
    WorkerSkillGained(worker_id=W1, skill="direct-work"),
    CheckInRecorded(worker_id=W1, felt_load=4),
    CapacityConcernRaised(worker_id=W1),
    CapacityConcernAnswered(worker_id=W1, answered_by=MANAGER),
)
CASE_EVENTS: tuple[DomainEvent, ...] = (
    CaseReferred(
        case_id=C1,
        harm_types=(HarmType.CRIMINAL_EXPLOITATION, HarmType.MISSING),
        risk=RiskLevel.HIGH,
        priority=Priority.URGENT,
        plan=PlanType.CHILD_PROTECTION,
        needs=("direct-work",),
        languages=("polish",),
        area="north",
        sibling_group=GroupId("s-1"),
        peer_group=GroupId("g-1"),
    ),
    CaseRiskReassessed(case_id=C1, risk=RiskLevel.VERY_HIGH, harm_types=(HarmType.COUNTY_LINES,)),
    CaseAssigned(case_id=C1, worker_id=W1, role=AssignmentRole.PRIMARY, proposal_id=PROPOSAL),
    CaseReassigned(case_id=C1, from_worker_id=W1, to_worker_id=W2, role=AssignmentRole.CO_WORKER, proposal_id=PROPOSAL),
    CaseUnassigned(case_id=C1, worker_id=W1, role=AssignmentRole.CO_WORKER),
    CaseClosed(case_id=C1),
    ConflictOfInterestDeclared(case_id=C1, worker_id=W1),
    ConflictOfInterestLifted(case_id=C1, worker_id=W1),
    WorkerChangeExplained(case_id=C1, worker_id=W1, change_reason=WorkerChangeReason.CASELOAD_MANAGEMENT),
)
PRACTICE_EVENTS: tuple[DomainEvent, ...] = (
    CriticalIncidentRecorded(
        incident_id=INCIDENT,
        kind=IncidentKind.VIOLENCE_DISCLOSED,
        severity=Severity.SERIOUS,
        exposures=(
            Exposure(worker_id=W1, route=ExposureRoute.DIRECT),
            Exposure(worker_id=W2, route=ExposureRoute.TEAM_HEARD),
        ),
        case_id=C1,
    ),
    FollowUpCompleted(incident_id=INCIDENT, worker_id=W1, due=FollowUpDue.HOURS_72, completed_by=MANAGER),
    DebriefHeld(incident_id=INCIDENT, worker_ids=(W1, W2)),
    SupervisionAgreed(worker_id=W1, supervisor_id=W3, kind=SupervisionKind.ONE_TO_ONE, every_days=28),
    SupervisionHeld(
        supervisor_id=W3, worker_ids=(W1, W2), kind=SupervisionKind.GROUP, minutes=90, reflective_quality=4
    ),
    SupervisionMissed(worker_id=W1, supervisor_id=W3, kind=SupervisionKind.CASE),
    SupervisionCancelled(worker_id=W1, supervisor_id=W3, kind=SupervisionKind.PEER),
    LearningAttended(worker_id=W1, topic="trauma-informed-practice", hours=6.5),
    PeerSupportHeld(worker_ids=(W1, W2), minutes=45),
    ServiceDevelopmentJoined(worker_id=W1, activity="practice-forum"),
    FeedbackGiven(worker_id=W1, activity="group-supervision", rating=5),
)
SERVICE_EVENTS: tuple[DomainEvent, ...] = (
    TeamFormed(team_id=TEAM, area="north"),
    TeamClosed(team_id=TEAM),
    PolicyAdopted(policy_set_id=POLICY, effective_from=MOMENT, adopted_by=MANAGER, content={"title": "As agreed"}),
    AlertAnswered(alert_id=AlertId("a-1"), answered_by=MANAGER),
    FoundationsSurveyAnswered(team_id=TEAM, scores=(FoundationScore(foundation=Foundation.SECURE_BASE, score=3),)),
)
ALLOCATION_EVENTS: tuple[DomainEvent, ...] = (
    AllocationRequested(
        proposal_id=PROPOSAL,
        request=ProposalRequest(
            team_id="t-1",
            only=("c-1",),
            may_move=("c-2",),
            pinned=(CasePair(case_id="c-1", worker_id="w-1"),),
            load_limit=1.1,
        ),
    ),
    AllocationWithdrawn(proposal_id=PROPOSAL, code="nothing_waiting"),
    AllocationProposed(proposal_id=PROPOSAL, content=CONTENT),
    AllocationApproved(proposal_id=PROPOSAL, decided_by=MANAGER, reason="Agreed in the allocation meeting"),
    AllocationAmended(proposal_id=PROPOSAL, decided_by=MANAGER, reason="Closer to the school", content=CONTENT),
    AllocationRejected(proposal_id=PROPOSAL, decided_by=MANAGER, reason="A new referral changes the picture"),
    AllocationUndone(proposal_id=PROPOSAL, decided_by=MANAGER, reason="The family moved before the first visit"),
    AllocationExpired(proposal_id=PROPOSAL),
)
CORRECTION_EVENTS: tuple[DomainEvent, ...] = (
    EventRetracted(
        target_event_id=TARGET,
        target_system="case-system",
        target_source_id="1042",
        reason=RetractionReason.DUPLICATE,
        subjects=("case:c-1", "worker:w-1"),
    ),
    EventCorrected(
        target_event_id=TARGET,
        target_system="case-system",
        target_source_id="1042",
        occurred_at=MOMENT,
        replacement_type="worker.hours_changed.v1",
        replacement={"worker_id": "w-1", "fte": 0.5},
        subjects=("worker:w-1",),
    ),
    PersonErased(subjects=("worker:w-1",), erased="worker:w-1", reason=ErasureReason.RETENTION_PERIOD_OVER),
)
EXAMPLES = (
    *WORKER_EVENTS,
    *CASE_EVENTS,
    *PRACTICE_EVENTS,
    *SERVICE_EVENTS,
    *ALLOCATION_EVENTS,
    *CORRECTION_EVENTS,
)
