"""Small problems whose best plan is worked by hand; a case adds 10 lp and a full-time worker carries 100."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser import AllocationResult, Fairness, SolveStatus, solve, verify
from domain.allocation import AllocationProblem, Candidate, Caps, Plan
from domain.vocabulary import HarmType, Priority
from tests.domain.allocation.small_problems import C1, C2, C3, GROUP, W1, W2, W3, plan, problem


def carrying(worker: Candidate, load: float) -> Candidate:
    return replace(worker, predicted_load=load)


def solved(example: AllocationProblem, fairness: Fairness = Fairness.LEXIMIN) -> AllocationResult:
    result = solve(example, fairness=fairness, effort=2.0)
    assert verify(example, result).holds
    return result


def best(example: AllocationProblem) -> Plan:
    result = solved(example)
    assert result.status is SolveStatus.OPTIMAL
    return result.plan


def test_an_urgent_case_goes_before_routine_ones_that_waited_longer() -> None:
    room_for_one = replace(W1, caseload_cap=1)
    urgent, routine = replace(C1, priority=Priority.URGENT), replace(C2, waiting_days=70.0)
    assert best(problem([room_for_one], [urgent, routine])) == plan((urgent, room_for_one))


def test_of_two_routine_cases_the_one_that_waited_longer_goes_first() -> None:
    room_for_one = replace(W1, caseload_cap=1)
    longer = replace(C2, waiting_days=7.0)  # weighs 2 against 1
    assert best(problem([room_for_one], [C1, longer])) == plan((longer, room_for_one))


def test_the_heaviest_receiver_is_as_light_as_can_be() -> None:
    # C1 to W1: 0.50 + 0.10 = 0.60; to W2: 0.30 + 0.25 = 0.55, although the case is heavier for W2.
    workers = [carrying(W1, 50.0), carrying(W2, 30.0)]
    assert best(problem(workers, [C1], load=[[10.0, 25.0]])) == plan((C1, workers[1]))


def test_after_the_heaviest_the_second_heaviest_is_lowered() -> None:
    # C1 can go to W1 alone: 0.60. C2 to W2: 0.50 + 0.05 = 0.55; to W3: 0.40 + 0.10 = 0.50, so W3.
    workers = [carrying(W1, 50.0), carrying(W2, 50.0), carrying(W3, 40.0)]
    only_the_first = replace(C1, conflicts=frozenset({W2.worker_id, W3.worker_id}))
    example = problem(workers, [only_the_first, C2], load=[[10.0, 1.0, 1.0], [30.0, 5.0, 10.0]])
    assert best(example) == plan((only_the_first, workers[0]), (C2, workers[2]))


def test_a_worker_overloaded_already_who_receives_nothing_does_not_matter() -> None:
    # W1 is at 1.80 whatever the plan is; C1 to W2: 0.30, to W3: 0.40.
    workers = [carrying(W1, 180.0), carrying(W2, 20.0), carrying(W3, 30.0)]
    result = solved(problem(workers, [C1]))
    assert result.plan == plan((C1, workers[1]))
    assert result.score is not None
    assert result.score.ratios == pytest.approx((0.3,))


def test_under_the_same_heaviest_ratio_the_sum_of_squares_spreads_what_is_left() -> None:
    # C1 only to W1: 0.90. C2 and C3: both to W2 0.2² = 0.04, one each to W2 and W3 0.1² + 0.1² = 0.02.
    workers = [carrying(W1, 80.0), W2, W3]
    only_the_first = replace(C1, conflicts=frozenset({W2.worker_id, W3.worker_id}))
    score = solved(problem(workers, [only_the_first, C2, C3]), Fairness.SQUARES).score
    assert score is not None
    assert score.ratios == pytest.approx((0.9, 0.1, 0.1))
    assert score.squares == pytest.approx(0.9**2 - 0.8**2 + 0.02)


def test_with_load_equal_a_harm_type_goes_where_it_is_rare() -> None:
    first = replace(W1, caseload=3, by_harm={HarmType.GANGS: 2})  # 2 + 1 = 3 against 0 + 1 = 1
    second = replace(W2, caseload=3)
    gangs = replace(C1, harm_types=(HarmType.GANGS,))
    assert best(problem([first, second], [gangs])) == plan((gangs, second))


def test_with_load_equal_area_and_language_match() -> None:
    case = replace(C1, area="north", languages=frozenset({"cy"}))
    near, speaks = replace(W1, area="north"), replace(W2, area="south")
    both = replace(W3, area="north", languages=frozenset({"cy"}))  # 0 points against 1 and 2
    assert best(problem([near, speaks, both], [case])) == plan((case, both))


def test_with_all_else_equal_a_case_goes_back_to_who_knows_it() -> None:
    known = replace(C1, past_primaries=(W2.worker_id,))
    assert best(problem([W1, W2, W3], [known])) == plan((known, W2))


def test_siblings_go_to_one_worker_although_load_would_be_more_even_apart() -> None:
    siblings = [replace(case, sibling_group=GROUP) for case in (C1, C2)]  # 0.20 and 0 rather than 0.10 and 0.10
    holders = set(best(problem([W1, W2], siblings)).primary.values())
    assert len(holders) == 1


def test_peers_go_to_different_workers_although_one_is_lighter() -> None:
    peers = [replace(case, peer_group=GROUP) for case in (C1, C2)]
    heavy = carrying(W2, 70.0)
    assert set(best(problem([W1, heavy], peers)).primary.values()) == {W1.worker_id, W2.worker_id}


def test_the_co_worker_is_another_person_and_the_heavier_share_goes_to_the_lighter_worker() -> None:
    # W1 primary 0.30 + 0.10, W2 co-works 0.04: heaviest 0.40; the other way 0.30 + 0.04: 0.34, W2 0.10.
    case, loaded = replace(C1, needs_co_worker=True), carrying(W1, 30.0)
    assert best(problem([loaded, W2], [case])) == plan((case, W2), co_worker=[(case, loaded)])


def test_a_case_that_needs_two_waits_where_there_is_one() -> None:
    assert best(problem([W1], [replace(C1, needs_co_worker=True)])) == plan()


@pytest.mark.parametrize(("moves", "served"), [(0, False), (1, True)])
def test_a_held_case_moves_only_if_asked_and_if_that_serves_a_waiting_one(moves: int, served: bool) -> None:  # noqa: FBT001
    full = replace(W1, caseload_cap=1, skills=frozenset({"harm:gangs"}))
    held, waiting = replace(C1, current_worker_id=W1.worker_id), replace(C2, needs=frozenset({"harm:gangs"}))
    example = problem([full, W2], [held, waiting], caps=Caps(moves_allowed=moves))
    assert best(example) == (plan((held, W2), (waiting, full)) if served else plan((held, full)))


def test_pins_that_break_a_rule_are_infeasible_with_an_empty_plan() -> None:
    peers = [replace(case, peer_group=GROUP) for case in (C1, C2)]
    result = solved(problem([W1, W2], peers, pinned=[(peers[0], W1), (peers[1], W1)]))
    assert (result.status, result.plan, result.score) == (SolveStatus.INFEASIBLE, plan(), None)


def test_without_an_eligible_worker_every_case_waits() -> None:
    assert best(problem([replace(W1, away=True), replace(W2, capacity=None)], [C1, C2])) == plan()


@pytest.mark.parametrize("fairness", Fairness)
def test_without_cases_or_workers_there_is_nothing_to_do(fairness: Fairness) -> None:
    for example in (problem([W1], []), problem([], [C1]), problem([], [])):
        result = solved(example, fairness)
        assert (result.status, result.plan) == (SolveStatus.OPTIMAL, plan())
