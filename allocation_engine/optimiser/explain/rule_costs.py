"""What each rule costs the team: leave it out, solve again from the plan, and see which level gets better and by how much."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from allocation_engine.optimiser.explain.levels_changed import LevelChange, changes_between, first_difference
from allocation_engine.optimiser.explain.regret import fairness_of
from allocation_engine.optimiser.explain.rules_left_out import LEFT_OUT, left_out
from allocation_engine.optimiser.explain.sentences import amount, in_words
from allocation_engine.optimiser.result import AllocationResult, SolveStatus
from allocation_engine.optimiser.solve import solve
from domain.allocation import RULES, AllocationProblem
from domain.allocation.rules import PairRule
from domain.vocabulary import AssignmentRole

EFFORT = 2.0
"""Deterministic seconds for each rule."""


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What would get better without one rule.

    Attributes
    ----------
    code, rule
        The rule, by its code and as a sentence.
    level, gain
        The first level that changes and by how much it gets better; None and 0 where the rule costs nothing.
    gap
        Share [1] by which that level might get better still; 0 means proven.
    proven
        Whether the best without the rule was found and proven at every level.
    changes
        The change at every level: later ones may get worse, since an earlier one gets better.
    """

    code: str
    rule: str
    level: str | None
    gain: float
    gap: float
    proven: bool
    changes: tuple[LevelChange, ...]
    sentence: str


def rule_costs(problem: AllocationProblem, result: AllocationResult, effort: float = EFFORT) -> tuple[RuleCost, ...]:
    """Say of each rule that could make a difference what it costs, in the order in which the rules are listed."""
    return tuple(_costs(problem, result, effort))


def _costs(problem: AllocationProblem, result: AllocationResult, effort: float) -> Iterator[RuleCost]:
    fairness = fairness_of(result)
    for rule in RULES:
        if rule.code not in LEFT_OUT or (isinstance(rule, PairRule) and not _refuses_somebody(problem, rule)):
            continue
        without = left_out(problem, {rule.code})
        if without == problem:
            continue
        start = replace(result.plan, co_worker={}) if rule.code == "co_worker_required" else result.plan
        again = solve(without, fairness=fairness, seed=result.seed, effort=effort, start=start)
        if again.score is None or result.score is None:
            continue
        changes = changes_between(result.score, again.score, fairness)
        first = first_difference(changes)
        better = first is not None and first.change < 0
        level = first.level if first is not None and better else None
        gap = next((one.gap for one in again.levels if one.name == level), again.gap)
        gain = -first.change if first is not None and better else 0.0
        proven = again.status is SolveStatus.OPTIMAL
        told = _told(rule.sentence, level, gain, proven=proven)
        yield RuleCost(rule.code, rule.sentence, level, gain, gap, proven, changes if better else (), told)


def _refuses_somebody(problem: AllocationProblem, rule: PairRule) -> bool:
    roles = list(AssignmentRole)
    return any(
        rule.blocks(problem, worker, case, role) is not None
        for case in problem.cases
        for worker in problem.workers
        for role in (roles if case.needs_co_worker else roles[:1])
    )


def _told(rule: str, level: str | None, gain: float, *, proven: bool) -> str:
    if level is None:
        return (
            f"{rule} That costs nothing here."
            if proven
            else f"{rule} No cost was found; that there is none is not proven."
        )
    sure = "" if proven else " or more"
    return f"{rule} Without it the {in_words(level)} would be {amount(level, gain)}{sure} better."
