"""The engine as one object: what a Python program embeds and every interface calls."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Self
from uuid import UUID

from allocation_engine.optimiser.watch import OnProgress
from allocation_engine.persistence.event_log import Ingested
from allocation_engine.persistence.ports import Alongside
from allocation_engine.persistence.store import Store
from allocation_engine.planning import (
    Amendment,
    Approval,
    Considered,
    Erasure,
    Job,
    JobBoard,
    LoadFigures,
    PolicyInForce,
    Proposal,
    Question,
    Search,
    Situation,
    Stamp,
    amend,
    approve,
    consider,
    consider_proposal,
    erase,
    load_figures,
    make_requested,
    policy_in_force,
    propose,
    read_account,
    read_proposal,
    read_situation,
    record_event,
    reject,
    request_proposal,
    retract,
    undo,
    withdraw_request,
)
from allocation_engine.planning.requests import CANCELLED
from allocation_engine.planning.what_if.board import LookBoard
from domain.events import DomainEvent, EventRecord
from domain.events.allocation import ProposalContent, ProposalRequest
from domain.identifiers import CaseId, PersonId, ProposalId, WorkerId
from domain.load import LoadAccount
from domain.policy.policy_set import PolicySet
from domain.vocabulary import ErasureReason, RetractionReason

INGEST_AT_ONCE = 1000


@dataclass(frozen=True)
class Engine:
    """A store with a clock, a source of ids and the shipped example policy. Close it, or use it as a context."""

    store: Store
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    example_policy: PolicySet

    def policy(self, as_at: datetime | None = None, known_at: datetime | None = None) -> PolicyInForce:
        """Give the policy set in force as at a moment, now by default, leaving out adoptions recorded after `known_at`."""
        return policy_in_force(self.store.log, as_at or self.clock(), self.example_policy, known_at)

    def situation(self, as_at: datetime | None = None, known_at: datetime | None = None) -> Situation:
        """Give everybody's post, caseload and load account, and who waits.

        `as_at` is the moment asked about, now by default; `known_at` leaves out what was recorded after it: what we
        knew then, and no more.
        """
        moment = as_at or self.clock()
        return read_situation(self.store, self.policy(moment, known_at).policy, moment, known_at)

    def loads(
        self, workers: Sequence[str] | None = None, as_at: datetime | None = None, known_at: datetime | None = None
    ) -> LoadFigures:
        """Give the load and capacity of these workers, or of everybody, in columns: the figures without the reasons."""
        moment = as_at or self.clock()
        chosen = None if workers is None else [WorkerId(worker_id) for worker_id in workers]
        return load_figures(self.store, self.policy(moment, known_at).policy, moment, known_at, chosen)

    def account(self, worker_id: str, as_at: datetime | None = None, known_at: datetime | None = None) -> LoadAccount:
        """Give one worker's load account: every contribution, adding up to the load. Nothing known of them is no error."""
        moment = as_at or self.clock()
        return read_account(self.store, self.policy(moment, known_at).policy, WorkerId(worker_id), moment, known_at)

    def ingest(self, records: Iterable[EventRecord], on_progress: Callable[[int], None] | None = None) -> Ingested:
        """Take in another system's events as they are, however many; those known by their source id change nothing."""
        stored = known = done = 0
        remaining = iter(records)
        while batch := list(islice(remaining, INGEST_AT_ONCE)):
            outcome = self.store.log.ingest(batch, batch_size=INGEST_AT_ONCE)
            stored, known, done = stored + outcome.stored, known + outcome.already_known, done + len(batch)
            if on_progress is not None:
                on_progress(done)
        return Ingested(stored, known, self.store.log.head())

    def record(self, event: DomainEvent, by: str) -> EventRecord:
        """Record something that happens now, decided against the subject as it stands."""
        record = self._stamp(by).record(event)
        record_event(self.store.log, record)
        return record

    def retract(self, position: int, by: str, reason: RetractionReason) -> EventRecord:
        """Take back the event at a position of the log, in somebody's name; the log itself is never edited."""
        return retract(self.store.log, position, reason, self._stamp(by))

    def erase(self, subjects: Sequence[str], by: str, reason: ErasureReason) -> Erasure:
        """Erase persons (`worker:…`, `case:…`) in somebody's name: their keys are destroyed, and nothing brings them back.

        May be repeated: what a crash left undone is done then.
        """
        return erase(self.store, subjects, reason, self._stamp(by))

    def propose(self, by: str, question: Question | None = None, search: Search | None = None) -> Proposal:
        """Propose workers for the waiting cases. Nothing changes until a named person approves."""
        stamp = self._stamp(by)
        policy = self.policy(stamp.at)
        return propose(self.store, policy, question or Question(), stamp, search or Search())

    def consider(self, question: Question | None = None, search: Search | None = None) -> Considered:
        """Find the best plan for the waiting cases without putting it on record, to ask about other choices."""
        at = self.clock()
        return consider(self.store, self.policy(at), question or Question(), at, search or Search())

    def consider_proposal(self, proposal_id: str) -> Considered:
        """Give a proposal on record as an answer to its problem, to ask about other choices."""
        known, _ = read_proposal(self.store.log, ProposalId(proposal_id))
        as_at = self.clock() if known.content is None else known.content.as_at
        return consider_proposal(self.store, self.policy(as_at, as_at).policy, ProposalId(proposal_id))

    def request_proposal(self, by: str, request: ProposalRequest, proposal_id: ProposalId | None = None) -> ProposalId:
        """Put on record that a proposal is asked for; `make_requested` makes it, here or in another process."""
        return request_proposal(self.store, request, self._stamp(by), proposal_id)

    def withdraw_request(self, proposal_id: str, by: str) -> int:
        """Cancel a proposal that is not made yet, in somebody's name."""
        return withdraw_request(self.store, ProposalId(proposal_id), CANCELLED, self._stamp(by))

    def make_requested(self, job: Job, on_progress: OnProgress) -> Proposal | None:
        """Make what was asked for and put it on record; None where there is nothing to propose, or it was stopped."""
        stamp = self._stamp(job.by)
        return make_requested(self.store, self.policy(stamp.at), job.proposal_id, stamp, on_progress)

    def jobs(self, holder: str) -> JobBoard:
        """Give the open requests as one process sees them, which calls itself `holder`."""
        return JobBoard(self.store, self.clock, holder)

    def looks(self, holder: str) -> LookBoard:
        """Give the looks ahead that were asked for, as one process sees them, which calls itself `holder`."""
        return LookBoard(self.store.documents, self.clock, self.new_id, holder)

    def with_documents(self, alongside: Alongside) -> "Engine":
        """Give this engine as one whose appends also write documents, in the same transaction."""
        return replace(self, store=self.store.with_documents(alongside))

    def approve(self, proposal_id: str, by: str, reason: str, seen: int | None = None) -> Approval:
        """Approve a proposal in somebody's name, with their reason; its assignments are recorded with it.

        `seen` is the version that the decider read: had it changed since, `ProposalMoved` is raised.
        """
        return approve(self.store, ProposalId(proposal_id), reason, self._stamp(by), seen)

    def amend(
        self,
        proposal_id: str,
        by: str,
        reason: str,
        *,
        assign: Mapping[str, str] | None = None,
        co_work: Mapping[str, str] | None = None,
        drop: Iterable[str] = (),
        seen: int | None = None,
    ) -> ProposalContent:
        """Change a proposal by hand; it is checked against every rule and stands for decision again."""
        amendment = Amendment(
            assign={CaseId(case): WorkerId(worker) for case, worker in (assign or {}).items()},
            co_work={CaseId(case): WorkerId(worker) for case, worker in (co_work or {}).items()},
            drop=frozenset(CaseId(case) for case in drop),
        )
        stamp = self._stamp(by)
        return amend(self.store, ProposalId(proposal_id), amendment, reason, stamp, self.policy(stamp.at), seen)

    def reject(self, proposal_id: str, by: str, reason: str, seen: int | None = None) -> int:
        """Turn a proposal down in somebody's name, with their reason."""
        return reject(self.store, ProposalId(proposal_id), reason, self._stamp(by), seen)

    def undo(self, proposal_id: str, by: str, reason: str, seen: int | None = None) -> Approval:
        """Undo an approved proposal in somebody's name, with their reason: its cases go back; both steps stay on record."""
        return undo(self.store, ProposalId(proposal_id), reason, self._stamp(by), seen)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _stamp(self, by: str) -> Stamp:
        return Stamp(actor=PersonId(by), at=self.clock(), new_id=self.new_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
