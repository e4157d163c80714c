"""Ask for a proposal now and have it made later, by whichever process gets to it: the log says what was asked.

A request is an event; it is open until the proposal is made or withdrawn. Beside it a document, `proposal-job`, tells who
works on it until when, how far they have come, and whether to stop: an index of open requests that is written and deleted
in the same transactions as the events, and a lease, so that what a crashed process leaves behind is taken up by the next.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from allocation_engine.errors import DecisionRefused, UnknownProposal
from allocation_engine.optimiser import Limits
from allocation_engine.optimiser.solve import DEFAULT_EFFORT
from allocation_engine.optimiser.watch import Progress
from allocation_engine.persistence.documents import Document, DocumentChanged, Write
from allocation_engine.persistence.store import Store
from allocation_engine.planning.build_problem import Question
from allocation_engine.planning.policy_in_force import PolicyInForce
from allocation_engine.planning.proposal_states import about, read_proposal, require_allowed, state_of
from allocation_engine.planning.propose import Proposal, new_proposal_id, propose
from allocation_engine.planning.search import Search
from allocation_engine.planning.stamp import Stamp
from domain.events.allocation import AllocationRequested, AllocationWithdrawn, ProposalRequest
from domain.identifiers import ProposalId

JOBS = "proposal-job"
LEASE = timedelta(seconds=30)
"""How long a job is left to whoever took it without a sign of life from them."""

CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """An open request.

    Attributes
    ----------
    by
        Who asked.
    holder, until
        Which process works on it, and until when nobody else takes it up; empty and None where nobody does.
    level, value, bound, gap, seconds
        How far it has come: the level being settled, the best value and what is proven, None before there is any.
    """

    proposal_id: ProposalId
    by: str
    holder: str = ""
    until: datetime | None = None
    level: str | None = None
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0


def question_of(request: ProposalRequest) -> Question:
    """Give what was asked as a question to the planner."""
    return Question(
        team_id=request.team_id,
        only=frozenset(request.only),
        may_move=frozenset(request.may_move),
        assumed_fte=request.assumed_fte,
        pinned=frozenset((pair.case_id, pair.worker_id) for pair in request.pinned),
        forbidden=frozenset((pair.case_id, pair.worker_id) for pair in request.forbidden),
        load_limit=request.load_limit,
        deviations_above=request.deviations_above,
        one_area=request.one_area,
    )


def request_proposal(
    store: Store, request: ProposalRequest, stamp: Stamp, proposal_id: ProposalId | None = None
) -> ProposalId:
    """Put on record that a proposal is asked for; give the id that it will have."""
    proposal_id = proposal_id or new_proposal_id(stamp.new_id)
    job = Job(proposal_id, stamp.actor)
    with_job = store.with_documents(lambda _: [Write(JOBS, proposal_id, _body(job), seen=0)])
    with_job.log.append(
        [stamp.record(AllocationRequested(proposal_id=proposal_id, request=request))], unless=(about(proposal_id),)
    )
    return proposal_id


def withdraw_request(store: Store, proposal_id: ProposalId, code: str, stamp: Stamp, subject: str | None = None) -> int:
    """Take a request back before it is made; give the position.

    Raises
    ------
    UnknownProposal, DecisionRefused
        Nobody asked for it, or it is made or withdrawn already.
    """
    state, head = read_proposal(store.log, proposal_id)
    event = AllocationWithdrawn(proposal_id=proposal_id, code=code, subject=subject)
    require_allowed(state, event)
    return _done(store, proposal_id).log.append([stamp.record(event)], unless=(about(proposal_id),), after=head)


def make_requested(
    store: Store,
    policy: PolicyInForce,
    proposal_id: ProposalId,
    stamp: Stamp,
    on_progress: Callable[[Progress], bool | None],
) -> Proposal | None:
    """Make what was asked for and put it on record; where there is nothing to propose, withdraw it and say why (None).

    The stamp's actor is whoever asked. `on_progress` stops the search with False: then nothing is put on record.
    """
    state, _ = state_of(store.log, proposal_id)
    if state.request is None:
        raise UnknownProposal(proposal_id)
    asked, stopped = state.request, False

    def watched(progress: Progress) -> bool | None:
        nonlocal stopped
        goes_on = on_progress(progress)
        stopped = stopped or goes_on is False
        return goes_on

    search = Search(
        seed=asked.seed,
        effort=asked.effort or DEFAULT_EFFORT,
        limits=None if asked.seconds is None else Limits(seconds=asked.seconds),
        on_progress=watched,
    )
    closing = _done(store, proposal_id).with_documents(lambda _: _refuse_if(stopped))
    try:
        return propose(closing, policy, question_of(asked), stamp, search, requested=proposal_id)
    except _Stopped:
        return None
    except DecisionRefused as refused:
        state, _ = state_of(store.log, proposal_id)
        if state.content is None and state.withdrawn is None:
            withdraw_request(store, proposal_id, refused.rejection.code, stamp, refused.rejection.subject or None)
        return None


class JobBoard:
    """The open requests, and who works on which. One for each process that works; safe beside others."""

    def __init__(self, store: Store, clock: Callable[[], datetime], holder: str) -> None:
        self._documents = store.documents
        self._clock = clock
        self._holder = holder

    def all(self) -> list[Job]:
        """Give every open request."""
        return [_job(document) for document in self._documents.all(JOBS)]

    def job(self, proposal_id: str) -> Job | None:
        """Give one open request, None where it is made or withdrawn."""
        document = self._documents.get(JOBS, proposal_id)
        return None if document is None else _job(document)

    def free(self) -> list[Job]:
        """Give those that nobody works on, or whose holder has given no sign of life."""
        now = self._clock()
        return [job for job in self.all() if job.until is None or job.until < now]

    def take(self, proposal_id: str) -> Job | None:
        """Take a job up; None if somebody else works on it or it is done."""
        document = self._documents.get(JOBS, proposal_id)
        if document is None:
            return None
        job, now = _job(document), self._clock()
        if job.until is not None and job.until >= now and job.holder != self._holder:
            return None
        return self._put(replace(job, holder=self._holder, until=now + LEASE), document)

    def beat(self, proposal_id: str, progress: Progress | None = None) -> bool:
        """Give a sign of life and say how far it has come; False if the job is no longer ours, so that it must stop."""
        document = self._documents.get(JOBS, proposal_id)
        if document is None:
            return False
        job = _job(document)
        if job.holder != self._holder:
            return False
        job = replace(job, until=self._clock() + LEASE)
        if progress is not None:
            job = replace(
                job,
                level=progress.level,
                value=_finite(progress.value),
                bound=_finite(progress.bound),
                gap=_finite(progress.gap),
                seconds=progress.seconds,
            )
        return self._put(job, document) is not None

    def release(self, proposal_id: str) -> None:
        """Leave a job to others, as when this process stops in good order."""
        document = self._documents.get(JOBS, proposal_id)
        if document is not None and _job(document).holder == self._holder:
            self._put(replace(_job(document), holder="", until=None), document)

    def _put(self, job: Job, seen: Document) -> Job | None:
        try:
            self._documents.write(Write(JOBS, job.proposal_id, _body(job), seen=seen.version))
        except DocumentChanged:
            return None
        return job


class _Stopped(Exception):
    """The search was stopped from outside: nothing is to be put on record."""


def _refuse_if(stopped: bool) -> list[Write]:  # noqa: FBT001
    if stopped:
        raise _Stopped
    return []


def _done(store: Store, proposal_id: ProposalId) -> Store:
    return store.with_documents(lambda _: [Write(JOBS, proposal_id, None)])


def _finite(figure: float) -> float | None:
    return figure if abs(figure) != float("inf") else None


def _body(job: Job) -> bytes:
    return json.dumps(asdict(job), default=datetime.isoformat).encode()


def _job(document: Document) -> Job:
    fields = json.loads(document.body)
    fields["until"] = None if fields["until"] is None else datetime.fromisoformat(fields["until"])
    return Job(**fields)
