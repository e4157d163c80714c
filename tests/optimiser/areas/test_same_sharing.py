"""The same problem gets the same answer: with one thread or two, and in another process."""

import subprocess
import sys

import pytest

from allocation_engine.optimiser.areas import AreaAnswer, share_by_area
from tests.optimiser.areas.drawn_areas import made_up

IN_A_NEW_PROCESS = """
from tests.optimiser.areas.test_same_sharing import answer
print(answer({threads}, {effort}))
"""

NOT_ENOUGH, ENOUGH = 0.1, 10.0
"""Effort with which the search ends early, and with which it is proven [deterministic s]."""


def answer(threads: int, effort: float) -> AreaAnswer:
    problem = made_up(2, units=24, count=4, heaviest=10**6, workers=26, most=5)
    return share_by_area(problem, effort=effort, threads=threads, keep_going=lambda _, __: True)


@pytest.mark.parametrize("effort", [NOT_ENOUGH, ENOUGH])
def test_two_threads_give_the_answer_of_one(effort: float) -> None:
    one, two = (answer(threads, effort) for threads in (1, 2))
    assert repr(one) == repr(two)
    assert (one.value == one.bound) == (effort == ENOUGH)


def test_a_new_process_gives_the_same_answer_byte_for_byte() -> None:
    asked = IN_A_NEW_PROCESS.format(threads=2, effort=NOT_ENOUGH)
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == repr(answer(1, NOT_ENOUGH))
