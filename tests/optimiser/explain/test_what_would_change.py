"""For every rule one clause says what would have to change, with the figure where there is one."""

from dataclasses import replace

import pytest

from allocation_engine.optimiser.explain.what_would_change import hurdle
from domain.allocation import AllocationProblem, violations
from domain.identifiers import TeamId
from domain.vocabulary import HarmType, RiskLevel
from tests.domain.allocation.rule_examples import EXAMPLES
from tests.domain.allocation.small_problems import C1, W1, plan, problem

PLAIN = {
    "hours_known": "the hours of w-1 would have to be recorded",
    "role_holds_cases": "the policy would have to let the role of team manager hold cases",
    "caseload_cap": "the caseload cap of w-1 would have to be 16 instead of 15",
    "caseload_minimum": "the minimum caseload of w-1 would have to be 0 instead of 1",
    "new_cases_cap": "the most new cases in one round of w-1 would have to be 2 instead of 1",
    "one_area": "w-1 would have to work more than one area",
    "load_limit": "the limit on load would have to be 105.0% of capacity instead of 100.0%",
    "co_worker_required": "somebody would have to co-work c-1",
    "siblings_together": "the siblings of c-1 would have to have different workers",
    "moves_allowed": "one more held case would have to be allowed to move",
    "one_primary": "a case that may move would have to be left with nobody",
}


def said(example: AllocationProblem, code: str) -> str:
    violating = EXAMPLES[code].violating
    rejection = next(one for one in violations(example, violating) if one.code == code)
    case = example.cases[0]
    worker = example.worker(violating.primary.get(case.case_id, example.workers[0].worker_id))
    return hurdle(example, violating, case, worker, rejection).change


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_broken_rule_has_a_clause(code: str) -> None:
    clause = said(EXAMPLES[code].problem, code)
    assert "would" in clause
    if code in PLAIN:
        assert clause == PLAIN[code]


def test_caps_by_kind_say_how_high_they_would_have_to_be() -> None:
    case = replace(C1, risk=RiskLevel.HIGH, harm_types=(HarmType.GANGS,))
    full = replace(W1, caseload=8, high_risk=3, high_risk_cap=3, by_harm={HarmType.GANGS: 6}, harm_type_cap=6)
    example = problem([full], [case])
    example = replace(example, caps=replace(example.caps, harm_type_share=0.5))
    whole = plan((case, full))
    clauses = {one.code: hurdle(example, whole, case, full, one).change for one in violations(example, whole)}
    assert clauses == {
        "high_risk_cap": "the cap on high-risk cases of w-1 would have to be 4 instead of 3",
        "harm_type_cap": "the cap on cases of one harm type of w-1 would have to be 7 instead of 6",
        "harm_type_share": "the largest share of one harm type would have to be 78% instead of 50% for w-1",
    }


def test_a_worker_without_a_team_would_have_to_be_in_one() -> None:
    case = replace(C1, teams=frozenset({TeamId("t-1")}))
    example, whole = problem([W1], [case]), plan((case, W1))
    (rejection,) = violations(example, whole)
    assert hurdle(example, whole, case, W1, rejection).change == "w-1 would have to be in a team that may take c-1"
