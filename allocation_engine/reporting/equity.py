"""Who receives the heavy cases, group by group, for the hours they work; and who holds them now."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.intervals import Ratio, Weighed, bootstrap_ratio, rate_ratio
from allocation_engine.reporting.posts import NOT_RECORDED, hours_band
from allocation_engine.reporting.posts_over_time import PostStretch, read_post_stretches
from domain.concentration import gini, top_share
from domain.evolve.worker import WorkerState
from domain.identifiers import WorkerId
from domain.load.exposure import case_points
from domain.policy.policy_set import PolicySet
from domain.policy.small_groups import too_small_to_show
from domain.vocabulary import AssignmentRole
from projections import CASELOAD, EQUITY
from projections.caseload import caseloads
from projections.equity import Received, received

A_FIFTH = 0.2
SHUFFLES = 500
"""Draws by which the concentration that chance alone gives is found."""


class Dimension(StrEnum):
    """By what workers are grouped. Nothing protected is among them: none is held."""

    AGENCY = "agency"
    ROLE = "role"
    STAGE = "stage"
    HOURS = "hours"
    TEAM = "team"
    AREA = "area"
    TIME_IN_POST = "time_in_post"


@dataclass(frozen=True, slots=True)
class GroupShare:
    """What one group received in the period, for the hours it worked.

    Attributes
    ----------
    people
        Workers who were in the group at some time [person].
    fte_weeks
        Their contracted time in it [week of full time], absence included.
    heavy, points
        New cases of high or very high risk [case], and the points of all new cases [lp].
    heavy_ratio, points_ratio
        Received for each week of full time, over the same of everybody else, with a 95 % interval: exact for counts,
        a bootstrap over workers for points.
    """

    name: str
    people: int
    fte_weeks: float
    heavy: int
    points: float
    heavy_ratio: Ratio | None
    points_ratio: Ratio | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of one dimension that are shown, by name, and those that are too small to show."""

    dimension: Dimension
    shown: tuple[GroupShare, ...]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concentration:
    """How the high-risk cases held now lie on the hours of those who may hold them.

    `gini` is 0 where all hold alike for their hours; `by_chance` what it would be on average if every case had fallen
    to an hour at random. `top_fifth` is the share of the cases [1] on the fifth of the hours that holds most.
    """

    people: int
    cases: int
    gini: float
    by_chance: float
    top_fifth: float


@dataclass(frozen=True, slots=True)
class EquityReport:
    """New cases of a period by group, and who holds high-risk cases at its end (None: too few people or no case).

    `heavy` is None where the people are too few to tell of. `without_hours` workers have no recorded hours; they and what
    they received are left out.
    """

    since: datetime
    until: datetime
    people: int
    heavy: int | None
    without_hours: int
    breakdowns: tuple[Breakdown, ...]
    concentration: Concentration | None


@dataclass(frozen=True)
class _Share:
    """One worker's part in one stretch."""

    worker_id: WorkerId
    groups: Mapping[Dimension, str]
    fte_weeks: float
    heavy: int
    points: float


def report_equity(
    store: Store,
    policy: PolicySet,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
    *,
    seed: int = 0,
) -> EquityReport:
    """Audit who received the heavy cases of a period, among those who may hold a case as primary worker.

    `seed` draws the bootstrap: the same seed gives the same intervals.
    """
    store.read_models.catch_up(EQUITY)
    cases = received(store.read_models.rows(EQUITY), since, as_at, known_at)
    stretches = [one for one in read_post_stretches(store, since, as_at, known_at) if _may_hold(one.post, policy)]
    shares = tuple(_shares(stretches, cases, policy))
    people = {one.worker_id for one in shares}
    smallest = policy.practice.smallest_group.value
    return EquityReport(
        since=since,
        until=as_at,
        people=len(people),
        heavy=sum(one.heavy for one in shares) if len(people) >= smallest else None,
        without_hours=len({one.post.worker_id for one in stretches} - people),
        breakdowns=tuple(_breakdown(dimension, shares, smallest, seed) for dimension in Dimension),
        concentration=_concentration(store, stretches, policy, as_at, known_at, seed),
    )


def _may_hold(post: WorkerState, policy: PolicySet) -> bool:
    """Say whether the role may hold a case as primary worker; a role that is not recorded is not left out."""
    return post.role is None or post.role in policy.limits.primary_roles


def _shares(stretches: Iterable[PostStretch], cases: Iterable[Received], policy: PolicySet) -> Iterator[_Share]:
    of_worker: dict[WorkerId, list[Received]] = defaultdict(list)
    for one in cases:
        of_worker[one.worker_id].append(one)
    for whole in stretches:
        for stretch in _cut_by_tenure(whole, policy):
            if stretch.fte_weeks is None:
                continue
            own = [one for one in of_worker[stretch.post.worker_id] if stretch.since <= one.at < stretch.until]
            yield _Share(
                stretch.post.worker_id,
                {dimension: name(stretch, policy) or NOT_RECORDED for dimension, name in GROUPS.items()},
                stretch.fte_weeks,
                sum(one.is_heavy for one in own),
                sum(case_points(one.profile, policy.load) for one in own),
            )


