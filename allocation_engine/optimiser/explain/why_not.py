"""Why not that worker: the rule in the way and what would have to change; or what it would cost, from at least to at most."""

from dataclasses import dataclass, replace

from allocation_engine.optimiser.explain.levels_changed import changes_between
from allocation_engine.optimiser.explain.moved import Moved, moved_between, moves_told
from allocation_engine.optimiser.explain.plan_in_hand import PlanInHand
from allocation_engine.optimiser.explain.regret import Regret, between, exactly, fairness_of
from allocation_engine.optimiser.explain.repairs import best_repair
from allocation_engine.optimiser.explain.sentences import amount, in_words, listed
from allocation_engine.optimiser.explain.what_would_change import Hurdle, hurdle
from allocation_engine.optimiser.result import AllocationResult, SolveStatus
from allocation_engine.optimiser.solve import solve
from domain.allocation import AllocationProblem, Candidate, CaseNeed, Plan, blocked, score
from domain.allocation.rules import CASELOAD_RULES, PAIR_RULES
from domain.allocation.score import load_ratio
from domain.identifiers import CaseId, WorkerId
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole

PROVEN_UP_TO = 40
"""Pairs of case and worker up to which solving again with the pair fixed is quick enough to prove what it costs."""

EFFORT_TO_PROVE = 1.0
"""Deterministic seconds for that."""

NOT_MONOTONE = {"harm_type_share", "caseload_minimum"}
"""Rules that a worker may keep with more cases and break with fewer: one case alone proves nothing of them."""


@dataclass(frozen=True)
class WhyNot:
    """Why a case does not go to a worker.

    Attributes
    ----------
    planned
        Who takes it in the plan, None for nobody.
    possible
        Whether some plan that keeps every rule gives it to them; None if none was found and none is ruled out.
    in_the_way
        If not possible, the rules that forbid it whatever else is planned; else those that a plain swap would break.
    plan, moved
        The best plan found with the pair, and what else moves in it.
    regret
        Level by level what it costs.
    """

    case_id: CaseId
    worker_id: WorkerId
    planned: WorkerId | None
    possible: bool | None
    in_the_way: tuple[Hurdle, ...]
    plan: Plan | None
    moved: tuple[Moved, ...]
    regret: tuple[Regret, ...]
    sentence: str

    @property
    def deciding(self) -> Regret | None:
        """The first level at which the plan found differs; None where it is as good."""
        return next((one for one in self.regret if one.change), None)


def why_not(
    problem: AllocationProblem,
    result: AllocationResult,
    case_id: CaseId,
    worker_id: WorkerId,
    *,
    prove_up_to: int = PROVEN_UP_TO,
) -> WhyNot:
    """Say why a plan does not give this case to this worker.

    For up to so many pairs of case and worker the problem is solved again with the pair fixed; above, the best plan found
    from this one says what it costs at most, and what is proven of the plan what it costs at least.

    Raises
    ------
    KeyError
        The problem has no such case or worker.
    """
    case, worker, hand = problem.case(case_id), problem.worker(worker_id), PlanInHand(problem, result.plan)
    planned = result.plan.primary.get(case_id)
    nothing = WhyNot(case_id, worker_id, planned, None, (), None, (), (), "")
    if planned == worker_id:
        return replace(nothing, possible=True, plan=result.plan, sentence=f"{case_id} does go to {worker_id}.")
    barred = _whatever_else(problem, case, worker)
    if barred:
        told = f"{worker_id} cannot take {case_id}: {_reasons(barred)}. {_needed(barred)}"
        return replace(nothing, possible=False, in_the_way=barred, sentence=told)
    swap = _in_the_way_of_a_swap(hand, case, worker)
    change = best_repair(hand, case_id, worker_id, fairness_of(result))
    plan = None if change is None else hand.after(change)
    pinned = _solved_with(problem, result, plan, case_id, worker_id, prove_up_to)
    if pinned is SolveStatus.INFEASIBLE:
        told = f"{worker_id} cannot take {case_id}: no plan that gives it to them keeps every rule. {_needed(swap)}"
        return replace(nothing, possible=False, in_the_way=swap, sentence=told)
    exact = isinstance(pinned, Plan)
    plan = pinned if isinstance(pinned, Plan) else plan
    if plan is None:
        told = f"No plan was found that gives {case_id} to {worker_id}, and none is ruled out. {_needed(swap)}"
        return replace(nothing, in_the_way=swap, sentence=told)
    changes = changes_between(hand.score, score(problem, plan), fairness_of(result))
    alone = _ratio_with_it_alone(problem, case, worker) - max(hand.score.ratios, default=0.0)
    regret = tuple(exactly(changes) if exact else between(changes, result.levels, alone))
    moved = moved_between(result.plan, plan, but=case_id)
    found = replace(nothing, possible=True, in_the_way=swap, plan=plan, moved=moved, regret=regret)
    return replace(found, sentence=_told(found))


