"""The shapes in which local authorities send the same lists."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from allocation_engine.interfaces.importers.annex_a import Outcome
from domain.events.case import CaseReferred
from tests.interfaces.importers.annex_a.workbooks import (
    LIST_6,
    LIST_9,
    PSEUDONYMS,
    Cell,
    Row,
    care_leaver,
    codes,
    edit_part,
    in_need,
    lists,
    outcome,
    read,
    share_strings,
    warned,
    write,
)


@pytest.mark.parametrize(
    "title",
    ["List 6", "List_6", "List6", " list 6 ", "List 6 - CIN", "LIST\xa06", "List 06", "Annex A List 6", "List-6 (CIN)"],
)
def test_a_list_is_found_by_its_number_however_the_sheet_is_titled(tmp_path: Path, title: str) -> None:
    assert read(write(tmp_path / "a.xlsx", {title: [LIST_6, in_need(101)]})).report.cases == 1


def test_other_sheets_are_left_alone_and_list_10_is_not_list_1(tmp_path: Path) -> None:
    sheets: dict[str, list[Row]] = {
        "Front_Sheet": [["Annex A"]],
        "Guidance": [["List 6", "Child Unique ID", "CIN Closure Date"]],
        "List 6": [LIST_6, in_need(101)],
        "List 10": [["Child Unique ID", "Family identifier"], [101, 5]],
    }
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert codes(result) == {("List 6", 2): "open_case", ("List 10", 2): "same_child"}
    assert warned(result)["sheets_ignored"] == 2


def test_title_rows_and_blank_rows_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "List_6"
    sheet.append(["List 6: Children in Need"])
    sheet.merge_cells("A1:J1")
    sheet.append([])
    sheet.append(["Made from the case system"])
    sheet.append(list(LIST_6))
    sheet.append(list(in_need(101)))
    workbook.save(path)
    assert codes(read(path)) == {("List_6", 5): "open_case"}


def test_blank_rows_in_the_middle_and_notes_below_do_not_end_the_table(tmp_path: Path) -> None:
    rows: list[Sequence[Cell]] = [LIST_6, in_need(1), [], ["", "\xa0", " "], in_need(2), [], ["Total: 2"], ["* note"]]
    result = read(write(tmp_path / "a.xlsx", {"List 6": rows}))
    assert codes(result) == {
        ("List 6", 2): "open_case",
        ("List 6", 5): "open_case",
        ("List 6", 7): "no_child_id",
        ("List 6", 8): "no_child_id",
    }


def test_a_header_that_is_printed_again_is_no_child(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", {"List 6": [LIST_6, in_need(1), LIST_6, in_need(2)]}))
    told = outcome(result, "List 6", 3)
    assert (told.code, told.attention) == ("repeated_header", False)
    assert result.report.cases == 2


@pytest.mark.parametrize(
    "header",
    [
        [
            "child unique id ",
            "CIN  START DATE",
            "CIN Closure\xa0Date",
            "CASE STATUS",
            "allocated team",
            "ALLOCATED WORKER ",
        ],
        [
            "Child\u2019s Unique ID",
            "CiN Start Date",
            "CIN closure date",
            "Case Status",
            "Team",
            "Allocated Social Worker",
        ],
        ["Child's ID", "Start Date", "Date Closed", "Status", "Current Team", "Key Worker"],
        ["Person ID", "CIN start", "CIN End Date", "Current Status", "Allocated Team Name", "Allocated Worker Name"],
        ["Child Unique\nID", "CIN Start\nDate", "CIN Closure\nDate", "Case\nstatus", "Allocated\nTeam", "Case Worker"],
        [
            "Child Unique ID (Mosaic)",
            "Child in Need Start Date",
            "Closure Date",
            "Case Status",
            "Case Team",
            "Social Worker",
        ],
    ],
)
def test_headers_are_known_in_other_words(tmp_path: Path, header: list[str]) -> None:
    open_row: Row = [101, date(2026, 3, 2), None, "c) Child in need plan", "Team T1", "Worker A1"]
    closed_row: Row = [102, date(2026, 3, 2), date(2026, 5, 2), "e) Closed episode", "Team T1", "Worker A1"]
    result = read(write(tmp_path / "a.xlsx", {"List 6": [header, open_row, closed_row]}))
    assert "column_absent" not in warned(result)
    assert codes(result) == {("List 6", 2): "open_case", ("List 6", 3): "closed"}
    assert (result.report.workers, result.report.teams) == (1, 1)
    assert f"referred:{PSEUDONYMS.case('101')}:2026-03-02" in {r.envelope.source_id for r in result.records}


def test_columns_in_another_order_mean_the_same(tmp_path: Path) -> None:
    turned: list[Sequence[Cell]] = [tuple(reversed(row)) for row in (LIST_6, in_need(101), in_need(102, worker=None))]
    straight = read(write(tmp_path / "a.xlsx", {"List 6": [LIST_6, in_need(101), in_need(102, worker=None)]}))
    assert read(write(tmp_path / "b.xlsx", {"List 6": turned})).records == straight.records


def test_missing_optional_columns_are_named(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", {"List 6": [["Child Unique ID", "CIN Closure Date"], [101, "-"]]}))
    absent = [warning.why for warning in result.report.warnings if warning.code == "column_absent"]
    assert absent == [
        "List 6 has no column CIN Start Date",
        "List 6 has no column Allocated Team",
        "List 6 has no column Allocated Worker",
        "List 6 has no column Case status",
    ]
    assert (result.report.cases, result.report.waiting_cases) == (1, 1)


def test_a_list_that_cannot_tell_open_from_closed_is_refused_row_by_row(tmp_path: Path) -> None:
    sheets: dict[str, list[Row]] = {
        "List 6": [["Child Unique ID", "Gender"], [101, "Male"]],
        "List 9": [LIST_9, care_leaver(5)],
    }
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert codes(result) == {("List 6", 1): "no_header", ("List 6", 2): "no_header", ("List 9", 2): "open_case"}
    assert "CIN Closure Date or Case status" in outcome(result, "List 6", 2).why
    assert warned(result)["header_not_found"] == 2


def test_a_column_that_comes_twice_is_named_and_the_first_is_read(tmp_path: Path) -> None:
    for name in ("Allocated Worker", "Social Worker"):
        header = [*LIST_6[:-1], name, name]
        result = read(write(tmp_path / "a.xlsx", {"List 6": [header, [*in_need(101), "Worker Z9"]]}))
        assert "column_repeated" in warned(result)
        assert [row.original for row in result.lookup if row.kind == "worker"] == ["Worker A1"]


@pytest.mark.parametrize("child", [123, 123.0, "123", "123.0", " 123\xa0"])
def test_an_id_is_the_same_child_as_number_and_as_text(tmp_path: Path, child: Cell) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(child)], nine=[care_leaver("123")])))
    assert (result.report.cases, outcome(result, "List 9", 2).outcome) == (1, Outcome.MERGED)


@pytest.mark.parametrize(
    "start",
    [date(2015, 3, 15), "15/03/2015", "15-03-2015", "15.3.2015", "2015-03-15", "2015-03-15T00:00:00", 42078, "42078",
     "15 March 2015", "15-Mar-15", "15/03/15", "15/03/2015 00:00"],
)  # fmt: skip
def test_a_start_date_is_read_in_every_form_that_files_use(tmp_path: Path, start: Cell) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101, start=start)])))
    (referred,) = [r for r in result.records if isinstance(r.event, CaseReferred)]
    assert referred.envelope.occurred_at.date() == date(2015, 3, 15)


def test_a_workbook_that_counts_days_from_1904_is_read_by_its_own_calendar(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=[in_need(101, start=42078 - 1462)]))
    by_1904 = edit_part(
        path,
        tmp_path / "b.xlsx",
        "xl/workbook.xml",
        lambda xml: xml.replace(b"<workbookPr ", b'<workbookPr date1904="1" '),
    )
    (referred,) = [r for r in read(by_1904).records if isinstance(r.event, CaseReferred)]
    assert referred.envelope.occurred_at.date() == date(2015, 3, 15)


def test_a_hidden_list_is_read_when_it_is_the_only_one(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101)]), hidden=["List 6"]))
    assert (result.report.cases, warned(result)["sheet_hidden"]) == (1, 1)


def test_a_hidden_copy_beside_a_visible_list_is_refused(tmp_path: Path) -> None:
    sheets = {"List 6": [LIST_6, in_need(101)], "List 6 (old)": [LIST_6, in_need(999)]}
    result = read(write(tmp_path / "a.xlsx", sheets, hidden=["List 6 (old)"]))
    assert codes(result) == {("List 6", 2): "open_case", ("List 6 (old)", 2): "hidden_copy"}


def test_two_visible_sheets_of_one_list_are_read_as_one(tmp_path: Path) -> None:
    sheets = {"List 6 North": [LIST_6, in_need(1)], "List 6 South": [LIST_6, in_need(2), in_need(1)]}
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert (result.report.cases, warned(result)["list_twice"]) == (2, 2)


def test_a_formula_counts_with_the_result_that_was_stored(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=[in_need("=100+1", worker='="Worker "&"A1"')]))
    unsaved = read(path)
    assert (unsaved.report.cases, warned(unsaved)["formulas_without_value"]) == (0, 2)
    stored = edit_part(
        path,
        tmp_path / "b.xlsx",
        r"xl/worksheets/sheet2\.xml",
        lambda xml: (
            xml.replace(b"<f>100+1</f><v></v>", b"<f>100+1</f><v>101</v>")
            .replace(b"<f>100+1</f><v/>", b"<f>100+1</f><v>101</v>")
            .replace(b"<f>100+1</f><v />", b"<f>100+1</f><v>101</v>")
        ),
    )
    result = read(stored)
    assert (result.report.cases, warned(result)["formulas_without_value"]) == (1, 1)


def test_rows_beyond_the_size_that_a_sheet_claims_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=[in_need(1), in_need(2)]))
    wrong = edit_part(
        path,
        tmp_path / "b.xlsx",
        r"xl/worksheets/sheet2\.xml",
        lambda xml: xml.replace(b'<dimension ref="A1:J3"', b'<dimension ref="A1:B2"'),
    )
    assert load_workbook(wrong, read_only=True)["List 6"].max_row == 2
    assert read(wrong).report.cases == 2


def test_one_stray_cell_far_below_costs_no_time_and_is_accounted_for(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "List 6"
    sheet.append(list(LIST_6))
    sheet.append(list(in_need(101)))
    sheet.cell(200_000, 3, "x")
    sheet.cell(3, 16_384, "y")
    workbook.save(path)
    assert codes(read(path)) == {("List 6", 2): "open_case", ("List 6", 200_000): "no_child_id"}


def test_progress_never_runs_back_and_ends_with_all_rows(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = write(tmp_path / "a.xlsx", lists(six=[in_need(child) for child in range(1, 1201)]))
    read(path, on_progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert all(done <= total for done, total in told)
    assert told[-1] == (1205, 1205)


def test_texts_kept_in_one_table_read_the_same_as_texts_in_their_cells(tmp_path: Path) -> None:
    inline = write(tmp_path / "a.xlsx", lists(six=[in_need(1), in_need("2", worker="#N/A")], nine=[care_leaver(3)]))
    shared = share_strings(inline, tmp_path / "b.xlsx")
    assert read(shared).records == read(inline).records
    assert read(shared).report.cases == 3
