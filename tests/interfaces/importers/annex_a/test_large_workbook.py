"""Large files: every row is read, in bounded time."""

import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.interfaces.importers.annex_a.workbooks import contact, in_need, lists, read, write


def import_rows(path: Path, rows: int) -> float:
    """Import as many rows as asked, half of them open cases, and tell how many seconds it took."""
    half = rows // 2
    opened = [
        in_need(n, start=date(2020, 1, 1) + timedelta(days=n % 2000), worker=f"Worker A{n % 900}")
        for n in range(1, half + 1)
    ]
    write(path, lists(one=[contact(n + 1_000_000) for n in range(rows - half)], six=opened))
    started = time.perf_counter()
    report = read(path).report
    assert (len(report.rows), report.cases, report.workers) == (rows, half, min(half, 900))
    return time.perf_counter() - started


def test_two_thousand_rows_are_read(tmp_path: Path) -> None:
    assert import_rows(tmp_path / "a.xlsx", 2_000) < 10


@pytest.mark.campaign
def test_fifty_thousand_rows_are_read_within_thirty_seconds(tmp_path: Path) -> None:
    assert import_rows(tmp_path / "a.xlsx", 50_000) < 30
