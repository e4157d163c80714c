"""The bodies of requests and answers, as the description shows them. Figures are unrounded; what is not known is null."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from allocation_engine.interfaces.api.access.roles import Role, Scope
from domain.events.allocation import DecisionReason, ProposalContent, ProposalRequest
from domain.identifiers import Moment, OpaqueId, Slug, SourceId
from domain.vocabulary import ErasureReason, RetractionReason


class Body(BaseModel):
    """A body that is sent: nothing beyond what is described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(BaseModel):
    """A body that is given."""

    model_config = ConfigDict(frozen=True)


class Me(Answer):
    """Who calls."""

    actor: str
    role: Role
    worker_id: str | None
    team_ids: list[str]
    scopes: list[Scope]
    operations: list[str]


class Fault(Answer):
    """A field and what is wrong with it; never what was sent."""

    field: str
    fault: str


class EventAnswer(Answer):
    """What became of one event."""

    status: str
    source_system: str | None = None
    source_id: str | None = None
    event_id: str | None = None
    position: int | None = None
    head: int | None = None
    code: str | None = None
    faults: list[Fault] | None = None


class BatchAnswer(Answer):
    """What became of a batch: counts, the log's last position, and each item in the order in which they were sent."""

    stored: int
    already_known: int
    refused: int
    position: int
    items: list[EventAnswer]


class StreamAnswer(Answer):
    """What became of a stream: counts, and the lines that were refused (the first thousand of them)."""

    stored: int
    already_known: int
    refused: int
    position: int
    refused_lines: list[dict[str, JsonValue]]


class Ssda903Body(Body):
    """The files of an SSDA903 return, each as the text of a CSV file."""

    social_worker: str
    episodes: str | None = None


class IntakeAnswer(Answer):
    """What came of a return: totals, notes, and each item's outcome, without a word of what it said."""

    cases: int
    waiting_cases: int
    workers: int
    totals: dict[str, JsonValue]
    notes: list[dict[str, JsonValue]]
    refused: list[dict[str, JsonValue]]
    items: list[dict[str, JsonValue]]
    dry_run: bool
    stored: int
    position: int


class Retraction(Body):
    """An event that should not be there, by the source's own id."""

    source_system: Slug
    source_id: SourceId
    reason: RetractionReason


class Correction(Body):
    """What an event should have read: the same id, the type, moment and fields that hold instead."""

    source_system: Slug
    source_id: SourceId
    type: Annotated[str, Field(max_length=100)]
    occurred_at: Moment
    event: dict[str, JsonValue]


class StoredEventAnswer(Answer):
    """An event of the log."""

    position: int
    type: str
    envelope: dict[str, JsonValue]
    event: dict[str, JsonValue]


class Feed(Answer):
    """A page of the log in order of position. `next` is the address of the page after it, null at the end."""

    events: list[StoredEventAnswer]
    after: int
    head: int
    next: str | None


class Asked(Answer):
    """What an answer is about: the moment, what was known at another, the position of the log that was read."""

    as_at: datetime
    known_at: datetime | None
    position: int


class WorkerFigures(Answer):
    """The load account in figures [lp]: an index of exposure and recovery, no measure of stress."""

    worker_id: str
    acute: float
    cumulative: float
    load: float
    capacity: float | None
    headroom: float | None
    gaps: list[str]
    cases: int
    team_id: str | None = None


class WorkerList(Asked):
    """Workers in order of id; nobody is ranked."""

    unit: str
    note: str
    policy_set_id: str
    workers: list[WorkerFigures]
    next: str | None


class WorkerAccount(Asked):
    """One account with every contribution; they add up to the load."""

    model_config = ConfigDict(extra="allow")

    unit: str
    note: str
    workers: list[dict[str, JsonValue]]


class CaseList(Asked):
    """Cases that are held, in order of worker and case."""

    cases: list[dict[str, JsonValue]]
    next: str | None


class WaitingList(Asked):
    """Cases that nobody holds, most urgent first, then longest waiting."""

    cases: list[dict[str, JsonValue]]
    next: str | None


class Report(Answer):
    """A report; its note says how it is counted and what it must not be used for."""

    model_config = ConfigDict(extra="allow")

    as_at: datetime


class Progress(Answer):
    """How far a proposal has come: the level being settled, the best value, and the least that is proven possible."""

    working: bool
    level: str | None = None
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0


class ProposalAnswer(Answer):
    """A proposal. It changes nothing until a named person approves it."""

    proposal_id: str
    status: str
    version: int
    decided_by: str | None = None
    withdrawn: str | None = None
    request: ProposalRequest | None = None
    progress: Progress | None = None
    content: ProposalContent | None = None
    reasons: list[dict[str, JsonValue]] | None = None


class ProposalList(Answer):
    """Proposals that are being worked on."""

    proposals: list[dict[str, JsonValue]]


class Decision(Body):
    """Why a person decides as they do: about the decision alone, never about a child or a worker's health."""

    reason: DecisionReason


class AmendBody(Decision):
    """What is changed by hand. It is checked against every rule; the proposal then stands for decision again."""

    assign: dict[OpaqueId, OpaqueId] = Field(default={}, max_length=1000)
    co_work: dict[OpaqueId, OpaqueId] = Field(default={}, max_length=1000)
    drop: tuple[OpaqueId, ...] = Field(default=(), max_length=1000)


class Decided(Answer):
    """A decision that is on record."""

    proposal_id: str
    status: str
    position: int
    assignments: int = 0


class KeyAnswer(Answer):
    """A key. `key` is its text, given when it is made or rotated and never again."""

    model_config = ConfigDict(extra="allow")

    key_id: str
    actor: str
    role: Role
    key: str | None = None


class KeyList(Answer):
    """Every key there is or was."""

    keys: list[KeyAnswer]


class AccessEntries(Answer):
    """Who read whose account, oldest first."""

    entries: list[dict[str, JsonValue]]
    next: str | None


class ReplayBody(Body):
    """Where to begin again."""

    after: Annotated[int, Field(ge=0, le=2**62)]


class WebhookAnswer(Answer):
    """A webhook. `secret` is given when it is made or rotated and never again."""

    model_config = ConfigDict(extra="allow")

    id: str
    url: str
    event_types: list[str]
    active: bool
    position: int
    pending: int
    failures: int
    secret: str | None = None


class WebhookList(Answer):
    """Every webhook."""

    webhooks: list[WebhookAnswer]


class DeadLetterList(Answer):
    """Messages that were given up, in order of position."""

    dead_letters: list[dict[str, JsonValue]]
    next: str | None


class ErasureBody(Body):
    """Persons to erase: their keys are destroyed, and what was sealed under them can never be read again."""

    subjects: tuple[Annotated[str, Field(pattern=r"^(worker|case):[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")], ...] = Field(
        min_length=1, max_length=100
    )
    reason: ErasureReason


class Erased(Answer):
    """Persons who were erased."""

    subjects: list[str]


class Answered(Answer):
    """An alert that somebody has answered."""

    alert_id: str
    answered_by: str
    answered_at: datetime
