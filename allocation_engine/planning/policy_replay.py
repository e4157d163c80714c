"""Replay a past period under another policy set, beside the one that was in force then. Nothing is stored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from math import fsum
from operator import itemgetter

from allocation_engine.errors import SettingsError
from allocation_engine.persistence.store import Store
from allocation_engine.planning.load_book import LoadBook, Standing, read_load_book
from allocation_engine.planning.policy_adoption import require_known_units
from allocation_engine.planning.policy_differences import Difference, differences, of_values
from allocation_engine.planning.policy_in_force import Adoption, PolicyInForce, adoptions, in_force
from domain.identifiers import PolicySetId, WorkerId
from domain.policy.policy_set import PolicySet

WEEK = timedelta(weeks=1)
LONGEST = timedelta(days=366 * 10)
"""A longer period is a slip of the pen: a year too many digits would be replayed for hours."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a group carries together.

    Attributes
    ----------
    workers, hours_not_known
        Those with a known capacity, of whom the rest speaks, and those without: they are no part of it.
    over, mean_load, mean_share
        Workers over capacity, mean load [lp], mean share of capacity [1]; None for a group too small to be
        told of together.
    """

    workers: int
    hours_not_known: int
    over: int | None
    mean_load: float | None
    mean_share: float | None


@dataclass(frozen=True, slots=True)
class UnderBoth:
    """One worker's standing under the policy in force (A) and under the other (B)."""

    worker_id: WorkerId
    a: Standing
    b: Standing


@dataclass(frozen=True, slots=True)
class Week:
    """Everybody employed at one moment, by id, and the policy set that was in force (A).

    `smallest_group` is the fewest people [person] of whom that set lets something be told together.
    """

    at: datetime
    policy_set_id: PolicySetId
    smallest_group: float
    workers: tuple[UnderBoth, ...]

    @property
    def a(self) -> Totals:
        """All under the policy in force."""
        return totals((one.a for one in self.workers), self.smallest_group)

    @property
    def b(self) -> Totals:
        """All under the other."""
        return totals((one.b for one in self.workers), self.smallest_group)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A policy set that was in force (A) from one of the moments on, and in what the other (B) differs from it."""

    since: datetime
    policy_set_id: PolicySetId
    adopted: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class PolicyComparison:
    """A period under the policies in force then (A) and under another one (B), week by week."""

    policy_set_id: PolicySetId
    title: str
    team: str | None
    known_at: datetime | None
    weeks: tuple[Week, ...]
    stretches: tuple[Stretch, ...]

    @property
    def end(self) -> Week:
        """The last moment of the period."""
        return self.weeks[-1]


def compare_policies(
    store: Store,
    other: PolicySet,
    example: PolicySet,
    start: datetime,
    end: datetime,
    *,
    team: str | None = None,
    known_at: datetime | None = None,
    on_worker: Callable[[int, int], None] | None = None,
) -> PolicyComparison:
    """Draw up every worker's load at weekly moments, under the policy in force at each and under another.

    Parameters
    ----------
    other
        The policy set to try (B).
    example
        The shipped set, in force (A) until somebody adopted one.
    start, end
        The period: its Mondays at 00:00 UTC, and its end.
    team
        Only those who were in this team at the moment.
    known_at
        Leave out what was learned after this moment; None leaves out nothing.
    on_worker
        Is told how many workers are done, and of how many.

    Raises
    ------
    SettingsError
        The period ends before it starts, or is longer than ten years.
    InvalidPolicySet
        A number of the other set is in another unit than the one the model reads.
    """
    require_known_units(other, example)
    moments = weekly_moments(start, end)
    book = read_load_book(store, known_at)
    present = {at: book.workers(at, team) for at in moments}
    stretches = _stretches(adoptions(store.log, known_at), moments, example)
    everybody = sorted({worker_id for workers in present.values() for worker_id in workers})
    found: dict[WorkerId, dict[datetime, UnderBoth]] = {}
    for done, worker_id in enumerate(everybody, start=1):
        found[worker_id] = _under_both(book, worker_id, stretches, other)
        if on_worker is not None:
            on_worker(done, len(everybody))
    return PolicyComparison(
        policy_set_id=other.policy_set_id,
        title=other.title,
        team=team,
        known_at=known_at,
        weeks=tuple(
            _week(at, now.policy, (found[worker_id][at] for worker_id in present[at]))
            for now, stretch in stretches
            for at in stretch
        ),
        stretches=tuple(_told(now, stretch[0], other) for now, stretch in stretches),
    )


def weekly_moments(start: datetime, end: datetime) -> tuple[datetime, ...]:
    """Give the Mondays at 00:00 UTC from start to end, and the end itself."""
    if end < start:
        raise SettingsError("the period", f"it ends on {end:%Y-%m-%d}, before it starts on {start:%Y-%m-%d}")
    if end - start > LONGEST:
        raise SettingsError("the period", f"{start:%Y-%m-%d} to {end:%Y-%m-%d} is longer than ten years: ask for less")
    midnight = datetime.combine(start.astimezone(UTC).date(), time(), UTC)
    monday = midnight - timedelta(days=midnight.weekday())
    found: list[datetime] = []
    while monday < end:
        if monday >= start:
            found.append(monday)
        monday += WEEK
    return (*found, end)


def totals(standings: Iterable[Standing], smallest_group: float) -> Totals:
    """Add up a group; those without a known capacity are counted apart."""
    given = tuple(standings)
    known = [(one, one.share) for one in given if one.capacity is not None]
    shares = [share for _, share in known if share is not None]
    number, unknown = len(known), len(given) - len(known)
    if number < smallest_group:
        return Totals(number, unknown, None, None, None)
    mean_load = fsum(one.load for one, _ in known) / number
    return Totals(number, unknown, sum(one.is_over for one, _ in known), mean_load, fsum(shares) / number)


InForceFor = tuple[PolicyInForce, tuple[datetime, ...]]
"""A policy set, and the moments one after another at which it was in force."""


def _stretches(adopted: Sequence[Adoption], moments: Sequence[datetime], example: PolicySet) -> list[InForceFor]:
    dated = [(in_force(adopted, at, example), at) for at in moments]
    return [(now, tuple(at for _, at in group)) for now, group in groupby(dated, key=itemgetter(0))]


def _told(now: PolicyInForce, since: datetime, other: PolicySet) -> Stretch:
    found = of_values(differences(now.policy, other))
    return Stretch(since, now.policy.policy_set_id, now.adopted, found)


def _week(at: datetime, now: PolicySet, workers: Iterable[UnderBoth]) -> Week:
    return Week(at, now.policy_set_id, now.practice.smallest_group.value, tuple(workers))


def _under_both(
    book: LoadBook, worker_id: WorkerId, stretches: Iterable[InForceFor], other: PolicySet
) -> dict[datetime, UnderBoth]:
    """Draw up one worker's loads. Both passes stop at the same moments, so that what is equal is equal to the last bit."""
    found: dict[datetime, UnderBoth] = {}
    for now, moments in stretches:
        a = book.over_time(worker_id, now.policy.load, moments)
        b = book.over_time(worker_id, other.load, moments)
        found |= {at: UnderBoth(worker_id, a[at], b[at]) for at in moments}
    return found
