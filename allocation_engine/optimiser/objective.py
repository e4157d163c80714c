"""The levels of the objective, most important first. Each is stated only when those before it are settled."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.scaling import (
    RatioScale,
    cost_scale,
    harm_scale,
    harm_steps,
    ratio_scale,
)
from allocation_engine.optimiser.variables import Bool, Expr, Variables
from domain.allocation import AllocationProblem, CaseNeed, Figures, Score, figure
from domain.allocation.score import discontinuity_points, mismatch_points, waiting_weight
from domain.vocabulary import HarmType, Priority

ValueOf = Callable[[Expr], int]
Refine = Callable[[ValueOf], bool]


@dataclass(frozen=True, slots=True)
class LevelOfObjective:
    """One level: its expression in integer steps, steps in one unit, and how its value reads off a score."""

    name: str
    expression: Expr
    scale: float
    value: Callable[[Score], float]
    refine: Refine | None = None
    """Tightens the level's own model around a solution; true if there was anything to tighten."""
    true_steps: Callable[[ValueOf], int] | None = None
    """What a solution is worth in steps at most, where that is more than the expression says: held, the level stays there."""
    closes: bool = True
    """Whether a solution that is best in the solver's integers, and around which nothing is left to tighten, is proven."""


ScoreSoFar = Callable[[], Score | None]


def levels(
    model: cp_model.CpModel,
    x: Variables,
    problem: AllocationProblem,
    aims: Sequence[Aim],
    so_far: ScoreSoFar,
) -> Iterator[LevelOfObjective]:
    """State the levels one after another; the caller settles each before it asks for the next."""
    scale = ratio_scale(problem)
    ratios: dict[int, cp_model.IntVar] = {}
    for aim in aims:
        if aim in {Aim.HEAVIEST, Aim.NEXT_HEAVIEST} and not ratios:
            ratios = _ratios_of_receivers(model, x, problem, scale)
        match aim:
            case Aim.PLACED:
                yield from unallocated_by_priority(x, problem)
            case Aim.HEAVIEST:
                yield from heaviest_first(model, problem, (ratios, scale), so_far, first=1, last=1)
            case Aim.NEXT_HEAVIEST:
                yield from heaviest_first(model, problem, (ratios, scale), so_far, first=2, last=len(problem.workers))
            case Aim.SQUARES:
                yield squares_under_the_cap(model, x, problem, scale)
            case Aim.HARM_TYPES:
                yield harm_types_balanced(model, x, problem)
            case Aim.MATCH:
                yield _over_pairs("area and language", x, problem, mismatch_points, lambda score: score.mismatch)
            case Aim.COST:
                yield cost_of_pairs(x, problem)
            case Aim.CONTINUITY:
                yield _over_pairs(
                    "continuity",
                    x,
                    problem,
                    lambda worker, case: discontinuity_points(problem, worker, case),
                    lambda score: score.discontinuity,
                )


def cost_of_pairs(x: Variables, problem: AllocationProblem) -> LevelOfObjective:
    """Lower the sum of what the pairs cost, exact where costs are whole numbers."""
    figures = problem.cost or ()
    costs = [(figure(figures, c, w), literal) for (c, w), literal in x.primary.items()]
    scale = cost_scale((cost for cost, _ in costs), len(problem.cases))
    terms = [(round(cost * scale.steps), literal) for cost, literal in costs]
    return LevelOfObjective(
        "cost",
        sum(steps * literal for steps, literal in terms),
        scale.steps,
        lambda score: score.cost,
        true_steps=lambda value_of: sum(steps * value_of(literal) for steps, literal in terms) + scale.apart,
    )


def unallocated_by_priority(x: Variables, problem: AllocationProblem) -> Iterator[LevelOfObjective]:
    """Leave as little as can be waiting: urgent cases first, then high, then routine."""
    for place, priority in enumerate(Priority):
        cases = [c for c, case in enumerate(problem.cases) if case.priority is priority]
        weights = {c: waiting_weight(problem.cases[c]) for c in cases}
        placed = sum(weights[c] * literal for (c, _), literal in x.primary.items() if c in weights)
        yield LevelOfObjective(
            f"unallocated, {priority.value}",
            sum(weights.values()) - placed,
            1,
            lambda score, place=place: score.unallocated[place],  # type: ignore[misc]
        )


