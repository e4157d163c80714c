"""What follows from a row is worked out once for all moments between two events, and anew for another row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.events.base import EventRecord
from domain.events.case import CaseAssigned, CaseReferred
from domain.identifiers import CaseId, WorkerId
from projections import CASELOAD
from projections.case_files import case_as_at
from projections.dated_events import DatedEvent, all_until
from projections.worked_out import MOST_KEPT
from tests.projections.drawn_histories import MONDAY, record, rows_of
from tests.projections.test_load_columns import histories_put_right, moments

KEY = "case:c-1"


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


CASE = rows_of(
    CASELOAD,
    [
        record(1, CaseReferred(case_id=CaseId("c-1")), day(0)),
        record(2, CaseAssigned(case_id=CaseId("c-1"), worker_id=WorkerId("w-a")), day(5)),
    ],
)[KEY]


def ids(_: str, told: Sequence[DatedEvent]) -> list[int]:
    return [one.event_id.int for one in told]


def test_moments_between_two_events_have_one_answer() -> None:
    assert CASE.worked_out(KEY, ids, day(1)) is CASE.worked_out(KEY, ids, day(4))
    assert [CASE.worked_out(KEY, ids, day(at)) for at in (-1, 0, 4.9, 5, 60)] == [[], [1], [1], [1, 2], [1, 2]]
    assert case_as_at(KEY, CASE, day(6)) is case_as_at(KEY, CASE, day(7))


def test_another_row_answers_for_itself() -> None:
    before = CASE.worked_out(KEY, ids, day(9))
    assert replace(CASE, events=CASE.events[:1]).worked_out(KEY, ids, day(9)) == [1]
    assert CASE.worked_out(KEY, ids, day(9)) is before


def test_what_was_known_at_many_moments_does_not_pile_up() -> None:
    for hour in range(3 * MOST_KEPT):
        assert CASE.worked_out(KEY, ids, day(9), day(4) + timedelta(hours=hour)) == ([1] if hour < 24 else [1, 2])
    assert len(CASE._worked_out._kept) <= MOST_KEPT


def test_a_row_is_written_alike_whatever_was_worked_out_from_it() -> None:
    written = CASELOAD.rows.dump(CASE)
    CASE.worked_out(KEY, ids, day(9))
    assert CASELOAD.rows.dump(CASE) == written
    assert CASELOAD.rows.load(written) == CASE


@given(histories_put_right(), st.lists(st.tuples(moments, st.none() | moments), min_size=1, max_size=4))
def test_it_goes_by_what_had_happened_and_was_known(
    told: list[EventRecord], asked: list[tuple[datetime, datetime | None]]
) -> None:
    for key, row in rows_of(CASELOAD, told).items():
        for as_at, known_at in asked:
            for _ in range(2):
                found = row.worked_out(key, ids, as_at, known_at)
                assert found == [event_id.int for _, _, event_id in all_until([row], as_at, known_at)]
