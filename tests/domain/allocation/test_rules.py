"""Every rule of allocation, each with a plan that breaks it and one that keeps it."""

from dataclasses import replace

import pytest

from domain.allocation import RULES, SHORT, AllocationProblem, Caps, CaseNeed, Plan, blocked, violations
from domain.allocation.rules.caseloads import most_of_one_harm, room
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, HarmType, Role
from tests.domain.allocation.rule_examples import EXAMPLES
from tests.domain.allocation.small_problems import C1, C2, GROUP, W1, W2, W3, plan, problem


def codes(example: AllocationProblem, answer: Plan) -> set[str]:
    return {rejection.code for rejection in violations(example, answer)}


def test_every_rule_has_a_violating_and_a_satisfying_example() -> None:
    assert set(EXAMPLES) == {rule.code for rule in RULES}


def test_no_two_rules_share_a_code() -> None:
    assert len(SHORT) == len(RULES)


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_violating_plan_breaks_exactly_this_rule(code: str) -> None:
    assert codes(EXAMPLES[code].problem, EXAMPLES[code].violating) == {code}


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_satisfying_plan_breaks_no_rule(code: str) -> None:
    assert codes(EXAMPLES[code].problem, EXAMPLES[code].satisfying) == set()


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_refusal_names_its_rule_source_and_subject(code: str) -> None:
    [refusal] = violations(EXAMPLES[code].problem, EXAMPLES[code].violating)
    rule = next(rule for rule in RULES if rule.code == code)
    assert refusal.source == rule.source
    assert refusal.reason
    assert refusal.subject is not None


def test_a_plan_that_places_nothing_breaks_no_rule_where_nothing_is_held() -> None:
    assert codes(problem([W1], [C1, C2]), plan()) == set()


def test_a_plan_of_strangers_is_refused_without_looking_further() -> None:
    stranger = Plan(primary={CaseId("c-9"): WorkerId("w-9")})
    assert codes(problem([W1], [C1]), stranger) == {"one_primary"}


def test_a_worker_without_a_working_day_is_away() -> None:
    assert codes(problem([replace(W1, capacity=0.0)], [C1]), plan((C1, W1))) == {"at_work"}


def test_a_held_case_may_stay_with_a_worker_whom_a_rule_would_refuse() -> None:
    held = replace(C1, current_worker_id=W1.worker_id, conflicts=frozenset({W1.worker_id}))
    away = replace(W1, away=True, capacity=None)
    assert blocked(problem([away], [held]), away, held) is None
    assert codes(problem([away], [held]), plan((held, away))) == set()


def test_a_worker_past_the_caseload_cap_keeps_the_cases_that_could_move_and_gets_no_other() -> None:
    held = replace(C1, current_worker_id=W1.worker_id)
    full = replace(W1, caseload=20, caseload_cap=18)
    example = problem([full], [held, C2])
    assert codes(example, plan((held, full))) == set()
    assert codes(example, plan((held, full), (C2, full))) == {"caseload_cap"}


@pytest.mark.parametrize(
    ("cap", "held", "theirs", "expected"), [(5, 3, 0, 2), (5, 5, 0, 0), (5, 7, 0, 0), (5, 7, 2, 2)]
)
def test_room_is_what_the_cap_leaves_and_always_what_is_theirs(cap: int, held: int, theirs: int, expected: int) -> None:
    assert room(cap, held, theirs) == expected


@pytest.mark.parametrize(("caseload", "expected"), [(1, 2), (4, 2), (5, 2), (6, 3), (10, 5)])
def test_a_small_caseload_may_hold_as_many_of_one_harm_type_as_one_of_the_size(caseload: int, expected: int) -> None:
    assert most_of_one_harm(0.5, 4, caseload) == expected


def test_a_case_that_is_not_assessed_counts_towards_no_cap_on_risk_or_harm() -> None:
    full = replace(W1, high_risk_cap=0, harm_type_cap=0)
    assert codes(problem([full], [C1]), plan((C1, full))) == set()


