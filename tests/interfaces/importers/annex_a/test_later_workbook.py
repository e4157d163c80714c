"""A second workbook against what the store holds: only what changed is recorded."""

from datetime import UTC, date, datetime
from pathlib import Path

from allocation_engine.interfaces.importers.annex_a import KnownCaseload, Outcome
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned
from domain.identifiers import CaseId, WorkerId
from tests.interfaces.importers.annex_a.workbooks import (
    PSEUDONYMS,
    SNAPSHOT,
    Row,
    codes,
    in_need,
    lists,
    outcome,
    read,
    warned,
    write,
)

CASE, A1, A2 = PSEUDONYMS.case("101"), PSEUDONYMS.worker("Worker A1"), PSEUDONYMS.worker("Worker A2")
MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)


def known(holder: WorkerId | None, since: datetime | None = None) -> KnownCaseload:
    return KnownCaseload(
        primary_workers={CASE: holder},
        since={} if since is None else {CASE: since},
        workers=frozenset({A1, A2}),
        teams=frozenset({PSEUDONYMS.team("Team T1")}),
    )


def workbook(tmp_path: Path, *rows: Row) -> Path:
    return write(tmp_path / "later.xlsx", lists(six=rows))


def test_a_case_that_stands_as_it_did_records_nothing(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101)), known=known(A1))
    told = outcome(result, "List 6", 2)
    assert (result.records, told.outcome, told.code) == ((), Outcome.MERGED, "already_known")
    assert (result.report.cases, result.report.workers) == (1, 1)


def test_a_case_with_another_worker_is_reassigned_on_the_day_of_the_snapshot(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101, worker="Worker A2")), known=known(A1))
    (record,) = result.records
    assert record.event == CaseReassigned(case_id=CASE, from_worker_id=A1, to_worker_id=A2)
    assert record.envelope.occurred_at == MIDNIGHT
    assert record.envelope.source_id == f"reassigned:{CASE}:{A1}:{A2}:2026-10-01"
    assert codes(result) == {("List 6", 2): "reassigned"}


def test_a_case_that_moves_back_is_a_new_fact(tmp_path: Path) -> None:
    there = read(workbook(tmp_path, in_need(101, worker="Worker A2")), known=known(A1))
    back = read(workbook(tmp_path, in_need(101)), known=known(A2), as_at=date(2026, 11, 1))
    again = read(workbook(tmp_path, in_need(101, worker="Worker A2")), known=known(A1), as_at=date(2026, 11, 20))
    assert len({result.records[0].envelope.event_id for result in (there, back, again)}) == 3


def test_a_waiting_case_that_now_has_a_worker_is_assigned(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101)), known=known(None))
    assert [record.event for record in result.records] == [CaseAssigned(case_id=CASE, worker_id=A1)]
    assert codes(result) == {("List 6", 2): "now_assigned"}


def test_a_case_that_still_waits_records_nothing(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101, worker=None)), known=known(None))
    assert (result.records, codes(result)) == ((), {("List 6", 2): "already_known"})


def test_a_blank_worker_does_not_take_the_known_one_away(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101, worker="#N/A")), known=known(A1))
    assert result.records == ()
    assert outcome(result, "List 6", 2).attention
    assert warned(result)["worker_left_as_known"] == 1


def test_a_known_case_now_closed_is_closed_on_its_closure_date(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101, closed=date(2026, 9, 15))), known=known(A1))
    (record,) = result.records
    assert record.event == CaseClosed(case_id=CASE)
    assert record.envelope.occurred_at == datetime(2026, 9, 15, tzinfo=UTC)
    assert codes(result) == {("List 6", 2): "closed_since"}


def test_a_closure_never_comes_before_the_last_assignment(tmp_path: Path) -> None:
    since = datetime(2026, 9, 20, tzinfo=UTC)
    result = read(workbook(tmp_path, in_need(101, closed=date(2026, 9, 15))), known=known(A1, since))
    assert [record.envelope.occurred_at for record in result.records] == [since]


def test_a_closed_case_that_nobody_knew_is_refused_as_before(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(202, closed=date(2026, 9, 15)), in_need(101)), known=known(A1))
    assert (result.records, outcome(result, "List 6", 2).code) == ((), "closed")


def test_an_older_workbook_does_not_overrule_what_was_decided_since(tmp_path: Path) -> None:
    decided = datetime(2026, 10, 20, 14, tzinfo=UTC)
    for row in (in_need(101), in_need(101, closed=date(2026, 9, 15))):
        result = read(workbook(tmp_path, row), known=known(A2, decided))
        assert (result.records, codes(result)) == ((), {("List 6", 2): "store_is_newer"})
        assert warned(result)["store_is_newer"] == 1


def test_a_corrected_workbook_of_the_same_day_is_taken(tmp_path: Path) -> None:
    result = read(workbook(tmp_path, in_need(101, worker="Worker A2")), known=known(A1, MIDNIGHT))
    assert codes(result) == {("List 6", 2): "reassigned"}


def test_only_new_workers_and_teams_are_recorded_and_known_hours_are_left(tmp_path: Path) -> None:
    first = KnownCaseload(
        primary_workers={},
        workers=frozenset({A1}),
        teams=frozenset({PSEUDONYMS.team("Team T1")}),
        workers_with_hours=frozenset({A1}),
    )
    result = read(workbook(tmp_path, in_need(101), in_need(102, worker="Worker A2")), known=first, assume_fte=1.0)
    sources = {record.envelope.source_id for record in result.records}
    assert {source for source in sources if A1 in source} == {f"assigned:{CASE}:{A1}:2026-03-02"}
    assert {f"registered:{A2}", f"assumed-fte:{A2}:1"} <= sources


def test_open_cases_that_the_workbook_does_not_name_are_counted_and_left(tmp_path: Path) -> None:
    store = KnownCaseload(primary_workers={CASE: A1, CaseId("c-elsewhere"): A2})
    result = read(workbook(tmp_path, in_need(101)), known=store, as_at=SNAPSHOT)
    assert warned(result)["known_and_not_in_workbook"] == 1
    assert not [record for record in result.records if "c-elsewhere" in record.envelope.source_id]
