"""Importing the same data again changes nothing, however the file was saved or sorted."""

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from allocation_engine.interfaces.importers.annex_a import KnownCaseload
from domain.events.case import CaseAssigned, CaseReferred
from domain.identifiers import CaseId, WorkerId
from tests.interfaces.importers.annex_a.workbooks import (
    Row,
    care_leaver,
    in_care,
    in_need,
    lists,
    on_plan,
    read,
    write,
)

CHILDREN = st.integers(1, 12)
WORKERS = st.sampled_from(["Worker A1", "worker  a1", "Worker A2", "#N/A", None])
STARTS = st.one_of(st.none(), st.integers(0, 600).map(lambda days: date(2025, 1, 1) + timedelta(days=days)))
CLOSED = st.sampled_from([None, None, None, date(2026, 9, 9)])
SIX = st.lists(
    st.builds(lambda child, start, closed, worker: in_need(child, start=start, closed=closed, worker=worker),
              CHILDREN, STARTS, CLOSED, WORKERS),
    max_size=12,
)  # fmt: skip
SEVEN = st.lists(
    st.builds(lambda child, end, worker: on_plan(child, end=end, worker=worker), CHILDREN, CLOSED, WORKERS), max_size=5
)
EIGHT = st.lists(
    st.builds(lambda child, end, worker: in_care(child, end=end, worker=worker), CHILDREN, CLOSED, WORKERS), max_size=5
)
NINE = st.lists(st.builds(lambda child, worker: care_leaver(child, worker=worker), CHILDREN, WORKERS), max_size=5)


def some_rows() -> list[Row]:
    return [in_need(child, worker=f"Worker A{child % 5}", team=f"Team T{child % 3}") for child in range(1, 30)]


def test_reading_a_workbook_twice_gives_equal_records(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=some_rows()))
    assert read(path) == read(path)


def test_a_workbook_saved_again_gives_equal_records_though_its_bytes_differ(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=some_rows(), eight=[in_care(3)]))
    again = load_workbook(path)
    again.properties.title = "saved again"
    again.save(tmp_path / "b.xlsx")
    first, second = read(path), read(tmp_path / "b.xlsx")
    assert first.report.file_sha256 != second.report.file_sha256
    assert first.records == second.records
    assert first.lookup == second.lookup


@settings(max_examples=30, deadline=None)
@given(SIX, SEVEN, EIGHT, NINE, st.randoms(use_true_random=False))
def test_sorting_the_rows_otherwise_gives_equal_records(
    six: list[Row],
    seven: list[Row],
    eight: list[Row],
    nine: list[Row],
    order: random.Random,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first = read(write(Path(folder) / "a.xlsx", lists(six=six, seven=seven, eight=eight, nine=nine)))
        for rows in (six, seven, eight, nine):
            order.shuffle(rows)
        second = read(write(Path(folder) / "b.xlsx", lists(six=six, seven=seven, eight=eight, nine=nine)))
    assert first.records == second.records
    assert first.lookup == second.lookup
    assert first.report.warnings == second.report.warnings


@settings(max_examples=30, deadline=None)
@given(SIX, SEVEN, EIGHT, NINE)
def test_once_known_a_workbook_has_nothing_more_to_say(
    six: list[Row],
    seven: list[Row],
    eight: list[Row],
    nine: list[Row],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "a.xlsx", lists(six=six, seven=seven, eight=eight, nine=nine))
        first = read(path)
        holders: dict[CaseId, WorkerId | None] = {}
        for record in first.records:
            if isinstance(record.event, CaseReferred):
                holders[record.event.case_id] = None
            elif isinstance(record.event, CaseAssigned):
                holders[record.event.case_id] = record.event.worker_id
        again = read(path, known=KnownCaseload(primary_workers=holders))
    assert len(holders) == first.report.cases
    assert not [record for record in again.records if record.envelope.source_id.startswith(("referred", "assigned"))]
    sources = [record.envelope.source_id for record in first.records]
    assert len(sources) == len(set(sources))
