"""Check-ins beside the account of their moment, and concerns until somebody answers."""

from datetime import datetime

import pytest

from allocation_engine.bootstrap import example_policy
from domain.events import DomainEvent
from domain.events.worker import CapacityConcernAnswered, CapacityConcernRaised, CheckInRecorded
from domain.identifiers import PersonId, WorkerId
from domain.load import LoadAccount, TwoCompartments
from projections import CHECK_INS
from projections.check_ins import Apart, apart, beside_account, check_ins, checked_in_between, concerns
from tests.projections.drawn_histories import rows_of
from tests.projections.practice_histories import A, B, day, retracted, told

PRACTICE = example_policy().practice


def felt(load: int, worker: WorkerId = A) -> CheckInRecorded:
    return CheckInRecorded(worker_id=worker, felt_load=load)


def account_of(load: float, capacity: float | None, at: datetime) -> LoadAccount:
    return LoadAccount(A, at, TwoCompartments(load, 0.0), capacity, (), (), ())


def test_a_worker_reads_their_own_check_ins_oldest_first_up_to_the_day_asked_about() -> None:
    history = told((3, felt(4)), (1, felt(2)), (2, felt(5, B)), (9, felt(1)))
    rows = rows_of(CHECK_INS, history)
    assert [(one.at, one.felt_load) for one in check_ins(rows["worker:w-a"], day(5))] == [(day(1), 2), (day(3), 4)]


def test_a_check_in_taken_back_was_never_said() -> None:
    (said,) = told((1, felt(5)))
    rows = rows_of(CHECK_INS, [said, retracted(said, on=3)])
    assert check_ins(rows["worker:w-a"], day(5)) == ()
    assert len(check_ins(rows["worker:w-a"], day(5), day(2))) == 1


def test_each_check_in_stands_beside_the_account_of_its_own_moment() -> None:
    rows = rows_of(CHECK_INS, told((1, felt(4)), (8, felt(4))))
    loads = {day(1): 20.0, day(8): 80.0}
    found = beside_account(check_ins(rows["worker:w-a"], day(9)), lambda at: account_of(loads[at], 100.0, at), PRACTICE)
    assert [(one.check_in.at, one.acute, one.apart) for one in found] == [
        (day(1), 20.0, Apart.FELT_HEAVIER),
        (day(8), 80.0, None),
    ]


@pytest.mark.parametrize(
    ("felt_load", "load", "capacity", "expected"),
    [
        (4, 60, 100, Apart.FELT_HEAVIER),
        (4, 61, 100, None),
        (3, 0, 100, None),
        (2, 100, 100, Apart.FELT_LIGHTER),
        (2, 99, 100, None),
        (3, 300, 100, None),
        (5, 30, 50, Apart.FELT_HEAVIER),
        (5, 0, None, None),
        (1, 300, None, None),
    ],
)
def test_felt_and_computed_are_far_apart_only_where_one_is_light_and_the_other_heavy(
    felt_load: int, load: float, capacity: float | None, expected: Apart | None
) -> None:
    assert apart(felt_load, load, capacity, PRACTICE) is expected


def test_people_who_checked_in_are_counted_once_however_often_they_did() -> None:
    rows = rows_of(CHECK_INS, told((0, felt(1)), (1, felt(2)), (2, felt(3)), (3, felt(3, B)), (9, felt(3, B))))
    assert checked_in_between(rows, day(0), day(2)) == {"w-a"}
    assert checked_in_between(rows, day(0), day(5)) == {"w-a", "w-b"}
    assert checked_in_between(rows, day(5), day(8)) == set()


def test_a_concern_is_open_until_a_named_person_answers_and_an_answer_closes_all_that_are_open() -> None:
    raised: tuple[float, DomainEvent] = (0, CapacityConcernRaised(worker_id=A))
    again: tuple[float, DomainEvent] = (2, CapacityConcernRaised(worker_id=A))
    answered: tuple[float, DomainEvent] = (5, CapacityConcernAnswered(worker_id=A, answered_by=PersonId("m-1")))
    later: tuple[float, DomainEvent] = (8, CapacityConcernRaised(worker_id=A))
    rows = rows_of(CHECK_INS, told(raised, (1, felt(5)), again, answered, later))
    before = concerns(rows, day(4))
    assert [(one.raised_at, one.answered_at, one.days) for one in before] == [(day(0), None, 4), (day(2), None, 2)]
    after = concerns(rows, day(10))
    assert [(one.raised_at, one.answered_by, one.days) for one in after] == [
        (day(0), "m-1", 5),
        (day(2), "m-1", 3),
        (day(8), None, 2),
    ]
