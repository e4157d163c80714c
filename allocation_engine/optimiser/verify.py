"""Distrust the solver: every rule checked again and every level scored again, without it."""

from dataclasses import dataclass

from allocation_engine.optimiser.objective import name_of_ratio_level
from allocation_engine.optimiser.result import AllocationResult, SolveStatus
from allocation_engine.optimiser.scaling import harm_error, ratio_error
from domain.allocation import AllocationProblem, score, violations
from domain.rejection import Rejection


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an independent look at a result found: rules broken, and figures that do not hold."""

    broken: tuple[Rejection, ...]
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.broken and not self.wrong


def verify(problem: AllocationProblem, result: AllocationResult) -> Verdict:
    """Check a result against its problem.

    Every rule of `domain.allocation` must hold for the plan; the score must be the plan's own; each level's value must
    be the one scored, and its bound not above it by more than the scaling may cost.
    """
    if result.status in {SolveStatus.INFEASIBLE, SolveStatus.UNKNOWN}:
        empty = not result.plan.primary and not result.plan.co_worker
        return Verdict((), () if empty else (f"a result that is {result.status.value} holds a plan",))
    broken = tuple(violations(problem, result.plan))
    if any(rejection.code == "one_primary" for rejection in broken):
        return Verdict(broken, ())
    return Verdict(broken, tuple(_wrong_figures(problem, result)))


def _wrong_figures(problem: AllocationProblem, result: AllocationResult) -> list[str]:
    rescored = score(problem, result.plan)
    wrong = [] if result.score == rescored else ["the score is not the plan's own"]
    expected = {
        "unallocated, urgent": rescored.unallocated[0],
        "unallocated, high": rescored.unallocated[1],
        "unallocated, routine": rescored.unallocated[2],
        "sum of squared load ratios": rescored.squares,
        "harm types balanced": rescored.harm_balance,
        "area and language": rescored.mismatch,
        "continuity": rescored.discontinuity,
        "cost": rescored.cost,
    }
    expected |= {name_of_ratio_level(k): sum(rescored.ratios[:k]) for k in range(1, len(rescored.ratios) + 1)}
    slack = max(ratio_error(problem) * (len(problem.workers) + 1), 7 * harm_error(problem))
    for level in result.levels:
        # A level settled early keeps its bound, while later levels may still change its value within the rounding.
        if level.name in expected and abs(level.value - expected[level.name]) > slack:
            wrong.append(f"{level.name} is {level.value:g} in the result and {expected[level.name]:g} in the plan")
        if level.bound > level.value + slack:
            wrong.append(f"{level.name} has a bound above its value")
    return wrong
