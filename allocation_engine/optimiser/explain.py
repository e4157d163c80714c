"""Why this worker: who else could, what it would cost, and who could not and why. Data first, then a sentence."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isclose

from domain.allocation import SHORT, AllocationProblem, Candidate, CaseNeed, Plan, Score, blocked, score, violations
from domain.allocation.score import load_ratio, mismatch_points
from domain.identifiers import CaseId, WorkerId
from domain.rejection import Rejection
from domain.vocabulary import Priority

RATIO_TOLERANCE = 1e-6
"""Ratios closer than this are as good as each other [1]."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another worker for the same case, everything else as planned.

    `level` is the first level of the objective at which it differs, `change` by how much there: above zero is worse,
    zero (with no level) is as good. `ratio` is the other worker's load ratio then [1].
    """

    worker_id: WorkerId
    ratio: float
    level: str | None
    change: float


@dataclass(frozen=True, slots=True)
class ChoiceExplained:
    """One choice: the worker's load ratio without and with the plan [1], the alternatives, best first, the rest's rules."""

    case_id: CaseId
    worker_id: WorkerId
    ratio_before: float
    ratio_after: float
    mismatch: int
    alternatives: tuple[Alternative, ...]
    ruled_out: tuple[Rejection, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class UnallocatedExplained:
    """One case left waiting, and for every worker the first rule in the way."""

    case_id: CaseId
    ruled_out: tuple[Rejection, ...]
    sentence: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules in the way, most frequent first."""
        return tuple(code for code, _ in Counter(one.code for one in self.ruled_out).most_common())


def explain_choices(problem: AllocationProblem, plan: Plan) -> tuple[ChoiceExplained, ...]:
    """Explain every case that the plan gives to somebody new, by case id; one that stays where it is needs no reason."""
    planned = score(problem, plan)
    return tuple(
        _explain(problem, plan, planned, case_id)
        for case_id, worker_id in sorted(plan.primary.items())
        if problem.case(case_id).current_worker_id != worker_id
    )


def explain_unallocated(problem: AllocationProblem, plan: Plan) -> tuple[UnallocatedExplained, ...]:
    """Explain every case that the plan leaves waiting, by case id."""
    found = []
    for case in sorted(problem.cases, key=lambda one: one.case_id):
        if case.case_id in plan.primary:
            continue
        ruled_out = tuple(
            rejection
            for worker in problem.workers
            if (rejection := _in_the_way(problem, plan, case, worker)) is not None
        )
        found.append(UnallocatedExplained(case.case_id, ruled_out, _why_waiting(case, ruled_out, len(problem.workers))))
    return tuple(found)


def _explain(problem: AllocationProblem, plan: Plan, planned: Score, case_id: CaseId) -> ChoiceExplained:
    case, chosen = problem.case(case_id), problem.worker(plan.primary[case_id])
    alternatives: list[tuple[tuple[float, ...], Alternative]] = []
    ruled_out: list[Rejection] = []
    for other in problem.workers:
        if other.worker_id == chosen.worker_id:
            continue
        rejection = _in_the_way(problem, plan, case, other)
        if rejection is not None:
            ruled_out.append(rejection)
            continue
        swapped = _handed_to(problem, plan, case, other.worker_id)
        key, alternative = _compare(problem, planned, swapped, other)
        alternatives.append((key, alternative))
    alternatives.sort(key=lambda pair: (*pair[0], pair[1].worker_id))
    best = tuple(alternative for _, alternative in alternatives)
    before = load_ratio(problem, Plan(), chosen)
    after = load_ratio(problem, plan, chosen)
    mismatch = mismatch_points(chosen, case)
    sentence = _why(case, chosen, before, after, best, tuple(ruled_out))
    return ChoiceExplained(case_id, chosen.worker_id, before, after, mismatch, best, tuple(ruled_out), sentence)


def _handed_to(problem: AllocationProblem, plan: Plan, case: CaseNeed, worker_id: WorkerId) -> Plan:
    """Give the plan with this case, and its siblings with it, to another worker.

    Where that worker was to co-work one of them, the two change places: nobody holds a case twice.
    """
    with_it = {
        one.case_id
        for one in problem.cases
        if one.case_id in plan.primary and case.sibling_group is not None and one.sibling_group == case.sibling_group
    }
    together = dict.fromkeys([case.case_id, *sorted(with_it)], worker_id)
    places = {
        one: plan.primary[one] for one in together if plan.co_worker.get(one) == worker_id and one in plan.primary
    }
    return replace(plan, primary={**plan.primary, **together}, co_worker={**plan.co_worker, **places})


