"""From real figures to the solver's integers, here only, with what the rounding can cost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, inf, lcm, log10

import numpy as np
from numpy.typing import NDArray

from domain.allocation import AllocationProblem, Factors, Figures, figure

COARSE, FINE = 10**6, 10**8
"""Fewest integer steps in a load ratio of 1, if sums allow as many, and most; a millionth is a ten-thousandth of a load
point for a full-time worker."""

LARGEST, LARGEST_SUM = 5 * 10**8, 2**58
"""Steps to which the load ratio of one worker, and the squares of all, may add up, far within the solver's integers."""

SQUARE_SCALE = 10**12
"""Integer steps in a squared load ratio of 1, about, if sums allow as many."""

GRIDS = (1, 10, 100, 1_000)
"""Decimal grids on which figures are looked for, as steps in 1."""

HARM_SCALE = 10**4
"""Fewest integer steps in one case per 100 points of capacity."""

COST_DIGITS, MOST_DIGITS = 10, 15
"""Digits to which a sum of costs comes in steps: as many as that at least, and at most."""


@dataclass(frozen=True)
class RatioScale:
    """Integer steps in a load ratio of 1, and how many of their squares are a step of a squared ratio.

    `exact` if every figure of the problem is a whole number of steps. Where it is not, sums that are equal may differ
    once they are rounded, by a step for each figure in them.
    """

    steps: int
    square_step: int
    exact: bool

    def rounded(self, load: float, capacity: float) -> int:
        """Round a load over capacity to steps; the error is at most half a step."""
        return round(load / capacity * self.steps)

    def apart(self, figures: int) -> int:
        """Give by how many steps two sums of so many figures in all may differ though they are equal."""
        return 0 if self.exact else figures


def ratio_scale(problem: AllocationProblem) -> RatioScale:
    """Give a scale at which every load ratio is a whole number, if figures and capacities lie on a decimal grid.

    If they do not, or it would take too many steps, the scale is as fine as the sums allow.
    """
    ratios = _largest_ratios(problem)
    most = min(FINE, int(LARGEST / max([*ratios, 1e-9])))
    common = _common_steps(problem, most)
    steps = 10 ** int(log10(max(most, 1))) if common is None else common * ceil(min(COARSE, most) / common)
    in_all = sum((ratio * steps) ** 2 for ratio in ratios)
    return RatioScale(steps, max(steps**2 // SQUARE_SCALE, ceil(in_all / LARGEST_SUM), 1), exact=common is not None)


def _largest_ratios(problem: AllocationProblem) -> list[float]:
    """Give the load ratio [1] of each worker who has capacity if everything came to them, as primary or as co-worker."""
    needs = np.array([case.needs_co_worker for case in problem.cases], np.float64)
    primary, co_worker = _of_each_worker(problem.added_load), _of_each_worker(problem.added_load_co)
    found = []
    for w in _with_capacity(problem):
        one = problem.workers[w]
        added = np.maximum(primary(w), needs * co_worker(w)) if len(needs) else needs
        found.append((one.predicted_load + float(added.sum())) / (one.capacity or 1.0))
    return found


def _of_each_worker(figures: Figures) -> Callable[[int], NDArray[np.float64]]:
    """Give what tells a worker's figures, one for each case, without writing out the table of a country."""
    if isinstance(figures, Factors):
        by_case, by_worker = np.array(figures.by_case, np.float64), np.array(figures.by_worker, np.float64)
        return lambda worker: by_case @ by_worker[worker]
    table = np.array(figures, np.float64)
    return lambda worker: table[:, worker]


def _co_load(problem: AllocationProblem, case: int, worker: int) -> float:
    return figure(problem.added_load_co, case, worker) if problem.cases[case].needs_co_worker else 0.0


def _common_steps(problem: AllocationProblem, most: int) -> int | None:
    """Give the least scale at which every ratio is a whole number, None if it is more than so many steps."""
    for grid in GRIDS:
        if all(_is_whole(load * grid) for load in _loads(problem)):
            capacities = [(problem.workers[w].capacity or 1.0) * grid for w in _with_capacity(problem)]
            if all(_is_whole(capacity) and round(capacity) > 0 for capacity in capacities):
                common = lcm(*(round(capacity) for capacity in capacities))
                return common if common <= most else None
    return None


def _loads(problem: AllocationProblem) -> Iterator[float]:
    for w in _with_capacity(problem):
        yield problem.workers[w].predicted_load
        for c in _cases(problem):
            yield figure(problem.added_load, c, w)
            yield _co_load(problem, c, w)


def _cases(problem: AllocationProblem) -> range:
    return range(len(problem.cases))


def _with_capacity(problem: AllocationProblem) -> list[int]:
    return [w for w, worker in enumerate(problem.workers) if worker.capacity]


def _is_whole(figure_on_grid: float) -> bool:
    return abs(figure_on_grid - round(figure_on_grid)) <= 1e-9 * max(abs(figure_on_grid), 1.0)


@dataclass(frozen=True)
class Scale:
    """Integer steps in 1 of some figure, and by how many steps sums that are equal may differ once they are rounded."""

    steps: float
    apart: int


def harm_scale(capacities: Iterable[float]) -> Scale:
    """Give a scale for cases per 100 points of capacity: a whole number of steps for each, if there is one.

    `apart` is for one harm type and each case counted.
    """
    known = [capacity for capacity in capacities if 0.0 < capacity < inf]
    for grid in GRIDS:
        if all(_is_whole(capacity * grid) and round(capacity * grid) > 0 for capacity in known):
            common = lcm(*(round(capacity * grid) for capacity in known))
            if common <= FINE:
                return Scale(common * ceil(HARM_SCALE / common), 0)
            break
    return Scale(FINE, 1)


def harm_steps(capacity: float, scale: Scale) -> int:
    """Round one case per 100 points of this capacity to steps; the error is at most half a step."""
    return round(100.0 / capacity * scale.steps)


def cost_scale(costs: Iterable[float], placed: int) -> Scale:
    """Give a scale for costs of which so many are added up: 1 where all are whole numbers, and if not a fine one."""
    known = list(costs)
    digits = floor(log10(max([*known, 1e-200]) * (placed + 1))) + 1
    if digits <= MOST_DIGITS and all(cost == int(cost) for cost in known):
        return Scale(1.0, 0)
    steps = 10.0 ** min(max(6, COST_DIGITS - digits), MOST_DIGITS - digits)
    return Scale(steps, 0 if all(_is_whole(cost * steps) for cost in known) else placed)


def ratio_error(problem: AllocationProblem) -> float:
    """Bound the error [1] of a worker's scaled load ratio: half a step for what they carry and for each case added."""
    return 0.5 * (1 + 2 * len(problem.cases)) / ratio_scale(problem).steps


def harm_error(problem: AllocationProblem) -> float:
    """Bound the error [case] of one harm type's scaled exposure: half a step for each case counted."""
    most_held = max((held for worker in problem.workers for held in worker.by_harm.values()), default=0)
    return 0.5 * (most_held + len(problem.cases)) / harm_scale(one.capacity or 0.0 for one in problem.workers).steps
