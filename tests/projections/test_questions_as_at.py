"""What the views answer, as at any moment: who works here, who holds what, who waits, what each carries."""

from datetime import datetime, timedelta

import pytest

from domain.events import DomainEvent
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole
from projections import CASELOAD
from projections.caseload import caseloads
from tests.projections.test_every_projection import MONDAY, record, rows_of

A, B = WorkerId("w-a"), WorkerId("w-b")
ONE, TWO = CaseId("c-1"), CaseId("c-2")


def day(number: float) -> datetime:
    return MONDAY + timedelta(days=number)


def told(*history: tuple[float, DomainEvent]) -> list[object]:
    return [record(number, event, day(at)) for number, (at, event) in enumerate(history, start=1)]


def held(history: list[object], at: float) -> dict[str, list[tuple[str, str, datetime]]]:
    found = caseloads(rows_of(CASELOAD, history), day(at))  # type: ignore[arg-type]
    return {who: [(one.case.case_id, one.role.value, one.since) for one in cases] for who, cases in found.items()}


HANDED_OVER = told(
    (0, CaseReferred(case_id=ONE)),
    (1, CaseAssigned(case_id=ONE, worker_id=A)),
    (2, CaseReferred(case_id=TWO)),
    (3, CaseAssigned(case_id=TWO, worker_id=A)),
    (4, CaseAssigned(case_id=ONE, worker_id=B, role=AssignmentRole.CO_WORKER)),
    (6, CaseReassigned(case_id=TWO, from_worker_id=A, to_worker_id=B)),
    (8, CaseClosed(case_id=ONE)),
)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0.5, {}),
        (1, {"w-a": [("c-1", "primary", day(1))]}),
        (5, {"w-a": [("c-1", "primary", day(1)), ("c-2", "primary", day(3))], "w-b": [("c-1", "co_worker", day(4))]}),
        (
            7,
            {"w-a": [("c-1", "primary", day(1))], "w-b": [("c-1", "co_worker", day(4)), ("c-2", "primary", day(6))]},
        ),
        (9, {"w-b": [("c-2", "primary", day(6))]}),
    ],
    ids=["nobody yet", "on the day itself", "with a co-worker", "handed over", "closed for all who held it"],
)
def test_a_caseload_is_that_of_the_day_asked_about(
    at: float, expected: dict[str, list[tuple[str, str, datetime]]]
) -> None:
    assert held(HANDED_OVER, at) == expected
