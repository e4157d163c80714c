"""A team of 15 with 40 waiting gets the same answer on one thread and two, and in a new process; stopped early, its best so far."""

import json
import subprocess
import sys

from allocation_engine.optimiser import (
    AllocationResult,
    Fairness,
    Limits,
    Progress,
    SolveStatus,
    Stopped,
    solve,
    verify,
)
from benchmarks.generated_services import SHAPES, generated_service

EFFORT = 1.0
PROBLEM = generated_service(SHAPES["team"], 3)
IN_A_NEW_PROCESS = """
import sys
from allocation_engine.optimiser import Fairness, solve
from domain.allocation import AllocationProblem
problem = AllocationProblem.from_json(sys.stdin.read())
print(solve(problem, fairness=Fairness.SQUARES, effort=1.0, threads=2).to_json())
"""


def told(result: str) -> str:
    read = json.loads(result)
    del read["seconds"]
    return json.dumps(read)


def solved(threads: int) -> AllocationResult:
    return solve(PROBLEM, fairness=Fairness.SQUARES, effort=EFFORT, threads=threads)


def test_one_thread_two_threads_and_a_new_process_give_the_same_answer_byte_for_byte() -> None:
    one = solved(1)
    assert one.method.startswith("caseload by caseload")
    assert verify(PROBLEM, one).holds
    elsewhere = subprocess.run(
        [sys.executable, "-c", IN_A_NEW_PROCESS], input=PROBLEM.to_json(), capture_output=True, text=True, check=True
    )
    assert told(one.to_json()) == told(solved(2).to_json()) == told(elsewhere.stdout)


def test_asked_to_stop_it_gives_a_plan_that_keeps_the_rules_and_says_why_it_ended() -> None:
    seen: list[Progress] = []

    def stop_at_the_squares(progress: Progress) -> bool:
        seen.append(progress)
        return not progress.level.startswith("sum of squared")

    result = solve(PROBLEM, fairness=Fairness.SQUARES, effort=EFFORT, on_progress=stop_at_the_squares)
    assert result.stopped is Stopped.ASKED
    assert result.status is SolveStatus.FEASIBLE
    assert verify(PROBLEM, result).holds
    assert any(progress.gap > 0 for progress in seen)


def test_a_time_limit_that_is_over_at_once_still_gives_a_plan() -> None:
    result = solve(PROBLEM, fairness=Fairness.SQUARES, limits=Limits(seconds=0.0))
    assert result.stopped is Stopped.TIME
    assert verify(PROBLEM, result).holds
    assert result.plan.primary
