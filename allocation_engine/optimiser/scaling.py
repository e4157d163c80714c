"""From real figures to the solver's integers, here only, with what the rounding can cost."""

from domain.allocation import AllocationProblem, figure

RATIO_SCALE = 10**6
"""Integer steps in a load ratio of 1: a step is a ten-thousandth of a load point for a full-time worker."""

SQUARE_SCALE = 10**6
"""Integer steps in a squared load ratio of 1; it divides the square of `RATIO_SCALE`."""

HARM_SCALE = 10**4
"""Integer steps in one case per 100 points of capacity."""


def ratio_steps(load: float, capacity: float) -> int:
    """Round a load over capacity to steps; the error is at most half a step."""
    return round(load / capacity * RATIO_SCALE)


def harm_steps(capacity: float) -> int:
    """Round one case per 100 points of this capacity to steps; the error is at most half a step."""
    return round(100.0 / capacity * HARM_SCALE)


def cost_scale(problem: AllocationProblem) -> float:
    """Give the integer steps in a cost of 1: one where every cost is a whole number, and so many that sums fit if not."""
    pairs = ((c, w) for c in range(len(problem.cases)) for w in range(len(problem.workers)))
    costs = [figure(problem.cost, c, w) for c, w in pairs] if problem.cost is not None else []
    if all(cost == int(cost) for cost in costs):
        return 1.0
    return 10.0 ** min(6, 15 - len(str(int(max(costs) * (len(problem.cases) + 1)))))


def ratio_error(problem: AllocationProblem) -> float:
    """Bound the error [1] of a worker's scaled load ratio: half a step for what they carry and for each case added."""
    return 0.5 * (1 + 2 * len(problem.cases)) / RATIO_SCALE


def harm_error(problem: AllocationProblem) -> float:
    """Bound the error [case] of one harm type's scaled exposure: half a step for each case counted."""
    most_held = max((held for worker in problem.workers for held in worker.by_harm.values()), default=0)
    return 0.5 * (most_held + len(problem.cases)) / HARM_SCALE
