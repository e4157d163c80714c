"""Who can take one waiting case: the best workers for it as things stand, each with reasons and consequences, and why not the others."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from allocation_engine.optimiser import explain_choices, explain_unallocated
from allocation_engine.optimiser.explain import fairness_of
from allocation_engine.planning.build_problem import Question
from allocation_engine.planning.consider import Considered
from domain.allocation import AllocationProblem, Candidate, CaseNeed, Plan
from domain.allocation.score import knows, load_ratio, mismatch_points
from domain.identifiers import CaseId, WorkerId
from domain.rejection import Rejection

MOST_OPTIONS = 3


@dataclass(frozen=True, slots=True)
class Option:
    """A worker who could take the case.

    Attributes
    ----------
    co_worker_id
        Who would co-work it with them, where policy asks for somebody.
    before, after
        Predicted load over capacity without and with the case [1].
    caseload, caseload_cap, high_risk, high_risk_cap
        Cases held with this one, and how many may be [case].
    reasons
        What speaks for them, and what against, in plain words.
    """

    worker_id: WorkerId
    co_worker_id: WorkerId | None
    before: float
    after: float
    caseload: int
    caseload_cap: int
    high_risk: int
    high_risk_cap: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhoCanTake:
    """The answer: options, the best first; who could as well at a higher cost; and for everybody else the rule in the way."""

    case: CaseNeed
    options: tuple[Option, ...]
    others: tuple[tuple[WorkerId, float], ...]
    ruled_out: tuple[tuple[WorkerId, Rejection], ...]
    sentence: str


def question_about(case_id: CaseId) -> Question:
    """Ask for a plan for this case alone."""
    return Question(only=frozenset({case_id}))


def who_can_take(found: Considered, case_id: CaseId) -> WhoCanTake:
    """Read the answer off the best plan for the case alone (`question_about`)."""
    problem, plan = found.problem, found.result.plan
    case = problem.case(case_id)
    if case_id not in plan.primary:
        (left,) = explain_unallocated(problem, plan)
        return WhoCanTake(case, (), (), _ruled_out(problem, left.ruled_out, frozenset()), left.sentence)
    (choice,) = explain_choices(problem, plan, fairness_of(found.result), frozenset({case_id}))
    ranked = [choice.worker_id, *(one.worker_id for one in choice.alternatives)]
    beside = plan.co_worker.get(case_id)
    return WhoCanTake(
        case,
        tuple(_option(problem, case, worker_id, beside) for worker_id in ranked[:MOST_OPTIONS]),
        tuple(sorted((one.worker_id, one.ratio) for one in choice.alternatives[MOST_OPTIONS - 1 :])),
        _ruled_out(problem, choice.ruled_out, frozenset(ranked)),
        choice.sentence,
    )


def _ruled_out(
    problem: AllocationProblem, rejections: tuple[Rejection, ...], possible: frozenset[WorkerId]
) -> tuple[tuple[WorkerId, Rejection], ...]:
    """Say of whom each rejection speaks: they come in the order of the problem's workers, those who could left out."""
    others = [worker.worker_id for worker in problem.workers if worker.worker_id not in possible]
    return tuple(sorted(zip(others, rejections, strict=False), key=lambda pair: pair[0]))


def _option(problem: AllocationProblem, case: CaseNeed, worker_id: WorkerId, beside: WorkerId | None) -> Option:
    worker = problem.worker(worker_id)
    alone = Plan({case.case_id: worker_id})
    high = case.risk is not None and case.risk.is_high
    before, after = load_ratio(problem, Plan(), worker), load_ratio(problem, alone, worker)
    co_worker = beside if case.needs_co_worker and beside != worker_id else None
    return Option(
        worker_id=worker_id,
        co_worker_id=co_worker,
        before=before,
        after=after,
        caseload=worker.caseload + 1,
        caseload_cap=worker.caseload_cap,
        high_risk=worker.high_risk + high,
        high_risk_cap=worker.high_risk_cap,
        reasons=tuple(_reasons(case, worker)),
    )


def _reasons(case: CaseNeed, worker: Candidate) -> Iterator[str]:
    if case.needs:
        yield f"has what the case needs: {', '.join(sorted(case.needs))}"
    if knows(worker, case):
        yield "knows the case or a sibling's"
    if case.area is not None:
        same = worker.area == case.area
        told = f"works in {worker.area or 'an area that is not recorded'}, not in the case's area, {case.area}"
        yield f"works in the case's area, {case.area}" if same else told
    if missing := case.languages - worker.languages:
        yield f"would need an interpreter: {', '.join(sorted(missing))}"
    if mismatch_points(worker, case) == 0 and case.languages:
        yield "speaks every language that the case needs"
    if worker.hours_assumed:
        yield "their hours are assumed, not recorded"


def for_one(question: Question, case_id: CaseId, worker_id: WorkerId) -> Question:
    """Ask for a plan that gives this case to this worker, and nothing else."""
    return replace(question, only=frozenset({case_id}), pinned=frozenset({(case_id, worker_id)}))
