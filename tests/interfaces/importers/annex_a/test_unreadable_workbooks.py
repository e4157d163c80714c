"""A file that is no workbook, is locked, damaged or dangerous gets one clear error with its own code."""

import io
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from allocation_engine.errors import NotAnnexA, UnreadableWorkbook
from allocation_engine.interfaces.importers.annex_a import sheets, workbook_safety
from tests.interfaces.importers.annex_a.workbooks import (
    LIST_6,
    Row,
    edit_part,
    in_need,
    lists,
    read,
    share_strings,
    write,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return share_strings(write(tmp_path / "made.xlsx", lists(six=[in_need(101)])), tmp_path / "good.xlsx")


def code_of(path: Path) -> str:
    with pytest.raises(UnreadableWorkbook) as caught:
        read(path)
    assert caught.value.file == path.name
    assert str(path.parent) not in str(caught.value)
    return caught.value.code


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return path


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.xlsx") == "not_found"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Child Unique ID,Gender\n101,b) Female\n", "not_a_workbook"),
        (b"<html><table><tr><td>101</td></tr></table></html>", "not_a_workbook"),
        (OLE + "Workbook".encode("utf-16-le"), "not_a_workbook"),
        (OLE + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le"), "password_protected"),
        (b"", "truncated"),
        (b"PK\x03\x04 and then nothing of use", "truncated"),
    ],
    ids=["csv", "html", "xls", "encrypted", "empty", "cut"],
)
def test_a_file_that_is_no_open_workbook(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    assert code_of(path) == code


def test_a_folder_is_no_workbook(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "not_a_workbook"


@pytest.mark.parametrize(
    "parts",
    [
        {"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"},
        {"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"\x00"},
        {"notes.txt": b"none"},
    ],
    ids=["docx", "xlsb", "zip"],
)
def test_another_kind_of_archive_is_no_workbook(tmp_path: Path, parts: dict[str, bytes]) -> None:
    assert code_of(archive(tmp_path / "file.xlsx", parts)) == "not_a_workbook"


def test_strict_open_xml_is_named_rather_than_read_as_empty(tmp_path: Path, good: Path) -> None:
    def strict(xml: bytes) -> bytes:
        ordinary = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        return xml.replace(ordinary, b"http://purl.oclc.org/ooxml/spreadsheetml/main")

    assert code_of(edit_part(good, tmp_path / "strict.xlsx", r"xl/workbook\.xml", strict)) == "not_a_workbook"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_truncated(tmp_path: Path, good: Path, kept: float) -> None:
    content = good.read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(content[: int(len(content) * kept)])
    assert code_of(path) == "truncated"


def test_a_part_whose_bytes_were_changed_is_damaged(tmp_path: Path, good: Path) -> None:
    with zipfile.ZipFile(good) as source:
        entry = source.getinfo("xl/worksheets/sheet2.xml")
    content = bytearray(good.read_bytes())
    content[entry.header_offset + 60] ^= 0xFF
    path = tmp_path / "flipped.xlsx"
    path.write_bytes(bytes(content))
    assert code_of(path) == "truncated"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (r"xl/worksheets/sheet2\.xml", lambda xml: xml[: len(xml) // 2]),
        (r"xl/worksheets/sheet2\.xml", lambda xml: xml.replace(b't="s"><v>', b't="s"><v>99999')),
        (r"xl/worksheets/sheet2\.xml", lambda xml: xml.replace(b'<row r="2"', b'<row r="1"')),
        (r"xl/workbook\.xml", lambda _: b"<workbook"),
        (r"xl/workbook\.xml", lambda xml: xml.replace(b"rId2", b"rId99")),
        (r"\[Content_Types\]\.xml", lambda _: b"<Types xmlns='x'/>"),
        (r"xl/_rels/workbook\.xml\.rels", lambda xml: xml.replace(b"sheet2.xml", b"sheet77.xml")),
    ],
    ids=["half a sheet", "lost string", "row twice", "half a workbook", "lost link", "no types", "lost sheet"],
)
def test_a_workbook_that_does_not_hang_together_is_refused_and_never_half_read(
    tmp_path: Path,
    good: Path,
    part: str,
    change: Callable[[bytes], bytes],
) -> None:
    assert code_of(edit_part(good, tmp_path / "broken.xlsx", part, change)) == "truncated"


def test_an_archive_under_a_password_is_password_protected(tmp_path: Path, good: Path) -> None:
    content = bytearray(good.read_bytes())
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 0x1
    path = tmp_path / "locked.xlsx"
    path.write_bytes(bytes(content))
    assert code_of(path) == "password_protected"


def add_part(good: Path, target: Path, name: str, content: bytes) -> Path:
    target.write_bytes(good.read_bytes())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr(name, content)
    return target


def test_a_part_that_swells_a_thousand_times_is_a_bomb_and_is_refused_at_once(tmp_path: Path, good: Path) -> None:
    path = add_part(good, tmp_path / "bomb.xlsx", "xl/media/image1.png", bytes(30_000_000))
    started = time.perf_counter()
    assert code_of(path) == "zip_bomb"
    assert time.perf_counter() - started < 1


def test_a_bomb_that_lies_about_its_size_is_refused_too(tmp_path: Path, good: Path) -> None:
    path = add_part(good, tmp_path / "bomb.xlsx", "xl/media/image1.png", bytes(30_000_000))
    declared, modest = struct.pack("<L", 30_000_000), struct.pack("<L", 3_000)
    path.write_bytes(path.read_bytes().replace(declared, modest))
    assert code_of(path) in {"zip_bomb", "truncated"}


def test_parts_that_lie_over_one_another_are_a_bomb(tmp_path: Path, good: Path) -> None:
    """The overlapping form: many entries of the table of contents point at the same bytes."""
    with zipfile.ZipFile(io.BytesIO(good.read_bytes()), "a") as made:
        first = made.infolist()[0]
        for number in range(3):
            twin = zipfile.ZipInfo(f"xl/twin{number}.xml")
            twin.header_offset, twin.compress_size, twin.file_size = 0, first.compress_size, first.file_size
            twin.CRC, twin.compress_type = first.CRC, first.compress_type
            made.filelist.append(twin)
        made._didModify = True  # type: ignore[attr-defined]
        assert made.fp is not None
        made.fp.seek(made.start_dir)
        made._write_end_record()  # type: ignore[attr-defined]
        path = tmp_path / "overlap.xlsx"
        buffer = made.fp
        made._didModify = False  # type: ignore[attr-defined]
        assert isinstance(buffer, io.BytesIO)
        path.write_bytes(buffer.getvalue())
    assert code_of(path) == "zip_bomb"


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MAX_INFLATED_BYTES", 5_000), ("MAX_ENTRIES", 3), ("MAX_FILE_BYTES", 100)],
)
def test_each_limit_on_size_is_kept(monkeypatch: pytest.MonkeyPatch, good: Path, limit: str, value: int) -> None:
    monkeypatch.setattr(workbook_safety, limit, value)
    assert code_of(good) == "zip_bomb"


def test_a_workbook_inside_a_workbook_is_never_opened(tmp_path: Path, good: Path) -> None:
    inner = add_part(good, tmp_path / "inner.xlsx", "xl/media/image1.png", bytes(30_000_000)).read_bytes()
    outer = add_part(good, tmp_path / "outer.xlsx", "xl/embeddings/inner.xlsx", inner)
    assert read(outer).report.cases == 1


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
    ],
    ids=["expansion", "file", "remote"],
)
@pytest.mark.parametrize("part", [r"xl/sharedStrings\.xml", r"xl/worksheets/sheet2\.xml", r"docProps/core\.xml"])
def test_a_declared_entity_is_refused_in_every_part(tmp_path: Path, good: Path, doctype: bytes, part: str) -> None:
    def declare(xml: bytes) -> bytes:
        declaration, found, rest = xml.partition(b"?>")
        return declaration + found + doctype + rest if found else doctype + xml

    assert code_of(edit_part(good, tmp_path / "entities.xlsx", part, declare)) == "xml_entities"