def heaviest_first(
    model: cp_model.CpModel,
    problem: AllocationProblem,
    scaled: tuple[Mapping[int, cp_model.IntVar], RatioScale],
    so_far: ScoreSoFar,
    *,
    first: int,
    last: int,
) -> Iterator[LevelOfObjective]:
    """Level the load ratios of those who receive something: the heaviest as low as can be, then the next, and so on.

    The k-th level is the sum of the k largest ratios; settled in order they give the leximin plan. It is at least the sum of
    any k of them: said of those k that are largest where a solution falls, until they are the largest. (The usual form,
    ``k·t + sum max(0, ratio - t)`` of Ogryczak and Tamir 2003, has a threshold among millions of steps, along which CP-SAT
    may creep one by one, past every limit of effort and into gigabytes.) Once a level is settled at which the plan has
    fewer than k receivers, every further ratio is held at nothing, and they end.
    """
    ratios, scale = scaled
    most = max((sum(terms) for terms in _largest_ratio(problem, scale).values()), default=0)
    placed = len(problem.cases) + _co_workers_wanted(problem)
    deepest = min(len(ratios), placed)
    for k in range(first, min(last, deepest) + 1):
        best = so_far()
        if best is not None and len(best.ratios) < k - 1:
            return
        together = model.new_int_var(0, k * most, name_of_ratio_level(k))
        if k == 1:
            for ratio in ratios.values():
                model.add(together >= ratio)
        yield LevelOfObjective(
            name_of_ratio_level(k),
            together,
            scale.steps,
            lambda score, k=k: sum(score.ratios[:k]),  # type: ignore[misc]
            _at_least_the_largest(model, together, ratios, k),
            _held_at(ratios, k, scale.apart(k + placed)),
        )


def _at_least_the_largest(
    model: cp_model.CpModel, together: cp_model.IntVar, ratios: Mapping[int, cp_model.IntVar], k: int
) -> Refine:
    """Give what says of the k largest ratios of a solution that the level is at least their sum, if it is below."""

    def refine(value_of: ValueOf) -> bool:
        largest = sorted(ratios, key=lambda w: (-value_of(ratios[w]), w))[:k]
        if value_of(together) >= sum(value_of(ratios[w]) for w in largest):
            return False
        model.add(together >= sum(ratios[w] for w in largest))
        return True

    return refine


def _held_at(ratios: Mapping[int, cp_model.IntVar], k: int, apart: int) -> Callable[[ValueOf], int]:
    """Give where a solution holds a level of ratios: plans that are as good, but for how they are rounded, stay in."""
    return lambda value_of: sum(sorted(map(value_of, ratios.values()), reverse=True)[:k]) + apart


