"""Judging one row by itself: whether it is sound, whether it is open, and what its status says."""

import re
from datetime import date

from allocation_engine.interfaces.importers.annex_a.lists import DEFINITIONS, Column
from allocation_engine.interfaces.importers.annex_a.rows import ListRow, RowFault
from domain.vocabulary import PlanType

CHILD_IN_NEED, CHILD_PROTECTION, LOOKED_AFTER, CARE_LEAVERS = 6, 7, 8, 9
CASE_LISTS = (CHILD_IN_NEED, CHILD_PROTECTION, LOOKED_AFTER, CARE_LEAVERS)

_LETTER = re.compile(r"^[a-e]( |$)")
_CLOSED = re.compile(r"\b(?<!not )closed\b|\b(?<!not )ceased\b")
_PLANS = (
    (re.compile(r"looked after|\blac\b|\bcla\b|in care\b"), PlanType.LOOKED_AFTER),
    (re.compile(r"child protection|\bcpp?\b"), PlanType.CHILD_PROTECTION),
    (re.compile(r"in need|\bcin\b"), PlanType.CHILD_IN_NEED),
    (re.compile(r"assessment"), PlanType.ASSESSMENT),
    (re.compile(r"care leaver|leaving care"), PlanType.CARE_LEAVER),
)
_PLAN_OF_LETTER = {
    "a": PlanType.LOOKED_AFTER,
    "b": PlanType.CHILD_PROTECTION,
    "c": PlanType.CHILD_IN_NEED,
    "d": PlanType.ASSESSMENT,
}
_CLOSED_LETTER = "e"


def fault_of(row: ListRow, snapshot: date) -> RowFault | None:
    """Find the reason to refuse a row: what its cells already showed, or dates that cannot be on that day."""
    if row.fault is not None:
        return row.fault
    if row.start is not None and row.start > snapshot:
        return _date_fault(row, Column.START, "start_after_snapshot", f"the start lies after {snapshot}")
    if row.end is not None and row.end > snapshot:
        return _date_fault(row, Column.END, "end_after_snapshot", f"the end lies after {snapshot}")
    if row.start is not None and row.end is not None and row.end < row.start:
        return _date_fault(row, Column.END, "end_before_start", "the end lies before the start")
    return None


def is_open(row: ListRow) -> bool:
    """Tell whether the row is work in hand: no end date, and no status that says closed. List 9 holds only such rows."""
    if row.list_number not in CASE_LISTS:
        return False
    return row.end is None and not is_closed_status(row.status)


def is_closed_status(status: str) -> bool:
    """Tell whether a status, in header form, says closed: `e closed episode`, `closed`, or the letter alone."""
    return status == _CLOSED_LETTER or _CLOSED.search(status) is not None


def plan_of(row: ListRow) -> PlanType | None:
    """Read the statutory footing that one open row shows; None where List 6 does not say."""
    if row.list_number == CHILD_PROTECTION:
        return PlanType.CHILD_PROTECTION
    if row.list_number == LOOKED_AFTER:
        return PlanType.LOOKED_AFTER
    if row.list_number == CARE_LEAVERS:
        return PlanType.CARE_LEAVER
    words = _LETTER.sub("", row.status, count=1)
    for pattern, plan in _PLANS:
        if pattern.search(words):
            return plan
    return None if words else _PLAN_OF_LETTER.get(row.status)


def _date_fault(row: ListRow, column: Column, code: str, why: str) -> RowFault:
    return RowFault(code, why, DEFINITIONS[row.list_number].official(column))
