"""The same problem gets the same answer: again, in another order, in another process, and through JSON."""

import json
import subprocess
import sys
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import AllocationResult, solve
from domain.allocation import AllocationProblem
from tests.domain.allocation.small_problems import C1, C2, C3, W1, W2, W3, problem
from tests.optimiser.drawn_problems import problems

EFFORT = 2.0
IN_A_NEW_PROCESS = """
import sys
from allocation_engine.optimiser import solve
from domain.allocation import AllocationProblem
print(solve(AllocationProblem.from_json(sys.stdin.read()), effort=2.0).to_json())
"""


def without_seconds(text: str) -> str:
    told = json.loads(text)
    del told["seconds"]
    return json.dumps(told)


@settings(deadline=None, max_examples=25)
@given(problem=problems(), order=st.randoms(use_true_random=False))
def test_the_order_of_workers_and_cases_changes_nothing(problem: AllocationProblem, order: Random) -> None:
    w, c = list(range(len(problem.workers))), list(range(len(problem.cases)))
    order.shuffle(w)
    order.shuffle(c)
    shuffled = problem.part(c, w)
    answers = [solve(one, effort=EFFORT).to_json() for one in (problem, problem, shuffled)]
    assert len({without_seconds(answer) for answer in answers}) == 1


def test_a_new_process_gives_the_same_answer_byte_for_byte() -> None:
    example = problem([W1, W2, W3], [C1, C2, C3])
    told = subprocess.run(
        [sys.executable, "-c", IN_A_NEW_PROCESS], input=example.to_json(), capture_output=True, text=True, check=True
    )
    assert without_seconds(told.stdout) == without_seconds(solve(example, effort=EFFORT).to_json())


@settings(deadline=None, max_examples=25)
@given(problem=problems())
def test_problem_and_result_come_back_from_json_as_they_were(problem: AllocationProblem) -> None:
    assert AllocationProblem.from_json(problem.to_json()) == problem
    result = solve(problem, effort=EFFORT)
    assert AllocationResult.from_json(result.to_json()) == result