def squares_under_the_cap(
    model: cp_model.CpModel, x: Variables, problem: AllocationProblem, scale: RatioScale
) -> LevelOfObjective:
    """Lower the sum of squared load ratios: each square is bounded below by tangents, added where solutions fall.

    A tangent never overstates a square, so the solver's bound is valid at every stage; a solution at which every
    tangent touches is proven. Squares are in steps of `RatioScale.square_step`, rounded down. Who receives nothing keeps
    the square they have, so only the rise counts.
    """
    unit = scale.square_step
    squares: dict[int, cp_model.IntVar] = {}
    totals: dict[int, cp_model.IntVar] = {}
    largest = _largest_ratio(problem, scale)
    carried = {w: terms[0] ** 2 // unit for w, terms in largest.items()}

    def touch(w: int, at: int) -> None:
        """Bound a square below by the tangent at a point: ``s >= 2·a·r - a²``, all in ratio steps."""
        below = unit * (squares[w] + 1) if unit > 1 else squares[w]
        model.add(below >= 2 * at * totals[w] - at * at)

    for w, terms in largest.items():
        worker = problem.workers[w].worker_id
        top = sum(terms)
        totals[w] = model.new_int_var(terms[0], top, f"total {worker}")
        model.add(totals[w] == terms[0] + _added(x, problem, w, scale))
        squares[w] = model.new_int_var(0, top**2 // unit, f"square {worker}")
        for at in (terms[0], *range(terms[0], top + 1, max(scale.steps // TANGENTS, 1))):
            touch(w, at)

    def refine(value_of: ValueOf) -> bool:
        """Add a tangent wherever the solution lies above those there are; say whether any was added."""
        added = False
        for w, total in totals.items():
            at = value_of(total)
            if value_of(squares[w]) < at**2 // unit - (unit > 1):
                touch(w, at)
                added = True
        return added

    def held_at(value_of: ValueOf) -> int:
        at = {w: value_of(total) for w, total in totals.items()}
        apart = scale.apart(len(totals) + len(problem.cases)) * 2 * max(at.values(), default=0)
        return sum(one**2 // unit - carried[w] for w, one in at.items()) + ceil(apart / unit)

    return LevelOfObjective(
        "sum of squared load ratios",
        sum(squares.values()) - sum(carried.values()),
        scale.steps**2 / unit,
        lambda score: score.squares,
        refine,
        held_at,
        closes=False,
    )


TANGENTS = 20
"""Tangents to start with in a load ratio of 1."""


def name_of_ratio_level(k: int) -> str:
    """Name the level that lowers the k heaviest load ratios."""
    return "heaviest load ratio" if k == 1 else f"sum of the {k} heaviest load ratios"


def _co_workers_wanted(problem: AllocationProblem) -> int:
    return sum(case.needs_co_worker for case in problem.cases)


def _largest_ratio(problem: AllocationProblem, scale: RatioScale) -> dict[int, list[int]]:
    """Give, for each worker with capacity, the steps of load they carry and at most of every case they might be given."""
    return {
        w: [
            scale.rounded(worker.predicted_load, worker.capacity),
            *(
                max(scale.rounded(figure(figures, c, w), worker.capacity) for figures in _figures_of(problem, case))
                for c, case in enumerate(problem.cases)
            ),
        ]
        for w, worker in enumerate(problem.workers)
        if worker.capacity
    }


def _figures_of(problem: AllocationProblem, case: CaseNeed) -> tuple[Figures, ...]:
    return (problem.added_load, problem.added_load_co) if case.needs_co_worker else (problem.added_load,)


def _ratios_of_receivers(
    model: cp_model.CpModel, x: Variables, problem: AllocationProblem, scale: RatioScale
) -> dict[int, cp_model.IntVar]:
    """Give each worker's load ratio in steps if they receive something, and 0 if not: whoever keeps a case receives nothing."""
    ratios: dict[int, cp_model.IntVar] = {}
    for w, steps in _largest_ratio(problem, scale).items():
        ratios[w] = model.new_int_var(0, sum(steps), f"ratio {problem.workers[w].worker_id}")
        model.add(ratios[w] == steps[0] + _added(x, problem, w, scale)).only_enforce_if(x.receives[w])
        model.add(ratios[w] == 0).only_enforce_if(~x.receives[w])
    return ratios


def _added(x: Variables, problem: AllocationProblem, w: int, scale: RatioScale) -> Expr:
    """Give what the plan adds to a worker's load ratio, in steps."""
    capacity = problem.workers[w].capacity or 1.0
    as_primary = (scale.rounded(figure(problem.added_load, c, w), capacity) * literal for c, literal in x.cases_of(w))
    co_working = (
        scale.rounded(figure(problem.added_load_co, c, w), capacity) * literal for c, literal in x.co_cases_of(w)
    )
    return sum(as_primary) + sum(co_working)


def harm_types_balanced(model: cp_model.CpModel, x: Variables, problem: AllocationProblem) -> LevelOfObjective:
    """Spread each harm type: the largest number per capacity among those who receive it, summed over harm types."""
    scale = harm_scale(worker.capacity or 0.0 for worker in problem.workers)
    exposures: dict[HarmType, list[tuple[Bool, Expr, int]]] = {}
    counted = 0
    for (w, harm), receives in x.receives_harm.items():
        worker = problem.workers[w]
        steps, held = harm_steps(worker.capacity or 1.0, scale), worker.by_harm.get(harm, 0)
        placed = [literal for c, literal in x.cases_of(w) if harm in (problem.cases[c].harm_types or ())]
        exposures.setdefault(harm, []).append((receives, steps * (held + sum(placed)), steps * (held + len(placed))))
        counted = max(counted, held + len(placed))
    worst = []
    for harm, of_workers in exposures.items():
        worst.append(model.new_int_var(0, max(most for _, _, most in of_workers), f"worst {harm}"))
        for receives, exposure, _ in of_workers:
            model.add(worst[-1] >= exposure).only_enforce_if(receives)
    apart = scale.apart * counted * len(worst)
    return LevelOfObjective(
        "harm types balanced",
        sum(worst),
        scale.steps,
        lambda score: score.harm_balance,
        true_steps=lambda value_of: sum(value_of(one) for one in worst) + apart,
    )


def _over_pairs(
    name: str,
    x: Variables,
    problem: AllocationProblem,
    points: Callable[..., int],
    value: Callable[[Score], float],
) -> LevelOfObjective:
    terms = (points(problem.workers[w], problem.cases[c]) * literal for (c, w), literal in x.primary.items())
    return LevelOfObjective(name, sum(terms), 1, value)
