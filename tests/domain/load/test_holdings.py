"""Who held which case when: the turns that case work takes."""

from itertools import permutations

import pytest

from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.worker import CheckInRecorded, WorkerLeft, WorkerRegistered
from domain.identifiers import WorkerId
from domain.load.facts_from_events import case_facts, worker_facts
from domain.load.holdings import Holding, holdings
from domain.load.recovery import days
from domain.vocabulary import AssignmentRole, HarmType, RiskLevel
from tests.domain.load.service_history import C1, W1, W2, Happened, account_on, facts_of, on_day, recorded

PRIMARY, CO_WORKER = AssignmentRole.PRIMARY, AssignmentRole.CO_WORKER
REFERRED = Happened(0, CaseReferred(case_id=C1, risk=RiskLevel.LOW, harm_types=()))


def held_by(
    worker_id: WorkerId, history: list[Happened], until: float = 60
) -> list[tuple[AssignmentRole, float, float]]:
    """Give the stretches as role, first and last day."""
    facts, cases = facts_of(recorded(history), worker_id)
    zero = days(on_day(0))
    return [
        (one.role, round(one.start - zero, 6), round(one.end - zero, 6))
        for one in holdings(worker_id, facts, cases, days(on_day(until)))
    ]


def taken(day: float, worker_id: WorkerId, role: AssignmentRole = PRIMARY) -> Happened:
    return Happened(day, CaseAssigned(case_id=C1, worker_id=worker_id, role=role))


def passed(day: float, giver: WorkerId, taker: WorkerId, role: AssignmentRole = PRIMARY) -> Happened:
    return Happened(day, CaseReassigned(case_id=C1, from_worker_id=giver, to_worker_id=taker, role=role))


CLOSED_5 = Happened(5, CaseClosed(case_id=C1))
INF = float("inf")


def test_a_case_is_held_from_the_day_it_is_taken_until_it_is_given_up() -> None:
    given_up = Happened(7, CaseUnassigned(case_id=C1, worker_id=W1))
    assert held_by(W1, [REFERRED, taken(2, W1), given_up]) == [(PRIMARY, 2, 7)]


def test_a_closed_case_is_held_by_nobody() -> None:
    history = [REFERRED, taken(1, W1), taken(2, W2, CO_WORKER), CLOSED_5]
    assert held_by(W1, history) == [(PRIMARY, 1, 5)]
    assert held_by(W2, history) == [(CO_WORKER, 2, 5)]


def test_a_case_reopened_and_taken_again_counts_again() -> None:
    reopened = Happened(10, CaseReferred(case_id=C1))
    assert held_by(W1, [REFERRED, taken(1, W1), CLOSED_5, reopened, taken(12, W1)]) == [
        (PRIMARY, 1, 5),
        (PRIMARY, 12, INF),
    ]


def test_a_former_primary_worker_may_co_work_the_case_when_it_is_reopened() -> None:
    reopened = Happened(10, CaseReferred(case_id=C1))
    history = [REFERRED, taken(1, W1), CLOSED_5, reopened, taken(12, W1, CO_WORKER)]
    assert held_by(W1, history) == [(PRIMARY, 1, 5), (CO_WORKER, 12, INF)]


def test_a_case_that_passes_on_and_comes_back_counts_twice() -> None:
    history = [REFERRED, taken(1, W1), taken(4, W2), taken(9, W1)]
    assert held_by(W1, history) == [(PRIMARY, 1, 4), (PRIMARY, 9, INF)]
    assert held_by(W2, history) == [(PRIMARY, 4, 9)]


def test_a_case_referred_taken_and_closed_in_one_moment_is_closed_in_whatever_order_that_is_told() -> None:
    together = [CLOSED_5, Happened(5, CaseReferred(case_id=C1)), taken(5, W1)]
    for told in permutations(together):
        assert held_by(W1, [REFERRED, taken(1, W1), *told]) == [(PRIMARY, 1, 5)]


