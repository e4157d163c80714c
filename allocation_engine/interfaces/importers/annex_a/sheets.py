"""Reading the list sheets of a workbook row by row, with whatever the spreadsheet library would pass over in silence."""

import io
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from allocation_engine.errors import NotAnnexA, UnreadableWorkbook
from allocation_engine.interfaces.importers.annex_a.header import (
    HEADER_WITHIN_ROWS,
    Header,
    match_header,
    missing_columns,
)
from allocation_engine.interfaces.importers.annex_a.lists import DEFINITIONS, ListDefinition, list_number
from allocation_engine.interfaces.importers.annex_a.rows import ListRow, RowFault, RowReader
from allocation_engine.interfaces.importers.annex_a.workbook_safety import SafeWorkbook
from allocation_engine.interfaces.importers.cells import CellFault, CellValue, date_of, text_of

MAX_ROWS = 250_000
"""Rows over all lists. The largest authority's Annex A has some tens of thousands."""
MAX_COLUMNS = 100
"""The widest list has 34; a stray cell in the last column of Excel must not make every row 16,384 cells wide."""

Progress = Callable[[int, int], None]
_ROWS_PER_PROGRESS = 500
_CASE_LISTS = (6, 9)
_LIBRARY_FAULTS = (
    ParseError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)


@dataclass(slots=True)
class Sheet:
    """One list sheet as read: its rows, or the reason why none of them could be understood."""

    title: str
    definition: ListDefinition
    hidden: bool
    header: Header | None = None
    missing: tuple[str, ...] = ()
    rows: list[ListRow] = field(default_factory=list)


@dataclass(slots=True)
class Sheets:
    """All list sheets of the workbook, how often each date occurs in them, and how many other sheets were left alone."""

    lists: list[Sheet]
    dates: Counter[date]
    ignored: int


def read_sheets(safe: SafeWorkbook, on_progress: Progress | None = None) -> Sheets:
    """Read every sheet that is a list of Annex A.

    Raises
    ------
    UnreadableWorkbook
        `truncated` where the library cannot make sense of a part; `too_many_rows`.
    NotAnnexA
        Neither List 6 nor List 9 is there with a header that can be recognised.
    """
    with warnings.catch_warnings():
        # The library warns of styles and of dates out of range; the latter come back as #VALUE! and are dealt with.
        warnings.simplefilter("ignore")
        try:
            return _read(safe, on_progress)
        except _LIBRARY_FAULTS as error:
            why = "has a part that cannot be read; ask for a fresh copy, or open it in Excel and save it again"
            raise UnreadableWorkbook(safe.name, "truncated", why) from error


def _read(safe: SafeWorkbook, on_progress: Progress | None) -> Sheets:
    workbook = load_workbook(io.BytesIO(safe.content), read_only=True, data_only=True, keep_links=False)
    try:
        _refuse_lost_sheets(safe, workbook)
        reading = _Reading(safe.name, workbook, on_progress)
        sheets = reading.run()
    finally:
        workbook.close()
    if not any(sheet.header and sheet.definition.number in _CASE_LISTS for sheet in sheets.lists):
        raise NotAnnexA(safe.name, "not_annex_a", _what_is_missing(sheets.lists))
    return sheets


def _refuse_lost_sheets(safe: SafeWorkbook, workbook: Workbook) -> None:
    """Refuse what the library would leave out in silence: a sheet whose part is not in the archive."""
    if len(workbook.worksheets) < safe.worksheets:
        why = "lists fewer sheets than it holds; it is damaged, ask for a fresh copy"
        raise UnreadableWorkbook(safe.name, "truncated", why)
    if not workbook.worksheets:
        raise UnreadableWorkbook(safe.name, "truncated", "has no sheet that can be read; ask for a fresh copy")


