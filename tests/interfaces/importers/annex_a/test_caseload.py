"""The caseload rule, case by case."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from allocation_engine.interfaces.importers.annex_a import AnnexAImport, Outcome
from domain.events.case import CaseAssigned, CaseReferred
from domain.events.service import TeamFormed
from domain.events.worker import WorkerHoursChanged, WorkerRegistered
from domain.vocabulary import AssignmentRole, PlanType, Priority, Role
from tests.interfaces.importers.annex_a.workbooks import (
    LIST_6,
    LIST_11,
    PSEUDONYMS,
    SNAPSHOT,
    Cell,
    Row,
    care_leaver,
    codes,
    contact,
    in_care,
    in_need,
    lists,
    on_plan,
    outcome,
    read,
    warned,
    write,
)

MIDNIGHT = datetime(2026, 10, 1, tzinfo=UTC)


def holders(result: AnnexAImport) -> dict[str, str]:
    """Who holds what, by pseudonym."""
    assigned = (record.event for record in result.records if isinstance(record.event, CaseAssigned))
    return {event.case_id: event.worker_id for event in assigned}


def plans(result: AnnexAImport) -> dict[str, PlanType | None]:
    referred = (record.event for record in result.records if isinstance(record.event, CaseReferred))
    return {event.case_id: event.plan for event in referred}


def test_an_open_list_6_row_seeds_a_team_a_worker_a_case_and_its_assignment(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101)])))
    team, worker, case = PSEUDONYMS.team("Team T1"), PSEUDONYMS.worker("Worker A1"), PSEUDONYMS.case("101")
    assert [record.event for record in result.records] == [
        TeamFormed(team_id=team),
        WorkerRegistered(worker_id=worker, team_id=team),
        CaseReferred(case_id=case, harm_types=None, risk=None, priority=Priority.ROUTINE, plan=PlanType.CHILD_IN_NEED),
        CaseAssigned(case_id=case, worker_id=worker, role=AssignmentRole.PRIMARY),
    ]
    occurred = [record.envelope.occurred_at for record in result.records]
    assert occurred == [MIDNIGHT, MIDNIGHT, datetime(2026, 3, 2, tzinfo=UTC), MIDNIGHT]
    assert [record.envelope.source_id for record in result.records] == [
        f"team-formed:{team}",
        f"registered:{worker}",
        f"referred:{case}:2026-03-02",
        f"assigned:{case}:{worker}:2026-03-02",
    ]
    assert {record.envelope.source_system for record in result.records} == {"annex-a"}
    assert (result.report.cases, result.report.waiting_cases) == (1, 0)
    assert (result.report.workers, result.report.teams) == (1, 1)


def test_the_lookup_says_who_is_who(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101), in_need(102, worker="WORKER  A1")])))
    assert [(row.kind, row.original) for row in result.lookup if row.kind != "case"] == [
        ("team", "Team T1"),
        ("worker", "WORKER A1"),
    ]
    assert {row.pseudonym: row.original for row in result.lookup if row.kind == "case"} == {
        PSEUDONYMS.case("101"): "101",
        PSEUDONYMS.case("102"): "102",
    }


@pytest.mark.parametrize(
    "row",
    [in_need(101, closed=date(2026, 8, 1)), in_need(101, status="e) Closed episode"), in_need(101, status="CLOSED")],
)
def test_a_closed_row_is_no_case(tmp_path: Path, row: tuple[Cell, ...]) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[row])))
    told = outcome(result, "List 6", 2)
    assert (told.outcome, told.code, told.attention) == (Outcome.REFUSED, "closed", False)
    assert (result.report.cases, result.records) == (0, ())


def test_a_child_is_one_case_however_many_lists_name_it(tmp_path: Path) -> None:
    result = read(
        write(tmp_path / "a.xlsx", lists(one=[contact(101)], six=[in_need(101)], nine=[care_leaver(101)])),
    )
    assert result.report.cases == 1
    assert codes(result) == {("List 1", 2): "same_child", ("List 6", 2): "open_case", ("List 9", 2): "same_child"}
    assert outcome(result, "List 1", 2).why == "tells of the same child as List 6 row 2"


def test_other_lists_without_an_open_case_are_outside_the_caseload(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(one=[contact(7)], six=[in_need(101)])))
    told = outcome(result, "List 1", 2)
    assert (told.outcome, told.code, told.attention) == (Outcome.REFUSED, "outside_caseload", False)


def test_an_adopter_is_never_taken_for_a_child_with_the_same_number(tmp_path: Path) -> None:
    sheets: dict[str, list[Row]] = {
        "List 6": [LIST_6, in_need(101)],
        "List 11": [LIST_11, (101, 5, "a) Male", SNAPSHOT)],
    }
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert outcome(result, "List 11", 2).code == "outside_caseload"


@pytest.mark.parametrize("blank", [None, "", "#N/A", "#REF!", "Unallocated", "None", "-", "TBC", "\xa0", 0, "n/a", "?"])
def test_a_worker_who_is_nobody_is_looked_for_in_list_7(tmp_path: Path, blank: Cell) -> None:
    result = read(
        write(tmp_path / "a.xlsx", lists(six=[in_need(101, worker=blank)], seven=[on_plan(101)], eight=[in_care(101)])),
    )
    assert holders(result) == {PSEUDONYMS.case("101"): PSEUDONYMS.worker("Worker B2")}


def test_after_list_7_comes_list_8_and_ended_plans_do_not_count(tmp_path: Path) -> None:
    ended = on_plan(101, end=date(2026, 6, 1))
    result = read(
        write(tmp_path / "a.xlsx", lists(six=[in_need(101, worker=None)], seven=[ended], eight=[in_care(101)])),
    )
    assert holders(result) == {PSEUDONYMS.case("101"): PSEUDONYMS.worker("Worker C3")}


def test_a_case_that_nobody_holds_waits(tmp_path: Path) -> None:
    sheets = lists(six=[in_need(101, worker=None, team=None), in_need(102, worker="#N/A")])
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert holders(result) == {}
    assert (result.report.cases, result.report.waiting_cases, result.report.workers) == (2, 2, 0)
    assert (outcome(result, "List 6", 2).code, outcome(result, "List 6", 2).attention) == ("waiting_case", False)
    assert (outcome(result, "List 6", 3).code, outcome(result, "List 6", 3).attention) == ("waiting_case", True)
    assert warned(result)["worker_is_excel_error"] == 1


def test_list_6_wins_over_another_worker_in_lists_7_and_8_and_the_conflict_is_counted(tmp_path: Path) -> None:
    sheets = lists(six=[in_need(101), in_need(102)], seven=[on_plan(101)], eight=[in_care(102, worker="worker a1")])
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert set(holders(result).values()) == {PSEUDONYMS.worker("Worker A1")}
    assert warned(result)["other_worker"] == 1
    assert outcome(result, "List 7", 2).attention
    assert not outcome(result, "List 8", 2).attention


def test_an_open_child_missing_from_list_6_is_imported_with_a_warning(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(seven=[on_plan(101)], eight=[in_care(102)])))
    assert (result.report.cases, warned(result)["missing_from_list_6"]) == (2, 2)
    told = outcome(result, "List 8", 2)
    assert (told.outcome, told.code, told.attention) == (Outcome.IMPORTED, "missing_from_list_6", True)


def test_a_child_closed_in_list_6_and_open_in_list_8_is_imported_and_shown(tmp_path: Path) -> None:
    sheets = lists(six=[in_need(101, closed=date(2026, 8, 1))], eight=[in_care(101)])
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert codes(result) == {("List 6", 2): "same_child", ("List 8", 2): "closed_in_list_6"}


def test_of_two_rows_with_two_workers_the_later_start_stands(tmp_path: Path) -> None:
    early, late = date(2025, 1, 5), date(2026, 2, 6)
    sheets = lists(six=[in_need(101, start=late, worker="Worker A9"), in_need(101, start=early, worker="Worker A1")])
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert holders(result) == {PSEUDONYMS.case("101"): PSEUDONYMS.worker("Worker A9")}
    assert codes(result) == {("List 6", 2): "open_case", ("List 6", 3): "two_workers_in_list"}
    assert warned(result)["two_workers_in_list"] == 1


def test_a_closed_earlier_episode_merges_with_the_open_one(tmp_path: Path) -> None:
    earlier = in_need(101, start=date(2024, 1, 5), closed=date(2025, 1, 5), worker="Worker A9")
    result = read(write(tmp_path / "a.xlsx", lists(six=[earlier, in_need(101)])))
    assert codes(result) == {("List 6", 2): "same_child", ("List 6", 3): "open_case"}
    assert "two_workers_in_list" not in warned(result)


def test_a_care_leaver_is_held_by_the_worker_else_by_the_personal_adviser(tmp_path: Path) -> None:
    sheets = lists(nine=[care_leaver(1), care_leaver(2, worker=None, adviser="Worker E5"), care_leaver(3, worker=None)])
    result = read(write(tmp_path / "a.xlsx", sheets))
    assert holders(result) == {
        PSEUDONYMS.case("1"): PSEUDONYMS.worker("Worker D4"),
        PSEUDONYMS.case("2"): PSEUDONYMS.worker("Worker E5"),
    }
    roles = {e.worker_id: e.role for r in result.records if isinstance(e := r.event, WorkerRegistered)}
    assert roles == {PSEUDONYMS.worker("Worker D4"): None, PSEUDONYMS.worker("Worker E5"): Role.PERSONAL_ADVISER}
    assert set(plans(result).values()) == {PlanType.CARE_LEAVER}
    assert result.report.waiting_cases == 1


def test_a_worker_in_list_9_does_not_hold_a_list_6_case_and_the_gap_is_shown(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101, worker=None)], nine=[care_leaver(101)])))
    assert (result.report.waiting_cases, warned(result)["worker_only_in_list_9"]) == (1, 1)


def test_a_care_leaver_without_dates_is_referred_on_the_day_of_the_snapshot(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(nine=[care_leaver(1)])))
    (referred,) = [r for r in result.records if isinstance(r.event, CaseReferred)]
    assert referred.envelope.occurred_at == MIDNIGHT
    assert referred.envelope.source_id == f"referred:{PSEUDONYMS.case('1')}:undated"


@pytest.mark.parametrize(
    ("status", "plan"),
    [
        ("a) Looked after child", PlanType.LOOKED_AFTER),
        ("b) Child Protection plan", PlanType.CHILD_PROTECTION),
        ("Child in Need", PlanType.CHILD_IN_NEED),
        ("CIN", PlanType.CHILD_IN_NEED),
        ("d)\xa0Open assessment", PlanType.ASSESSMENT),
        ("d", PlanType.ASSESSMENT),
        ("something local", None),
        (None, None),
    ],
)
def test_the_plan_comes_from_the_status_and_stays_unset_where_it_does_not_say(
    tmp_path: Path,
    status: str | None,
    plan: PlanType | None,
) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101, status=status)])))
    assert plans(result) == {PSEUDONYMS.case("101"): plan}
    assert warned(result).get("plan_unknown") == (1 if plan is None else None)


def test_an_open_list_8_row_makes_the_case_one_in_care(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101)], eight=[in_care(101)])))
    assert set(plans(result).values()) == {PlanType.LOOKED_AFTER}


def test_a_worker_belongs_to_the_team_of_most_of_their_cases(tmp_path: Path) -> None:
    sheets = lists(six=[in_need(1, team="Team T9"), in_need(2), in_need(3), in_need(4, team=None)])
    result = read(write(tmp_path / "a.xlsx", sheets))
    (registered,) = [r.event for r in result.records if isinstance(r.event, WorkerRegistered)]
    assert registered.team_id == PSEUDONYMS.team("Team T1")
    assert registered.fte is None
    assert registered.stage is None


def test_hours_are_assumed_only_when_asked_and_are_marked_as_an_assumption(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", lists(six=[in_need(101)]))
    (hours,) = [r for r in read(path, assume_fte=0.8).records if isinstance(r.event, WorkerHoursChanged)]
    worker = PSEUDONYMS.worker("Worker A1")
    assert hours.event == WorkerHoursChanged(worker_id=worker, fte=0.8)
    assert hours.envelope.source_id == f"assumed-fte:{worker}:0.8"
    assert "hours_assumed" in warned(read(path, assume_fte=0.8))
    assert not [r for r in read(path).records if isinstance(r.event, WorkerHoursChanged)]


def test_every_import_says_what_annex_a_cannot_tell(tmp_path: Path) -> None:
    assert "seeds_state" in warned(read(write(tmp_path / "a.xlsx", lists(six=[in_need(101)]))))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (in_need(101, start=date(2026, 10, 2)), "start_after_snapshot", "CIN Start Date"),
        (in_need(101, closed=date(2026, 10, 2)), "end_after_snapshot", "CIN Closure Date"),
        (in_need(101, closed=date(2026, 3, 1)), "end_before_start", "CIN Closure Date"),
        (in_need(101, start="31/02/2026"), "unreadable_date", "CIN Start Date"),
        (in_need(101, closed="03/15/2026"), "unreadable_date", "CIN Closure Date"),
        (in_need(None), "no_child_id", "Child Unique ID"),
        (in_need("#N/A"), "no_child_id", "Child Unique ID"),
        (in_need("1.23E+15"), "unreadable_child_id", "Child Unique ID"),
        (in_need(date(2026, 1, 1)), "unreadable_child_id", "Child Unique ID"),
        (("Total", None, None, None, None, None, None, None, None, "12"), "no_child_id", "Child Unique ID"),
        (("Source: case system, 1 October 2026",), "no_child_id", "Child Unique ID"),
        ((None, None, None, "5 rows"), "no_child_id", "Child Unique ID"),
        ((5,), "only_an_id", "Child Unique ID"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_column(
    tmp_path: Path,
    row: tuple[Cell, ...],
    code: str,
    column: str,
) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(7), row])))
    told = outcome(result, "List 6", 3)
    assert (told.outcome, told.code, told.column, told.attention) == (Outcome.REFUSED, code, column, True)
    assert result.report.cases == 1


def test_a_missing_start_date_is_no_reason_to_lose_a_case(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101, start=None)])))
    assert (result.report.cases, warned(result)["start_unknown"]) == (1, 1)


def test_a_missing_start_date_is_taken_from_the_childs_row_in_list_7(tmp_path: Path) -> None:
    result = read(write(tmp_path / "a.xlsx", lists(six=[in_need(101, start=None)], seven=[on_plan(101)])))
    assert f"referred:{PSEUDONYMS.case('101')}:2026-04-07" in {r.envelope.source_id for r in result.records}
