"""Asking once for each kind of worker and kind of case says what asking about every pair says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser.caseloads.eligibility import open_pairs
from domain.allocation import AllocationProblem, blocked
from domain.vocabulary import AssignmentRole
from tests.optimiser.drawn_problems import problems


@settings(max_examples=200)
@given(problem=problems(), role=st.sampled_from(AssignmentRole))
def test_open_pairs_are_those_that_no_rule_blocks(problem: AllocationProblem, role: AssignmentRole) -> None:
    cases, workers = open_pairs(problem, range(len(problem.cases)), role)
    asked = [
        (c, w)
        for c, case in enumerate(problem.cases)
        for w, worker in enumerate(problem.workers)
        if blocked(problem, worker, case, role) is None
    ]
    assert list(zip(cases.tolist(), workers.tolist(), strict=True)) == asked
