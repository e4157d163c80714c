"""What some plans that keep every rule say against an answer: a bound that one of them is below, a proof that it refutes."""

from collections.abc import Iterable, Mapping, Sequence

from hypothesis import assume

from allocation_engine.optimiser import AllocationResult, SolveStatus, verify
from allocation_engine.optimiser.result import Level
from domain.allocation import AllocationProblem, Plan, Score, score
from tests.optimiser.every_plan import is_kept_by_tolerance_alone, plans_that_keep_every_rule

ROUNDING = 2e-5
"""What the solver's whole steps may cost at a level of figures (scaling.py); levels that count have none."""

SAME = 1e-9
"""Two values closer than this are one: their sums were only added up in another order."""

FIGURES = ("load ratio", "sum of squared load ratios", "harm types balanced", "cost")


def values_by_level(found: Score, names: Iterable[str]) -> dict[str, float]:
    """Give a score's value at each level that is named."""
    values: dict[str, float] = {
        "unallocated, urgent": found.unallocated[0],
        "unallocated, high": found.unallocated[1],
        "unallocated, routine": found.unallocated[2],
        "sum of squared load ratios": found.squares,
        "harm types balanced": found.harm_balance,
        "area and language": found.mismatch,
        "continuity": found.discontinuity,
        "cost": found.cost,
        "heaviest load ratio": sum(found.ratios[:1]),
    }
    values |= {f"sum of the {k} heaviest load ratios": sum(found.ratios[:k]) for k in range(2, 60)}
    return {name: values[name] for name in names}


def rounding_at(name: str) -> float:
    """Give by how much a level's value may be off."""
    return ROUNDING if any(kind in name for kind in FIGURES) else 0.0


def refuted_by(
    problem: AllocationProblem, levels: Sequence[Level], plans: Iterable[Plan], *, proven: bool
) -> list[str]:
    """Say which levels of an answer plans refute, and how.

    A level's bound is the least that is possible given the levels before it as they are in the answer; so it speaks of
    the plans that are as good at all of those. If the answer is said to be proven, none of them is better.
    """
    names = [level.name for level in levels]
    left: list[Mapping[str, float]] = [values_by_level(score(problem, plan), names) for plan in plans]
    wrong = []
    for level in levels:
        least = min((values[level.name] for values in left), default=level.value)
        slack = rounding_at(level.name) + SAME
        if level.bound > least + slack:
            wrong.append(f"{level.name}: bound {level.bound!r}, and a plan has {least!r}")
        if proven and level.value > least + slack:
            wrong.append(f"{level.name}: {level.value!r} is said to be the best, and a plan has {least!r}")
        left = [values for values in left if values[level.name] <= level.value + SAME]
    return wrong


def refuted_by_all(
    problem: AllocationProblem, status: SolveStatus, levels: Sequence[Level], plans: Sequence[Plan]
) -> list[str]:
    """Say what all the plans there are refute of an answer, its status included."""
    if status is SolveStatus.INFEASIBLE:
        return ["there is a plan"] if plans else []
    if not plans:
        return [f"there is no plan, and it is said to be {status.value}"]
    if status is SolveStatus.UNKNOWN:
        return ["no plan was found"]
    return refuted_by(problem, levels, plans, proven=status is SolveStatus.OPTIMAL)


def hold_against_every_plan(problem: AllocationProblem, result: AllocationResult) -> list[Plan]:
    """Assert that an answer keeps every rule and that no plan there is refutes it; give the plans."""
    assert verify(problem, result).holds, verify(problem, result)
    plans = list(plans_that_keep_every_rule(problem))
    assume(not is_kept_by_tolerance_alone(problem, plans))
    assert not refuted_by_all(problem, result.status, result.levels, plans)
    return plans
