"""The caseload rule: open List 6 and List 9, each child once, the worker from List 6, else from Lists 7 and 8.

Source: the guidance of Ofsted's Annex A. List 6 holds every child with an open case, those on a plan and in care
included; List 9 holds care leavers, who are in no other list.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from allocation_engine.interfaces.importers.annex_a.report import Outcome, RowOutcome
from allocation_engine.interfaces.importers.annex_a.row_checks import (
    CARE_LEAVERS,
    CASE_LISTS,
    CHILD_IN_NEED,
    CHILD_PROTECTION,
    LOOKED_AFTER,
    fault_of,
    is_open,
    plan_of,
)
from allocation_engine.interfaces.importers.annex_a.rows import ListRow
from allocation_engine.interfaces.importers.pseudonyms import normalise
from domain.vocabulary import PlanType

ADOPTERS = 11
Place = tuple[str, int]

_PLAN_ORDER = (
    PlanType.LOOKED_AFTER,
    PlanType.CHILD_PROTECTION,
    PlanType.CHILD_IN_NEED,
    PlanType.ASSESSMENT,
    PlanType.CARE_LEAVER,
)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """One child's open case, in the words of the file. `row` is the row it was imported from."""

    child: str
    row: ListRow
    start: date | None
    plan: PlanType | None
    worker: str | None
    team: str | None
    through_adviser: bool


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A child whose every row is closed; `day` is the last closure in List 6, where it is known."""

    child: str
    row: ListRow
    day: date | None


@dataclass(slots=True)
class Caseload:
    """What the lists say together, the outcome of each row, and how often each thing worth a warning was met."""

    open: list[OpenCase] = field(default_factory=list)
    closed: list[ClosedCase] = field(default_factory=list)
    outcomes: dict[Place, RowOutcome] = field(default_factory=dict)
    noticed: Counter[str] = field(default_factory=Counter)

    def settle(
        self,
        row: ListRow,
        outcome: Outcome,
        code: str,
        why: str,
        *,
        column: str | None = None,
        attention: bool = False,
    ) -> None:
        """Give a row its outcome; a later call replaces it."""
        told = RowOutcome(row.sheet, row.row, outcome, code, column, why, attention)
        self.outcomes[row.sheet, row.row] = told


def caseload_of(rows: Iterable[ListRow], snapshot: date) -> Caseload:
    """Apply the rule to all rows of all lists. The order of the rows does not matter."""
    caseload = Caseload()
    by_child: dict[str, list[ListRow]] = {}
    for row in rows:
        fault = fault_of(row, snapshot)
        if fault is not None:
            attention = row.list_number in CASE_LISTS and fault.code != "repeated_header"
            caseload.settle(row, Outcome.REFUSED, fault.code, fault.why, column=fault.column, attention=attention)
        elif row.list_number == ADOPTERS or row.child is None:
            _outside(caseload, row)
        else:
            by_child.setdefault(normalise(row.child), []).append(row)
    for rows_of_child in by_child.values():
        _settle_child(caseload, rows_of_child)
    return caseload


def _settle_child(caseload: Caseload, rows: Sequence[ListRow]) -> None:
    ordered = {number: _latest_first(rows, number) for number in CASE_LISTS}
    source = next((ordered[number][0] for number in CASE_LISTS if ordered[number]), None)
    if source is None:
        _settle_closed(caseload, rows)
        return
    case = _open_case(source, ordered)
    caseload.open.append(case)
    _settle_source(caseload, case, rows)
    for row in rows:
        if row is not source:
            _settle_other(caseload, case, row)


def _latest_first(rows: Sequence[ListRow], number: int) -> list[ListRow]:
    """Order the open rows of a list by what they say, never by where they stand: a re-sorted file reads the same."""
    return sorted(
        (row for row in rows if row.list_number == number and is_open(row)),
        key=_fullness,
        reverse=True,
    )


def _fullness(row: ListRow) -> tuple[date, bool, str, str, str, str, bool]:
    """Rank a row by its start, then by whether it names a worker; the rest only makes the order the same every time."""
    worker, adviser, team = row.worker or "", row.adviser or "", row.team or ""
    return (row.start or date.min, row.worker is not None, worker, adviser, team, row.status, row.worker_lost)


def _open_case(source: ListRow, ordered: dict[int, list[ListRow]]) -> OpenCase:
    """Put together what the open rows say. A worker who stands in List 9 alone does not hold a List 6 case."""
    in_order = [row for number in CASE_LISTS for row in ordered[number]]
    may_hold = ordered[CARE_LEAVERS] if source.list_number == CARE_LEAVERS else in_order
    if source.list_number != CARE_LEAVERS:
        may_hold = [row for row in in_order if row.list_number != CARE_LEAVERS]
    holding = next((row for row in may_hold if row.worker or row.adviser), None)
    worker = None if holding is None else (holding.worker or holding.adviser)
    team = next((row.team for row in ([holding] if holding else []) + in_order if row.team), None)
    plans = {plan_of(row) for row in in_order}
    return OpenCase(
        child=source.child or "",
        row=source,
        start=next((row.start for row in in_order if row.start), None),
        plan=next((plan for plan in _PLAN_ORDER if plan in plans), None),
        worker=worker,
        team=team,
        through_adviser=holding is not None and holding.worker is None,
    )


def _settle_source(caseload: Caseload, case: OpenCase, rows: Sequence[ListRow]) -> None:
    row = case.row
    if row.list_number in (CHILD_PROTECTION, LOOKED_AFTER):
        closed = any(other.list_number == CHILD_IN_NEED for other in rows)
        code = "closed_in_list_6" if closed else "missing_from_list_6"
        caseload.noticed[code] += 1
        why = "an open case here, but closed in List 6" if closed else "an open case here that List 6 does not have"
        caseload.settle(row, Outcome.IMPORTED, code, why, attention=True)
    elif case.worker is None:
        why = "an open case that names no worker: it waits for one"
        if row.worker_lost:
            why = "an open case whose worker is an Excel error: it waits for one"
            caseload.noticed["worker_is_excel_error"] += 1
        caseload.settle(row, Outcome.IMPORTED, "waiting_case", why, attention=row.worker_lost)
    else:
        caseload.settle(row, Outcome.IMPORTED, "open_case", "an open case with a worker")
    if case.start is None and row.list_number != CARE_LEAVERS:
        caseload.noticed["start_unknown"] += 1
    if case.plan is None:
        caseload.noticed["plan_unknown"] += 1


def _settle_other(caseload: Caseload, case: OpenCase, row: ListRow) -> None:
    """Merge a further row of the same child, and notice where it says otherwise."""
    code, why, attention = "same_child", f"tells of the same child as {case.row.place}", False
    differs = row.worker is not None and (case.worker is None or normalise(row.worker) != normalise(case.worker))
    if is_open(row) and differs:
        if row.list_number == case.row.list_number:
            code, attention = "two_workers_in_list", True
            why = f"names another worker than {case.row.place}, which started later or is fuller"
        elif row.list_number in (CHILD_PROTECTION, LOOKED_AFTER):
            code, attention = "other_worker", True
            why = f"names another worker than {case.row.place}, which stands"
    if row.list_number == CARE_LEAVERS and case.worker is None and (row.worker or row.adviser):
        code, attention = "worker_only_in_list_9", True
        why = f"names a worker where {case.row.place} has none; the case still waits"
    if attention:
        caseload.noticed[code] += 1
    caseload.settle(row, Outcome.MERGED, code, why, attention=attention)


def _settle_closed(caseload: Caseload, rows: Sequence[ListRow]) -> None:
    in_list_6 = [row for row in rows if row.list_number == CHILD_IN_NEED]
    if in_list_6:
        last = max(in_list_6, key=lambda row: (row.end or date.min, row.start or date.min))
        caseload.closed.append(ClosedCase(last.child or "", last, last.end))
    for row in rows:
        if row.list_number in CASE_LISTS:
            caseload.settle(row, Outcome.REFUSED, "closed", "closed work is not part of the caseload")
        else:
            _outside(caseload, row)


def _outside(caseload: Caseload, row: ListRow) -> None:
    why = f"List {row.list_number} is not part of the caseload and the child has no open case"
    if row.list_number == ADOPTERS:
        why = "List 11 holds adopters and is not part of the caseload"
    caseload.settle(row, Outcome.REFUSED, "outside_caseload", why)
