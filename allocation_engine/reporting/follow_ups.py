"""Follow-ups after serious incidents: what is still owed to whom, and what was done in time over a period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.posts import Posts, read_posts
from domain.identifiers import TeamId, WorkerId
from domain.vocabulary import FollowUpDue
from projections import FOLLOW_UPS
from projections.follow_ups import Debrief, FollowUp, Outcome, WorkerFollowUps, due_between, follow_ups


@dataclass(frozen=True, slots=True)
class DoneInTime:
    """The follow-ups of one kind that fell due in a period, by what became of them [follow-up].

    `told_too_late` counts those of which the incident was recorded only after they were due: nobody could be in time.
    """

    due: FollowUpDue
    in_time: int
    late: int
    overdue: int
    told_too_late: int

    @property
    def fell_due(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.overdue


@dataclass(frozen=True)
class FollowUpReport:
    """Follow-ups as at a moment and over the period up to it.

    Attributes
    ----------
    open
        Everything still owed, whenever it was due, by worker.
    outcomes
        What fell due in the period, by kind.
    no_debrief
        Workers with no debrief on record after a serious incident of the period.
    debriefed
        How many were debriefed after one [person and incident].
    posts
        Who is where, those who left included: what they were owed is listed still.
    """

    since: datetime
    as_at: datetime
    team: str | None
    people: Mapping[WorkerId, WorkerFollowUps]
    open: tuple[FollowUp, ...]
    outcomes: tuple[DoneInTime, ...]
    no_debrief: tuple[Debrief, ...]
    debriefed: int
    posts: Posts

    @property
    def overdue(self) -> tuple[FollowUp, ...]:
        """What should have been done by now."""
        return tuple(one for one in self.open if one.outcome is Outcome.OVERDUE)

    def has_left(self, worker_id: WorkerId) -> bool:
        """Whether the worker is known to have left the service."""
        post = self.posts.get(worker_id)
        return post is not None and not post.is_employed


def report_follow_ups(
    store: Store, since: datetime, as_at: datetime, known_at: datetime | None = None, team: str | None = None
) -> FollowUpReport:
    """Bring the view up to date and read it: as at a moment, and over the period since another."""
    store.read_models.catch_up(FOLLOW_UPS)
    posts = read_posts(store, as_at, known_at)
    found = follow_ups(store.read_models.rows(FOLLOW_UPS), as_at, known_at)
    people = {who: own for who, own in found.items() if team is None or _team(posts, who) == team}
    debriefs = [one for own in people.values() for one in own.debriefs if one.incident.happened_at > since]
    return FollowUpReport(
        since=since,
        as_at=as_at,
        team=team,
        people=people,
        open=tuple(one for own in people.values() for one in own.follow_ups if one.outcome.is_open),
        outcomes=tuple(_done_in_time(due, people, since, as_at) for due in FollowUpDue),
        no_debrief=tuple(one for one in debriefs if one.held_at is None),
        debriefed=sum(one.held_at is not None for one in debriefs),
        posts=posts,
    )


def _team(posts: Posts, worker_id: WorkerId) -> TeamId | None:
    post = posts.get(worker_id)
    return None if post is None else post.team_id


def _done_in_time(
    due: FollowUpDue, people: Mapping[WorkerId, WorkerFollowUps], since: datetime, until: datetime
) -> DoneInTime:
    fell_due = [one for one in due_between(people, since, until) if one.due is due]
    outcomes = [one.outcome for one in fell_due]
    return DoneInTime(
        due=due,
        in_time=outcomes.count(Outcome.IN_TIME),
        late=outcomes.count(Outcome.LATE),
        overdue=outcomes.count(Outcome.OVERDUE),
        told_too_late=sum(one.incident.known_since > one.due_at for one in fell_due),
    )
