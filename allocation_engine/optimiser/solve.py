"""Solving: the method that suits the problem, its levels settled in order, always the same for the same problem."""

from collections.abc import Callable
from importlib.metadata import version
from time import perf_counter

from allocation_engine.optimiser.aims import Aim, Fairness, aims_of
from allocation_engine.optimiser.one_case import solve_one_case
from allocation_engine.optimiser.one_model import solve_in_one_model
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.result import AllocationResult, Level, SolveStatus
from allocation_engine.optimiser.special_forms import solve_by_form
from allocation_engine.optimiser.watch import Limits, OnProgress, Watch
from domain.allocation import AllocationProblem, Plan, score

DEFAULT_EFFORT = 10.0
"""Deterministic seconds for all levels together: enough to prove a team of 15 with a dozen waiting cases."""

ONE_MODEL_UP_TO = 400
"""Pairs of a case and a worker up to which one CP-SAT model proves every level in a few seconds."""

PROVEN = 1e-6
"""Gap [1] up to which a level counts as proven, which is rounding (scaling.py). The gap itself is kept."""


def solve(  # noqa: PLR0913  the keywords are what can be asked, each with a default
    problem: AllocationProblem,
    *,
    fairness: Fairness = Fairness.LEXIMIN,
    aims: tuple[Aim, ...] | None = None,
    seed: int = 0,
    effort: float = DEFAULT_EFFORT,
    threads: int = 1,
    limits: Limits | None = None,
    start: Plan | None = None,
    on_level: Callable[[Level], None] | None = None,
    on_progress: OnProgress | None = None,
    clock: Callable[[], float] = perf_counter,
) -> AllocationResult:
    """Find the best plan for a problem.

    Parameters
    ----------
    problem
        Workers, cases, figures and rules.
    fairness
        What to lower once the heaviest load ratio is as low as can be: the next heaviest, or the sum of squares.
    aims
        The levels of the objective, most important first, where they are to be others than those of a proposal.
    seed
        Of the search; it never changes what is best.
    effort
        Deterministic time for all levels together [about a second of one core], so that a slower machine finds the
        same plan.
    threads
        Threads to use at most; the answer is the same with any number.
    limits
        Time by the clock and memory after which the best plan so far is given.
    start
        A plan to start from, an earlier answer for instance: where it keeps the rules nothing worse is given.
    on_level, on_progress
        Told of each level as it is settled, and of progress in between; the latter stops the search with False.
    clock
        What tells the seconds.

    Returns
    -------
    AllocationResult
        With the plan, its score, and for each level the value, the proven bound, what proves it and the gap.
        Infeasible is a status (pins or moves that contradict a rule), never an exception.
    """
    watch = Watch(limits or Limits(), clock, on_progress)
    problem = in_canonical_order(problem)
    request = Request(
        problem=problem,
        aims=aims or aims_of(problem, fairness),
        seed=seed,
        effort=effort,
        threads=threads,
        start=start,
        watch=watch,
        on_level=on_level or (lambda _: None),
    )
    outcome = solve_one_case(request) or solve_by_form(request) or solve_by_size(request) or solve_in_one_model(request)
    return AllocationResult(
        status=_status(outcome),
        plan=outcome.plan or Plan(),
        score=None if outcome.plan is None else score(problem, outcome.plan),
        levels=outcome.levels,
        seed=seed,
        effort=effort,
        versions={"ortools": version("ortools")},
        method=outcome.method,
        stopped=watch.stopped,
        seconds=watch.seconds,
    )


def solve_by_size(request: Request) -> Outcome | None:
    """Solve a problem that one model is too small for; None where it is not, or has a form that needs it."""
    if len(request.problem.cases) * len(request.problem.workers) < ONE_MODEL_UP_TO:
        return None
    from allocation_engine.optimiser.caseloads.levels import solve_by_caseloads  # noqa: PLC0415  compiles when loaded

    return solve_by_caseloads(request)


def _status(outcome: Outcome) -> SolveStatus:
    """Say how far the answer can be trusted."""
    if outcome.plan is None:
        return SolveStatus.INFEASIBLE if outcome.proven_infeasible else SolveStatus.UNKNOWN
    proven = outcome.complete and all(level.gap <= PROVEN for level in outcome.levels)
    return SolveStatus.OPTIMAL if proven else SolveStatus.FEASIBLE


def in_canonical_order(problem: AllocationProblem) -> AllocationProblem:
    """Sort workers and cases by id, so that the order in which they were named changes nothing."""
    workers = sorted(range(len(problem.workers)), key=lambda w: problem.workers[w].worker_id)
    cases = sorted(range(len(problem.cases)), key=lambda c: problem.cases[c].case_id)
    return problem.part(cases, workers)
