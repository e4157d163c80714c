"""A change judged from the workers it touches is the change judged from the whole plan."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser.explain.plan_in_hand import Change, PlanInHand
from domain.allocation import AllocationProblem, Plan, score, violations
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import plans_that_keep_every_rule


@st.composite
def plans_and_changes(draw: st.DrawFn) -> tuple[AllocationProblem, Plan, Change]:
    """Draw a plan that keeps every rule, and a change that may break any."""
    problem = draw(problems(most_workers=3, most_cases=3))
    costs = st.tuples(*(st.integers(0, 9).map(float) for _ in problem.workers))
    problem = replace(problem, cost=draw(st.none() | st.tuples(*(costs for _ in problem.cases))))
    plans = list(plans_that_keep_every_rule(problem)) or [Plan()]
    plan = draw(st.sampled_from(plans))
    somebody = st.none() | st.sampled_from([worker.worker_id for worker in problem.workers])
    case_ids = st.sampled_from([case.case_id for case in problem.cases])
    change = draw(st.dictionaries(case_ids, st.tuples(somebody, somebody), min_size=1))
    return problem, plan, change


@settings(deadline=None, max_examples=80)
@given(drawn=plans_and_changes())
def test_the_same_rules_are_broken_as_in_the_whole_plan(drawn: tuple[AllocationProblem, Plan, Change]) -> None:
    problem, plan, change = drawn
    if any(violations(problem, plan)):
        return
    hand = PlanInHand(problem, plan)
    whole = list(violations(problem, hand.after(change)))
    dropped = [one for one in whole if one.code == "one_primary"]
    assert [one for one in hand.faults(change) if not dropped or one.code == "one_primary"] == whole


@settings(deadline=None, max_examples=80)
@given(drawn=plans_and_changes())
def test_the_score_is_that_of_the_whole_plan(drawn: tuple[AllocationProblem, Plan, Change]) -> None:
    problem, plan, change = drawn
    hand = PlanInHand(problem, plan)
    whole, found = score(problem, hand.after(change)), hand.score_after(change)
    assert found.ratios == whole.ratios
    assert (found.unallocated, found.mismatch, found.discontinuity) == (
        whole.unallocated,
        whole.mismatch,
        whole.discontinuity,
    )
    for one, other in (
        (found.squares, whole.squares),
        (found.harm_balance, whole.harm_balance),
        (found.cost, whole.cost),
    ):
        assert abs(one - other) < 1e-9 or one == other
