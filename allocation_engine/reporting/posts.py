"""Who is in which post as at a moment, the ones who left included: what every report is broken down by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allocation_engine.persistence.store import Store
from domain.evolve.worker import WorkerState
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet
from projections import WORKFORCE
from projections.workforce import worker_as_at

Posts = Mapping[WorkerId, WorkerState]

NOT_RECORDED = "not recorded"
"""The group of those of whom the record does not say: it is shown, not left out."""


class Breakdown(StrEnum):
    """By what a report breaks its figures down."""

    ROLE = "role"
    AGENCY = "agency"
    TEAM = "team"
    STAGE = "stage"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a breakdown."""

    by: Breakdown
    name: str


def read_posts(store: Store, as_at: datetime, known_at: datetime | None = None) -> Posts:
    """Give everybody ever registered by then, by id; `is_employed` says who still works here."""
    store.read_models.catch_up(WORKFORCE)
    rows = store.read_models.rows(WORKFORCE)
    found = (worker_as_at(key, row, as_at, known_at) for key, row in sorted(rows.items()))
    return {post.worker_id: post for post in found if post.registered_at is not None}


def in_post(posts: Posts, team: str | None = None) -> Posts:
    """Keep who works here as at that moment; only those of a team, where one is given."""
    return {worker_id: post for worker_id, post in posts.items() if post.is_employed and team in {None, post.team_id}}


def hours_band(post: WorkerState, policy: PolicySet) -> str:
    """Say whether a post is full time or part time."""
    if post.fte is None:
        return NOT_RECORDED
    hours = post.fte * policy.limits.full_time_hours.value
    return "full time" if hours > policy.practice.full_time_from.value else "part time"


def groups_of(post: WorkerState, policy: PolicySet) -> dict[Breakdown, str]:
    """Name a worker's group under every breakdown."""
    read: dict[Breakdown, Callable[[], str | None]] = {
        Breakdown.ROLE: lambda: post.role,
        Breakdown.AGENCY: lambda: post.agency,
        Breakdown.TEAM: lambda: post.team_id,
        Breakdown.STAGE: lambda: post.stage,
        Breakdown.HOURS: lambda: hours_band(post, policy),
    }
    return {by: name() or NOT_RECORDED for by, name in read.items()}


def members(posts: Posts, by: Breakdown, policy: PolicySet) -> dict[str, tuple[WorkerId, ...]]:
    """Give the workers of each group of one breakdown, groups by name."""
    found: dict[str, list[WorkerId]] = {}
    for worker_id, post in posts.items():
        found.setdefault(groups_of(post, policy)[by], []).append(worker_id)
    return {name: tuple(found[name]) for name in sorted(found)}
