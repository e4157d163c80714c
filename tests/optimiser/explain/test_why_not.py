"""Why not that worker: a rule and what would have to change, or a cost that lies within what is said of it."""

from dataclasses import replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocation_engine.optimiser import AllocationResult, Fairness, SolveStatus, solve
from allocation_engine.optimiser.explain import WhyNot, why_not
from allocation_engine.optimiser.explain.levels_changed import LevelChange, changes_between, sort_key
from allocation_engine.optimiser.explain.what_would_change import CLAUSES
from domain.allocation import RULES, AllocationProblem, Caps, Plan, score, violations
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.vocabulary import Priority
from tests.domain.allocation.small_problems import C1, C2, GROUP, W1, W2, W3, problem
from tests.optimiser.drawn_problems import problems
from tests.optimiser.every_plan import plans_that_keep_every_rule

NEVER, ALWAYS = 0, 1_000_000


def least_changes(
    example: AllocationProblem, planned: Plan, case_id: CaseId, worker_id: WorkerId, fairness: Fairness
) -> tuple[LevelChange, ...] | None:
    """Find the least changes by trying every plan with the pair."""
    now = score(example, planned)
    found = [
        changes_between(now, score(example, other), fairness)
        for other in plans_that_keep_every_rule(example)
        if other.primary.get(case_id) == worker_id
    ]
    longest = max((len(changes) for changes in found), default=0)
    return min(found, key=lambda one: (*sort_key(one), *[0.0] * (longest - len(one))), default=None)


def holds(found: WhyNot, least: tuple[LevelChange, ...] | None) -> None:
    """Check an answer against the least changes there are."""
    if least is None:
        assert found.possible is not True
        return
    assert found.possible is not False, found.sentence
    at = {one.level: one.change for one in least}
    for regret in found.regret:
        exact = at.get(regret.level)
        if exact is None:
            continue  # the best plan has fewer receivers, and so fewer levels
        assert regret.at_least is None or regret.at_least <= exact + 1e-5, (regret, exact)
        assert regret.at_most is None or exact <= regret.at_most + 1e-5, (regret, exact)


@settings(deadline=None, max_examples=60)
@given(drawn=problems(most_workers=3, most_cases=3), data=st.data(), prove_up_to=st.sampled_from([NEVER, ALWAYS]))
def test_the_least_cost_lies_within_what_is_said(
    drawn: AllocationProblem, data: st.DataObject, prove_up_to: int
) -> None:
    fairness = data.draw(st.sampled_from(Fairness))
    result = solve(drawn, fairness=fairness, effort=1.0)
    assume(result.status in {SolveStatus.OPTIMAL, SolveStatus.FEASIBLE})
    case_id = data.draw(st.sampled_from(drawn.cases)).case_id
    worker_id = data.draw(st.sampled_from(drawn.workers)).worker_id
    found = why_not(drawn, result, case_id, worker_id, prove_up_to=prove_up_to)
    assert found == why_not(drawn, result, case_id, worker_id, prove_up_to=prove_up_to)
    if found.plan is not None:
        assert found.plan.primary[case_id] == worker_id
        assert not list(violations(drawn, found.plan))
    if result.plan.primary.get(case_id) != worker_id:
        levels = fairness if any("squared" in one.name for one in result.levels) else Fairness.LEXIMIN
        holds(found, least_changes(drawn, result.plan, case_id, worker_id, levels))


def asked(example: AllocationProblem, worker_id: WorkerId, prove_up_to: int = ALWAYS) -> WhyNot:
    return why_not(example, solved(example), C1.case_id, worker_id, prove_up_to=prove_up_to)


def solved(example: AllocationProblem) -> AllocationResult:
    return solve(example, effort=1.0)


def test_there_is_a_clause_for_every_rule() -> None:
    assert set(CLAUSES) == {rule.code for rule in RULES}


def test_a_full_caseload_says_which_cap_would_let_it_through() -> None:
    full = replace(W2, caseload=15, caseload_cap=15)
    found = asked(problem([W1, full], [C1]), full.worker_id)
    assert found.possible is False
    assert [one.code for one in found.in_the_way] == ["caseload_cap"]
    assert found.sentence == (
        "w-2 cannot take c-1: w-2 would hold 16 cases; the cap is 15. "
        "For that, the caseload cap of w-2 would have to be 16 instead of 15."
    )


