"""Why this worker: the alternatives are what a re-score says, and whoever could not is told by which rule."""

from dataclasses import replace

from hypothesis import given, settings

from allocation_engine.optimiser import SolveStatus, explain_choices, explain_unallocated, solve
from domain.allocation import AllocationProblem, score, violations
from domain.allocation.score import load_ratio
from tests.optimiser.drawn_problems import problems


@settings(deadline=None, max_examples=60)
@given(problem=problems())
def test_every_other_worker_is_an_alternative_or_ruled_out_and_the_figures_hold(problem: AllocationProblem) -> None:
    result = solve(problem, effort=1.0)
    for choice in explain_choices(problem, result.plan):
        others = {one.worker_id for one in choice.alternatives}
        assert len(others) + len(choice.ruled_out) == len(problem.workers) - 1
        assert choice.worker_id not in others
        assert choice.sentence.startswith(choice.worker_id)
        assert abs(choice.ratio_after - load_ratio(problem, result.plan, problem.worker(choice.worker_id))) < 1e-12
        alone = problem.case(choice.case_id).sibling_group is None
        for other in choice.alternatives:
            if not alone:
                continue  # siblings would move with it
            swapped = replace(result.plan, primary={**result.plan.primary, choice.case_id: other.worker_id})
            if result.plan.co_worker.get(choice.case_id) == other.worker_id:  # the two change places
                swapped = replace(swapped, co_worker={**swapped.co_worker, choice.case_id: choice.worker_id})
            assert list(violations(problem, swapped)) == []
            assert abs(other.ratio - load_ratio(problem, swapped, problem.worker(other.worker_id))) < 1e-12
            if result.status is SolveStatus.OPTIMAL and other.level is not None:
                assert other.change > 0, "nobody else is better at the first level that differs"
            if other.level is None:
                assert score(problem, swapped).unallocated == score(problem, result.plan).unallocated


@settings(deadline=None, max_examples=60)
@given(problem=problems())
def test_a_case_left_waiting_names_the_rules_in_its_way(problem: AllocationProblem) -> None:
    result = solve(problem, effort=1.0)
    left = explain_unallocated(problem, result.plan)
    placed = set(result.plan.primary)
    assert {one.case_id for one in left} == {case.case_id for case in problem.cases} - placed
    for one in left:
        assert one.sentence.startswith(f"{one.case_id} stays waiting")
        assert set(one.codes) == {rejection.code for rejection in one.ruled_out}
