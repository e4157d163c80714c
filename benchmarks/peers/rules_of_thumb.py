"""Rules of thumb: in a fixed order each case, siblings as one, goes to somebody with room; nothing is taken back."""

from collections.abc import Callable, Iterator
from time import perf_counter

from benchmarks.peers.instance import Instance, Take, units_of
from benchmarks.peers.judging import Answer


class Book:
    """Keeps what each worker has received and how much room is left."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.load = list(instance.base)
        self.left = [key.room for key in instance.keys]
        self.number = [0] * len(instance.base)
        self.area: dict[int, str] = {}
        self.answer = Answer()

    def choices(self, unit: tuple[int, ...]) -> Iterator[tuple[Take, ...]]:
        """Give for every worker with room for all of the unit the takes that it comes to, co-workers included."""
        by_worker = [{take.worker: take for take in self.instance.primary[c]} for c in unit]
        for worker in sorted(set.intersection(*(set(one) for one in by_worker))):
            takes = self._with_co_workers(unit, [one[worker] for one in by_worker])
            if takes is not None and self._fits(takes):
                yield tuple(takes)

    def _with_co_workers(self, unit: tuple[int, ...], takes: list[Take]) -> list[Take] | None:
        for c in unit:
            if self.instance.needs_co_worker[c]:
                others = (one for one in self.instance.co_worker[c] if one.worker != takes[0].worker)
                found = min(
                    (one for one in others if self._fits([*takes, one])),
                    key=lambda one: (self.load[one.worker] + one.added, one.worker),
                    default=None,
                )
                if found is None:
                    return None
                takes = [*takes, found]
        return takes

    def _fits(self, takes: list[Take]) -> bool:
        wanted: dict[int, int] = {}
        for take in takes:
            for key, amount in take.uses:
                wanted[key] = wanted.get(key, 0) + amount
        areas = self.instance.areas
        if areas is not None and any(self.area.get(one.worker, areas[one.case]) != areas[one.case] for one in takes):
            return False
        return all(amount <= self.left[key] for key, amount in wanted.items())

    def take(self, unit: tuple[int, ...], takes: tuple[Take, ...]) -> None:
        """Write a choice down."""
        for place, one in enumerate(takes):
            (self.answer.primary if place < len(unit) else self.answer.co_worker)[one.case] = one.worker
            self.load[one.worker] += one.added
            self.number[one.worker] += place < len(unit)
            if self.instance.areas is not None:
                self.area[one.worker] = self.instance.areas[one.case]
            for key, amount in one.uses:
                self.left[key] -= amount


def greedy(instance: Instance, seconds: float) -> Answer:
    """Give each case where the sum of squares rises least; where pairs cost, where the cost is least."""

    def rise(book: Book, takes: tuple[Take, ...]) -> float:
        if instance.has_cost:
            return float(sum(one.cost for one in takes))
        return float(sum(2 * book.load[one.worker] * one.added + one.added**2 for one in takes))

    return _in_turn(instance, seconds, rise, regret_first=instance.has_cost)


def lightest_first(instance: Instance, seconds: float) -> Answer:
    """Give each case to whoever carries least now, as a list sorted by load would have it."""
    return _in_turn(instance, seconds, lambda book, takes: book.load[takes[0].worker])


def round_robin(instance: Instance, seconds: float) -> Answer:
    """Give each case to the next in turn who may take it."""
    last, number = [-1], len(instance.base)

    def turn(_: Book, takes: tuple[Take, ...]) -> float:
        return float((takes[0].worker - last[0] - 1) % number)

    return _in_turn(instance, seconds, turn, chosen=lambda worker: last.__setitem__(0, worker))


def _in_turn(
    instance: Instance,
    seconds: float,
    worse: Callable[[Book, tuple[Take, ...]], float],
    *,
    regret_first: bool = False,
    chosen: Callable[[int], None] = lambda _: None,
) -> Answer:
    began = perf_counter()
    book, units = Book(instance), units_of(instance)
    if regret_first:  # the case that would lose most by its second choice goes first
        units.sort(key=lambda unit: -_regret(sorted(one.cost for one in instance.primary[unit[0]])))
    for unit in units:
        for part in (unit, *((case,) for case in unit if len(unit) > 1)):  # where all do not fit, the first who does
            choices = list(book.choices(part))
            if choices:
                best = min(choices, key=lambda takes: (worse(book, takes), takes[0].worker))
                book.take(part, best)
                chosen(best[0].worker)
                break
        if perf_counter() - began > seconds:
            break
    found = book.answer
    return Answer(found.primary, found.co_worker, {}, perf_counter() - began)


def _regret(costs: list[int]) -> int:
    return costs[1] - costs[0] if len(costs) > 1 else 10**9
