"""How much worse another plan may be, and how far it is from the first."""

from dataclasses import dataclass

from allocation_engine.optimiser.explain.moved import moved_between
from domain.allocation import AllocationProblem, Plan, Score

SLACK = 1e-6
"""Figures closer than this are equal."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a plan may cost at each level up to fairness.

    Points of cases left waiting by priority, the heaviest load ratio, and by how much the plan raises the sum of squared
    load ratios: each may be above the best plan's by the same share. What is 0 stays 0.
    """

    unallocated: tuple[float, ...]
    heaviest: float
    squares: float

    @classmethod
    def above(cls, best: Score, share: float) -> "Limits":
        """Give the limits of plans that are worse by a share [1] at most."""
        more = 1 + share
        heaviest = max(best.ratios, default=0.0)
        return cls(tuple(points * more for points in best.unallocated), heaviest * more, best.squares * more)

    def hold(self, score: Score) -> bool:
        """Say whether a plan of this score keeps within the limits."""
        return (
            all(points <= most + SLACK for points, most in zip(score.unallocated, self.unallocated, strict=True))
            and max(score.ratios, default=0.0) <= self.heaviest + SLACK
            and score.squares <= self.squares + SLACK
        )


def distance(one: Plan, other: Plan) -> int:
    """Count the cases that have another primary worker, or one in one plan and none in the other [case]."""
    return len(moved_between(one, other))


def pairs_in(problem: AllocationProblem) -> int:
    """Count the pairs of case and worker."""
    return len(problem.cases) * len(problem.workers)
