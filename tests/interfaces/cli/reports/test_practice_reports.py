"""The reports on practice, as a manager reads their pages and a program their documents."""

from typing import Any

import pytest

from domain.events.practice import CriticalIncidentRecorded, Exposure
from domain.events.worker import WorkerRegistered
from domain.identifiers import IncidentId, WorkerId
from domain.vocabulary import ExposureRoute, IncidentKind, Severity
from tests.interfaces.cli.command_line import CommandLine
from tests.planning.given import engine_on
from tests.projections.practice_histories import agreed, session, told
from tests.reporting.practice_service import history

AT = ("--as-at", "2026-05-01T09:00+00:00", "--since", "2026-03-02T09:00+00:00")
"""Day 60 of the small service, and its day 0."""

UNTIL = AT[:2]

REPORTS = {
    "supervision": ("supervision", *AT),
    "all agreements": ("supervision", "--all", *AT),
    "supervision of a team": ("supervision", "--team", "t-2", *AT),
    "follow-ups": ("follow-ups", *AT),
    "check-ins": ("check-ins", *AT),
    "own check-ins": ("check-ins", "--worker", "w-01", *AT),
    "learning": ("learning", *AT),
    "own learning": ("learning", "--worker", "w-02", *AT),
    "exposure": ("exposure", *AT),
    "history of a case": ("history", "--case", "c-1", *UNTIL),
    "history of a worker": ("history", "--worker", "w-01", *UNTIL),
}
NEVER = {
    "supervision": "Not a measure of anybody's work",
    "follow-ups": "Not a sign of how anybody is",
    "check-ins": "are ever used to judge performance",
    "learning": "nobody is ranked",
    "exposure": "It does not measure stress or health",
    "history": "is not a failing",
}


@pytest.fixture
def practice(empty: CommandLine) -> CommandLine:
    with engine_on(empty.store) as engine:
        engine.ingest(history())
    return empty


def report(service: CommandLine, *arguments: str) -> Any:
    return service.document("report", *arguments)


def page(service: CommandLine, *arguments: str) -> str:
    return " ".join(service.text("report", *arguments).split())


@pytest.mark.parametrize("arguments", REPORTS.values(), ids=REPORTS)
def test_a_page_fits_80_columns_and_ends_with_what_it_must_not_be_read_as(
    practice: CommandLine, arguments: tuple[str, ...]
) -> None:
    lines = practice.text("report", *arguments).rstrip().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert NEVER[arguments[0]] in " ".join(lines[-5:])
    assert NEVER[arguments[0]] in report(practice, *arguments)["note"]


@pytest.mark.parametrize("arguments", REPORTS.values(), ids=REPORTS)
def test_a_document_says_what_was_asked_about(practice: CommandLine, arguments: tuple[str, ...]) -> None:
    document = report(practice, *arguments, "--known-at", "2026-04-30")
    assert document["as_at"] == "2026-05-01T09:00:00+00:00"
    assert document["known_at"].startswith("2026-04-30T23:59:59")
    assert document["policy_set_id"] == "example-england-2026-11"
    assert "as known on 30 Apr 2026" in page(practice, *arguments, "--known-at", "2026-04-30")


