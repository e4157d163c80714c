"""What a method of solving is asked, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.result import Level
from allocation_engine.optimiser.watch import Watch
from domain.allocation import AllocationProblem, Plan


@dataclass(frozen=True)
class Request:
    """A problem in canonical order with how to go about it; the fields are those of `solve`."""

    problem: AllocationProblem
    aims: tuple[Aim, ...]
    seed: int
    effort: float
    threads: int
    start: Plan | None
    watch: Watch
    on_level: Callable[[Level], None]


@dataclass(frozen=True)
class Outcome:
    """What a method found: the best plan (None if none), the levels, how, and whether it is proven that there is none.

    `complete` is False where a stop came before every level was settled.
    """

    plan: Plan | None
    levels: tuple[Level, ...]
    method: str
    proven_infeasible: bool = False
    complete: bool = True