def test_an_entity_hidden_in_another_encoding_is_found(tmp_path: Path, good: Path) -> None:
    def declare(_: bytes) -> bytes:
        text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
        return text.encode("utf-16")

    assert code_of(edit_part(good, tmp_path / "e.xlsx", r"docProps/core\.xml", declare)) == "xml_entities"


def test_more_rows_than_an_annex_a_has(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 50)
    assert code_of(write(tmp_path / "a.xlsx", lists(six=[in_need(n) for n in range(1, 60)]))) == "too_many_rows"


def test_a_row_number_beyond_excel_does_not_make_the_reader_count_to_it(tmp_path: Path, good: Path) -> None:
    far = edit_part(
        good,
        tmp_path / "far.xlsx",
        r"xl/worksheets/sheet2\.xml",
        lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"'),
    )
    assert code_of(far) == "too_many_rows"


def test_a_workbook_without_lists_6_and_9_says_which_sheets_were_looked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", {"Budget": [["Item", "Cost"], ["Paper", 3]]})
    with pytest.raises(NotAnnexA) as caught:
        read(path)
    assert caught.value.code == "not_annex_a"
    assert "there is no sheet List 6, and there is no sheet List 9" in caught.value.why


def test_a_list_6_without_its_columns_says_which_are_missing_and_prints_no_cell(tmp_path: Path) -> None:
    rows: list[Row] = [["Worker A1", "Child Unique ID"], ["Worker A1", 998877]]
    with pytest.raises(NotAnnexA) as caught:
        read(write(tmp_path / "a.xlsx", {"List 6": rows}))
    assert "the sheet List 6 has no header with: CIN Closure Date or Case status" in caught.value.why
    assert "Worker A1" not in str(caught.value)
    assert "998877" not in str(caught.value)


def test_an_empty_list_6_is_an_annex_a_with_no_cases(tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.xlsx", {"List 6": [LIST_6]})).report.cases == 0


def test_nothing_of_a_workbook_with_no_sheet_is_read(tmp_path: Path, good: Path) -> None:
    def empty(xml: bytes) -> bytes:
        head, _, rest = xml.partition(b"<sheets>")
        return head + b"<sheets>" + rest[rest.index(b"</sheets>") :]

    assert code_of(edit_part(good, tmp_path / "none.xlsx", r"xl/workbook\.xml", empty)) == "truncated"
