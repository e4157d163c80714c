"""Annex A workbooks made in code: no row comes from a real or a public file."""

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypedDict, Unpack

from openpyxl import Workbook
from openpyxl.xml.constants import SHARED_STRINGS

from allocation_engine.interfaces.importers.annex_a import AnnexAImport, KnownCaseload, RowOutcome, read_annex_a
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms

Cell = str | int | float | date | None
Row = Sequence[Cell]

PSEUDONYMS = Pseudonyms(b"a key that is used in tests only!")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SNAPSHOT = date(2026, 10, 1)

LIST_1 = ("Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source")
LIST_6 = (
    "Child Unique ID", "Gender", "Date of Birth", "CIN Start Date", "Date Child Was Last Seen", "CIN Closure Date",
    "Reason for Closure", "Case Status", "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_7 = (
    "Child Unique ID", "Gender", "Child Protection Plan Start Date", "Date of the Last Statutory Visit",
    "Child Protection Plan End Date", "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_8 = (
    "Child Unique ID", "Gender", "Date Started to be Looked After", "Date of Last Social Work Visit",
    "Date Ceased to be Looked After", "Allocated Team", "Allocated Worker",
)  # fmt: skip
LIST_9 = (
    "Child Unique ID", "Gender", "Allocated Team", "Allocated Worker", "Allocated Personal Advisor",
    "Eligibility Category", "LA in Touch",
)  # fmt: skip
LIST_11 = ("Individual adopter identifier", "Family identifier", "Gender", "Date enquiry received")


def contact(child: Cell) -> Row:
    return (child, "b) Female", "a) WBRI", None, 14, date(2026, 9, 1), "q) 6: Police")


def in_need(
    child: Cell,
    *,
    start: Cell = date(2026, 3, 2),
    closed: Cell = None,
    status: Cell = "c) Child in need plan",
    team: Cell = "Team T1",
    worker: Cell = "Worker A1",
) -> Row:
    return (child, "Female", date(2011, 5, 6), start, SNAPSHOT, closed, None, status, team, worker)


def on_plan(child: Cell, *, end: Cell = None, team: Cell = "Team T2", worker: Cell = "Worker B2") -> Row:
    return (child, "b) Female", date(2026, 4, 7), date(2026, 9, 20), end, team, worker)


def in_care(child: Cell, *, end: Cell = None, team: Cell = "Team T3", worker: Cell = "Worker C3") -> Row:
    return (child, "a) Male", date(2025, 4, 7), date(2026, 9, 21), end, team, worker)


def care_leaver(child: Cell, *, worker: Cell = "Worker D4", adviser: Cell = None) -> Row:
    return (child, "a) Male", "Team T4", worker, adviser, "b) Former relevant child", "a) Yes")


def write(path: Path, sheets: Mapping[str, Iterable[Row]], hidden: Sequence[str] = ()) -> Path:
    """Write each sheet as given, header and title rows included."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        if title in hidden:
            sheet.sheet_state = "hidden"
    workbook.save(path)
    return path


def lists(
    *,
    six: Iterable[Row] = (),
    seven: Iterable[Row] = (),
    eight: Iterable[Row] = (),
    nine: Iterable[Row] = (),
    one: Iterable[Row] = (),
) -> dict[str, list[Row]]:
    """Lay out the lists in the plain form: the header is the first row, so the first child is in row 2."""
    return {
        "List 1": [LIST_1, *one],
        "List 6": [LIST_6, *six],
        "List 7": [LIST_7, *seven],
        "List 8": [LIST_8, *eight],
        "List 9": [LIST_9, *nine],
    }


class Options(TypedDict, total=False):
    assume_fte: float | None
    as_at: date | None
    known: KnownCaseload | None
    on_progress: Callable[[int, int], None] | None


def read(path: Path, **options: Unpack[Options]) -> AnnexAImport:
    options.setdefault("as_at", SNAPSHOT)
    return read_annex_a(path, pseudonyms=PSEUDONYMS, recorded_at=NOW, actor="manager-1", **options)


def outcome(result: AnnexAImport, sheet: str, row: int) -> RowOutcome:
    (found,) = [told for told in result.report.rows if (told.sheet, told.row) == (sheet, row)]
    return found


def codes(result: AnnexAImport) -> dict[tuple[str, int], str]:
    return {(told.sheet, told.row): told.code for told in result.report.rows}


def warned(result: AnnexAImport) -> dict[str, int | None]:
    return {warning.code: warning.count for warning in result.report.warnings}


def edit_part(source: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Copy a workbook with one of its parts changed, to make what no spreadsheet program would write."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if re.fullmatch(part, name) else content)
    return target


def share_strings(source: Path, target: Path) -> Path:
    """Keep texts in one table, as Excel does and the library that makes these fixtures does not."""
    table: list[bytes] = []

    def to_table(found: re.Match[bytes]) -> bytes:
        table.append(found[2])
        return b't="s"' + found[1] + b"><v>%d</v></c>" % (len(table) - 1)

    inline = re.compile(rb't="inlineStr"([^>]*)><is>(.*?)</is></c>', re.DOTALL)
    part = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % SHARED_STRINGS.encode()

    def change(content: bytes) -> bytes:
        return inline.sub(to_table, content).replace(b"</Types>", part)

    edit_part(source, target, r"xl/worksheets/.*\.xml|\[Content_Types\]\.xml", change)
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        texts = b"".join(b"<si>%s</si>" % text for text in table)
        archive.writestr("xl/sharedStrings.xml", b'<?xml version="1.0"?><sst xmlns="%s">%s</sst>' % (space, texts))
    return target
