"""Supervision as a leader, a supervisor or a worker asks about it: what is overdue, who has none, what was held."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.posts import Breakdown, Group, Posts, in_post, members, read_posts
from allocation_engine.reporting.supervision_sessions import (
    BetweenAgencies,
    KindOfSession,
    between_agencies,
    kinds_of_session,
    sessions_between,
)
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet
from domain.vocabulary import Role
from projections import SUPERVISION
from projections.supervision import (
    Agreement,
    NextSession,
    Standing,
    WorkerSupervision,
    agreed_sessions,
    held_between,
    lost_between,
    supervision,
)

BROKEN_DOWN_BY = (Breakdown.ROLE, Breakdown.AGENCY, Breakdown.TEAM)


@dataclass(frozen=True, slots=True)
class HeldAgainstAgreed:
    """Sessions of a group of workers in a period, each attendance counted.

    Attributes
    ----------
    agreed
        What the agreements call for: days at work by the agreed interval [session].
    held, beside
        Held where an agreement of the kind stood, and beside any agreement [session].
    missed, cancelled
        Not held, unannounced or called off beforehand [session].
    agreements, overdue
        Agreements that stand at the end of the period, and how many of them are overdue then.
    without
        Workers with no agreement at all [person].
    """

    group: Group | None
    people: int
    agreed: float
    held: int
    beside: int
    missed: int
    cancelled: int
    agreements: int
    overdue: int
    without: int


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Somebody who supervises: how many people, how many sessions given, and by whom they are supervised themselves."""

    worker_id: WorkerId
    on_record: bool
    supervisees: int
    given: int
    own: tuple[NextSession, ...]


@dataclass(frozen=True)
class SupervisionReport:
    """Supervision as at a moment and over the period up to it.

    `not_on_record` names those with an agreement who were never registered as workers: their posts are not known, so
    they are in no figure. A report of one team names none.
    """

    since: datetime
    as_at: datetime
    team: str | None
    records: Mapping[WorkerId, WorkerSupervision]
    posts: Posts
    next_sessions: tuple[NextSession, ...]
    without_agreement: tuple[WorkerId, ...]
    not_on_record: tuple[WorkerId, ...]
    held: tuple[HeldAgainstAgreed, ...]
    kinds: tuple[KindOfSession, ...]
    between_agencies: tuple[BetweenAgencies, ...]
    supervisors: tuple[Supervisor, ...]

    @property
    def overdue(self) -> tuple[NextSession, ...]:
        """The overdue sessions, by worker."""
        return tuple(one for one in self.next_sessions if one.standing is Standing.OVERDUE)

    @property
    def whole(self) -> HeldAgainstAgreed:
        """All workers of the report together."""
        return next(one for one in self.held if one.group is None)


def report_supervision(
    store: Store,
    policy: PolicySet,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
    team: str | None = None,
) -> SupervisionReport:
    """Bring the view up to date and read it: as at a moment, and over the period since another."""
    store.read_models.catch_up(SUPERVISION)
    rows = store.read_models.rows(SUPERVISION)
    grace = policy.practice.supervision_grace.value
    everybody = supervision(rows, as_at, known_at, grace_days=grace)
    posts = read_posts(store, as_at, known_at)
    here = in_post(posts, team)
    records = {worker_id: everybody.get(worker_id) or _nothing_heard(worker_id, as_at) for worker_id in here}
    groups = [(Group(by, name), ids) for by in BROKEN_DOWN_BY for name, ids in members(here, by, policy).items()]
    each = {worker_id: _of_one(record, since) for worker_id, record in records.items()}
    return SupervisionReport(
        since=since,
        as_at=as_at,
        team=team,
        records=records,
        posts=posts,
        next_sessions=tuple(one for record in records.values() for one in record.next_sessions),
        without_agreement=tuple(worker_id for worker_id, record in records.items() if not record.in_force),
        not_on_record=tuple(
            who for who, one in everybody.items() if team is None and one.in_force and who not in posts
        ),
        held=tuple(_together(group, [each[one] for one in ids]) for group, ids in [(None, tuple(here)), *groups]),
        kinds=tuple(kinds_of_session(records.values(), everybody, posts, since, team, policy.practice)),
        between_agencies=tuple(between_agencies(records.values(), posts, since)),
        supervisors=tuple(_supervisors(records.values(), everybody, posts, since)),
    )


def _nothing_heard(worker_id: WorkerId, as_at: datetime) -> WorkerSupervision:
    return WorkerSupervision(worker_id, as_at, (), (), (), (), ())


def _of_one(record: WorkerSupervision, since: datetime) -> HeldAgainstAgreed:
    held = held_between(record, since, record.as_at)
    lost = lost_between(record, since, record.as_at)
    agreed = sum(one.agreed for one in held)
    cancelled = sum(one.cancelled for one in lost)
    return HeldAgainstAgreed(
        group=None,
        people=1,
        agreed=agreed_sessions(record, since, record.as_at),
        held=agreed,
        beside=len(held) - agreed,
        missed=len(lost) - cancelled,
        cancelled=cancelled,
        agreements=len(record.next_sessions),
        overdue=sum(one.standing is Standing.OVERDUE for one in record.next_sessions),
        without=int(not record.in_force),
    )


def _together(group: Group | None, each: Sequence[HeldAgainstAgreed]) -> HeldAgainstAgreed:
    return HeldAgainstAgreed(
        group=group,
        people=len(each),
        agreed=fsum(one.agreed for one in each),
        held=sum(one.held for one in each),
        beside=sum(one.beside for one in each),
        missed=sum(one.missed for one in each),
        cancelled=sum(one.cancelled for one in each),
        agreements=sum(one.agreements for one in each),
        overdue=sum(one.overdue for one in each),
        without=sum(one.without for one in each),
    )


def _supervisors(
    records: Iterable[WorkerSupervision],
    everybody: Mapping[WorkerId, WorkerSupervision],
    posts: Posts,
    since: datetime,
) -> Iterator[Supervisor]:
    """Give those who supervise these workers, by agreement or in a session of the period, and who are to by their role."""
    own = tuple(records)
    agreements: list[Agreement] = [one for record in own for one in record.in_force]
    sessions = sessions_between(own, since)
    found = {one.supervisor_id for one in agreements} | {one.supervisor_id for one in sessions.values()}
    found |= {record.worker_id for record in own if posts[record.worker_id].role is Role.SUPERVISOR}
    for supervisor_id in sorted(found):
        record, post = everybody.get(supervisor_id), posts.get(supervisor_id)
        yield Supervisor(
            worker_id=supervisor_id,
            on_record=post is not None and post.is_employed,
            supervisees=len({one.worker_id for one in agreements if one.supervisor_id == supervisor_id}),
            given=sum(one.supervisor_id == supervisor_id for one in sessions.values()),
            own=() if record is None else record.next_sessions,
        )
