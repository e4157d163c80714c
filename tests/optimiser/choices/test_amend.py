"""Solving again keeps what was fixed, starts from the plan there was, and says what changes."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import SolveStatus, solve, verify
from allocation_engine.optimiser.choices import solve_again
from allocation_engine.optimiser.explain.moved import moved_between
from domain.allocation import AllocationProblem
from tests.domain.allocation.small_problems import C1, C2, W1, W2, pairs_of, problem
from tests.optimiser.drawn_problems import problems


@settings(deadline=None, max_examples=40)
@given(drawn=problems(most_workers=3, most_cases=3), data=st.data())
def test_the_answer_keeps_what_was_fixed_and_is_what_solving_afresh_gives(
    drawn: AllocationProblem, data: st.DataObject
) -> None:
    result = solve(drawn, effort=1.0)
    assume(result.score is not None)
    pairs = st.frozensets(
        st.tuples(
            st.sampled_from([case.case_id for case in drawn.cases]),
            st.sampled_from([worker.worker_id for worker in drawn.workers]),
        ),
        max_size=2,
    )
    pinned, forbidden = data.draw(pairs), data.draw(pairs)
    found = solve_again(drawn, result, pinned=pinned, forbidden=forbidden, effort=1.0)
    fresh = solve(replace(drawn, pinned=drawn.pinned | pinned, forbidden=drawn.forbidden | forbidden), effort=1.0)
    assert found.result.status is fresh.status
    assert verify(found.problem, found.result).holds
    if found.result.score is None:
        assert found.sentence.startswith("No plan keeps every rule with what was fixed.")
        return
    assert found.moved == moved_between(result.plan, found.result.plan)
    assert pinned <= set(found.result.plan.primary.items())
    if fresh.status is SolveStatus.OPTIMAL and fresh.score is not None:
        assert [round(one, 5) for one in found.result.score.ratios] == [round(one, 5) for one in fresh.score.ratios]


def test_a_pinned_case_moves_and_what_that_costs_is_said() -> None:
    heavy = replace(W2, predicted_load=30.0)
    example = problem([W1, heavy], [C1])
    found = solve_again(example, solve(example), pinned=pairs_of([(C1, heavy)]))
    assert found.warm
    assert found.sentence == "c-1 goes to w-2; that is 30.0 points of capacity worse on the heaviest load."


def test_a_forbidden_pair_is_taken_out_before_the_search_starts() -> None:
    example = problem([W1, W2], [C1])
    result = solve(example)
    taken = frozenset(result.plan.primary.items())
    found = solve_again(example, result, forbidden=taken)
    assert found.warm
    assert found.sentence.endswith("the plan is as good as before.")
    assert not taken & set(found.result.plan.primary.items())


def test_what_is_as_planned_changes_nothing() -> None:
    example = problem([W1, W2], [C1, C2])
    result = solve(example)
    found = solve_again(example, result, pinned=frozenset(result.plan.primary.items()))
    assert found.sentence == "Nothing changes: the plan had it so already."


def test_a_pin_against_a_rule_says_which_rule() -> None:
    away = replace(W2, away=True)
    example = problem([W1, away], [C1])
    found = solve_again(example, solve(example), pinned=pairs_of([(C1, away)]))
    assert [one.code for one in found.in_the_way] == ["at_work"]
    assert "w-2 is away" in found.sentence
