"""Problems of a form that has a method of its own: workers alike who each serve one area, and least cost within hours.

Each is recognised by what the problem says, not by where it comes from; what does not fit goes to the general methods.
"""

from dataclasses import replace
from math import floor

import numpy as np

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.areas import AreaProblem, share_by_area
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.result import Level
from domain.allocation import AllocationProblem, Plan, blocked, figure, score
from domain.allocation.rules.caseloads import RATIO_TOLERANCE, hours_to_fill
from domain.allocation.rules.plans import grouped
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import HarmType, Priority

MOST_STEPS = 10**6
"""Finest scale tried, in steps of 1, at which figures are whole numbers."""


def solve_by_form(request: Request) -> Outcome | None:
    """Solve a problem of a special form; None if it has none, or its method finds no plan that places every case."""
    if request.aims == (Aim.PLACED, Aim.SQUARES) and request.problem.caps.one_area:
        return _share_by_area(request)
    if request.aims == (Aim.PLACED, Aim.COST):
        return _least_cost(request)
    return None


def _is_plain(problem: AllocationProblem) -> bool:
    """Say whether nothing binds cases to one another or to workers by name, and no cap on kinds of cases can bind."""
    cases = problem.cases
    if not cases or problem.pinned or problem.looks_at_variance:
        return False
    if grouped(cases, "sibling_group") or grouped(cases, "peer_group"):
        return False
    if any(case.needs_co_worker or case.current_worker_id is not None for case in cases):
        return False
    counts = [sum(harm in (case.harm_types or ()) for case in cases) for harm in HarmType]
    if any(counts) and problem.caps.harm_type_share < 1:
        return False
    high = sum(case.is_high_risk for case in cases)
    for worker in problem.workers:
        harms = [worker.by_harm.get(harm, 0) + count for harm, count in zip(HarmType, counts, strict=True)]
        if worker.high_risk + high > worker.high_risk_cap or max(harms, default=0) > worker.harm_type_cap:
            return False
    return True


def _steps(figures: list[float]) -> int | None:
    """Give a scale at which figures are whole numbers, None if there is none that is fine enough."""
    scale = 1
    while scale <= MOST_STEPS:
        if all(abs(one * scale - round(one * scale)) < 1e-9 * max(scale, 1) for one in figures):
            return scale
        scale *= 10
    return None


def _share_by_area(request: Request) -> Outcome | None:
    problem = request.problem
    if not _is_plain(problem) or not _are_alike(problem):
        return None
    loads = [figure(problem.added_load, c, 0) for c in range(len(problem.cases))]
    scale = _steps(loads)
    one = problem.workers[0]
    most = min(one.caseload_cap, len(problem.cases) if one.new_cases_cap is None else one.new_cases_cap)
    heaviest = sorted((problem.hours_of(c, 0) for c in range(len(problem.cases))), reverse=True)[:most]
    if scale is None or sum(heaviest) > one.hours_available - one.hours_taken:
        return None
    places: dict[str, list[int]] = {}
    for c, case in enumerate(problem.cases):
        places.setdefault(case.area or "", []).append(c)
    areas = [places[area] for area in sorted(places)]
    limit, capacity = problem.caps.load_limit, one.capacity or 1.0
    asked = AreaProblem(
        loads=tuple(np.array([round(loads[c] * scale) for c in area], np.int64) for area in areas),
        workers=len(problem.workers),
        fewest=one.caseload_minimum,
        most=most,
        largest=None if limit is None else floor((limit + RATIO_TOLERANCE / 2) * capacity * scale),
    )
    unit = (scale * capacity) ** 2
    name = "sum of squared load ratios"
    answer = share_by_area(
        asked,
        effort=request.effort,
        seed=request.seed,
        threads=request.threads,
        keep_going=lambda value, bound: request.watch.going(name, value / unit, bound / unit),
    )
    if not answer.groups:
        return None
    groups = [(areas[a], group) for a, teams in enumerate(answer.groups) for group in teams]
    primary = {
        problem.cases[area[place]].case_id: problem.workers[w].worker_id
        for w, (area, group) in enumerate(groups)
        for place in group
    }
    return _outcome(
        request, primary, Aim.SQUARES, answer.bound / unit, answer.bound_by, "areas apart, caseloads listed"
    )


