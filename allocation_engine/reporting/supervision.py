"""Supervision as a leader, a supervisor or a worker asks about it: what is overdue, who has none, what was held."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.posts import NOT_RECORDED, Breakdown, Group, Posts, in_post, members, read_posts
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet
from domain.policy.practice import PracticePolicy
from domain.policy.small_groups import too_small_to_show
from domain.vocabulary import Agency, Role, SupervisionKind
from projections import SUPERVISION
from projections.supervision import (
    Agreement,
    NextSession,
    Session,
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
class KindOfSession:
    """Sessions of one kind in a period, each counted once however many attended.

    `quality` is the mean of the supervisees' ratings; None where there are too few ratings or too few people behind
    them, or where it would tell of a team that is too small.
    """

    kind: SupervisionKind
    sessions: int
    people: int
    hours: float
    rated: int
    quality: float | None


@dataclass(frozen=True, slots=True)
class BetweenAgencies:
    """Attendances at sessions by the agency of the supervisee and of the supervisor; None is not recorded."""

    worker_agency: Agency | None
    supervisor_agency: Agency | None
    attended: int

    @property
    def is_across(self) -> bool | None:
        """Whether the two are of different agencies; None where one of them is not recorded."""
        if self.worker_agency is None or self.supervisor_agency is None:
            return None
        return self.worker_agency is not self.supervisor_agency


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
    """Supervision as at a moment and over the period up to it."""

    since: datetime
    as_at: datetime
    team: str | None
    records: Mapping[WorkerId, WorkerSupervision]
    posts: Posts
    next_sessions: tuple[NextSession, ...]
    without_agreement: tuple[WorkerId, ...]
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
    return SupervisionReport(
        since=since,
        as_at=as_at,
        team=team,
        records=records,
        posts=posts,
        next_sessions=tuple(one for record in records.values() for one in record.next_sessions),
        without_agreement=tuple(worker_id for worker_id, record in records.items() if not record.in_force),
        held=tuple(
            _held_against_agreed(group, [records[one] for one in ids], since)
            for group, ids in [(None, tuple(here)), *groups]
        ),
        kinds=tuple(_kinds(records.values(), everybody, posts, since, team, policy.practice)),
        between_agencies=tuple(_between_agencies(records.values(), posts, since)),
        supervisors=tuple(_supervisors(records.values(), everybody, posts, since)),
    )


def _nothing_heard(worker_id: WorkerId, as_at: datetime) -> WorkerSupervision:
    return WorkerSupervision(worker_id, as_at, (), (), (), (), ())


def _held_against_agreed(group: Group | None, records: list[WorkerSupervision], since: datetime) -> HeldAgainstAgreed:
    held = [one for record in records for one in held_between(record, since, record.as_at)]
    lost = [one for record in records for one in lost_between(record, since, record.as_at)]
    standing = [one.standing for record in records for one in record.next_sessions]
    return HeldAgainstAgreed(
        group=group,
        people=len(records),
        agreed=fsum(agreed_sessions(record, since, record.as_at) for record in records),
        held=sum(one.agreed for one in held),
        beside=sum(not one.agreed for one in held),
        missed=sum(not one.cancelled for one in lost),
        cancelled=sum(one.cancelled for one in lost),
        agreements=len(standing),
        overdue=standing.count(Standing.OVERDUE),
        without=sum(not record.in_force for record in records),
    )


def _sessions(records: Iterable[WorkerSupervision], since: datetime) -> dict[object, Session]:
    """Give the sessions of a period, each once."""
    return {one.session_id: one for record in records for one in held_between(record, since, record.as_at)}


def _kinds(
    records: Iterable[WorkerSupervision],
    everybody: Mapping[WorkerId, WorkerSupervision],
    posts: Posts,
    since: datetime,
    team: str | None,
    practice: PracticePolicy,
) -> Iterator[KindOfSession]:
    own, all_of_them = _sessions(records, since), _sessions(everybody.values(), since)
    for kind in SupervisionKind:
        held = [one for one in own.values() if one.kind is kind]
        if not held:
            continue
        ratings = [one.quality for one in held if one.quality is not None]
        raters = {who for one in held if one.quality is not None for who in one.worker_ids}
        told_of = team is None or team not in _teams_too_small(all_of_them.values(), kind, posts, practice)
        enough = len(ratings) >= practice.ratings_minimum.value and len(raters) >= practice.smallest_group.value
        yield KindOfSession(
            kind=kind,
            sessions=len(held),
            people=len({who for one in held for who in one.worker_ids}),
            hours=sum(one.minutes for one in held) / 60,
            rated=len(ratings),
            quality=fsum(ratings) / len(ratings) if enough and told_of else None,
        )


def _teams_too_small(
    sessions: Iterable[Session], kind: SupervisionKind, posts: Posts, practice: PracticePolicy
) -> frozenset[str]:
    """Name the teams whose mean would tell of few people, also as what the service's mean leaves of the others'."""
    raters: dict[str, set[WorkerId]] = {}
    for one in sessions:
        if one.kind is kind and one.quality is not None:
            for who in one.worker_ids:
                own = posts.get(who)
                raters.setdefault((own and own.team_id) or NOT_RECORDED, set()).add(who)
    return too_small_to_show({name: len(people) for name, people in raters.items()}, practice.smallest_group.value)


def _between_agencies(records: Iterable[WorkerSupervision], posts: Posts, since: datetime) -> Iterator[BetweenAgencies]:
    attended: dict[tuple[Agency | None, Agency | None], int] = {}
    for record in records:
        for one in held_between(record, since, record.as_at):
            pair = (_agency(posts, record.worker_id), _agency(posts, one.supervisor_id))
            attended[pair] = attended.get(pair, 0) + 1
    for pair in sorted(attended, key=lambda one: (one[0] or "~", one[1] or "~")):
        yield BetweenAgencies(*pair, attended[pair])


def _agency(posts: Posts, worker_id: WorkerId) -> Agency | None:
    post = posts.get(worker_id)
    return None if post is None else post.agency


def _supervisors(
    records: Iterable[WorkerSupervision],
    everybody: Mapping[WorkerId, WorkerSupervision],
    posts: Posts,
    since: datetime,
) -> Iterator[Supervisor]:
    """Give those who supervise these workers, by agreement or in a session of the period, and who are to by their role."""
    own = tuple(records)
    agreements: list[Agreement] = [one for record in own for one in record.in_force]
    sessions = _sessions(own, since)
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
