"""What a plan is to be good at, most important first: the levels of the objective by name."""

from enum import StrEnum

from domain.allocation import AllocationProblem


class Aim(StrEnum):
    """One aim; each is settled, within those before it, before the next is looked at.

    PLACED: as little as can be waits, urgent cases first. HEAVIEST: the heaviest load ratio among those who receive
    something is as low as can be; NEXT_HEAVIEST: then the next, and so on (leximin). SQUARES: the sum of squared load
    ratios is. HARM_TYPES: each harm type is spread. MATCH: area and language fit. COST: the pairs cost little.
    CONTINUITY: cases go back to who knows them, and held ones stay.
    """

    PLACED = "placed"
    HEAVIEST = "heaviest"
    NEXT_HEAVIEST = "next heaviest"
    SQUARES = "squares"
    HARM_TYPES = "harm types"
    MATCH = "match"
    COST = "cost"
    CONTINUITY = "continuity"


class Fairness(StrEnum):
    """What fair means once the heaviest load ratio is as low as can be.

    LEXIMIN lowers the next heaviest, and the next. SQUARES lowers the sum of squared ratios under that cap; it is
    proven for far larger teams and near to leximin in what it gives.
    """

    LEXIMIN = "leximin"
    SQUARES = "squares"


def aims_of(problem: AllocationProblem, fairness: Fairness) -> tuple[Aim, ...]:
    """Give the aims of a proposal, in order; cost is one where the problem has costs."""
    even = Aim.NEXT_HEAVIEST if fairness is Fairness.LEXIMIN else Aim.SQUARES
    cost = () if problem.cost is None else (Aim.COST,)
    return (Aim.PLACED, Aim.HEAVIEST, even, Aim.HARM_TYPES, Aim.MATCH, *cost, Aim.CONTINUITY)