def _whatever_else(problem: AllocationProblem, case: CaseNeed, worker: Candidate) -> tuple[Hurdle, ...]:
    """Give the rules that keep the case from the worker in every plan: those of the pair, and of the case alone on them."""
    alone = Plan({case.case_id: worker.worker_id})
    refused: list[Rejection] = []
    if case.current_worker_id != worker.worker_id:
        for rule in PAIR_RULES:
            fault = rule.blocks(problem, worker, case, AssignmentRole.PRIMARY)
            if fault is not None:
                refused.append(rule.rejection(fault, case.case_id))
    for of_one in CASELOAD_RULES:
        if of_one.code not in NOT_MONOTONE:
            refused += of_one.rejections(problem, alone)
    elsewhere = [who for case_id, who in sorted(problem.pinned) if case_id == case.case_id and who != worker.worker_id]
    if elsewhere:
        refused.append(Rejection("pinned_pair", f"{case.case_id} is fixed to {elsewhere[0]}", "", case.case_id))
    others = (one for one in problem.workers if one is not worker)
    if case.needs_co_worker and all(blocked(problem, one, case, AssignmentRole.CO_WORKER) for one in others):
        refused.append(Rejection("co_worker_required", f"nobody else could co-work {case.case_id}", "", case.case_id))
    return tuple(hurdle(problem, alone, case, worker, one) for one in refused)


def _in_the_way_of_a_swap(hand: PlanInHand, case: CaseNeed, worker: Candidate) -> tuple[Hurdle, ...]:
    """Give the rules that break if the case goes to the worker and everything else stays as planned."""
    change = hand.handed_to(case.case_id, worker.worker_id)
    ignored = {"co_worker_required"} if case.case_id not in hand.plan.primary else set()  # it has no co-worker yet
    held = hand.held_after(change)
    refused = (one for one in hand.faults(change) if one.code not in ignored)
    return tuple(hurdle(hand.problem, held, case, worker, one) for one in refused)


def _solved_with(
    problem: AllocationProblem,
    result: AllocationResult,
    start: Plan | None,
    case_id: CaseId,
    worker_id: WorkerId,
    prove_up_to: int,
) -> Plan | SolveStatus:
    """Solve a small problem again with the pair fixed: the plan if it is proven the best, else how it ended."""
    if len(problem.cases) * len(problem.workers) > prove_up_to:
        return SolveStatus.UNKNOWN
    fixed = replace(problem, pinned=problem.pinned | {(case_id, worker_id)})
    again = solve(fixed, fairness=fairness_of(result), seed=result.seed, effort=EFFORT_TO_PROVE, start=start)
    return again.plan if again.status is SolveStatus.OPTIMAL else again.status


def _ratio_with_it_alone(problem: AllocationProblem, case: CaseNeed, worker: Candidate) -> float:
    """Give the least load ratio [1] of whoever newly takes the case, whatever else is planned; 0 if it is theirs now."""
    if case.current_worker_id == worker.worker_id:
        return 0.0
    return load_ratio(problem, Plan({case.case_id: worker.worker_id}), worker)


def _reasons(hurdles: tuple[Hurdle, ...]) -> str:
    return listed(list(dict.fromkeys(one.reason for one in hurdles)))


def _needed(hurdles: tuple[Hurdle, ...]) -> str:
    told = listed(list(dict.fromkeys(one.change for one in hurdles)))
    return f"For that, {told}." if told else ""


def _told(found: WhyNot) -> str:
    told = [f"{found.worker_id} could take {found.case_id}"]
    if found.in_the_way:
        told.append(f", not with everything else as planned ({_reasons(found.in_the_way)})")
    if found.moved:
        told.append(f", if {moves_told(found.moved)}")
    return "".join(told) + ": " + _cost(found.deciding) + "."


def _cost(deciding: Regret | None) -> str:
    if deciding is None:
        return "that would be as good"
    level, change = deciding.level, deciding.change
    if change < 0:
        return f"that would be {amount(level, change)} better on the {in_words(level)}: the plan can be improved"
    most, least = amount(level, change), amount(level, deciding.at_least or 0.0)
    if deciding.settled or (deciding.at_least is not None and most == least):
        return f"that would be {most} worse on the {in_words(level)} (proven)"
    if deciding.at_least is None or deciding.at_least <= 0:
        return f"that would be at most {most} worse on the {in_words(level)}; that it may be as good is not ruled out"
    return f"that would be at least {least} (proven) and at most {most} worse on the {in_words(level)}"
