"""Tables apart from how they are shown: a page, CSV and a workbook are made from the same one."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from allocation_engine.interfaces.csv_cells import csv_text
from allocation_engine.interfaces.words import day

Value = str | float | int | date | datetime | None

LONGEST_SHEET_NAME = 31
WIDEST_COLUMN = 60


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and whether it holds figures, which are set to the right with so many places."""

    name: str
    figures: bool = False
    places: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table.

    Attributes
    ----------
    value
        What a spreadsheet gets: a figure unrounded; None where it is not known.
    text
        What the page shows instead of the value, where that says it better.
    link
        Where the figure comes from.
    css
        A class for the cell, such as a step of a heatmap.
    """

    value: Value = None
    text: str | None = None
    link: str | None = None
    css: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a page.

    Attributes
    ----------
    key
        By which its CSV and workbook are asked for.
    caption
        What it shows.
    empty
        What is said where there are no rows: what would be here, and how it comes to be.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing is on record."
    note: str = ""
    dense: bool = False
    css: str = ""


@dataclass
class TableOf:
    """Puts a table together row by row; plain values become cells."""

    key: str
    caption: str
    columns: Sequence[Column | str]
    empty: str = "Nothing is on record."
    note: str = ""
    dense: bool = False
    css: str = ""
    _rows: list[tuple[Cell, ...]] = field(default_factory=list)

    def row(self, *values: Cell | Value) -> None:
        """Add a row."""
        self._rows.append(tuple(one if isinstance(one, Cell) else Cell(one) for one in values))

    def rows(self, rows: Iterable[Sequence[Cell | Value]]) -> "TableOf":
        """Add rows."""
        for one in rows:
            self.row(*one)
        return self

    @property
    def done(self) -> Table:
        """The table."""
        columns = tuple(one if isinstance(one, Column) else Column(one) for one in self.columns)
        return Table(self.key, self.caption, columns, tuple(self._rows), self.empty, self.note, self.dense, self.css)


def shown(cell: Cell, column: Column) -> str:
    """Give a cell as the page shows it, rounded here and nowhere before; what is not known is said so."""
    if cell.text is not None:
        return cell.text
    value = cell.value
    if value is None:
        return "not known"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return f"{value:z.{column.places}f}"
    return str(value)


def as_csv(table: Table) -> bytes:
    """Write a table as CSV that spreadsheets read: with a mark of UTF-8, and nothing that they would take for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([csv_text(_plain(cell)) for cell in row])
    return "\ufeff".encode() + text.getvalue().encode()


def as_workbook(table: Table, told: Sequence[str]) -> bytes:
    """Write a table as a workbook; what `told` says, such as the moment, stands above it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101  a new workbook has a sheet
    sheet.title = table.key[:LONGEST_SHEET_NAME]
    for line in (table.caption, *told):
        sheet.append([line])
    sheet.append([])
    sheet.append([column.name for column in table.columns])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = f"A{sheet.max_row + 1}"
    for row in table.rows:
        sheet.append([_excel(_plain(cell)) for cell in row])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # also where it begins as a formula does
    for place, column in enumerate(table.columns, start=1):
        longest = max([len(column.name), *(len(str(_plain(row[place - 1]) or "")) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(place)].width = min(longest, WIDEST_COLUMN) + 2
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _plain(cell: Cell) -> Value:
    return cell.text if cell.value is None and cell.text is not None else cell.value


def _excel(value: Value) -> Value:
    """Give a value as a workbook can hold it: it knows no zones."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
