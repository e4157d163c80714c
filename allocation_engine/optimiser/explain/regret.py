"""What another choice costs, level by level, from what is proven at least to what the best plan found costs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.explain.levels_changed import TOLERANCE, LevelChange
from allocation_engine.optimiser.level_values import SQUARES
from allocation_engine.optimiser.objective import name_of_ratio_level
from allocation_engine.optimiser.result import AllocationResult, Level


@dataclass(frozen=True, slots=True)
class Regret:
    """What the other choice costs at one level of the objective, the levels before it being as in `change`.

    `change` is that of the best plan found with the other choice; the best there is lies from `at_least` to `at_most`.
    None says that nothing is known, which is so wherever a level before leaves more than one answer.
    """

    level: str
    change: float
    at_least: float | None
    at_most: float | None

    @property
    def settled(self) -> bool:
        """Whether the cost at this level is known exactly."""
        return self.at_least is not None and self.at_most is not None and self.at_most - self.at_least <= 2 * TOLERANCE


def fairness_of(result: AllocationResult) -> Fairness:
    """Say what fairness a result was solved for, by its levels."""
    return Fairness.SQUARES if any(level.name == SQUARES for level in result.levels) else Fairness.LEXIMIN


def exactly(changes: Sequence[LevelChange]) -> Iterator[Regret]:
    """Give changes that are proven to be the least there is."""
    for one in changes:
        yield Regret(one.level, one.change, one.change, one.change)


def between(changes: Sequence[LevelChange], levels: Sequence[Level], heaviest_at_least: float) -> Iterator[Regret]:
    """Give for each level from what to what the cost lies.

    The best plan with the other choice is no worse than the one found, and no better than what is proven of every
    plan. Both hold at a level only if those before it come out in one way. Of the heaviest load ratio more is known,
    whatever else is planned: it is no lighter than the other worker with this case alone, a change of
    `heaviest_at_least`.
    """
    bounds = {level.name: level.bound - level.value for level in levels}
    one_way, as_planned = True, True
    for one in changes:
        known = [bounds[one.level]] if as_planned and one.level in bounds else []
        if one.level == name_of_ratio_level(1):
            known.append(heaviest_at_least)
        at_least = min(max(known), one.change) if known else None
        regret = Regret(one.level, one.change, at_least, one.change if one_way else None)
        yield regret
        one_way = one_way and regret.settled
        as_planned = one_way and not one.change