def _cut_by_tenure(stretch: PostStretch, policy: PolicySet) -> Iterator[PostStretch]:
    """Cut a stretch where the worker passes from new in post to not so new, and to long."""
    began = stretch.post.registered_at or stretch.since
    practice, since = policy.practice, stretch.since
    for days in (practice.tenure_new.value, practice.tenure_long.value):
        passed = began + timedelta(days=days)
        if since < passed < stretch.until:
            yield PostStretch(stretch.post, since, passed)
            since = passed
    yield PostStretch(stretch.post, since, stretch.until)


def _time_in_post(stretch: PostStretch, policy: PolicySet) -> str:
    practice = policy.practice
    passed = (stretch.since - (stretch.post.registered_at or stretch.since)) / timedelta(days=1)
    if passed < practice.tenure_new.value:
        return f"up to {practice.tenure_new.value:g} days"
    if passed < practice.tenure_long.value:
        return f"{practice.tenure_new.value:g} to {practice.tenure_long.value:g} days"
    return f"over {practice.tenure_long.value:g} days"


GROUPS: Mapping[Dimension, Callable[[PostStretch, PolicySet], str | None]] = {
    Dimension.AGENCY: lambda stretch, _: stretch.post.agency,
    Dimension.ROLE: lambda stretch, _: stretch.post.role,
    Dimension.STAGE: lambda stretch, _: stretch.post.stage,
    Dimension.HOURS: lambda stretch, policy: hours_band(stretch.post, policy),
    Dimension.TEAM: lambda stretch, _: stretch.post.team_id,
    Dimension.AREA: lambda stretch, _: stretch.post.area,
    Dimension.TIME_IN_POST: _time_in_post,
}


def _breakdown(dimension: Dimension, shares: Sequence[_Share], smallest: float, seed: int) -> Breakdown:
    of_group: dict[str, list[_Share]] = defaultdict(list)
    for one in shares:
        of_group[one.groups[dimension]].append(one)
    people = {name: len({one.worker_id for one in of_group[name]}) for name in sorted(of_group)}
    hidden = too_small_to_show(people, smallest)
    shown = []
    for name, number in people.items():
        if name not in hidden:
            rest = [one for one in shares if one.groups[dimension] != name]
            shown.append(_group_share(name, number, of_group[name], rest, seed))
    return Breakdown(dimension, tuple(shown), tuple(sorted(hidden)))


def _group_share(name: str, people: int, own: Sequence[_Share], rest: Sequence[_Share], seed: int) -> GroupShare:
    heavy, weeks = sum(one.heavy for one in own), sum(one.fte_weeks for one in own)
    others, other_weeks = sum(one.heavy for one in rest), sum(one.fte_weeks for one in rest)
    return GroupShare(
        name=name,
        people=people,
        fte_weeks=weeks,
        heavy=heavy,
        points=sum(one.points for one in own),
        heavy_ratio=rate_ratio(heavy, weeks, others, other_weeks) if rest else None,
        points_ratio=bootstrap_ratio(_by_worker(own), _by_worker(rest), seed) if rest else None,
    )


def _by_worker(shares: Iterable[_Share]) -> list[Weighed]:
    """Add up what each worker received, and their exposure: who changed hours is one worker still."""
    found: dict[WorkerId, Weighed] = {}
    for one in shares:
        points, weeks = found.get(one.worker_id, (0.0, 0.0))
        found[one.worker_id] = points + one.points, weeks + one.fte_weeks
    return list(found.values())


def _concentration(
    store: Store,
    stretches: Iterable[PostStretch],
    policy: PolicySet,
    as_at: datetime,
    known_at: datetime | None,
    seed: int,
) -> Concentration | None:
    """Set the high-risk cases held now against the hours of those in post."""
    now = {one.post.worker_id: one.post.fte for one in stretches if one.until == as_at and one.post.is_employed}
    hours = {worker_id: fte for worker_id, fte in now.items() if fte is not None}
    store.read_models.catch_up(CASELOAD)
    held = caseloads(store.read_models.rows(CASELOAD), as_at, known_at)
    high = [
        sum(
            one.role is AssignmentRole.PRIMARY and one.case.risk is not None and one.case.risk.is_high
            for one in held.get(worker_id, ())
        )
        for worker_id in hours
    ]
    weights = list(hours.values())
    evenness = gini(list(zip(weights, high, strict=True)))
    top = top_share(list(zip(weights, high, strict=True)), A_FIFTH)
    if evenness is None or top is None or len(hours) < policy.practice.smallest_group.value:
        return None
    return Concentration(len(hours), sum(high), evenness, _by_chance(weights, sum(high), seed), top)


def _by_chance(weights: Sequence[float], cases: int, seed: int) -> float:
    """Give the mean Gini coefficient if every case fell to an hour at random."""
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(cases, np.array(weights) / sum(weights), size=SHUFFLES)
    return float(ginis(np.array(weights), drawn).mean())


def ginis(weights: NDArray[np.float64], drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give `domain.concentration.gini` of each line of what is held, 0 where it is nothing: all lines at once."""
    order = np.argsort(drawn / weights, axis=1, kind="stable")
    held = np.take_along_axis(drawn, order, axis=1).cumsum(axis=1) / np.maximum(drawn.sum(axis=1), 1)[:, None]
    weight = weights[order].cumsum(axis=1) / weights.sum()
    gained, before = np.diff(weight, axis=1, prepend=0.0), np.pad(held, ((0, 0), (1, 0)))[:, :-1]
    found: NDArray[np.float64] = np.where(drawn.any(axis=1), 1 - (gained * (held + before)).sum(axis=1), 0.0)
    return found
