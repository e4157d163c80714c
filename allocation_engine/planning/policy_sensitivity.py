"""Which numbers of the load policy matter: vary one at a time, and see how far shares of capacity and their order move.

This is about the numbers. No worker is named in the result, and the order of workers is never shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

from allocation_engine.errors import SettingsError
from allocation_engine.persistence.store import Store
from allocation_engine.planning.load_book import LoadBook, read_load_book
from allocation_engine.planning.policy_variation import LOAD, ReadingWatch, Variation, variations
from domain.identifiers import PolicySetId, WorkerId
from domain.load import Coefficient, CoefficientKind, LoadParameters
from domain.policy.policy_set import PolicySet

DIGITS = 12
"""Shares are put in order to so many decimal places: what differs less is the same share, rounded otherwise."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What varying one number does.

    Attributes
    ----------
    place, number
        The number, such as `load.held_points.high`, as it stands.
    tried
        The values put in its place: the lower and the higher one, as far as a policy set may hold them.
    not_tried
        Why a value was left out.
    touched
        Workers whose account reads the number at all.
    largest_change
        The largest change in any worker's share of capacity [percentage points].
    crossings
        Workers who come to be over capacity, or no longer are; of the two directions, the greater number.
    order
        Kendall's tau-b between the order of shares before and after [1], the lesser of the two directions: 1 is the same
        order, -1 the reverse. None where there is no order to compare.
    """

    place: str
    number: Coefficient
    tried: tuple[float, ...]
    not_tried: tuple[str, ...]
    touched: int
    largest_change: float
    crossings: int
    order: float | None


@dataclass(frozen=True, slots=True)
class PolicySensitivity:
    """The effect of each number, those that move the order of shares most first; none for too few workers to say."""

    as_at: datetime
    known_at: datetime | None
    policy_set_id: PolicySetId
    team: str | None
    change: float
    smallest_group: float
    workers: int
    hours_not_known: int
    effects: tuple[Effect, ...]

    @property
    def too_few(self) -> bool:
        """Whether there are fewer workers with known hours than can be spoken of together."""
        return self.workers < self.smallest_group


def policy_sensitivity(
    store: Store,
    policy: PolicySet,
    as_at: datetime,
    *,
    change: float = 0.2,
    kinds: frozenset[CoefficientKind] = frozenset({CoefficientKind.ASSUMPTION}),
    team: str | None = None,
    known_at: datetime | None = None,
    on_number: Callable[[int, int], None] | None = None,
) -> PolicySensitivity:
    """Vary every number of the load part down and up, one at a time, and measure what that does.

    Parameters
    ----------
    policy
        The set whose numbers are varied, usually the one in force.
    change
        By how much of itself a number is varied [1]; what may not exceed 1 is raised to 1 at most.
    kinds
        Which numbers: by default those that are assumed.
    team, known_at
        As for `compare_policies`.
    on_number
        Is told how many numbers are done, and of how many.

    Raises
    ------
    SettingsError
        The change is not between nothing and the whole.
    """
    if not 0 < change < 1:
        raise SettingsError("--change", "give a change above 0% and below 100%, such as 20%")
    book = read_load_book(store, known_at)
    group = _Group(book, book.workers(as_at, team), policy.load, as_at)
    chosen = [(place, number) for place, number in policy.coefficients() if _is_varied(place, number, kinds)]
    smallest = policy.practice.smallest_group.value
    effects: list[Effect] = []
    if len(group.shares) >= smallest:
        for done, (place, number) in enumerate(chosen, start=1):
            effects.append(group.effect(variations(policy, place, number, change)))
            if on_number is not None:
                on_number(done, len(chosen))
    effects.sort(key=_by_effect)
    return PolicySensitivity(
        as_at=as_at,
        known_at=known_at,
        policy_set_id=policy.policy_set_id,
        team=team,
        change=change,
        smallest_group=smallest,
        workers=len(group.shares),
        hours_not_known=group.hours_not_known,
        effects=tuple(effects),
    )


def _is_varied(place: str, number: Coefficient, kinds: frozenset[CoefficientKind]) -> bool:
    return place.startswith(LOAD) and number.kind in kinds


def _by_effect(one: Effect) -> tuple[float, float, str]:
    return (1.0 if one.order is None else one.order, -one.largest_change, one.place)


class _Group:
    """Everybody with known hours: their shares as they stand, and which numbers each account reads."""

    def __init__(
        self, book: LoadBook, workers: Sequence[WorkerId], parameters: LoadParameters, as_at: datetime
    ) -> None:
        self._book = book
        self._as_at = as_at
        self._readers: dict[str, list[WorkerId]] = {}
        standings = book.of_all(workers, parameters, as_at)
        self.shares = {who: share for who, one in standings.items() if (share := one.share) is not None}
        self.hours_not_known = len(workers) - len(self.shares)
        watch = ReadingWatch(parameters)
        for worker_id in self.shares:
            book.of_one(worker_id, watch.parameters, as_at)
            for place in watch.taken():
                self._readers.setdefault(place, []).append(worker_id)

    def effect(self, variation: Variation) -> Effect:
        """Draw up anew the accounts that read the number, for each value that can be tried."""
        readers = self._readers.get(variation.place, [])
        moved = [self._under(parameters, readers) for _, parameters in variation.tried]
        orders = [order for shares in moved if (order := tau_b(self.shares, shares)) is not None]
        return Effect(
            place=variation.place,
            number=variation.number,
            tried=tuple(value for value, _ in variation.tried),
            not_tried=variation.not_tried,
            touched=len(readers),
            largest_change=max((abs(now - self.shares[who]) for one in moved for who, now in one.items()), default=0.0)
            * 100,
            crossings=max((self._crossings(shares) for shares in moved), default=0),
            order=min(orders, default=None),
        )

    def _under(self, parameters: LoadParameters, readers: Sequence[WorkerId]) -> dict[WorkerId, float]:
        if not readers:
            return self.shares
        anew = self._book.of_all(readers, parameters, self._as_at)
        return self.shares | {who: share for who, one in anew.items() if (share := one.share) is not None}

    def _crossings(self, shares: Mapping[WorkerId, float]) -> int:
        return sum((shares[worker_id] > 1) != (before > 1) for worker_id, before in self.shares.items())


def tau_b(before: Mapping[WorkerId, float], after: Mapping[WorkerId, float]) -> float | None:
    """Compare two orders of the same workers by Kendall's tau-b [1]; None where all stand level in one of them.

    Kendall, M. G. (1945), "The treatment of ties in ranking problems", Biometrika 33(3):239-251.
    """
    from scipy.stats import kendalltau  # noqa: PLC0415  it takes a second or two to load, and only this needs it

    orders = [[round(shares[worker_id], DIGITS) for worker_id in before] for shares in (before, after)]
    found = float(kendalltau(*orders, method="asymptotic").statistic)
    return None if isnan(found) else found
