"""Every plan judged alike: by `domain.allocation`, which none of those who made the plans has a part in."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.allocation import AllocationProblem, Plan, Score, score, violations
from domain.identifiers import CaseId
from domain.rejection import Rejection

SAME = 1e-6
"""Ratio or share [1] up to which two plans are as good as each other: the rounding of peers to whole numbers."""


@dataclass(frozen=True)
class Answer:
    """What somebody made of a problem: pairs by the places of case and worker, and what they say is proven.

    Attributes
    ----------
    bounds
        By level, in the units of the score, where the peer proves any.
    missing
        Why there is no answer.
    """

    primary: dict[int, int] = field(default_factory=dict)
    co_worker: dict[int, int] = field(default_factory=dict)
    bounds: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    missing: str = ""
    note: str = ""

    def plan(self, problem: AllocationProblem) -> Plan:
        """Give the plan by ids."""
        cases, workers = problem.cases, problem.workers
        return Plan(
            primary={cases[c].case_id: workers[w].worker_id for c, w in self.primary.items()},
            co_worker={cases[c].case_id: workers[w].worker_id for c, w in self.co_worker.items()},
        )


@dataclass(frozen=True)
class Judged:
    """A plan that keeps every rule, what it is worth, and what had to be dropped for it."""

    plan: Plan
    score: Score
    broken: tuple[str, ...]
    dropped: int


def judged(problem: AllocationProblem, plan: Plan) -> Judged:
    """Check a plan; drop, until it keeps every rule, the cases with which it does not."""
    broken: list[str] = []
    before = len(plan.primary)
    while faults := list(violations(problem, plan)):
        broken += [f"{one.code}: {one.reason}" for one in faults]
        offending = {case for one in faults for case in _offending(problem, plan, one)}
        if not offending:
            break
        plan = Plan(
            primary={case: who for case, who in plan.primary.items() if case not in offending},
            co_worker={case: who for case, who in plan.co_worker.items() if case not in offending},
        )
    return Judged(plan, score(problem, plan), tuple(broken), before - len(plan.primary))


def _offending(problem: AllocationProblem, plan: Plan, fault: Rejection) -> list[CaseId]:
    """Give the cases to drop for a fault: the one it is about, a group's, or the least urgent of a worker's."""
    subject = fault.subject
    if subject in problem.case_index:
        return [case for case in (CaseId(str(subject)),) if case in plan.primary or case in plan.co_worker]
    groups = [one.case_id for one in problem.cases if subject in {one.sibling_group, one.peer_group}]
    if groups:
        return [case for case in groups if case in plan.primary][1:]
    held = [case for one in (plan.primary, plan.co_worker) for case, who in one.items() if who == subject]
    return sorted(
        held, key=lambda case: (list(type(problem.case(case).priority)).index(problem.case(case).priority), case)
    )[-1:]


def levels_of(found: Score) -> dict[str, float]:
    """Give the levels by which plans are compared, the most important first."""
    urgent, high, routine = found.unallocated
    heaviest = found.ratios[0] if found.ratios else 0.0
    return {"urgent": urgent, "high": high, "routine": routine, "heaviest": heaviest, "squares": found.squares}


def standing(found: Score, all_of_them: Sequence[Score], names: Sequence[str]) -> str:
    """Say at which level a plan falls behind the best of all and by how much; "best" if at none."""
    left = [levels_of(one) for one in all_of_them]
    own = levels_of(found)
    for name in names:
        best = min(one[name] for one in left)
        tolerance = SAME * max(1.0, abs(best))
        if own[name] > best + tolerance:
            more = own[name] - best
            return (
                f"{name} +{more:g}"
                if name in {"urgent", "high", "routine"}
                else f"{name} +{more / max(abs(best), 1e-9):.3%}"
            )
        left = [one for one in left if one[name] <= best + tolerance]
    return "best"