def test_a_case_reassigned_to_the_worker_who_holds_it_is_simply_held() -> None:
    assert held_by(W1, [REFERRED, taken(1, W1), passed(4, W1, W1)]) == [(PRIMARY, 1, INF)]


def test_a_co_worker_who_becomes_primary_worker_co_works_no_longer() -> None:
    history = [REFERRED, taken(1, W1), taken(1, W2, CO_WORKER), passed(4, W1, W2)]
    assert held_by(W1, history) == [(PRIMARY, 1, 4)]
    assert held_by(W2, history) == [(CO_WORKER, 1, 4), (PRIMARY, 4, INF)]


def test_the_primary_worker_is_not_counted_as_co_worker_beside() -> None:
    assert held_by(W1, [REFERRED, taken(1, W1), taken(3, W1, CO_WORKER)]) == [(PRIMARY, 1, INF)]


def test_giving_up_co_work_that_was_not_held_changes_nothing() -> None:
    stray = Happened(3, CaseUnassigned(case_id=C1, worker_id=W1, role=CO_WORKER))
    assert held_by(W1, [REFERRED, taken(1, W1), stray]) == [(PRIMARY, 1, INF)]


def test_who_leaves_the_service_holds_nothing_from_then_on() -> None:
    assert held_by(W1, [REFERRED, taken(1, W1), Happened(6, WorkerLeft(worker_id=W1))]) == [(PRIMARY, 1, 6)]


def test_a_holding_is_cut_where_the_case_is_reassessed() -> None:
    history = [
        taken(1, W1),
        Happened(2, CaseReferred(case_id=C1, risk=RiskLevel.LOW, harm_types=(HarmType.GANGS,))),
        Happened(4, CaseRiskReassessed(case_id=C1, risk=RiskLevel.HIGH)),
        Happened(4, CaseRiskReassessed(case_id=C1, risk=RiskLevel.VERY_HIGH)),
        Happened(8, CaseClosed(case_id=C1)),
        Happened(9, CaseRiskReassessed(case_id=C1, risk=RiskLevel.LOW)),
    ]
    facts, cases = facts_of(recorded(history))
    found: list[Holding] = holdings(W1, facts, cases, days(on_day(60)))
    assert [one.profile.risk for one in found] == [None, RiskLevel.LOW, RiskLevel.VERY_HIGH]
    assert [one.profile.harm_types for one in found] == [None, (HarmType.GANGS,), (HarmType.GANGS,)]


def test_what_happened_after_the_moment_asked_about_is_not_known_then() -> None:
    reassessed = Happened(20, CaseRiskReassessed(case_id=C1, risk=RiskLevel.VERY_HIGH))
    history = [REFERRED, taken(1, W1), reassessed, Happened(30, CaseClosed(case_id=C1))]
    account = account_on(10, history)
    assert [one.profile.risk for one in account.held] == [RiskLevel.LOW]
    assert account == account_on(10, history[:2])


def test_unknown_risk_and_harm_of_held_cases_are_named_as_gaps() -> None:
    unknown = [taken(1, W1), Happened(1, CaseAssigned(case_id="c-9", worker_id=W1))]
    one, two = account_on(2, unknown[:1]).gaps, account_on(2, unknown).gaps
    assert "1 case has no recorded risk, counted at the policy's value for unknown" in one
    assert "2 cases have no recorded harm type, counted at the policy's value for unknown" in two


@pytest.mark.parametrize(
    "event", [WorkerRegistered(worker_id=W2, fte=1.0), taken(0, W2).event, WorkerLeft(worker_id=W2)]
)
def test_an_event_states_nothing_about_a_worker_it_is_not_about(event: WorkerRegistered) -> None:
    (record,) = recorded([Happened(0, event)])
    assert worker_facts(record, W1) == ()
    assert len(worker_facts(record, W2)) == 1


def test_an_event_that_no_load_follows_from_states_nothing() -> None:
    (record,) = recorded([Happened(0, CheckInRecorded(worker_id=W1, felt_load=5))])
    assert worker_facts(record, W1) == ()
    assert case_facts(record) == ()
