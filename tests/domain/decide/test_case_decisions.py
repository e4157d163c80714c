"""What may happen to a case."""

from functools import reduce

import pytest

from domain.decide.case import decide_case
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
    WorkerChangeExplained,
)
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, HarmType, RiskLevel, WorkerChangeReason
from tests.domain.decide.given_when_then import accepted, on_day, refused

CASE = CaseId("c-1")
W1, W2, W3 = WorkerId("w-1"), WorkerId("w-2"), WorkerId("w-3")
PRIMARY, CO_WORKER = AssignmentRole.PRIMARY, AssignmentRole.CO_WORKER

REFERRED = CaseReferred(case_id=CASE, risk=RiskLevel.HIGH, harm_types=(HarmType.GANGS,))
CLOSED = CaseClosed(case_id=CASE)
REASSESSED = CaseRiskReassessed(case_id=CASE, risk=RiskLevel.LOW)


def assigned(worker_id: WorkerId, role: AssignmentRole = PRIMARY) -> CaseAssigned:
    return CaseAssigned(case_id=CASE, worker_id=worker_id, role=role)


def given_up(worker_id: WorkerId, role: AssignmentRole = PRIMARY) -> CaseUnassigned:
    return CaseUnassigned(case_id=CASE, worker_id=worker_id, role=role)


def passed(giver: WorkerId, taker: WorkerId, role: AssignmentRole = PRIMARY) -> CaseReassigned:
    return CaseReassigned(case_id=CASE, from_worker_id=giver, to_worker_id=taker, role=role)


def conflict(worker_id: WorkerId) -> ConflictOfInterestDeclared:
    return ConflictOfInterestDeclared(case_id=CASE, worker_id=worker_id)


def lifted(worker_id: WorkerId) -> ConflictOfInterestLifted:
    return ConflictOfInterestLifted(case_id=CASE, worker_id=worker_id)


def explained(worker_id: WorkerId) -> WorkerChangeExplained:
    return WorkerChangeExplained(case_id=CASE, worker_id=worker_id, change_reason=WorkerChangeReason.CHILD_ASKED)


def given(*events: CaseEvent) -> CaseState:
    """Fold events a day apart."""
    dated = zip(events, map(on_day, range(len(events))), strict=True)
    return reduce(lambda state, one: evolve_case(state, *one), dated, CaseState(CASE))


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (given(), REFERRED),
        (given(REFERRED, CLOSED), REFERRED),
        (given(REFERRED), assigned(W1)),
        (given(REFERRED, assigned(W1)), explained(W1)),
        (given(REFERRED, assigned(W1), explained(W1)), passed(W1, W2)),
        (given(REFERRED, assigned(W1, CO_WORKER)), explained(W1)),
        (given(REFERRED), assigned(W1, CO_WORKER)),
        (given(REFERRED, assigned(W1)), assigned(W2, CO_WORKER)),
        (given(REFERRED, assigned(W2, CO_WORKER)), assigned(W2)),
        (given(REFERRED, assigned(W1), given_up(W1)), assigned(W1)),
        (given(REFERRED, assigned(W1)), passed(W1, W2)),
        (given(REFERRED, assigned(W1), assigned(W2, CO_WORKER)), passed(W1, W2)),
        (given(REFERRED, assigned(W2, CO_WORKER)), passed(W2, W3, CO_WORKER)),
        (given(REFERRED, assigned(W1)), given_up(W1)),
        (given(REFERRED, assigned(W2, CO_WORKER)), given_up(W2, CO_WORKER)),
        (given(REFERRED), REASSESSED),
        (given(REFERRED, assigned(W1)), CLOSED),
        (given(), conflict(W1)),
        (given(conflict(W1)), lifted(W1)),
        (given(REFERRED, conflict(W1), lifted(W1)), assigned(W1)),
        (given(REFERRED, conflict(W2)), assigned(W1)),
    ],
)
def test_what_case_work_allows_is_accepted_as_it_is(state: CaseState, event: CaseEvent) -> None:
    accepted(decide_case(state, event), event)


