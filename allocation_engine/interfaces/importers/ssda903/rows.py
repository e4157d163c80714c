"""One line of an SSDA903 file, read into what the caseload needs; a line that cannot be read says why, and no more.

Source: DfE, guide to the SSDA903 return from 2023-24 on, the social worker module (SW_ID, SW_DECOM, SW_DEC, SW_REASON)
and episodes (DECOM, RNE, LS, DEC, REC); dates are day/month/year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from allocation_engine.interfaces.importers.cells import CellFault, child_id, date_of, somebody, text_of
from allocation_engine.interfaces.importers.csv_table import Column, Line
from allocation_engine.interfaces.importers.intake import Refused
from domain.vocabulary import WorkerChangeReason

SOCIAL_WORKER_COLUMNS = (
    Column("CHILD"),
    Column("SW_ID"),
    Column("SW_DECOM", ("DECOM",)),
    Column("SW_DEC", ("DEC",)),
    Column("SW_REASON", required=False),
)
EPISODE_COLUMNS = (Column("CHILD"), Column("DECOM"), Column("DEC"), Column("LS", required=False))

SHORT_BREAKS = frozenset({"V3", "V4"})
"""Legal status of agreed short breaks: such a child is not looked after in between."""

REASONS: Mapping[str, WorkerChangeReason] = {
    "FCONTA": WorkerChangeReason.FIRST_CONTACT,
    "MANAGE": WorkerChangeReason.CASELOAD_MANAGEMENT,
    "LEFTRL": WorkerChangeReason.WORKER_LEFT_ROLE,
    "ORGRST": WorkerChangeReason.ORGANISATION_RESTRUCTURED,
    "TSPROC": WorkerChangeReason.NEXT_STEP_OF_PROCESS,
    "ABSENC": WorkerChangeReason.WORKER_ABSENT,
    "CHCHAN": WorkerChangeReason.CHILD_ASKED,
    "PCCHAN": WorkerChangeReason.PARENT_OR_CARER_ASKED,
    "SWDIED": WorkerChangeReason.WORKER_DIED,
    "OTHERS": WorkerChangeReason.OTHER,
}
"""The codes of SW_REASON, each of why the case came to the worker of its line."""

LONG_PAST = timedelta(days=30 * 366)
FAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One social worker on one child, and why the worker changed to them."""

    place: str
    child: str
    worker: str
    start: date
    end: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class CareRow:
    """One episode of care."""

    place: str
    child: str
    start: date
    end: date | None
    short_break: bool


def read_worker_row(line: Line, source: str, today: date) -> WorkerRow | Refused:
    """Read a line of the social worker file."""
    place = f"{source} line {line.number}"
    try:
        child, start, end = _spell(line, "SW_DECOM", "SW_DEC", today)
    except CellFault as fault:
        return Refused(place, fault.code, fault.why)
    worker = somebody(line.cells["SW_ID"])
    if worker is None:
        return Refused(place, "no_worker", "SW_ID names no social worker")
    if start == end:
        return Refused(place, "of_no_day", "SW_DEC is the same day as SW_DECOM: it lasted for no day")
    return WorkerRow(place, child, worker, start, end, text_of(line.cells.get("SW_REASON", "")).upper())


def read_care_row(line: Line, source: str, today: date) -> CareRow | Refused:
    """Read a line of the episodes file."""
    place = f"{source} line {line.number}"
    try:
        child, start, end = _spell(line, "DECOM", "DEC", today)
    except CellFault as fault:
        return Refused(place, fault.code, fault.why)
    short_break = text_of(line.cells.get("LS", "")).upper() in SHORT_BREAKS
    return CareRow(place, child, start, end, short_break)


def _spell(line: Line, first: str, last: str, today: date) -> tuple[str, date, date | None]:
    """Read whose line it is, and from when to when."""
    if line.surplus:
        raise CellFault("too_many_cells", "has more cells than the header: a comma in a cell needs quotes round it")
    child = child_id(line.cells["CHILD"])
    if child is None:
        raise CellFault("no_child_id", "CHILD is empty")
    start, end = _day(line, first, today), _day(line, last, today)
    if start is None:
        raise CellFault("no_start", f"{first} is empty")
    if end is not None and end < start:
        raise CellFault("end_before_start", f"{last} lies before {first}")
    return child, start, end


def _day(line: Line, name: str, today: date) -> date | None:
    try:
        day = date_of(line.cells[name])
    except CellFault as fault:
        raise CellFault(fault.code, f"{name}: {fault.why}") from None
    if day is not None and not today - LONG_PAST <= day <= today + FAR_AHEAD:
        raise CellFault("implausible_date", f"{name} lies more than a year ahead or thirty years back")
    return day
