"""The report accounts for every row once, and holds nothing personal."""

import json
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.interfaces.importers.annex_a import Outcome
from tests.interfaces.importers.annex_a.workbooks import (
    LIST_1,
    LIST_6,
    LIST_7,
    LIST_8,
    LIST_9,
    LIST_11,
    Cell,
    Row,
    contact,
    in_need,
    lists,
    read,
    write,
)

HEADERS = {"List 1": LIST_1, "List_6": LIST_6, "List 7": LIST_7, "List8": LIST_8, "List 9": LIST_9, "List 11": LIST_11}
PERSONAL = [f"PERSONAL{number:04d}" for number in range(12)]
DATES: list[Cell] = [date(2026, 3, 1), date(2030, 1, 1), "15/03/2015", "31/02/2015", 42078, "soon", -5, 0]
OTHER: list[Cell] = [None, "", "#N/A", "Total", "Unallocated", "e) Closed episode", "Child Unique ID", 3.5]
CELLS = st.sampled_from([*PERSONAL, *DATES, *OTHER])


def random_sheets() -> st.SearchStrategy[dict[str, list[Row]]]:
    return st.fixed_dictionaries(
        {title: st.lists(st.tuples(*[CELLS] * len(header)), max_size=6) for title, header in HEADERS.items()},
    )


@settings(max_examples=60, deadline=None)
@given(random_sheets())
def test_whatever_the_cells_hold_each_row_has_one_outcome_and_nothing_personal_is_told(
    sheets: dict[str, list[Row]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        full = {title: [HEADERS[title], *rows] for title, rows in sheets.items()}
        result = read(write(Path(folder) / "a.xlsx", full))
    report = result.report
    filled = {
        (title, number)
        for title, rows in sheets.items()
        for number, row in enumerate(rows, start=2)
        if any(cell not in (None, "") for cell in row)
    }
    assert [(told.sheet, told.row) for told in report.rows] == sorted(
        filled, key=lambda at: (list(sheets).index(at[0]), at[1])
    )
    assert sum(report.by_outcome.values()) == len(report.rows) == sum(of.rows for of in report.by_sheet)
    assert all(of.rows == of.imported + of.merged + of.refused for of in report.by_sheet)
    assert report.by_outcome[Outcome.IMPORTED] == report.cases
    text = json.dumps(report.to_json_dict())
    assert "PERSONAL" not in text
    assert "soon" not in text
    logged = json.dumps([record.model_dump(mode="json") for record in result.records])
    assert "PERSONAL" not in logged.upper()


def test_the_report_is_json_with_totals_by_sheet_and_by_outcome(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(one=[contact(101), contact(7)], six=[in_need(101)]))
    told = json.loads(json.dumps(read(path).report.to_json_dict()))
    assert told["totals"] == {
        "rows": 3,
        "by_outcome": {"imported": 1, "merged": 1, "refused": 1},
        "by_sheet": [
            {"sheet": "List 1", "rows": 2, "imported": 0, "merged": 1, "refused": 1},
            {"sheet": "List 6", "rows": 1, "imported": 1, "merged": 0, "refused": 0},
        ],
    }
    assert told["rows"][2] == {
        "sheet": "List 6",
        "row": 2,
        "outcome": "imported",
        "code": "open_case",
        "column": None,
        "why": "an open case with a worker",
        "attention": False,
    }
    assert told["snapshot_date"] == "2026-10-01"
    assert len(told["file_sha256"]) == 64


def test_the_rows_that_need_a_person_can_be_listed(tmp_path: Path) -> None:
    report = read(write(tmp_path / "a.xlsx", lists(six=[in_need(1), in_need(None)]))).report
    assert [(told.sheet, told.row) for told in report.attention] == [("List 6", 3)]
