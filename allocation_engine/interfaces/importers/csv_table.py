"""A CSV file as lines of named cells: any common encoding, separator and line end, and a header in any order of columns."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from allocation_engine.errors import UnreadableDelivery

HEADER_WITHIN = 10
"""A header lies within the first lines: some systems print a title above it."""
_SEPARATORS = (",", ";", "\t")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its official name, the other names it goes by, and whether there is no reading without it."""

    name: str
    others: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty: its number as an editor shows it, and its cells. `surplus`: it has cells too many."""

    number: int
    cells: Mapping[str, str]
    surplus: bool


def read_table(content: bytes, source: str, columns: Sequence[Column]) -> tuple[Line, ...]:
    """Read the lines below the header.

    Raises
    ------
    UnreadableDelivery
        `workbook_not_csv`, `not_text`, `not_csv` or `no_header`.
    """
    if content.startswith(_WORKBOOK):
        why = "this is an Excel workbook; save the sheet as CSV and send that"
        raise UnreadableDelivery(source, "workbook_not_csv", why)
    text = _text(content, source)
    unfit: list[UnreadableDelivery] = []
    missing = [column.name for column in columns if column.required]
    for separator in _SEPARATORS:
        try:
            rows = list(_rows(text, separator, source))
        except UnreadableDelivery as error:
            unfit.append(error)  # it may be that another separator is the right one
            continue
        for place, (_, cells) in enumerate(rows[:HEADER_WITHIN]):
            places = _places(columns, cells)
            lacking = [column.name for column in columns if column.required and column.name not in places]
            if not lacking:
                return tuple(_lines(rows[place + 1 :], places, len(cells)))
            missing = min(missing, lacking, key=len)
    if unfit:
        raise unfit[0]
    why = f"there is no header with the columns {', '.join(missing)}; send the file as the return has it"
    raise UnreadableDelivery(source, "no_header", why)


def _text(content: bytes, source: str) -> str:
    marked = next((encoding for bom, encoding in _BOMS if content.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableDelivery(source, "not_text", "this is not text; send a CSV file in UTF-8")


def _rows(text: str, separator: str, source: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not empty with the number of the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        why = f"the quotes of the row that begins at line {begins} do not match; put them right and send it again"
        raise UnreadableDelivery(source, "not_csv", why) from None


def _folded(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().upper()


def _places(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, int]:
    """Find each column in a header, by its own name before its others."""
    header = [_folded(cell) for cell in cells]
    named = {column.name: [name for name in (column.name, *column.others) if name in header] for column in columns}
    return {name: header.index(found[0]) for name, found in named.items() if found}


def _lines(rows: Sequence[tuple[int, list[str]]], places: Mapping[str, int], width: int) -> Iterator[Line]:
    for number, cells in rows:
        named = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        yield Line(number, named, surplus=any(cell.strip() for cell in cells[width:]))
