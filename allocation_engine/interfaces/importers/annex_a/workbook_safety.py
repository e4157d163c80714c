"""Whether the file is safe to open: decided before the spreadsheet library sees it, while every part is inflated once."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from allocation_engine.errors import UnreadableWorkbook
from allocation_engine.interfaces.importers.annex_a.xml_scan import Doctype, XmlScan

MEGABYTE = 1_000_000
MAX_FILE_BYTES = 100 * MEGABYTE
MAX_INFLATED_BYTES = 200 * MEGABYTE
MAX_ENTRIES = 10_000
MAX_RATIO = 100
RATIO_MATTERS_ABOVE_BYTES = 10 * MEGABYTE

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG = 0x1
_MUST_BE_XML = re.compile(r"(xl/(workbook|sharedStrings|styles|worksheets/[^/]+)|\[Content_Types\])\.xml")
_DAMAGED = "is cut short or damaged; ask for a fresh copy"


@dataclass(frozen=True, slots=True)
class SafeWorkbook:
    """The bytes of a workbook that passed, read once so that what was checked is what is read.

    `worksheets` counts the sheets it holds, `formulas_without_value` the cells whose result was never stored.
    """

    name: str
    content: bytes
    worksheets: int
    formulas_without_value: int


def check_workbook(path: Path) -> SafeWorkbook:
    """Read a file and refuse what is no workbook, is locked, damaged, or would swell when opened.

    Raises
    ------
    UnreadableWorkbook
        With code `not_found`, `not_a_workbook`, `truncated`, `password_protected`, `zip_bomb` or `xml_entities`.
    """
    return check_content(path.name, _read(path))


def check_content(name: str, content: bytes) -> SafeWorkbook:
    """Check bytes that were sent, as `check_workbook` does a file; `name` is what an error calls them."""
    _check_container(name, content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_entries(name, archive, len(content))
            scans = _scan_entries(name, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableWorkbook(name, "truncated", _DAMAGED) from error
    return SafeWorkbook(
        name=name,
        content=content,
        worksheets=sum(scan.is_worksheet for scan in scans),
        formulas_without_value=sum(scan.formulas_without_value for scan in scans),
    )


def _read(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableWorkbook(path.name, "not_a_workbook", "is a folder; give the workbook itself")
        if path.stat().st_size > MAX_FILE_BYTES:
            why = f"is larger than {MAX_FILE_BYTES // MEGABYTE} MB, more than an Annex A ever needs"
            raise UnreadableWorkbook(path.name, "zip_bomb", why)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableWorkbook(path.name, "not_found", "there is no such file; check the path") from error
    except OSError as error:
        raise UnreadableWorkbook(path.name, "not_found", f"cannot be opened: {error.strerror}") from error


def _check_container(name: str, content: bytes) -> None:
    if content.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in content:
            _refuse_locked(name)
        raise UnreadableWorkbook(name, "not_a_workbook", "is in the old .xls format; save it as .xlsx and try again")
    if not content:
        raise UnreadableWorkbook(name, "truncated", "is empty; ask for a fresh copy")
    if not content.startswith(_ZIP):
        raise UnreadableWorkbook(name, "not_a_workbook", "is no Excel workbook; Annex A comes as an .xlsx file")


def _check_entries(name: str, archive: zipfile.ZipFile, file_bytes: int) -> None:
    """Judge by the table of contents alone: nothing is inflated yet."""
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        _refuse_locked(name)
    if "xl/workbook.bin" in names:
        raise UnreadableWorkbook(name, "not_a_workbook", "is a binary .xlsb; save it as .xlsx and try again")
    if "[Content_Types].xml" not in names or not any(entry.startswith("xl/") for entry in names):
        raise UnreadableWorkbook(name, "not_a_workbook", "is an archive, but no Excel workbook")
    if len(entries) > MAX_ENTRIES:
        _refuse_bomb(name, f"holds more than {MAX_ENTRIES} parts")
    if sum(entry.compress_size for entry in entries) > file_bytes or _overlap(entries):
        _refuse_bomb(name, "has parts that lie over one another")
    for entry in entries:
        _check_ratio(name, entry, entry.file_size)
    if sum(entry.file_size for entry in entries) > MAX_INFLATED_BYTES:
        _refuse_bomb(name, f"would take more than {MAX_INFLATED_BYTES // MEGABYTE} MB when opened")


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    return any(
        before.header_offset + before.compress_size >= after.header_offset for before, after in pairwise(ordered)
    )


def _check_ratio(name: str, entry: zipfile.ZipInfo, inflated: int) -> None:
    if inflated > RATIO_MATTERS_ABOVE_BYTES and inflated > MAX_RATIO * max(entry.compress_size, 1):
        _refuse_bomb(name, f"has a part that swells more than {MAX_RATIO} times when opened")


def _scan_entries(name: str, archive: zipfile.ZipFile) -> list[XmlScan]:
    """Inflate every part piece by piece, counting what truly comes out; a nested archive is counted, never opened."""
    scans = []
    total = 0
    for entry in archive.infolist():
        scan = XmlScan()
        inflated = 0
        with archive.open(entry) as part:
            while piece := part.read(MEGABYTE):
                inflated += len(piece)
                total += len(piece)
                _check_ratio(name, entry, inflated)
                if total > MAX_INFLATED_BYTES:
                    _refuse_bomb(name, f"would take more than {MAX_INFLATED_BYTES // MEGABYTE} MB when opened")
                _feed(name, scan, piece)
        scan.close()
        _judge(name, entry.filename, scan)
        scans.append(scan)
    return scans


def _feed(name: str, scan: XmlScan, piece: bytes) -> None:
    try:
        scan.feed(piece)
    except Doctype as error:
        why = "declares XML entities, which no spreadsheet program writes; it was not opened"
        raise UnreadableWorkbook(name, "xml_entities", why) from error


def _judge(name: str, part: str, scan: XmlScan) -> None:
    if scan.is_strict:
        why = "is saved as Strict Open XML; save it as an ordinary Excel workbook and try again"
        raise UnreadableWorkbook(name, "not_a_workbook", why)
    if scan.rows_out_of_order or (scan.malformed and _MUST_BE_XML.fullmatch(part)):
        raise UnreadableWorkbook(name, "truncated", _DAMAGED)
    if scan.rows_beyond_excel:
        why = "numbers its rows beyond the last row of Excel; it was not made by a spreadsheet program"
        raise UnreadableWorkbook(name, "too_many_rows", why)


def _refuse_locked(name: str) -> NoReturn:
    raise UnreadableWorkbook(name, "password_protected", "is protected by a password; save a copy without one")


def _refuse_bomb(name: str, why: str) -> NoReturn:
    raise UnreadableWorkbook(name, "zip_bomb", f"{why}; it was not opened")
