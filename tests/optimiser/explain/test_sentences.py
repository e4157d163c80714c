"""Explanations read as a team manager would say them."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser import Fairness, explain_choices, explain_unallocated
from allocation_engine.optimiser.explain.moved import Moved, moves_told
from allocation_engine.optimiser.explain.sentences import amount, in_words, listed
from domain.allocation import AllocationProblem, Candidate, Plan
from domain.identifiers import CaseId, WorkerId
from tests.domain.allocation.small_problems import C1, C2, GROUP, W1, W2, W3, plan, problem


def told(example: AllocationProblem, fairness: Fairness = Fairness.LEXIMIN, to: Candidate = W1) -> str:
    case = example.cases[0]
    return next(
        one.sentence for one in explain_choices(example, plan((case, to)), fairness) if one.case_id == case.case_id
    )


def test_whoever_would_reach_more_is_the_next_best_choice() -> None:
    heavy, heavier = replace(W2, predicted_load=30.0), replace(W3, predicted_load=60.0)
    assert told(problem([W1, heavy, heavier], [C1])) == (
        "w-1 goes from 0% to 10% of capacity over the coming weeks. "
        "2 others could take it; the next best choice: with w-2, who would reach 40%."
    )


def test_one_other_who_is_as_good_and_one_who_cannot() -> None:
    assert told(problem([W1, W2, replace(W3, away=True)], [C1])) == (
        "w-1 goes from 0% to 10% of capacity over the coming weeks. "
        "One other could take it: giving it to w-2 would be as good. 1 could not (away: 1)."
    )


def test_a_level_that_is_no_load_is_named_with_its_points() -> None:
    matched, other = replace(W1, area="north"), replace(W2, area="south")
    assert "with w-2 the match of area and language would be 1 point worse" in told(
        problem([matched, other], [replace(C1, area="north")])
    )
    lighter = replace(W2, predicted_load=5.0)
    heavier = replace(W1, predicted_load=20.0)
    assert "with w-2 the heaviest load would be 15.0 points of capacity better" in told(
        problem([heavier, lighter], [C1]), to=heavier
    )


def test_what_speaks_for_a_worker_is_said() -> None:
    skilled = replace(W1, skills=frozenset({"harm:gangs"}), hours_assumed=True)
    known = replace(C1, needs=frozenset({"harm:gangs"}), past_primaries=(W1.worker_id,))
    assert told(problem([skilled], [known])) == (
        "w-1 goes from 0% to 10% of capacity over the coming weeks; has harm:gangs; has held this case before; "
        "hours are assumed, not recorded. There is nobody else."
    )
    holds = replace(W1, sibling_groups=frozenset({GROUP}))
    assert "holds a sibling's case" in told(problem([holds], [replace(C1, sibling_group=GROUP)]))


def test_why_a_case_waits() -> None:
    (none,) = explain_unallocated(problem([], [C1]), Plan())
    assert none.sentence == "c-1 stays waiting: there are no workers."
    (gives_way,) = explain_unallocated(problem([replace(W1, caseload_cap=1), W2], [C1, C2]), plan((C1, W1)))
    assert gives_way.sentence == "c-2 stays waiting: it gives way to cases placed before it."
    (away,) = explain_unallocated(problem([replace(W1, away=True)], [C1]), Plan())
    assert away.sentence == "c-1 stays waiting: 1 could not (away: 1)."


@pytest.mark.parametrize(
    ("level", "change", "words"),
    [
        ("sum of the 3 heaviest load ratios", 0.0123, "1.2 points of capacity"),
        ("continuity", -2.0, "2 points"),
        ("sum of squared load ratios", 0.012345, "0.0123"),
    ],
)
def test_amounts_are_written_in_the_levels_own_terms(level: str, change: float, words: str) -> None:
    assert amount(level, change) == words


def test_many_moves_are_counted() -> None:
    moved = tuple(Moved(CaseId(f"c-{n}"), None, WorkerId("w-1") if n else None) for n in range(6))
    assert moves_told(moved[:1]) == "c-0 waits"
    assert moves_told(moved[:4]) == "c-0 waits, c-1 goes to w-1, c-2 goes to w-1 and c-3 goes to w-1"
    assert moves_told(moved).endswith("and 3 other cases move")
    assert listed([]) == ""


def test_levels_are_named_as_a_manager_would() -> None:
    assert in_words("unallocated, high") == "waiting of high-priority cases"
    assert in_words("sum of the 3 heaviest load ratios") == "sum of the 3 heaviest loads"
    assert in_words("continuity") == "continuity"
