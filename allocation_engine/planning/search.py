"""How to search for a plan: with how much effort, until when, and who hears how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass

from allocation_engine.optimiser import Level, Limits
from allocation_engine.optimiser.solve import DEFAULT_EFFORT
from allocation_engine.optimiser.watch import OnProgress


@dataclass(frozen=True)
class Search:
    """A way to search; the fields are those of `optimiser.solve`.

    Attributes
    ----------
    seed
        Of the search; it never changes what is best.
    effort
        Deterministic time for all levels together [about a second of one core].
    limits
        Time by the clock and memory after which the best plan so far is taken.
    on_level, on_progress
        Told of each level as it is settled, and of progress in between; the latter stops the search with False.
    """

    seed: int = 0
    effort: float = DEFAULT_EFFORT
    limits: Limits | None = None
    on_level: Callable[[Level], None] | None = None
    on_progress: OnProgress | None = None
