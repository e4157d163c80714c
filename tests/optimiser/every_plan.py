"""The best plan by trying every plan there is: slow, short and not to be argued with."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from math import prod

from allocation_engine.optimiser import Fairness
from domain.allocation import AllocationProblem, CaseNeed, Plan, Score, blocked, score, violations
from domain.allocation.rules.caseloads import HOURS_TOLERANCE, RATIO_TOLERANCE
from domain.identifiers import WorkerId
from domain.vocabulary import AssignmentRole

Worth = tuple[float, ...]

DECIMALS = 6
"""Figures are compared to this many places: the drawn ones differ by far more or not at all."""


def ways_in_all(problem: AllocationProblem) -> int:
    """Give how many plans there are to try."""
    return prod(len(_ways(problem, case)) for case in problem.cases)


def plans_that_keep_every_rule(problem: AllocationProblem) -> Iterator[Plan]:
    """Give every plan in which no rule is broken."""
    for choice in product(*(_ways(problem, case) for case in problem.cases)):
        pairs = list(zip(problem.cases, choice, strict=True))
        plan = Plan(
            primary={case.case_id: primary for case, (primary, _) in pairs if primary is not None},
            co_worker={case.case_id: co_worker for case, (_, co_worker) in pairs if co_worker is not None},
        )
        if not any(violations(problem, plan)):
            yield plan


def is_kept_by_tolerance_alone(problem: AllocationProblem, plans: Iterable[Plan]) -> bool:
    """Say whether one of these plans would break a rule if there were no slack for rounding; methods may take it or not."""
    # A tenth of the slack stays for rounding, so that exact fits are judged.
    tight = replace(
        problem,
        workers=tuple(
            replace(worker, hours_available=worker.hours_available - 0.9 * HOURS_TOLERANCE)
            for worker in problem.workers
        ),
        caps=problem.caps
        if problem.caps.load_limit is None
        else replace(problem.caps, load_limit=problem.caps.load_limit - 0.9 * RATIO_TOLERANCE),
    )
    return any(any(violations(tight, plan)) for plan in plans)


def _ways(problem: AllocationProblem, case: CaseNeed) -> list[tuple[WorkerId | None, WorkerId | None]]:
    """Give (primary worker, co-worker) for one case; pairs that `blocked` refuses would break a rule in any plan."""
    primaries = _open_to(problem, case, AssignmentRole.PRIMARY)
    co_workers = _open_to(problem, case, AssignmentRole.CO_WORKER) if case.needs_co_worker else [None]
    return [(None, None), *product(primaries, co_workers)]


def _open_to(problem: AllocationProblem, case: CaseNeed, role: AssignmentRole) -> list[WorkerId | None]:
    return [worker.worker_id for worker in problem.workers if blocked(problem, worker, case, role) is None]


def worth(problem: AllocationProblem, found: Score, fairness: Fairness) -> Worth:
    """Give a score as figures to compare level by level, least is best, all plans' alike in length."""
    ratios = (*found.ratios, *(0.0 for _ in range(len(problem.workers) - len(found.ratios))))
    fair = ratios if fairness is Fairness.LEXIMIN else (*ratios[:1], found.squares)
    figures = (*found.unallocated, *fair, found.harm_balance, found.mismatch, found.cost, found.discontinuity)
    return tuple(round(figure, DECIMALS) + 0.0 for figure in figures)


def best_worth(problem: AllocationProblem, fairness: Fairness) -> Worth | None:
    """Give what the best plan is worth; None if no plan keeps every rule."""
    return min(
        (worth(problem, score(problem, plan), fairness) for plan in plans_that_keep_every_rule(problem)), default=None
    )