class _Reading:
    """One pass over the workbook: the count of rows and of dates run on from sheet to sheet."""

    def __init__(self, name: str, workbook: Workbook, on_progress: Progress | None) -> None:
        self._name = name
        self._epoch = workbook.epoch
        self._found: list[tuple[ReadOnlyWorksheet, Sheet]] = []
        self._on_progress = on_progress
        self._rows = 0
        self._dates: Counter[date] = Counter()
        self._ignored = 0
        for worksheet in workbook.worksheets:
            assert isinstance(worksheet, ReadOnlyWorksheet)  # noqa: S101 - what read_only promises; for the type checker
            number = list_number(worksheet.title)
            if number is None:
                self._ignored += 1
                continue
            hidden = worksheet.sheet_state != "visible"
            self._found.append((worksheet, Sheet(worksheet.title, DEFINITIONS[number], hidden)))
        # Only a bar on a screen rests on what the file says of its own size.
        self._expected = sum(min(worksheet.max_row or 0, MAX_ROWS) for worksheet, _ in self._found)

    def run(self) -> Sheets:
        for worksheet, sheet in self._found:
            self._read_sheet(worksheet, sheet)
        self._report(finished=True)
        return Sheets([sheet for _, sheet in self._found], self._dates, self._ignored)

    def _read_sheet(self, worksheet: ReadOnlyWorksheet, sheet: Sheet) -> None:
        worksheet.reset_dimensions()  # the size a file claims may be wrong, and rows beyond it would be lost
        rows = self._filled_rows(worksheet)
        above: list[tuple[int, Sequence[CellValue]]] = []
        for row, values in rows:
            sheet.header = match_header(sheet.definition, row, values)
            above.append((row, values))
            if sheet.header is not None or row > HEADER_WITHIN_ROWS:
                break
        if sheet.header is None:
            sheet.missing = missing_columns(sheet.definition, (values for _, values in above))
            self._refuse_all(sheet, above, rows)
            return
        reader = RowReader(sheet.definition, sheet.title, sheet.header, self._epoch)
        for row, values in rows:
            self._count_dates(sheet.header, values)
            sheet.rows.append(reader.read(row, values))

    def _refuse_all(
        self,
        sheet: Sheet,
        above: list[tuple[int, Sequence[CellValue]]],
        rows: Iterator[tuple[int, Sequence[CellValue]]],
    ) -> None:
        fault = RowFault("no_header", f"the sheet has no header with: {'; '.join(sheet.missing)}", None)
        numbers = [row for row, _ in above] + [row for row, _ in rows]
        sheet.rows = [ListRow(sheet.definition.number, sheet.title, row, fault=fault) for row in numbers]

    def _filled_rows(self, worksheet: ReadOnlyWorksheet) -> Iterator[tuple[int, Sequence[CellValue]]]:
        # The stubs know iter_rows of a writable sheet only, and cell types that data_only never gives.
        found = worksheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)  # type: ignore[misc]
        for row, values in enumerate(cast("Iterator[tuple[CellValue, ...]]", found), start=1):
            if not any(value is not None and text_of(value) for value in values):
                continue
            self._rows += 1
            if self._rows > MAX_ROWS:
                why = f"has more than {MAX_ROWS:,} rows, more than an Annex A ever has"
                raise UnreadableWorkbook(self._name, "too_many_rows", why)
            if self._rows % _ROWS_PER_PROGRESS == 0:
                self._report(finished=False)
            yield row, values

    def _count_dates(self, header: Header, values: Sequence[CellValue]) -> None:
        for place in header.dates:
            try:
                found = date_of(values[place], self._epoch) if place < len(values) else None
            except CellFault:
                continue  # a fault in a column that matters is reported with its row
            if found is not None:
                self._dates[found] += 1

    def _report(self, *, finished: bool) -> None:
        if self._on_progress is not None:
            total = self._rows if finished else max(self._expected, self._rows)
            self._on_progress(self._rows, total)


def _what_is_missing(sheets: list[Sheet]) -> str:
    told = []
    for number in _CASE_LISTS:
        of_list = [sheet for sheet in sheets if sheet.definition.number == number]
        if of_list:
            lacking = "; ".join(dict.fromkeys(name for sheet in of_list for name in sheet.missing))
            told.append(f"the sheet List {number} has no header with: {lacking}")
        else:
            told.append(f"there is no sheet List {number}")
    return f"is not Annex A: {', and '.join(told)}. One of the two is needed, with a row that names its columns"
