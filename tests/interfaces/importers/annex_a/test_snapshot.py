"""The day that a workbook describes."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.importers.annex_a import read_annex_a
from allocation_engine.interfaces.importers.annex_a.snapshot import Snapshot, snapshot_of
from tests.interfaces.importers.annex_a.workbooks import (
    LIST_9,
    NOW,
    PSEUDONYMS,
    Row,
    care_leaver,
    in_need,
    lists,
    outcome,
    read,
    warned,
    write,
)

TODAY = date(2026, 11, 23)
MANY = Counter({date(2026, 8, day): 2 for day in range(1, 12)})


def test_it_is_the_latest_date_of_work_in_the_file(tmp_path: Path) -> None:
    report = read(write(tmp_path / "a.xlsx", lists(six=[in_need(1)])), as_at=None).report
    assert (report.snapshot_date, report.snapshot_source) == (date(2026, 10, 1), "latest_date")
    assert "snapshot_date_inferred" in {warning.code for warning in report.warnings}


def test_a_date_of_birth_is_no_work(tmp_path: Path) -> None:
    header = ["Child Unique ID", "Date of Birth", "CIN Start Date", "CIN Closure Date"]
    rows: list[Row] = [header, [1, date(2026, 11, 1), date(2026, 2, 1), None]]
    assert read(write(tmp_path / "a.xlsx", {"List 6": rows}), as_at=None).report.snapshot_date == date(2026, 2, 1)


def test_a_day_that_is_given_stands() -> None:
    assert snapshot_of(MANY, today=TODAY, as_at=date(2026, 7, 1)) == Snapshot(date(2026, 7, 1), "given")


def test_a_given_day_ahead_is_refused() -> None:
    with pytest.raises(SettingsError, match="lies ahead"):
        snapshot_of(MANY, today=TODAY, as_at=date(2026, 11, 24))


def test_dates_ahead_of_the_import_are_set_aside() -> None:
    dates = MANY + Counter({date(2062, 1, 1): 1})
    assert snapshot_of(dates, today=TODAY, as_at=None) == Snapshot(date(2026, 8, 11), "latest_date", 1)


def test_one_date_years_after_all_others_is_a_slip_and_its_row_is_refused(tmp_path: Path) -> None:
    old = [(*in_need(n, start=date(2019, 1, 1))[:4], date(2020, 6, 1), None) for n in range(1, 8)]
    path = write(tmp_path / "a.xlsx", lists(six=[*old, in_need(9, start=date(2026, 5, 1))[:4]]))
    result = read(path, as_at=None)
    assert result.report.snapshot_date == date(2020, 6, 1)
    assert warned(result)["dates_set_aside"] == 1
    assert outcome(result, "List 6", 9).code == "start_after_snapshot"


def test_with_few_dates_a_gap_says_nothing() -> None:
    dates = Counter({date(2018, 1, 1): 1, date(2026, 8, 1): 1})
    assert snapshot_of(dates, today=TODAY, as_at=None) == Snapshot(date(2026, 8, 1), "latest_date")


def test_without_any_date_it_is_the_day_of_the_import_and_is_said(tmp_path: Path) -> None:
    report = read(write(tmp_path / "a.xlsx", {"List 9": [LIST_9, care_leaver(1)]}), as_at=None).report
    assert (report.snapshot_date, report.snapshot_source) == (NOW.date(), "day_of_import")


@pytest.mark.parametrize("fte", [0.0, -1.0, 1.6, float("nan")])
def test_an_assumed_fte_must_be_one_that_a_person_can_have(tmp_path: Path, fte: float) -> None:
    with pytest.raises(SettingsError, match="assume_fte"):
        read(write(tmp_path / "a.xlsx", lists(six=[in_need(1)])), assume_fte=fte)


def test_a_moment_of_import_without_a_zone_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=[in_need(1)]))
    naive = datetime(2026, 11, 23)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(SettingsError, match="time zone"):
        read_annex_a(path, pseudonyms=PSEUDONYMS, recorded_at=naive, actor="manager-1")


def test_whoever_imports_is_an_opaque_id_and_no_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=[in_need(1)]))
    with pytest.raises(SettingsError, match="opaque id") as caught:
        read_annex_a(path, pseudonyms=PSEUDONYMS, recorded_at=NOW, actor="Manager M1")
    assert "Manager M1" not in str(caught.value)
