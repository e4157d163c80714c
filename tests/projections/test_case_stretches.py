"""Who held a case from when to when, and how it came and went."""

from hypothesis import given, settings

from domain.events import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred, CaseUnassigned
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole
from projections import CASELOAD
from projections.case_stretches import Came, Stretch, Went, stretches_of_case, stretches_of_worker
from projections.caseload import caseloads
from tests.projections.drawn_histories import histories, rows_of
from tests.projections.practice_histories import A, B, day, told

ONE, TWO = CaseId("c-1"), CaseId("c-2")
PRIMARY, CO_WORKER = AssignmentRole.PRIMARY, AssignmentRole.CO_WORKER


def of_case(*history: tuple[float, DomainEvent], at: float = 50) -> list[Stretch]:
    row = rows_of(CASELOAD, told((0, CaseReferred(case_id=ONE)), *history))["case:c-1"]
    return list(stretches_of_case("case:c-1", row, day(at)))


def test_a_case_assigned_and_closed_was_held_in_between() -> None:
    (one,) = of_case((1, CaseAssigned(case_id=ONE, worker_id=A)), (9, CaseClosed(case_id=ONE)))
    assert one == Stretch(ONE, A, PRIMARY, day(1), Came.ASSIGNED, until=day(9), went=Went.CASE_CLOSED)


def test_until_it_ends_a_stretch_runs() -> None:
    history = ((1, CaseAssigned(case_id=ONE, worker_id=A)), (9, CaseUnassigned(case_id=ONE, worker_id=A)))
    (running,) = of_case(*history, at=8)
    (ended,) = of_case(*history, at=9)
    assert (running.until, ended.until, ended.went) == (None, day(9), Went.GIVEN_UP)


def test_a_reassigned_case_passes_from_one_to_the_other_in_one_step() -> None:
    first, second = of_case(
        (1, CaseAssigned(case_id=ONE, worker_id=A)), (5, CaseReassigned(case_id=ONE, from_worker_id=A, to_worker_id=B))
    )
    assert (first.until, first.went, first.next_holder) == (day(5), Went.PASSED_ON, "w-b")
    assert (second.since, second.came, second.previous_holder) == (day(5), Came.TAKEN_OVER, "w-a")


def test_assigning_a_held_case_to_somebody_else_passes_it_on_too() -> None:
    first, second = of_case((1, CaseAssigned(case_id=ONE, worker_id=A)), (5, CaseAssigned(case_id=ONE, worker_id=B)))
    assert (first.went, first.next_holder, second.previous_holder) == (Went.PASSED_ON, "w-b", "w-a")


def test_a_reassignment_from_somebody_who_did_not_hold_the_case_says_who_did() -> None:
    stranger = CaseReassigned(case_id=ONE, from_worker_id=WorkerId("w-x"), to_worker_id=B)
    first, second = of_case((1, CaseAssigned(case_id=ONE, worker_id=A)), (5, stranger))
    assert (first.next_holder, second.previous_holder) == ("w-b", "w-a")


def test_a_co_workers_share_passes_between_co_workers_and_ends_when_they_become_primary() -> None:
    history = (
        (1, CaseAssigned(case_id=ONE, worker_id=A, role=CO_WORKER)),
        (3, CaseReassigned(case_id=ONE, from_worker_id=A, to_worker_id=B, role=CO_WORKER)),
        (7, CaseAssigned(case_id=ONE, worker_id=B)),
    )
    first, second, third = of_case(*history)
    assert (first.went, first.next_holder) == (Went.PASSED_ON, "w-b")
    assert (second.came, second.went, second.until) == (Came.TAKEN_OVER, Went.CHANGED_ROLE, day(7))
    assert (third.role, third.came, third.until) == (PRIMARY, Came.ASSIGNED, None)


def test_a_worker_who_holds_a_case_twice_has_two_stretches_in_it_and_keeps_those_of_other_cases() -> None:
    history = told(
        (0, CaseReferred(case_id=ONE)),
        (0, CaseReferred(case_id=TWO)),
        (1, CaseAssigned(case_id=ONE, worker_id=A)),
        (2, CaseAssigned(case_id=TWO, worker_id=A)),
        (5, CaseReassigned(case_id=ONE, from_worker_id=A, to_worker_id=B)),
        (9, CaseReassigned(case_id=ONE, from_worker_id=B, to_worker_id=A)),
    )
    found = stretches_of_worker(A, rows_of(CASELOAD, history), day(20))
    assert [(one.case_id, one.since, one.until) for one in found] == [
        ("c-1", day(1), day(5)),
        ("c-2", day(2), None),
        ("c-1", day(9), None),
    ]


@settings(deadline=None)
@given(histories())
def test_the_stretches_that_run_are_the_caseload_of_the_day(history: list[EventRecord]) -> None:
    rows = rows_of(CASELOAD, history)
    for at in (3, 10, 30):
        running = {
            (one.worker_id, one.case_id, one.role)
            for key, row in rows.items()
            for one in stretches_of_case(key, row, day(at))
            if one.until is None
        }
        held = caseloads(rows, day(at))
        assert running == {(who, one.case.case_id, one.role) for who, cases in held.items() for one in cases}


@settings(deadline=None)
@given(histories())
def test_a_worker_never_holds_a_case_twice_at_once(history: list[EventRecord]) -> None:
    for key, row in rows_of(CASELOAD, history).items():
        found = stretches_of_case(key, row, day(30))
        for one in found:
            others = [other for other in found if other is not one and other.worker_id == one.worker_id]
            assert not any(
                one.since < (other.until or day(31)) and other.since < (one.until or day(31)) for other in others
            )
