"""Facts about proposals and what a named person decided on them."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.events.base import DomainEvent
from domain.events.worker import MAX_FTE
from domain.identifiers import CaseId, Moment, PersonId, PolicySetId, ProposalId, TeamId, WorkerId
from domain.vocabulary import AssignmentRole

DecisionReason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
"""Why a person decided as they did, about the decision alone: never about a child or a worker's health."""


WithdrawalCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""`cancelled`, or the code of the rule or error for which there is nothing to propose."""


class ProposedChoice(BaseModel):
    """One case to one worker, with the worker's figures as the decider saw them.

    `load_before`, `load_after`: mean predicted load over the horizon [lp] without and with the whole proposal.
    `capacity`: over the same horizon [lp]. `from_worker_id` is set when a held case would move.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    case_id: CaseId
    worker_id: WorkerId
    role: AssignmentRole
    load_before: float
    load_after: float
    capacity: float
    from_worker_id: WorkerId | None = None


class UnallocatedCase(BaseModel):
    """A waiting case that the proposal leaves waiting, with the codes of the rules in its way."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    case_id: CaseId
    codes: tuple[str, ...]


class CasePair(BaseModel):
    """A case and a worker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case_id: CaseId
    worker_id: WorkerId


class LevelScore(BaseModel):
    """One level of the objective: what was reached and what is proven to be the least possible."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    value: float
    bound: float


class ProposalContent(BaseModel):
    """What a proposal holds, the same after it was amended.

    `assumed_fte`: the share of full time taken for workers whose hours are not recorded; None where none was.
    `load_limit`, `deviations_above`, `one_area`: limits asked for beyond the policy's, as `domain.allocation.Caps` has
    them; an amendment is held to them too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seen_position: int = Field(ge=0)
    as_at: Moment
    horizon_days: float = Field(gt=0)
    policy_set_id: PolicySetId
    status: str
    choices: tuple[ProposedChoice, ...]
    unallocated: tuple[UnallocatedCase, ...] = ()
    levels: tuple[LevelScore, ...] = ()
    assumed_fte: float | None = None
    load_limit: float | None = None
    deviations_above: float = 0.0
    one_area: bool = False


class ProposalRequest(BaseModel):
    """What somebody asked a proposal to be, as `planning.Question` and `planning.Search` have it.

    `only`: propose for these of the waiting cases; for all of them if empty.
    `effort` is deterministic time; `seconds` a limit by the clock, after which the best plan so far is taken.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    team_id: TeamId | None = None
    only: tuple[CaseId, ...] = ()
    may_move: tuple[CaseId, ...] = ()
    assumed_fte: float | None = Field(default=None, gt=0, le=MAX_FTE)
    pinned: tuple[CasePair, ...] = ()
    forbidden: tuple[CasePair, ...] = ()
    load_limit: float | None = Field(default=None, gt=0, le=10)
    deviations_above: float = Field(default=0.0, ge=0, le=10)
    one_area: bool = False
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    effort: float | None = Field(default=None, gt=0, le=3600)
    seconds: float | None = Field(default=None, gt=0, le=3600)


class AllocationRequested(DomainEvent):
    """Somebody asked for a proposal: it is worked on until it is proposed or withdrawn, whatever breaks down meanwhile."""

    wire_name: ClassVar[str] = "allocation.requested"
    wire_version: ClassVar[int] = 2

    proposal_id: ProposalId
    request: ProposalRequest


class AllocationWithdrawn(DomainEvent):
    """A proposal that was asked for is not made: it was cancelled, or there was nothing to propose; `code` says which."""

    wire_name: ClassVar[str] = "allocation.withdrawn"

    proposal_id: ProposalId
    code: WithdrawalCode
    subject: str | None = Field(default=None, max_length=100)


class AllocationProposed(DomainEvent):
    """The engine proposed an allocation. It changes nothing until a named person approves it."""

    wire_name: ClassVar[str] = "allocation.proposed"
    wire_version: ClassVar[int] = 2

    proposal_id: ProposalId
    content: ProposalContent


class AllocationApproved(DomainEvent):
    """A named person approved a proposal; the assignments follow in the same append."""

    wire_name: ClassVar[str] = "allocation.approved"

    proposal_id: ProposalId
    decided_by: PersonId
    reason: DecisionReason


class AllocationAmended(DomainEvent):
    """A named person changed a proposal, which then stands for decision again."""

    wire_name: ClassVar[str] = "allocation.amended"
    wire_version: ClassVar[int] = 2

    proposal_id: ProposalId
    decided_by: PersonId
    reason: DecisionReason
    content: ProposalContent


class AllocationRejected(DomainEvent):
    """A named person turned a proposal down."""

    wire_name: ClassVar[str] = "allocation.rejected"

    proposal_id: ProposalId
    decided_by: PersonId
    reason: DecisionReason


class AllocationUndone(DomainEvent):
    """A named person undid an approved proposal; what puts its cases back follows in the same append."""

    wire_name: ClassVar[str] = "allocation.undone"

    proposal_id: ProposalId
    decided_by: PersonId
    reason: DecisionReason


class AllocationExpired(DomainEvent):
    """A proposal was left undecided until it lapsed."""

    wire_name: ClassVar[str] = "allocation.expired"

    proposal_id: ProposalId


AllocationEvent = (
    AllocationRequested
    | AllocationWithdrawn
    | AllocationProposed
    | AllocationApproved
    | AllocationAmended
    | AllocationRejected
    | AllocationUndone
    | AllocationExpired
)