def test_every_rule_of_the_pair_is_named_with_what_it_would_take() -> None:
    nobody = replace(W2, capacity=None, away=True, team_id=TeamId("t-2"), peer_groups=frozenset({GROUP}))
    case = replace(
        C1,
        needs=frozenset({"harm:gangs"}),
        teams=frozenset({TeamId("t-1")}),
        peer_group=GROUP,
        conflicts=frozenset({W2.worker_id}),
        co_workers=frozenset({W2.worker_id}),
    )
    told = asked(problem([nobody], [case], forbidden=[(case, nobody)]), nobody.worker_id).sentence
    for part in (
        "the hours of w-2 would have to be recorded",
        "w-2 would have to be at work in the coming weeks",
        "the conflict of interest of w-2 would have to be lifted",
        "c-1 would have to be open to team t-2",
        "w-2 would need harm:gangs",
        "w-2 would have to hold no other case of peer group g-1",
        "w-2 would have to stop co-working c-1",
        "the instruction that rules out w-2 for c-1 would have to be taken back",
    ):
        assert part in told


def test_limits_on_hours_and_load_say_how_far_they_would_have_to_go() -> None:
    tight = replace(W2, hours_taken=29.0, predicted_load=95.0)
    example = problem([W1, tight], [replace(C1, hours=2.0)], caps=Caps(load_limit=1.0))
    told = asked(example, tight.worker_id).sentence
    assert "w-2 would need 31.0 hours a week for cases instead of 30.0" in told
    assert "the limit on load would have to be 105.0% of capacity instead of 100.0%" in told


def test_a_pin_elsewhere_is_in_the_way() -> None:
    found = asked(problem([W1, W2], [C1], pinned=[(C1, W1)]), W2.worker_id)
    assert found.possible is False
    assert "what a manager fixed for c-1 would have to be taken back" in found.sentence


def test_a_heavier_worker_costs_exactly_the_difference() -> None:
    heavy = replace(W2, predicted_load=30.0)
    found = asked(problem([W1, heavy], [C1]), heavy.worker_id)  # 0.40 rather than 0.10
    assert found.deciding is not None
    assert found.deciding.settled
    assert (
        found.sentence
        == "w-2 could take c-1: that would be 30.0 points of capacity worse on the heaviest load (proven)."
    )


def test_without_solving_again_the_case_alone_on_the_other_worker_proves_as_much() -> None:
    heavy = replace(W2, predicted_load=30.0)
    example = problem([W1, heavy], [C1])
    one, other = asked(example, heavy.worker_id, NEVER), asked(example, heavy.worker_id)
    assert (one.deciding, one.sentence) == (other.deciding, other.sentence)


def test_an_equal_worker_would_be_as_good() -> None:
    example = problem([W1, W2], [C1])
    other = W2 if solved(example).plan.primary[C1.case_id] == W1.worker_id else W1
    assert asked(example, other.worker_id).sentence == f"{other.worker_id} could take c-1: that would be as good."


def test_a_full_worker_can_exchange_cases_and_the_sentence_says_which() -> None:
    one_each = [replace(W1, caseload_cap=1), replace(W2, caseload_cap=1)]
    example = problem(one_each, [C1, C2])
    taken = solved(example).plan.primary[C2.case_id]
    found = asked(example, taken, NEVER)
    assert found.possible
    assert [(one.case_id, one.from_worker_id) for one in found.moved] == [(C2.case_id, taken)]
    assert "not with everything else as planned" in found.sentence
    assert "if c-2 goes to" in found.sentence
    assert found.sentence.endswith("that would be as good.")


def test_a_case_may_have_to_wait_for_it() -> None:
    one_place, away = replace(W1, caseload_cap=1), replace(W3, away=True)
    example = problem([one_place, away], [C1, replace(C2, priority=Priority.URGENT)])
    found = asked(example, one_place.worker_id)
    assert found.sentence == (
        "w-1 could take c-1, not with everything else as planned (w-1 would hold 2 cases; the cap is 1), if c-2 waits: "
        "that would be 1 point worse on the waiting of urgent cases (proven)."
    )
    assert "at most 1 point worse" in asked(example, one_place.worker_id, NEVER).sentence


def test_who_takes_it_already_is_told_so() -> None:
    example = problem([W1], [C1])
    assert asked(example, W1.worker_id).sentence == "c-1 does go to w-1."


def test_no_plan_with_the_pair_is_proven_where_it_is_solved_again() -> None:
    # C2 must go to W1 too, and peers stay apart: the pin and the rule together leave no plan.
    peers = [replace(case, peer_group=GROUP) for case in (C1, C2)]
    example = problem([W1, W2], peers, pinned=[(peers[1], W1)])
    found = asked(example, W1.worker_id)
    assert found.possible is False
    assert "no plan that gives it to them keeps every rule" in found.sentence
    unproven = asked(example, W1.worker_id, NEVER)
    assert unproven.possible is None
    assert "none is ruled out" in unproven.sentence
