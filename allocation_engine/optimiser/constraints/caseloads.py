"""What one worker would hold: caps, mix and protected time."""

from ortools.sat.python import cp_model

from allocation_engine.optimiser.constraints.registry import states
from allocation_engine.optimiser.variables import Bool, Variables, is_new
from domain.allocation import AllocationProblem
from domain.allocation.rules import caseloads as rules
from domain.vocabulary import HarmType

HOURS_STEPS = 1_000_000
"""Integer steps in an hour a week: half a step for each case is far within the rule's own tolerance."""


@states(rules.caseload_cap)
def caseload_stays_within_cap(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Bound each worker's number of new cases by the room under the cap."""
    for w, worker in enumerate(problem.workers):
        theirs = len(rules.movable_of(problem, worker))
        most = rules.room(worker.caseload_cap, worker.caseload, theirs)
        model.add(sum(literal for _, literal in x.cases_of(w)) <= most)


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
        free = worker.hours_available - worker.hours_taken
        taken = [(problem.cases[c].hours, literal) for c, literal in x.cases_of(w)]
        taken += [(share * problem.cases[c].hours, literal) for c, literal in x.co_cases_of(w)]
        terms = [round(hours * HOURS_STEPS) * literal for hours, literal in taken]
        model.add(sum(terms) <= round(free * HOURS_STEPS)).only_enforce_if(x.receives[w])


def _with_harm(x: Variables, problem: AllocationProblem, worker: int, harm: HarmType) -> list[Bool]:
    return [literal for c, literal in x.cases_of(worker) if harm in (problem.cases[c].harm_types or ())]
