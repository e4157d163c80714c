"""One data row of a list, read cell by cell into what the caseload rule needs; its faults stay with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from allocation_engine.interfaces.importers.annex_a.header import Header
from allocation_engine.interfaces.importers.annex_a.lists import Column, ListDefinition, normalise_header
from allocation_engine.interfaces.importers.cells import (
    CellFault,
    CellValue,
    child_id,
    date_of,
    is_excel_error,
    somebody,
    text_of,
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be taken in, and in which column."""

    code: str
    why: str
    column: str | None


@dataclass(frozen=True, slots=True)
class ListRow:
    """A row as the file gives it. It holds personal text, so it never leaves the importer.

    Attributes
    ----------
    list_number, sheet, row
        Where it is; `row` as Excel counts.
    child, worker, adviser, team
        Text of the file; None where the cell names nobody.
    worker_lost
        The worker's cell holds an Excel error: there was a worker once.
    start, end, status
        Of the episode, plan or period of care. `status` is in header form (`c child in need plan`).
    fault
        The first reason to refuse the row, if there is one.
    """

    list_number: int
    sheet: str
    row: int
    child: str | None = None
    start: date | None = None
    end: date | None = None
    status: str = ""
    worker: str | None = None
    worker_lost: bool = False
    adviser: str | None = None
    team: str | None = None
    fault: RowFault | None = None

    @property
    def place(self) -> str:
        """Where somebody finds it."""
        return f"{self.sheet} row {self.row}"


class RowReader:
    """Reads the rows of one sheet under one header."""

    def __init__(self, definition: ListDefinition, sheet: str, header: Header, epoch: datetime) -> None:
        self._definition = definition
        self._sheet = sheet
        self._header = header
        self._epoch = epoch

    def read(self, row: int, values: Sequence[CellValue]) -> ListRow:
        """Read a row that has at least one cell filled."""
        number = self._definition.number
        try:
            child = child_id(self._cell(Column.CHILD, values))
        except CellFault as fault:
            return self._refuse(row, self._repeated_header(values) or self._fault(fault, Column.CHILD))
        if child is None:
            return self._refuse(row, RowFault("no_child_id", "there is no id", self._official(Column.CHILD)))
        if not self._definition.holds_cases:
            return ListRow(number, self._sheet, row, child=child)
        if self._filled(values) == 1:
            why = "there is an id and nothing else; it may be a total"
            return self._refuse(row, RowFault("only_an_id", why, self._official(Column.CHILD)))
        return self._read_case(row, child, values)

    def _read_case(self, row: int, child: str, values: Sequence[CellValue]) -> ListRow:
        fault = None
        dates: dict[Column, date | None] = {}
        for column in (Column.START, Column.END):
            try:
                dates[column] = date_of(self._cell(column, values), self._epoch)
            except CellFault as unreadable:
                fault = fault or self._fault(unreadable, column)
        return ListRow(
            list_number=self._definition.number,
            sheet=self._sheet,
            row=row,
            child=child,
            start=dates.get(Column.START),
            end=dates.get(Column.END),
            status=normalise_header(text_of(self._cell(Column.STATUS, values))),
            worker=somebody(self._cell(Column.WORKER, values)),
            worker_lost=is_excel_error(self._cell(Column.WORKER, values)),
            adviser=somebody(self._cell(Column.ADVISER, values)),
            team=somebody(self._cell(Column.TEAM, values)),
            fault=fault,
        )

    def _cell(self, column: Column, values: Sequence[CellValue]) -> CellValue:
        place = self._header.places.get(column)
        return None if place is None or place >= len(values) else values[place]

    def _filled(self, values: Sequence[CellValue]) -> int:
        return sum(1 for value in values if value is not None and text_of(value))

    def _repeated_header(self, values: Sequence[CellValue]) -> RowFault | None:
        """Notice a header printed again on each page: the id column holds its own name."""
        name = self._definition.columns[Column.CHILD]
        if name.pattern.fullmatch(normalise_header(text_of(self._cell(Column.CHILD, values)))):
            return RowFault("repeated_header", "the header is repeated here", None)
        return None

    def _refuse(self, row: int, fault: RowFault) -> ListRow:
        return ListRow(self._definition.number, self._sheet, row, fault=fault)

    def _fault(self, fault: CellFault, column: Column) -> RowFault:
        return RowFault(fault.code, fault.why, self._official(column))

    def _official(self, column: Column) -> str:
        return self._definition.official(column)
