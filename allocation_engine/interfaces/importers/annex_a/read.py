"""Reading an Annex A workbook into events and an account of every row. Nothing is stored here."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.importers.annex_a.caseload import Caseload, caseload_of
from allocation_engine.interfaces.importers.annex_a.comparison import NOTHING_KNOWN, KnownCaseload, changes_of
from allocation_engine.interfaces.importers.annex_a.notices import warnings_of
from allocation_engine.interfaces.importers.annex_a.records import RecordWriter, workforce_of
from allocation_engine.interfaces.importers.annex_a.report import ImportReport
from allocation_engine.interfaces.importers.annex_a.rows import ListRow, RowFault
from allocation_engine.interfaces.importers.annex_a.sheets import Progress, Sheets, read_sheets
from allocation_engine.interfaces.importers.annex_a.snapshot import snapshot_of
from allocation_engine.interfaces.importers.annex_a.workbook_safety import SafeWorkbook, check_workbook
from allocation_engine.interfaces.importers.intake import LookupRow
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from domain.events.base import EventRecord
from domain.events.worker import MAX_FTE
from domain.identifiers import OPAQUE_ID_PATTERN


@dataclass(frozen=True, slots=True)
class AnnexAImport:
    """What to append, the account of every row, and who is who."""

    records: tuple[EventRecord, ...]
    report: ImportReport
    lookup: tuple[LookupRow, ...]


def read_annex_a(
    path: Path | SafeWorkbook,
    *,
    pseudonyms: Pseudonyms,
    recorded_at: datetime,
    actor: str,
    assume_fte: float | None = None,
    as_at: date | None = None,
    known: KnownCaseload | None = None,
    on_progress: Progress | None = None,
) -> AnnexAImport:
    """Read a workbook. The same data gives the same events, however it is sorted or saved.

    Parameters
    ----------
    path
        The workbook, .xlsx or .xlsm, or one that was sent and has been checked. Macros are never run.
    pseudonyms
        Makes opaque ids of the file's texts.
    recorded_at, actor
        When it is imported (with time zone), and the opaque id of who does it.
    assume_fte
        Share of full time to assume for workers whose hours are not recorded; without it they have none.
    as_at
        The day the workbook describes; without it the latest plausible date in the file.
    known
        What the store holds already: only what differs from it is recorded.
    on_progress
        Is told rows read and rows expected.

    Raises
    ------
    UnreadableWorkbook
        The file cannot be read; its code says why.
    NotAnnexA
        It can be read and holds neither List 6 nor List 9.
    SettingsError
        `assume_fte`, `as_at`, `actor` or `recorded_at` makes no sense.
    """
    if recorded_at.tzinfo is None:
        raise SettingsError("recorded_at", "has no time zone; give one")
    if assume_fte is not None and not 0 < assume_fte <= MAX_FTE:
        raise SettingsError("assume_fte", f"is {assume_fte:g}; give a share of full time above 0, at most {MAX_FTE:g}")
    if re.fullmatch(OPAQUE_ID_PATTERN, actor) is None:
        raise SettingsError("actor", "is no opaque id; give one of letters, digits, dots and dashes, and no name")
    known = known or NOTHING_KNOWN
    safe = path if isinstance(path, SafeWorkbook) else check_workbook(path)
    sheets = read_sheets(safe, on_progress)
    snapshot = snapshot_of(sheets.dates, today=recorded_at.date(), as_at=as_at)
    rows = list(_rows(sheets))
    caseload = caseload_of(rows, snapshot.day)
    changes = changes_of(caseload, known, pseudonyms, snapshot.day)
    workforce = workforce_of(caseload.open, pseudonyms)
    writer = RecordWriter(recorded_at=recorded_at, actor=actor, snapshot=snapshot.day)
    report = ImportReport(
        file_sha256=hashlib.sha256(safe.content).hexdigest(),
        snapshot_date=snapshot.day,
        snapshot_source=snapshot.source,
        rows=tuple(caseload.outcomes[row.sheet, row.row] for row in rows),
        workers=len(workforce.team_of),
        teams=len(workforce.teams),
        cases=len(caseload.open),
        waiting_cases=sum(case.worker is None for case in caseload.open),
        warnings=warnings_of(
            sheets,
            snapshot,
            caseload.noticed,
            formulas_without_value=safe.formulas_without_value,
            assume_fte=assume_fte,
        ),
    )
    records = (*writer.workforce(workforce, known, assume_fte), *writer.cases(changes))
    return AnnexAImport(records, report, _lookup(caseload, pseudonyms))


def _rows(sheets: Sheets) -> Iterator[ListRow]:
    """Give every row once. A hidden sheet beside a visible one of the same list is an old copy: it is refused."""
    visible = {sheet.definition.number for sheet in sheets.lists if not sheet.hidden}
    copy = RowFault("hidden_copy", "the sheet is hidden and a visible one holds the same list", None)
    for sheet in sheets.lists:
        if sheet.hidden and sheet.definition.number in visible:
            yield from (replace(row, fault=copy) for row in sheet.rows)
        else:
            yield from sheet.rows


def _lookup(caseload: Caseload, pseudonyms: Pseudonyms) -> tuple[LookupRow, ...]:
    found = {
        *(("case", pseudonyms.case(case.child), case.child) for case in caseload.open),
        *(("case", pseudonyms.case(case.child), case.child) for case in caseload.closed),
        *(("worker", pseudonyms.worker(case.worker), case.worker) for case in caseload.open if case.worker),
        *(("team", pseudonyms.team(case.team), case.team) for case in caseload.open if case.team),
    }
    return tuple(LookupRow(*row) for row in _one_spelling_each(sorted(found)))


def _one_spelling_each(rows: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    last = None
    for row in rows:
        if row[:2] != last:
            yield row
        last = row[:2]
