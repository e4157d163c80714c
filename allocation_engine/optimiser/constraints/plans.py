"""The plan as a whole: one primary worker, groups, co-workers, moves, pins."""

from ortools.sat.python import cp_model

from allocation_engine.optimiser.constraints.registry import states
from allocation_engine.optimiser.variables import Variables, is_new
from domain.allocation import AllocationProblem
from domain.allocation.rules import plans as rules


@states(rules.one_primary)
def case_has_at_most_one_primary(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Give a waiting case one primary worker or none, and a case that may move exactly one."""
    for c, case in enumerate(problem.cases):
        literals = [literal for _, literal in x.workers_of(c)]
        if case.current_worker_id is None:
            model.add_at_most_one(literals)
        else:
            model.add_exactly_one(literals)


@states(rules.siblings_together)
def siblings_share_a_worker(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Forbid two siblings with two workers."""
    for members in rules.grouped(problem.cases, "sibling_group").values():
        places = [problem.case_index[case.case_id] for case in members]
        for position, one in enumerate(places):
            for other in places[position + 1 :]:
                others = x.workers_of(other)
                for worker, literal in x.workers_of(one):
                    elsewhere = [sibling for who, sibling in others if who != worker]
                    model.add_at_most_one([literal, *elsewhere])


@states(rules.peers_apart)
def peers_have_different_workers(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Give each worker at most one case of a peer group."""
    for members in rules.grouped(problem.cases, "peer_group").values():
        places = [problem.case_index[case.case_id] for case in members]
        for w in sorted({w for c in places for w, _ in x.workers_of(c)}):
            model.add_at_most_one(x.primary[c, w] for c in places if (c, w) in x.primary)


@states(rules.co_worker_required)
def highest_risk_is_worked_by_two(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Give a case that needs a co-worker one exactly when it has a primary worker, and never the same person."""
    for c, case in enumerate(problem.cases):
        if not case.needs_co_worker:
            continue
        co_workers = x.co_workers_of(c)
        model.add(sum(literal for _, literal in co_workers) == sum(literal for _, literal in x.workers_of(c)))
        for w, literal in co_workers:
            if (c, w) in x.primary:
                model.add_at_most_one([literal, x.primary[c, w]])


@states(rules.moves_allowed)
def few_held_cases_move(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Bound the number of held cases that change worker."""
    moving = [
        literal
        for pair, literal in x.primary.items()
        if problem.cases[pair[0]].current_worker_id is not None and is_new(problem, pair)
    ]
    if moving:
        model.add(sum(moving) <= problem.caps.moves_allowed)


@states(rules.pinned_pair)
def pins_hold(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> None:
    """Fix every pinned pair; one that a rule blocks makes the problem infeasible."""
    for case_id, worker_id in sorted(problem.pinned):
        literal = x.primary.get((problem.case_index[case_id], problem.worker_index[worker_id]))
        model.add_bool_or([] if literal is None else [literal])