def test_the_share_is_not_asked_of_a_worker_who_receives_no_such_case() -> None:
    one_sided = replace(W1, caseload=6, by_harm={HarmType.GANGS: 6})
    example = problem([one_sided], [C1], caps=Caps(harm_type_share=0.5, harm_type_share_from=4))
    assert codes(example, plan((C1, one_sided))) == set()


def test_a_worker_short_of_hours_who_receives_nothing_is_not_at_fault() -> None:
    short = replace(W1, hours_taken=40.0)
    assert codes(problem([short, W2], [C1]), plan((C1, W2))) == set()


def test_a_co_worker_gives_a_share_of_the_hours() -> None:
    case = replace(C1, hours=6.0, needs_co_worker=True)  # the co-worker gives half: 3 hours
    for taken, broken in ((27.0, set()), (27.5, {"protected_hours"})):
        busy = replace(W2, hours_taken=taken)
        assert codes(problem([W1, busy], [case]), plan((case, W1), co_worker=[(case, busy)])) == broken


def blocked_as(role: AssignmentRole, example: AllocationProblem, case: CaseNeed) -> str | None:
    refusal = blocked(example, example.workers[0], case, role)
    return refusal.code if refusal else None


def test_a_co_worker_may_lack_the_skill_and_hold_a_peer_but_not_have_a_conflict() -> None:
    peer = replace(W1, peer_groups=frozenset({GROUP}))
    case = replace(C1, needs=frozenset({"harm:gangs"}), peer_group=GROUP, needs_co_worker=True)
    assert blocked_as(AssignmentRole.PRIMARY, problem([peer], [case]), case) == "skills"
    assert blocked_as(AssignmentRole.CO_WORKER, problem([peer], [case]), case) is None
    conflict = replace(case, conflicts=frozenset({W1.worker_id}))
    assert blocked_as(AssignmentRole.CO_WORKER, problem([peer], [conflict]), conflict) == "conflict_of_interest"


def test_each_role_in_a_case_has_its_own_list_of_roles_and_an_unknown_role_is_not_refused() -> None:
    caps = Caps(primary_roles=frozenset({Role.SOCIAL_WORKER}), co_worker_roles=frozenset({Role.YOUTH_WORKER}))
    youth_worker = replace(W1, role=Role.YOUTH_WORKER)
    assert blocked_as(AssignmentRole.PRIMARY, problem([youth_worker], [C1], caps=caps), C1) == "role_holds_cases"
    assert blocked_as(AssignmentRole.CO_WORKER, problem([youth_worker], [C1], caps=caps), C1) is None
    assert blocked_as(AssignmentRole.PRIMARY, problem([W1], [C1], caps=caps), C1) is None


@pytest.mark.parametrize(
    ("needs", "answer"),
    [
        (False, plan((C1, W1), co_worker=[(C1, W2)])),  # not asked for
        (True, plan((C1, W1), co_worker=[(C1, W1)])),  # the same person
        (True, plan(co_worker=[(C1, W2)])),  # nobody to work beside
    ],
)
def test_a_co_worker_is_another_person_on_an_allocated_case_that_needs_one(needs: bool, answer: Plan) -> None:  # noqa: FBT001
    assert codes(problem([W1, W2], [replace(C1, needs_co_worker=needs)]), answer) == {"co_worker_required"}


def test_one_sibling_may_wait_while_the_other_is_placed() -> None:
    siblings = [replace(case, sibling_group=GROUP) for case in (C1, C2)]
    assert codes(problem([W1, W2, W3], siblings), plan((C1, W1))) == set()


def test_as_many_held_cases_may_move_as_were_asked_for() -> None:
    held = [replace(case, current_worker_id=W1.worker_id) for case in (C1, C2)]
    both = plan((C1, W2), (C2, W2))
    assert codes(problem([W1, W2], held, caps=Caps(moves_allowed=1)), both) == {"moves_allowed"}
    assert codes(problem([W1, W2], held, caps=Caps(moves_allowed=2)), both) == set()


def test_a_pin_does_not_outweigh_another_rule() -> None:
    away = replace(W1, away=True)
    assert codes(problem([away], [C1], pinned=[(C1, away)]), plan((C1, away))) == {"at_work"}