@pytest.mark.parametrize(
    ("state", "event", "code", "words"),
    [
        (given(REFERRED), REFERRED, "already_open", "is open already"),
        (given(), assigned(W1), "not_open", "is not open"),
        (given(REFERRED, CLOSED), assigned(W1), "not_open", "is not open"),
        (given(REFERRED, CLOSED), assigned(W1, CO_WORKER), "not_open", "is not open"),
        (given(REFERRED, assigned(W1)), assigned(W2), "primary_held", "primary worker, w-1"),
        (given(REFERRED, assigned(W1)), assigned(W1), "primary_held", "primary worker, w-1"),
        (given(REFERRED, assigned(W1)), assigned(W1, CO_WORKER), "already_holds", "held by w-1"),
        (given(REFERRED, assigned(W1, CO_WORKER)), assigned(W1, CO_WORKER), "already_holds", "held by w-1"),
        (given(REFERRED, conflict(W1)), assigned(W1), "conflict_of_interest", "conflict of interest with w-1"),
        (given(REFERRED, conflict(W1)), assigned(W1, CO_WORKER), "conflict_of_interest", "w-1"),
        (given(REFERRED, CLOSED), passed(W1, W2), "not_open", "is not open"),
        (given(REFERRED), passed(W1, W2), "not_held", "not held by w-1"),
        (given(REFERRED, assigned(W1)), passed(W1, W2, CO_WORKER), "not_held", "not held by w-1"),
        (given(REFERRED, assigned(W1)), passed(W1, W1), "already_holds", "held by w-1"),
        (given(REFERRED, assigned(W1), assigned(W2, CO_WORKER)), passed(W2, W1, CO_WORKER), "already_holds", "w-1"),
        (given(REFERRED, assigned(W1), conflict(W2)), passed(W1, W2), "conflict_of_interest", "w-2"),
        (
            given(REFERRED, assigned(W1), assigned(W2, CO_WORKER), conflict(W2)),
            passed(W1, W2),
            "conflict_of_interest",
            "conflict of interest with w-2",
        ),
        (given(REFERRED), given_up(W1), "not_held", "not held by w-1"),
        (given(REFERRED, assigned(W1)), explained(W2), "not_held", "not held by w-2"),
        (given(REFERRED, assigned(W1)), given_up(W1, CO_WORKER), "not_held", "in that role"),
        (given(), REASSESSED, "not_open", "is not open"),
        (given(REFERRED, CLOSED), REASSESSED, "not_open", "is not open"),
        (given(), CLOSED, "not_open", "is not open"),
        (given(REFERRED, CLOSED), CLOSED, "not_open", "is not open"),
        (given(conflict(W1)), conflict(W1), "already_declared", "on record"),
        (given(), lifted(W1), "no_conflict", "no such conflict"),
    ],
)
def test_what_case_work_does_not_allow_is_refused_with_its_rule(
    state: CaseState, event: CaseEvent, code: str, words: str
) -> None:
    outcome = decide_case(state, event)
    refused(outcome, code, "case c-1", words)


def test_a_case_has_no_trace_of_its_holders_once_it_is_closed() -> None:
    state = given(REFERRED, assigned(W1), assigned(W2, CO_WORKER), CLOSED)
    assert state.primary is None
    assert state.co_workers == ()
    assert state.past_primaries == (W1,)
    assert not state.is_open
    assert not state.is_waiting


def test_closing_a_case_that_waits_leaves_no_past_worker() -> None:
    assert given(REFERRED, CLOSED).past_primaries == ()


def test_a_case_waits_from_referral_or_from_the_day_it_was_given_up() -> None:
    assert given(REFERRED).waiting_since == on_day(0)
    assert given(REFERRED, assigned(W1)).waiting_since is None
    state = given(REFERRED, assigned(W1), given_up(W1))
    assert state.is_waiting
    assert state.waiting_since == on_day(2)


def test_a_case_in_work_whose_referral_is_not_yet_known_is_open_and_waits_when_given_up() -> None:
    assert given(assigned(W1)).is_open
    assert given(assigned(W2, CO_WORKER)).is_open
    state = given(assigned(W1), given_up(W1))
    assert state.is_open
    assert state.is_waiting


def test_a_referral_that_comes_after_the_first_worker_leaves_the_worker_in_place() -> None:
    state = given(assigned(W1), REFERRED)
    assert state.holds(W1, PRIMARY)
    assert state.waiting_since is None


def test_a_co_worker_who_becomes_primary_worker_co_works_no_longer() -> None:
    state = given(REFERRED, assigned(W1), assigned(W2, CO_WORKER), assigned(W3, CO_WORKER), passed(W1, W2))
    assert state.holds(W2, PRIMARY)
    assert [one.worker_id for one in state.co_workers] == [W3]
    assert state.past_primaries == (W1,)


def test_the_primary_worker_does_not_become_a_co_worker_beside() -> None:
    assert given(REFERRED, assigned(W1), assigned(W1, CO_WORKER)).co_workers == ()


def test_co_work_passes_from_one_worker_to_another() -> None:
    state = given(REFERRED, assigned(W1, CO_WORKER), passed(W1, W2, CO_WORKER))
    assert [one.worker_id for one in state.co_workers] == [W2]


def test_past_primary_workers_are_remembered_once_the_latest_last() -> None:
    state = given(REFERRED, assigned(W1), passed(W1, W2), passed(W2, W1), passed(W1, W3))
    assert state.past_primaries == (W2, W1)


def test_two_primary_workers_in_the_record_leave_the_later_one() -> None:
    state = given(REFERRED, assigned(W1), assigned(W2))
    assert state.holds(W2, PRIMARY)
    assert state.past_primaries == (W1,)
    assert given(REFERRED, assigned(W1), assigned(W1)).past_primaries == ()


def test_reassessing_risk_alone_leaves_the_harm_types_as_they_were() -> None:
    state = given(REFERRED, REASSESSED)
    assert (state.risk, state.harm_types) == (RiskLevel.LOW, (HarmType.GANGS,))
    none_found = CaseRiskReassessed(case_id=CASE, risk=RiskLevel.LOW, harm_types=())
    assert given(REFERRED, none_found).harm_types == ()