@pytest.mark.parametrize("name", sorted(NEVER))
def test_a_report_of_a_large_made_up_service_fits_too(service: CommandLine, name: str) -> None:
    subject = ("--worker", "w-0003") if name == "history" else ()
    lines = service.text("report", name, *subject, "--as-at", "2026-11-20").splitlines()
    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("supervision", "--team", "t-9"), "t-9"),
        (("follow-ups", "--team", "t-9"), "t-9"),
        (("check-ins", "--team", "t-9"), "t-9"),
        (("learning", "--team", "t-9"), "t-9"),
        (("exposure", "--team", "t-9"), "t-9"),
        (("check-ins", "--worker", "w-99"), "w-99"),
        (("learning", "--worker", "w-99"), "w-99"),
        (("check-ins", "--worker", "w-01", "--team", "t-1"), "--worker"),
        (("learning", "--worker", "w-01", "--team", "t-1"), "--worker"),
        (("history",), "--case"),
        (("history", "--case", "c-1", "--worker", "w-01"), "--case"),
        (("history", "--case", "c-99"), "c-99"),
        (("history", "--worker", "w-99"), "w-99"),
        (("supervision", "--since", "2026-06-01"), "--since"),
        (("supervision", "--since", "lately"), "lately"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence_that_names_it(
    practice: CommandLine, arguments: tuple[str, ...], named: str
) -> None:
    code, message = practice.refused("report", *arguments, *UNTIL)
    assert code == "settings"
    assert named in message


def test_supervision_names_what_is_overdue_and_who_has_no_agreement(practice: CommandLine) -> None:
    text = page(practice, *REPORTS["supervision"])
    assert "8 agreements: 1 on return, 6 overdue, 0 due, 1 not yet due." in text
    assert "w-08 │ one to one │ w-10 │ 28 │ never │ 30 Mar 2026 │ 32" in text
    assert "No agreement on record (2): w-09, w-10." in text
    assert "2 more attendances at sessions of a kind that was not agreed" in text
    assert "Across agencies: 1 of 10 attendances (10%)" in text
    assert "w-10 │ 8 │ 9 │ no agreement on record" in text
    assert "w-07 │ one to one │ w-10 │ 28 │ 22 Mar 2026 │ on return" in page(practice, *REPORTS["all agreements"])


def test_supervision_gives_programs_each_agreement_and_each_group(practice: CommandLine) -> None:
    document = report(practice, *REPORTS["supervision"])
    assert [one["standing"] for one in document["agreements"]].count("overdue") == 6
    assert document["agreements"][6]["due_at"] is None
    everybody = document["held_against_agreed"][0]
    assert (everybody["group"], everybody["held"], everybody["beside_agreements"]) == (None, 8, 2)
    assert [one["quality"] for one in document["kinds"]] == [4.0, None]
    assert [one["across"] for one in document["between_agencies"]] == [True, False]
    assert document["supervisors"][0]["own_supervision"] == []


def test_follow_ups_lists_what_is_owed_and_says_what_was_told_late(practice: CommandLine) -> None:
    text = page(practice, *REPORTS["follow-ups"])
    assert "4 open, of which 4 overdue." in text
    assert "w-11 │ i-1 │ serious │ 72 h │ 15 Mar 2026 │ 47.0 │ has left" in text
    assert "72 hours │ 3 │ 1 │ 1 │ 1 │ 33%" in text
    assert "1 have one on record; none on record for w-02 after i-1, w-11 after i-1." in text
    late = CriticalIncidentRecorded(
        incident_id=IncidentId("i-2"),
        kind=IncidentKind.DEATH,
        severity=Severity.SEVERE,
        exposures=(Exposure(worker_id=WorkerId("w-05"), route=ExposureRoute.DIRECT),),
    )
    with engine_on(practice.store) as engine:
        engine.ingest(told((50, late), numbered_from=90, recorded=59))
    assert "w-05 │ i-2 │ severe │ 72 h │ 24 Apr 2026 │ 7.0 │ told 9 d late" in page(practice, *REPORTS["follow-ups"])
    document = report(practice, *REPORTS["follow-ups"])
    assert [(one["worker_id"], one["has_left"], one["outcome"]) for one in document["open"]][-1] == (
        "w-11",
        True,
        "overdue",
    )
    assert [one["in_time"] for one in document["fell_due"]] == [1, 0]


def test_a_teams_check_ins_are_a_number_or_nothing_and_never_what_was_said(practice: CommandLine) -> None:
    document = report(practice, *REPORTS["check-ins"])
    assert document["teams"] == [
        {"team_id": "t-1", "people": 9, "checked_in": None},
        {"team_id": "t-2", "people": 1, "checked_in": None},
        {"team_id": None, "people": 10, "checked_in": 7},
    ]
    assert "felt" not in str(document)
    assert [one["worker_id"] for one in document["open_concerns"]] == ["w-02"]
    assert [one["answered_by"] for one in document["answered_concerns"]] == ["m-1"]
    text = page(practice, *REPORTS["check-ins"])
    assert "t-1 │ 9 │ not shown" in text
    assert "w-02 │ 11 Apr 2026 │ 20" in text
    assert "w-03 │ 12 Apr 2026 │ m-1 │ 4" in text


def test_ones_own_check_ins_stand_beside_ones_own_load(practice: CommandLine) -> None:
    own = report(practice, *REPORTS["own check-ins"])["check_ins"]
    assert [(one["felt_load"], one["far_apart"]) for one in own] == [(5, "felt_heavier"), (3, None)]
    text = page(practice, *REPORTS["own check-ins"])
    assert "felt heavier" in text
    assert "says as much about the account" in text
    assert "No check-in on record" in page(practice, "check-ins", "--worker", "w-10", *AT)


def test_learning_shows_access_and_thin_cover(practice: CommandLine) -> None:
    text = page(practice, *REPORTS["learning"])
    assert "everybody │ 10 │ 40% │ 0% │ 20% │ 0%" in text
    assert "team: t-1 │ 9 │ - │ - │ - │ -" in text
    assert "service │ missing return │ 1 │ nobody" in text
    document = report(practice, *REPORTS["learning"])
    assert document["access"][0]["shares"]["learning"] == 0.4
    assert [one["workers"] for one in document["needs"]] == [["w-02"], [], ["w-02"]]
    assert "Skills gained: cce-direct-work (08 Mar 2026)." in page(practice, *REPORTS["own learning"])
    assert "Nothing on record" in page(practice, "learning", "--worker", "w-10", *AT)


def test_exposure_shows_who_carries_which_harm(practice: CommandLine) -> None:
    text = page(practice, *REPORTS["exposure"])
    assert "w-02 │ 1 │ 1 │ 0 │ 1 │ 100% │ 0 │ 1 │ 0" in text
    assert "t-1 │ 1 │ 1 │ 0 │ 1 │ 100% │ 1 │ 1 │ 1" in text
    document = report(practice, *REPORTS["exposure"])
    carried = {one["worker_id"]: one for one in document["workers"]}
    assert carried["w-02"]["by_harm_type"]["gangs"] == 1
    assert carried["w-01"]["incidents_by_route"] == {"direct": 1, "co_worker": 0, "team_heard": 0}


def test_history_tells_how_a_case_came_and_went(practice: CommandLine) -> None:
    text = page(practice, *REPORTS["history of a case"])
    assert "2 stretches, of which 1 still runs (1 as primary worker)." in text
    assert "w-01 │ primary │ 03 Mar 2026 │ 26 Apr 2026 │ 54 │ assigned; passed on to" in text
    (one,) = report(practice, *REPORTS["history of a worker"])["stretches"]
    assert (one["case_id"], one["went"], one["next_holder"]) == ("c-1", "passed_on", "w-02")
    assert "0 stretches, of which 0 still run" in page(practice, "history", "--case", "c-2", *UNTIL)


@pytest.fixture
def one_worker(empty: CommandLine) -> CommandLine:
    """One worker of no recorded agency, supervised by somebody who is not on record, and nothing else."""
    worker, outside = WorkerId("w-01"), WorkerId("w-outside")
    records = told(
        (0, WorkerRegistered(worker_id=worker)),
        (0, agreed(28, worker, outside)),
        (0, agreed(28, WorkerId("w-unheard"), outside)),
        (40, session(worker, supervisor=outside)),
    )
    with engine_on(empty.store) as engine:
        engine.ingest(records)
    return empty


def test_supervision_from_outside_the_service_is_shown_as_such(one_worker: CommandLine) -> None:
    text = page(one_worker, *REPORTS["supervision"])
    assert "1 agreement: 0 on return, 0 overdue, 0 due, 1 not yet due." in text
    assert "Everybody has an agreement on record." in text
    assert "not on record as workers, and so in no figure below: w-unheard." in text
    assert report(one_worker, *REPORTS["supervision"])["not_on_record"] == ["w-unheard"]
    assert "of 1 an agency is not recorded" in text
    assert "w-outside │ 1 │ 1 │ not on record as a worker here" in text
    assert "team: not recorded │ 1" in text
    assert report(one_worker, *REPORTS["supervision"])["between_agencies"][0]["across"] is None


def test_where_nothing_happened_the_reports_say_so(one_worker: CommandLine) -> None:
    assert "0 open, of which 0 overdue." in page(one_worker, *REPORTS["follow-ups"])
    assert "No capacity concern is open." in page(one_worker, *REPORTS["check-ins"])
    assert "For every need of an open case" in page(one_worker, *REPORTS["learning"])
