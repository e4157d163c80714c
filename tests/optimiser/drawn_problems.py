"""Hypothesis strategies for small problems, and larger ones by number; `problem_maker` says what is in them."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from domain.allocation import AllocationProblem
from tests.optimiser.problem_maker import Play, Seeded, make_problem

T = TypeVar("T")

EVERYTHING = frozenset(Play)

ON_A_GRID = EVERYTHING - {Play.FINE, Play.NINETY}
"""With these alone figures lie on a coarse grid, so that what is equal is exactly equal."""


class Drawn:
    """Dice that hypothesis rolls, so that a problem shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def whole(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def one_of(self, options: Sequence[T]) -> T:
        return self._draw(st.sampled_from(options))


@st.composite
def problems(
    draw: st.DrawFn, most_workers: int = 4, most_cases: int = 4, among: frozenset[Play] = ON_A_GRID
) -> AllocationProblem:
    """Draw a small problem with some kinds of rules in play."""
    workers, cases = draw(st.integers(1, most_workers)), draw(st.integers(1, most_cases))
    in_play = draw(st.frozensets(st.sampled_from(sorted(among, key=lambda play: play.value)), max_size=12))
    return make_problem(Drawn(draw), in_play, workers, cases)


def numbered_problem(
    number: int, workers: tuple[int, int], cases: tuple[int, int], among: frozenset[Play] = EVERYTHING
) -> AllocationProblem:
    """Make the problem of a number, the same each time, with workers and cases in these ranges."""
    dice = Seeded(number)
    share = dice.whole(1, 6)
    in_play = frozenset(play for play in sorted(among, key=lambda play: play.value) if dice.whole(1, 16) <= share)
    return make_problem(dice, in_play, dice.whole(*workers), dice.whole(*cases))
