"""Facts about a case: what it needs, who holds it, who must not."""

from typing import ClassVar

from domain.events.base import DomainEvent
from domain.identifiers import CaseId, GroupId, ProposalId, Slug, WorkerId
from domain.vocabulary import AssignmentRole, HarmType, PlanType, Priority, RiskLevel, WorkerChangeReason


class CaseReferred(DomainEvent):
    """A case came to the service. An unset risk or harm is unknown: it is neither low nor none.

    `harm_types` unset means not assessed; empty means assessed and none found.
    """

    wire_name: ClassVar[str] = "case.referred"

    case_id: CaseId
    harm_types: tuple[HarmType, ...] | None = None
    risk: RiskLevel | None = None
    priority: Priority = Priority.ROUTINE
    plan: PlanType | None = None
    needs: tuple[Slug, ...] = ()
    languages: tuple[Slug, ...] = ()
    area: Slug | None = None
    sibling_group: GroupId | None = None
    peer_group: GroupId | None = None


class CaseRiskReassessed(DomainEvent):
    """The assessed risk, and with it perhaps the harm types, changed."""

    wire_name: ClassVar[str] = "case.risk_reassessed"

    case_id: CaseId
    risk: RiskLevel
    harm_types: tuple[HarmType, ...] | None = None


class CaseAssigned(DomainEvent):
    """A worker took a case, as its primary worker or as a co-worker."""

    wire_name: ClassVar[str] = "case.assigned"

    case_id: CaseId
    worker_id: WorkerId
    role: AssignmentRole = AssignmentRole.PRIMARY
    proposal_id: ProposalId | None = None


class CaseReassigned(DomainEvent):
    """A case passed from one worker to another in the same role, in one step and with no day between."""

    wire_name: ClassVar[str] = "case.reassigned"

    case_id: CaseId
    from_worker_id: WorkerId
    to_worker_id: WorkerId
    role: AssignmentRole = AssignmentRole.PRIMARY
    proposal_id: ProposalId | None = None


class WorkerChangeExplained(DomainEvent):
    """It became known why a case came to a worker. A fact beside the assignment: who holds the case is as it was."""

    wire_name: ClassVar[str] = "case.worker_change_explained"

    case_id: CaseId
    worker_id: WorkerId
    change_reason: WorkerChangeReason


class CaseUnassigned(DomainEvent):
    """A worker gave a case up and nobody took it over in the same step."""

    wire_name: ClassVar[str] = "case.unassigned"

    case_id: CaseId
    worker_id: WorkerId
    role: AssignmentRole = AssignmentRole.PRIMARY


class CaseClosed(DomainEvent):
    """Work on a case ended; whoever held it holds it no longer."""

    wire_name: ClassVar[str] = "case.closed"

    case_id: CaseId


class ConflictOfInterestDeclared(DomainEvent):
    """A worker must not work this case."""

    wire_name: ClassVar[str] = "case.conflict_of_interest_declared"

    case_id: CaseId
    worker_id: WorkerId


class ConflictOfInterestLifted(DomainEvent):
    """The conflict no longer stands."""

    wire_name: ClassVar[str] = "case.conflict_of_interest_lifted"

    case_id: CaseId
    worker_id: WorkerId


CaseEvent = (
    CaseReferred
    | CaseRiskReassessed
    | CaseAssigned
    | CaseReassigned
    | CaseUnassigned
    | CaseClosed
    | ConflictOfInterestDeclared
    | ConflictOfInterestLifted
    | WorkerChangeExplained
)
