"""The sessions of a period as such: their kinds, how they were rated, and supervision across agencies."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import fsum
from uuid import UUID

from allocation_engine.reporting.posts import NOT_RECORDED, Posts
from domain.identifiers import WorkerId
from domain.policy.practice import PracticePolicy
from domain.policy.small_groups import too_small_to_show
from domain.vocabulary import Agency, SupervisionKind
from projections.supervision import Session, WorkerSupervision, held_between

MINUTES_AN_HOUR = 60


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


def sessions_between(records: Iterable[WorkerSupervision], since: datetime) -> dict[UUID, Session]:
    """Give the sessions of a period, each once."""
    return {one.session_id: one for record in records for one in held_between(record, since, record.as_at)}


def kinds_of_session(
    records: Iterable[WorkerSupervision],
    everybody: Mapping[WorkerId, WorkerSupervision],
    posts: Posts,
    since: datetime,
    team: str | None,
    practice: PracticePolicy,
) -> Iterator[KindOfSession]:
    """Sum the sessions of these workers by kind. `everybody` tells which teams are too small for a mean of their own."""
    own, all_of_them = sessions_between(records, since), sessions_between(everybody.values(), since)
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
            hours=sum(one.minutes for one in held) / MINUTES_AN_HOUR,
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


def between_agencies(records: Iterable[WorkerSupervision], posts: Posts, since: datetime) -> Iterator[BetweenAgencies]:
    """Count attendances by the agency of the supervisee and of the supervisor, as their posts are at the end."""
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
