"""The rules that keep a case waiting: together they do, and without any one of them they do not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from allocation_engine.optimiser import solve
from allocation_engine.optimiser.explain import conflict_of
from allocation_engine.optimiser.explain.rules_left_out import LEFT_OUT, NEVER_LEFT_OUT, left_out
from domain.allocation import RULES, AllocationProblem, Plan, violations
from domain.identifiers import CaseId
from domain.vocabulary import Priority
from tests.domain.allocation.rule_examples import EXAMPLES
from tests.domain.allocation.small_problems import C1, C2, C3, W1, W2, plan, problem
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import plans_that_keep_every_rule


def can_be_placed(example: AllocationProblem, planned: Plan, case_id: CaseId, without: set[str]) -> bool:
    rank = list(Priority).index
    least = rank(example.case(case_id).priority)
    kept = {case_id, *(one for one in planned.primary if rank(example.case(one).priority) <= least)}
    return any(kept <= set(other.primary) for other in plans_that_keep_every_rule(left_out(example, without)))


def test_every_rule_can_be_left_out_but_one() -> None:
    assert set(LEFT_OUT) == {rule.code for rule in RULES} - NEVER_LEFT_OUT


@pytest.mark.parametrize("code", LEFT_OUT)
def test_without_a_rule_the_plan_that_breaks_it_alone_breaks_none(code: str) -> None:
    example = EXAMPLES[code]
    without = left_out(example.problem, {code})
    assert not list(violations(without, example.violating))


@settings(deadline=None, max_examples=40)
@given(drawn=problems(most_workers=3, most_cases=3))
def test_the_rules_are_a_minimal_set_in_conflict(drawn: AllocationProblem) -> None:
    planned = solve(drawn, effort=1.0).plan
    if any(violations(drawn, planned)):
        return
    for case in drawn.cases:
        if case.case_id in planned.primary:
            continue
        found = conflict_of(drawn, planned, case.case_id)
        assert found.proven
        assert found.whole
        everything = set(LEFT_OUT)
        outside = everything - set(found.codes)
        assert (found.could is None) is not can_be_placed(drawn, planned, case.case_id, set())
        if not found.codes:
            continue
        assert not can_be_placed(drawn, planned, case.case_id, outside)
        for rule in found.rules:
            assert can_be_placed(drawn, planned, case.case_id, outside | {rule.code})
            assert rule.alone_enough is can_be_placed(drawn, planned, case.case_id, {rule.code})


def test_a_skill_and_a_full_caseload_are_in_conflict_together() -> None:
    skilled = replace(W1, skills=frozenset({"harm:gangs"}), caseload=20)
    case = replace(C1, needs=frozenset({"harm:gangs"}))
    found = conflict_of(problem([skilled, W2], [case]), Plan(), case.case_id)
    assert found.codes == ("skills", "caseload_cap")
    assert found.proven
    assert [(rule.about, rule.alone_enough, rule.with_whom) for rule in found.rules] == [
        ((W2.worker_id,), True, W2.worker_id),
        ((W1.worker_id,), True, W1.worker_id),
    ]
    assert "“skill missing” and “at caseload cap”; without any one of them it need not" in found.sentence


def test_a_more_urgent_case_is_not_given_up_and_a_less_urgent_one_is() -> None:
    one_place = replace(W1, caseload_cap=1)
    urgent, routine = replace(C1, priority=Priority.URGENT), C2
    example = problem([one_place], [urgent, routine])
    assert conflict_of(example, plan((urgent, one_place)), routine.case_id).codes == ("caseload_cap",)
    instead = conflict_of(example, plan((routine, one_place)), urgent.case_id)
    assert instead.codes == ()
    assert instead.could == plan((urgent, one_place))
    assert "need not wait" in instead.sentence


def test_without_workers_no_rule_is_in_conflict() -> None:
    found = conflict_of(problem([], [C1]), Plan(), C1.case_id)
    assert (found.codes, found.could) == ((), None)
    assert found.sentence == "c-1 waits: there are no workers."


def test_a_placed_case_is_refused() -> None:
    with pytest.raises(ValueError, match="c-1 is placed with w-1"):
        conflict_of(problem([W1], [C1]), plan((C1, W1)), C1.case_id)


def test_of_a_large_problem_the_nearest_workers_are_looked_at_and_it_says_so() -> None:
    full = replace(W1, caseload_cap=1)
    example = problem([full, replace(W2, caseload_cap=1)], [C1, C2, C3])
    found = conflict_of(example, plan((C1, full), (C2, W2)), C3.case_id, whole_up_to=0)
    assert found.codes == ("caseload_cap",)
    assert not found.whole
    assert "Looked at: the 2 workers nearest to it and their cases." in found.sentence
