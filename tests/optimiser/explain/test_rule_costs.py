"""A rule costs what gets better without it: as a plan that keeps all the others shows."""

from dataclasses import replace

from hypothesis import assume, given, settings

from allocation_engine.optimiser import Fairness, solve
from allocation_engine.optimiser.explain import RuleCost, rule_costs
from allocation_engine.optimiser.explain.rules_left_out import left_out
from domain.allocation import AllocationProblem, Caps
from domain.vocabulary import HarmType, RiskLevel
from tests.domain.allocation.small_problems import C1, C2, GROUP, W1, W2, problem
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import best_worth


def costs(example: AllocationProblem) -> dict[str, RuleCost]:
    return {one.code: one for one in rule_costs(example, solve(example, effort=1.0), effort=1.0)}


@settings(deadline=None, max_examples=12)
@given(drawn=problems(most_workers=2, most_cases=3))
def test_a_rule_without_which_more_is_placed_costs_just_that(drawn: AllocationProblem) -> None:
    result = solve(drawn, effort=1.0)
    assume(result.score is not None)
    assert result.score is not None
    for code, cost in costs(drawn).items():
        best = best_worth(left_out(drawn, {code}), Fairness.LEXIMIN)
        assert best is not None
        planned = sum(result.score.unallocated[:1]) - best[0]
        if cost.level == "unallocated, urgent":
            assert cost.gain == planned
        else:
            assert planned == 0


def test_a_cap_that_binds_costs_a_case_placed() -> None:
    one_place = replace(W1, caseload_cap=1)
    found = costs(problem([one_place], [C1, C2]))
    assert (found["caseload_cap"].level, found["caseload_cap"].gain) == ("unallocated, routine", 1.0)
    assert found["caseload_cap"].sentence == (
        "No worker goes past the caseload cap. Without it the waiting of routine cases would be 1 point better."
    )
    assert found["protected_hours"].sentence.endswith("That costs nothing here.")


def test_rules_that_refuse_nobody_are_not_asked_about() -> None:
    assert not {"skills", "conflict_of_interest", "load_limit", "pinned_pair"} & set(costs(problem([W1], [C1])))


def test_keeping_siblings_together_costs_balance_and_who_knows_them_still_does() -> None:
    siblings = [replace(case, sibling_group=GROUP) for case in (C1, C2)]
    found = costs(problem([W1, W2], siblings))["siblings_together"]
    assert (found.level, round(found.gain, 6)) == ("heaviest load ratio", 0.1)


def test_a_second_worker_costs_their_share_of_the_load() -> None:
    two = [replace(C1, needs_co_worker=True, risk=RiskLevel.VERY_HIGH, harm_types=(HarmType.GANGS,))]
    loaded = [replace(one, predicted_load=40.0) for one in (W1, W2)]
    assert costs(problem(loaded, two, caps=Caps()))["co_worker_required"].gain > 0