def _are_alike(problem: AllocationProblem) -> bool:
    """Say whether the workers are interchangeable, begin with nothing, and may take any case of a known area."""
    first = problem.workers[0] if problem.workers else None
    if first is None or first.predicted_load or first.caseload or first.areas_held or not first.capacity:
        return False
    if any(replace(worker, worker_id=first.worker_id) != first for worker in problem.workers):
        return False
    if any(case.area is None or case.conflicts or case.co_workers for case in problem.cases) or problem.forbidden:
        return False
    if any(blocked(problem, first, case) is not None for case in problem.cases):
        return False
    figures = [problem.added_load] if problem.hours is None else [problem.added_load, problem.hours]
    return all(
        figure(one, c, w) == figure(one, c, 0)
        for one in figures
        for c in range(len(problem.cases))
        for w in range(len(problem.workers))
    )


def _least_cost(request: Request) -> Outcome | None:
    problem = request.problem
    if problem.cost is None or not _is_plain(problem) or problem.caps.one_area or problem.caps.load_limit is not None:
        return None
    total = len(problem.cases)
    for worker in problem.workers:
        cap = total if worker.new_cases_cap is None else worker.new_cases_cap
        if min(worker.caseload_cap - worker.caseload, cap) < total or worker.is_below_minimum:
            return None
    from allocation_engine.optimiser.knapsacks import KnapsackProblem, least_cost  # noqa: PLC0415  compiles when loaded

    places = [(c, w) for c in range(total) for w in range(len(problem.workers))]
    shape = (total, len(problem.workers))
    hours = [problem.hours_of(c, w) for c, w in places]
    scale = _steps(hours)
    if scale is None or not problem.workers:
        return None
    cost = np.array([figure(problem.cost, c, w) for c, w in places]).reshape(shape)
    for c, case in enumerate(problem.cases):
        for w, worker in enumerate(problem.workers):
            if blocked(problem, worker, case) is not None:
                cost[c, w] = np.inf
    answer = least_cost(
        KnapsackProblem(
            cost=cost,
            hours=np.array([round(one * scale) for one in hours], np.int64).reshape(shape),
            free=np.array([floor(hours_to_fill(worker) * scale) for worker in problem.workers], np.int64),
        ),
        seed=request.seed,
        effort=request.effort,
        threads=request.threads,
        keep_going=lambda value, bound: request.watch.going("cost", value, bound),
    )
    if answer.worker_of is None:
        return None
    primary = {
        case.case_id: problem.workers[w].worker_id
        for case, w in zip(problem.cases, answer.worker_of.tolist(), strict=True)
    }
    return _outcome(request, primary, Aim.COST, answer.bound, answer.bound_by, "knapsacks, priced and searched")


def _outcome(
    request: Request, primary: dict[CaseId, WorkerId], aim: Aim, bound: float, bound_by: str, method: str
) -> Outcome:
    """Put an answer that places every case as an outcome: nothing waits, and the one level that is left."""
    plan = Plan(primary=dict(sorted(primary.items())))
    found = score(request.problem, plan)
    name, value = {
        Aim.SQUARES: ("sum of squared load ratios", found.squares),
        Aim.COST: ("cost", found.cost),
    }[aim]
    levels = [
        *(Level(f"unallocated, {priority.value}", 0, 0, "every case is placed") for priority in Priority),
        Level(name, value, min(bound, value), bound_by),
    ]
    for level in levels:
        request.on_level(level)
    return Outcome(plan, tuple(levels), method)
