"""The two public mock workbooks, where they are at hand; every figure was counted by eye in the sheets."""

from datetime import date
from pathlib import Path

import pytest

from allocation_engine.interfaces.importers.annex_a import AnnexAImport, Outcome
from tests.interfaces.importers.annex_a.workbooks import codes, read, warned

FOLDER = Path(__file__).parents[4].parent / "shared" / "data" / "annex_a"
PLAIN = FOLDER / "liia-tools-pipeline_Annex_A_2024_Jan.xlsx"
TEMPLATE = FOLDER / "cscdp_2015-01-sample.xlsx"


def sample(path: Path) -> AnnexAImport:
    if not path.exists():
        pytest.skip("the public sample workbooks are not beside this checkout")
    return read(path, as_at=None)


def test_the_sample_with_plain_headers_is_counted_as_it_is_by_hand() -> None:
    result = sample(PLAIN)
    report = result.report
    assert (report.cases, report.waiting_cases, report.workers, report.teams) == (17, 5, 10, 4)
    assert (len(report.rows), report.snapshot_date) == (59, date(2021, 3, 15))
    assert report.by_outcome == {Outcome.IMPORTED: 17, Outcome.MERGED: 5, Outcome.REFUSED: 37}
    assert warned(result)["worker_is_excel_error"] == 5  # every List 6 row has #N/A and is in neither List 7 nor 8
    assert warned(result)["missing_from_list_6"] == 6
    assert len(result.records) == 4 + 10 + 17 + 12


def test_in_that_sample_plans_and_periods_of_care_that_ended_are_no_cases() -> None:
    told = codes(sample(PLAIN))
    assert [row for (sheet, row), code in told.items() if sheet == "List 7" and code == "closed"] == [2, 5, 6, 7, 8]
    assert [row for (sheet, row), code in told.items() if sheet == "List 8" and code == "closed"] == [6]


def test_the_sample_in_the_inspection_template_has_five_referrals_and_no_case() -> None:
    result = sample(TEMPLATE)
    assert codes(result) == {("List_3", row): "outside_caseload" for row in range(3, 8)}
    assert (result.report.cases, result.report.snapshot_date, result.records) == (0, date(2015, 3, 15), ())
    assert warned(result)["sheets_ignored"] == 4
