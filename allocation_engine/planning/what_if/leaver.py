"""Somebody leaves: where would their caseload go? As a look, and as a question that makes an ordinary proposal of it."""

from dataclasses import dataclass, replace

from allocation_engine.errors import SettingsError
from allocation_engine.optimiser import AllocationResult, Fairness, explain_choices, explain_unallocated, solve
from allocation_engine.optimiser.explain import ChoiceExplained, UnallocatedExplained
from allocation_engine.planning.build_problem import Question, build_problem
from allocation_engine.planning.search import Search
from allocation_engine.planning.situation import Situation
from domain.allocation import AllocationProblem
from domain.evolve.case import CaseState
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole
from projections.waiting_cases import WaitingCase


@dataclass(frozen=True)
class LeaverPlan:
    """Where the caseload of somebody who leaves would go.

    Attributes
    ----------
    cases
        The cases that they hold as primary worker, by id.
    problem, result
        The service without them, their cases waiting beside all others, and the best plan for it.
    choices, left
        Of their cases those that somebody could take, with the reasons, and those that nobody could, with the rules.
    co_working
        Cases that they co-work, which lose a co-worker.
    """

    worker: WorkerId
    only_high_risk: bool
    cases: tuple[CaseId, ...]
    problem: AllocationProblem
    result: AllocationResult
    choices: tuple[ChoiceExplained, ...]
    left: tuple[UnallocatedExplained, ...]
    co_working: tuple[CaseId, ...]

    @property
    def question(self) -> Question:
        """What to ask of a proposal to put this plan on record: these cases may move, each to the worker found here.

        A held case may always stay with its worker, so ruling the leaver out would not move it: it is fixed to the other.
        Cases that nobody could take stay where they are until something else is decided.
        """
        return Question(
            may_move=frozenset(one.case_id for one in self.choices),
            pinned=frozenset((one.case_id, one.worker_id) for one in self.choices),
        )


def where_would_it_go(
    situation: Situation, worker: WorkerId, search: Search, *, only_high_risk: bool = False
) -> LeaverPlan:
    """Find out where a caseload, or what of it is of high risk, would go if its worker could not keep it from today.

    Raises
    ------
    SettingsError
        There is no such worker, or they hold no case as primary worker.
    """
    if worker not in situation.workers:
        raise SettingsError("WORKER", f"{worker} is not a worker here: `allocation-engine load` lists who is")
    held = situation.caseloads.get(worker, ())
    own = [one.case for one in held if one.role is AssignmentRole.PRIMARY]
    cases = tuple(sorted(one.case_id for one in own if not only_high_risk or _is_high(one)))
    if not cases:
        what = "case of high risk" if only_high_risk else "case"
        raise SettingsError("WORKER", f"{worker} holds no {what} as primary worker: there is nothing to pass on")
    problem = build_problem(without(situation, worker, frozenset(cases)), Question())
    result = solve(problem, fairness=Fairness.SQUARES, seed=search.seed, effort=search.effort, limits=search.limits)
    return LeaverPlan(
        worker=worker,
        only_high_risk=only_high_risk,
        cases=cases,
        problem=problem,
        result=result,
        choices=tuple(one for one in explain_choices(problem, result.plan, Fairness.SQUARES) if one.case_id in cases),
        left=tuple(one for one in explain_unallocated(problem, result.plan) if one.case_id in cases),
        co_working=tuple(sorted(one.case.case_id for one in held if one.role is AssignmentRole.CO_WORKER)),
    )


def _is_high(case: CaseState) -> bool:
    return case.risk is not None and case.risk.is_high


def without(situation: Situation, worker: WorkerId, passed_on: frozenset[CaseId]) -> Situation:
    """Give the service without a worker, the cases that they pass on waiting from now on; these know whom they had."""
    found = {one.case.case_id: one.case for one in situation.caseloads.get(worker, ())}
    given_up = {case_id: _given_up(case, worker, situation) for case_id, case in found.items() if case_id in passed_on}
    waiting = [*situation.waiting, *(WaitingCase(given_up[case_id], 0.0) for case_id in sorted(given_up))]
    return replace(
        situation,
        workers={one: post for one, post in situation.workers.items() if one != worker},
        caseloads={one: held for one, held in situation.caseloads.items() if one != worker},
        waiting=tuple(waiting),
    )


def _given_up(case: CaseState, worker: WorkerId, situation: Situation) -> CaseState:
    past = (*(one for one in case.past_primaries if one != worker), worker)
    return replace(case, primary=None, past_primaries=past, waiting_since=situation.as_at)