def _in_the_way(problem: AllocationProblem, plan: Plan, case: CaseNeed, worker: Candidate) -> Rejection | None:
    """Give the first rule that breaks if this worker took the case, everything else as planned."""
    rejection = blocked(problem, worker, case)
    if rejection is not None:
        return rejection
    changed = _handed_to(problem, plan, case, worker.worker_id)
    ignored = {"co_worker_required"} if case.case_id not in plan.primary else set()  # it has no co-worker yet
    return next((one for one in violations(problem, changed) if one.code not in ignored), None)


def _compare(
    problem: AllocationProblem,
    planned: Score,
    swapped: Plan,
    other: Candidate,
) -> tuple[tuple[float, ...], Alternative]:
    ratio = load_ratio(problem, swapped, other)
    differences = list(_differences(planned, score(problem, swapped)))
    key = tuple(change for _, change in differences)
    first = next(((name, change) for name, change in differences if change), (None, 0.0))
    return key, Alternative(other.worker_id, ratio, *first)


def _differences(planned: Score, other: Score) -> Iterator[tuple[str, float]]:
    """Give each level's change, in the order of the levels; differences within tolerance are none."""
    for priority, a, b in zip(Priority, planned.unallocated, other.unallocated, strict=True):
        yield f"unallocated, {priority.value}", float(b - a)
    for place in range(max(len(planned.ratios), len(other.ratios))):
        now = planned.ratios[place] if place < len(planned.ratios) else 0.0
        then = other.ratios[place] if place < len(other.ratios) else 0.0
        name = "heaviest load ratio" if place == 0 else f"load ratio number {place + 1} from the top"
        yield name, 0.0 if isclose(now, then, abs_tol=RATIO_TOLERANCE) else then - now
    harm = other.harm_balance - planned.harm_balance
    yield "harm types balanced", 0.0 if abs(harm) < RATIO_TOLERANCE else harm
    yield "area and language", float(other.mismatch - planned.mismatch)
    yield "continuity", float(other.discontinuity - planned.discontinuity)


def _why(
    case: CaseNeed,
    chosen: Candidate,
    before: float,
    after: float,
    alternatives: tuple[Alternative, ...],
    ruled_out: tuple[Rejection, ...],
) -> str:
    parts = [f"{chosen.worker_id} goes from {before:.0%} to {after:.0%} of capacity over the coming weeks"]
    if case.needs:
        parts.append(f"has {', '.join(sorted(case.needs))}")
    if chosen.worker_id in case.past_primaries:
        parts.append("has held this case before")
    elif case.sibling_group is not None and case.sibling_group in chosen.sibling_groups:
        parts.append("holds a sibling's case")
    if chosen.hours_assumed:
        parts.append("hours are assumed, not recorded")
    told = "; ".join(parts) + "."
    if alternatives:
        told += " " + _next_best(alternatives)
    if ruled_out:
        told += f" {_cannot(ruled_out)}"
    elif not alternatives:
        told += " There is nobody else."
    return told


def _next_best(alternatives: tuple[Alternative, ...]) -> str:
    best = alternatives[0]
    if best.level is None:
        told = f"{best.worker_id} would be as good"
    elif "ratio" in best.level:
        told = f"{best.worker_id} would reach {best.ratio:.0%}"
    else:
        told = f"{best.worker_id} would be {_told(best)}"
    if len(alternatives) == 1:
        return f"One other could take it: {told}."
    return f"{len(alternatives)} others could take it; next best, {told}."


def _told(best: Alternative) -> str:
    amount = f"{abs(best.change):g} {'worse' if best.change > 0 else 'better'}"
    return f"{amount} on {best.level}"


def _cannot(ruled_out: tuple[Rejection, ...]) -> str:
    counts = Counter(one.code for one in ruled_out)
    told = ", ".join(f"{SHORT[code]}: {number}" for code, number in counts.most_common())
    return f"{len(ruled_out)} could not ({told})."


def _why_waiting(case: CaseNeed, ruled_out: tuple[Rejection, ...], workers: int) -> str:
    if not workers:
        return f"{case.case_id} stays waiting: there are no workers."
    if len(ruled_out) < workers:
        return f"{case.case_id} stays waiting: it gives way to cases placed before it."
    return f"{case.case_id} stays waiting: {_cannot(ruled_out)}"
