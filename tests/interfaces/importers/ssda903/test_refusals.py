"""A line that cannot be read is refused with its number and the reason, never its content; files in any dialect are read."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.errors import UnreadableDelivery
from allocation_engine.interfaces.importers.intake import Outcome
from tests.interfaces.importers.ssda903.returns import (
    EPISODES_HEADER,
    WORKERS_HEADER,
    Row,
    care,
    episodes_file,
    held,
    read,
    table,
    workers_file,
)

GOOD = held("101", "SW1", "01/04/2026")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (held("", "SW1", "01/04/2026"), "no_child_id"),
        (held("Total", "SW1", "01/04/2026"), "no_child_id"),
        (held("1.2E+11", "SW1", "01/04/2026"), "unreadable_child_id"),
        (held("102", "", "01/04/2026"), "no_worker"),
        (held("102", "unallocated", "01/04/2026"), "no_worker"),
        (held("102", "SW1", ""), "no_start"),
        (held("102", "SW1", "soon"), "unreadable_date"),
        (held("102", "SW1", "31/02/2026"), "unreadable_date"),
        (held("102", "SW1", "01/04/2062"), "implausible_date"),
        (held("102", "SW1", "01/04/2026", "31/03/2026"), "end_before_start"),
        (held("102", "SW1", "01/04/2026", "01/04/2026"), "of_no_day"),
        ((*held("102", "SW1", "01/04/2026"), "one more"), "too_many_cells"),
    ],
)
def test_a_line_is_refused_with_its_number_and_the_reason(row: Row, code: str) -> None:
    intake = read(workers_file(GOOD, row, held("103", "SW2", "01/05/2026")))
    assert [(one.path, one.code) for one in intake.refused] == [("social workers line 3", code)]
    assert [item.outcome for item in intake.items] == [Outcome.TAKEN, Outcome.REFUSED, Outcome.TAKEN]


def test_a_line_of_the_episodes_is_refused_as_such() -> None:
    intake = read(workers_file(GOOD), episodes_file(care("101", "01/04/2026"), care("102", "never")))
    assert [(one.path, one.code) for one in intake.refused] == [("episodes line 3", "unreadable_date")]


def test_the_number_of_a_line_counts_empty_lines_and_breaks_within_quotes() -> None:
    text = 'CHILD,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n\n101,SW1,01/04/2026,,"OTH\nERS"\n\n102,SW1,soon,,\n'
    assert [one.path for one in read(text.encode()).refused] == ["social workers line 6"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(("quoted", "by"), [(False, ","), (True, ","), (False, ";"), (True, "\t")])
def test_every_dialect_says_the_same(encoding: str, line_end: str, by: str, *, quoted: bool) -> None:
    text = table(WORKERS_HEADER, [GOOD, held("102", "SW2", "01/05/2026")], quoted=quoted, line_end=line_end, by=by)
    plain = read(workers_file(GOOD, held("102", "SW2", "01/05/2026")))
    assert read(text.encode(encoding)).records == plain.records


def test_columns_may_stand_in_any_order_under_either_name_with_others_between() -> None:
    text = "dob, SW_REASON ,dec,decom,sw_id,child\n01/01/2012,,,01/04/2026,SW1,101\n"
    assert read(text.encode()).records == read(workers_file(GOOD)).records


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no_header"),
        (b"CHILD,SW_ID\n101,SW1\n", "no_header"),
        (table(EPISODES_HEADER, [care("101", "01/04/2026")]).encode(), "no_header"),
        (b'CHILD,SW_ID,SW_DECOM,SW_DEC\n101,"SW1', "not_csv"),
        (b"CHILD\x00", "not_text"),
        (b"\xff\xfeC", "not_text"),
        (b"PK\x03\x04rest", "workbook_not_csv"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableDelivery) as caught:
        read(content)
    assert (caught.value.code, caught.value.source) == (code, "social workers")


def test_the_columns_that_are_missing_are_named() -> None:
    with pytest.raises(UnreadableDelivery, match="SW_DECOM, SW_DEC"):
        read(b"CHILD,SW_ID\n101,SW1\n")


def test_nothing_of_a_line_is_in_events_report_or_refusal() -> None:
    rows = [
        held("KMARK1", "SWMARK2", "01/04/2026"),
        held("KMARK1", "SWMARK2", "MARK3"),
        held("MARK4", "S", "01/04/2026"),
    ]
    intake = read(workers_file(*rows))
    told = "".join(record.event.model_dump_json() + record.envelope.model_dump_json() for record in intake.records)
    assert "MARK" not in (told + json.dumps(intake.to_json_dict())).upper().replace("REMARK", "")


CELLS = st.sampled_from(["101", "102", "SW1", "SW2", "01/04/2026", "15/05/2026", "", "x", "LEFTRL", "V4"]) | st.text(
    max_size=4
)
ROWS = st.lists(st.lists(CELLS, max_size=7).map(tuple), max_size=8)


@settings(max_examples=200)
@given(ROWS, ROWS)
def test_whatever_the_lines_hold_they_are_taken_or_refused(workers: list[Row], episodes: list[Row]) -> None:
    with suppress(UnreadableDelivery):
        intake = read(workers_file(*workers), episodes_file(*episodes))
        refused = [item.path for item in intake.items if item.outcome is Outcome.REFUSED]
        assert refused == [one.path for one in intake.refused]


@settings(max_examples=300)
@given(st.binary() | st.text().map(lambda text: b"CHILD,SW_ID,SW_DECOM,SW_DEC\n" + text.encode("utf-8", "replace")))
def test_whatever_bytes_are_sent_are_read_or_refused(content: bytes) -> None:
    with suppress(UnreadableDelivery):
        read(content)
