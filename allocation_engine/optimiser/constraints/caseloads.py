"""What one worker would hold: caps, mix and protected time."""

from ortools.sat.python import cp_model

from allocation_engine.optimiser.constraints.registry import states
from allocation_engine.optimiser.variables import Bool, Expr, Variables, is_new
from domain.allocation import AllocationProblem, Candidate, figure
from domain.allocation.rules import caseloads as rules
from domain.vocabulary import HarmType

HOURS_STEPS = 10**7
"""Integer steps in an hour a week: half a step for each of a hundred cases is a fifth of half the rule's tolerance."""

LIMIT_STEPS = 10**8
"""Integer steps in a load ratio of 1: half a step for each of a hundred cases is half the rule's own tolerance."""


@states(rules.caseload_cap)
def caseload_stays_within_cap(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Bound each worker's number of new cases by the room under the cap."""
    for w, worker in enumerate(problem.workers):
        theirs = len(rules.movable_of(problem, worker))
        most = rules.room(worker.caseload_cap, worker.caseload, theirs)
        model.add(sum(literal for _, literal in x.cases_of(w)) <= most)


@states(rules.caseload_minimum)
def minimum_caseload_is_reached(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Give each worker who has a minimum as many cases as are lacking."""
    for w, worker in enumerate(problem.workers):
        lacking = worker.caseload_minimum - worker.caseload
        if lacking > 0:
            model.add(sum(literal for _, literal in x.cases_of(w)) >= lacking)


@states(rules.new_cases_cap)
def few_cases_start_at_once(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Bound the number of cases that each worker would start."""
    for w, worker in enumerate(problem.workers):
        if worker.new_cases_cap is not None:
            new = [literal for c, literal in x.cases_of(w) if is_new(problem, (c, w))]
            model.add(sum(new) <= worker.new_cases_cap)


@states(rules.high_risk_cap)
def high_risk_stays_within_cap(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Bound each worker's number of new high-risk cases by the room under the cap."""
    for w, worker in enumerate(problem.workers):
        theirs = sum(case.is_high_risk for case in rules.movable_of(problem, worker))
        most = rules.room(worker.high_risk_cap, worker.high_risk, theirs)
        model.add(sum(literal for c, literal in x.cases_of(w) if problem.cases[c].is_high_risk) <= most)


@states(rules.harm_type_cap)
def harm_types_stay_within_cap(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Bound each worker's number of new cases with one harm type by the room under the cap."""
    for w, worker in enumerate(problem.workers):
        movable = rules.movable_of(problem, worker)
        for harm in HarmType:
            placed = _with_harm(x, problem, w, harm)
            most = rules.room(worker.harm_type_cap, worker.by_harm.get(harm, 0), rules.with_harm(movable, harm))
            if len(placed) > most:
                model.add(sum(placed) <= most)


@states(rules.harm_type_share)
def caseload_stays_mixed(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Where a worker receives a harm type, look up how many such cases a caseload of that size may hold."""
    share, size = problem.caps.harm_type_share, problem.caps.harm_type_share_from
    for (w, harm), receives in x.receives_harm.items():
        worker, cases = problem.workers[w], [literal for _, literal in x.cases_of(w)]
        allowed = [
            rules.most_of_one_harm(share, size, worker.caseload + placed) - worker.by_harm.get(harm, 0)
            for placed in range(len(cases) + 1)
        ]
        most = model.new_int_var(min(allowed), max(allowed), "")
        placed_in_all = model.new_int_var(0, len(cases), "")
        model.add(placed_in_all == sum(cases))
        model.add_element(placed_in_all, allowed, most)
        model.add(sum(_with_harm(x, problem, w, harm)) <= most).only_enforce_if(receives)


@states(rules.protected_hours)
def protected_hours_stay_free(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Where a worker receives something, fit it into the hours that protected time leaves."""
    share = problem.caps.co_worker_hours_share
    for w, worker in enumerate(problem.workers):
        taken = [(problem.hours_of(c, w), literal) for c, literal in x.cases_of(w)]
        taken += [(share * problem.hours_of(c, w), literal) for c, literal in x.co_cases_of(w)]
        terms = [round(hours * HOURS_STEPS) * literal for hours, literal in taken]
        model.add(sum(terms) <= round(rules.hours_to_fill(worker) * HOURS_STEPS)).only_enforce_if(x.receives[w])


@states(rules.one_area)
def cases_of_a_worker_lie_in_one_area(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Where a worker receives a case, let the areas of all they hold be one."""
    if not problem.caps.one_area:
        return
    for w, worker in enumerate(problem.workers):
        works = {area: model.new_constant(1) for area in sorted(worker.areas_held)}
        new = [literal for c, literal in x.cases_of(w) if is_new(problem, (c, w))]
        for c, literal in x.cases_of(w):
            area = problem.cases[c].area
            if area is not None:
                works.setdefault(area, model.new_bool_var(f"{worker.worker_id} works {area}"))
                model.add_implication(literal, works[area])
        for literal in new:
            model.add(sum(works.values()) <= 1).only_enforce_if(literal)


@states(rules.load_limit)
def load_stays_within_limit(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Where a worker receives something, keep the mean load ahead, or it and its deviations, within the limit.

    ``M + z·√V <= B`` is ``M <= B`` and ``z²·V <= (B - M)²``; both M and V are linear in the pairs.
    """
    limit = problem.caps.load_limit
    if limit is None:
        return
    for w, worker in enumerate(problem.workers):
        if not worker.capacity or not (x.cases_of(w) or x.co_cases_of(w)):
            continue
        most = round((limit + rules.RATIO_TOLERANCE / 2) * LIMIT_STEPS)
        mean = [(_limit_steps(figure(problem.added_load, c, w), worker), literal) for c, literal in x.cases_of(w)]
        mean += [(_limit_steps(figure(problem.added_load_co, c, w), worker), one) for c, one in x.co_cases_of(w)]
        left = most - _limit_steps(worker.predicted_load, worker) - sum(steps * literal for steps, literal in mean)
        model.add(left >= 0).only_enforce_if(x.receives[w])
        if problem.looks_at_variance:
            _deviations_stay_within(model, x, problem, w, left, most)


def _deviations_stay_within(
    model: cp_model.CpModel, x: Variables, problem: AllocationProblem, w: int, left: Expr, most: int
) -> None:
    worker = problem.workers[w]
    room = model.new_int_var(0, max(most, 0), f"room of {worker.worker_id}")
    model.add(room <= left).only_enforce_if(x.receives[w])
    squared = model.new_int_var(0, max(most, 0) ** 2, f"room of {worker.worker_id}, squared")
    model.add_multiplication_equality(squared, [room, room])
    scale = (problem.caps.deviations_above / (worker.capacity or 1.0) * LIMIT_STEPS) ** 2
    terms = []
    for figures, literals in (
        (problem.added_variance, x.cases_of(w)),
        (problem.added_variance_co, x.co_cases_of(w)),
    ):
        for c, literal in literals if figures is not None else ():
            variance = round(figure(figures, c, w) * scale) if figures is not None else 0
            if variance > most**2 and is_new(problem, (c, w)):
                model.add(literal == 0)
            else:
                terms.append(min(variance, most**2 + 1) * literal)
    held = min(round((worker.predicted_variance or 0.0) * scale), most**2 + 1)
    model.add(held + sum(terms) <= squared).only_enforce_if(x.receives[w])


def _limit_steps(load: float, worker: Candidate) -> int:
    return round(load / (worker.capacity or 1.0) * LIMIT_STEPS)


def _with_harm(x: Variables, problem: AllocationProblem, worker: int, harm: HarmType) -> list[Bool]:
    return [literal for c, literal in x.cases_of(worker) if harm in (problem.cases[c].harm_types or ())]
