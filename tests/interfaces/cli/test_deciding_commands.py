"""propose, approve, amend, reject and record: a named person decides, with a reason."""

import json
from pathlib import Path

import pytest

from tests.interfaces.cli.command_line import WHY, CommandLine

BY = ("--by", "m-0042", "--reason", WHY)


def test_an_approval_is_on_record_with_who_and_why_and_counts_once(service: CommandLine) -> None:
    proposal = str(service.proposal()["proposal_id"])
    assert service.document("approve", proposal, *BY)["status"] == "approved"
    told = service.text("log", "--tag", f"proposal:{proposal}")
    assert "by m-0042" in told
    assert WHY in told
    head = service.head
    assert "approved by m-0042 already" in service.refused("approve", proposal, *BY)[1]
    assert service.head == head


def test_a_rejection_changes_no_caseload(service: CommandLine) -> None:
    proposal = str(service.proposal()["proposal_id"])
    waiting = [one["case_id"] for one in service.document("caseload")["waiting"]]  # type: ignore[union-attr,index,call-overload]
    assert "No caseload has changed" in service.text("reject", proposal, *BY)
    assert waiting == [one["case_id"] for one in service.document("caseload")["waiting"]]  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize("command", ["approve", "reject"])
def test_a_proposal_that_nobody_made_is_unknown(service: CommandLine, command: str) -> None:
    assert service.refused(command, "p-0000000000", *BY)[0] == "unknown_proposal"


def test_a_name_is_no_id_and_a_word_is_no_reason(service: CommandLine) -> None:
    proposal = str(service.proposal()["proposal_id"])
    head = service.head
    code, message = service.refused("approve", proposal, "--by", "a name with space", "--reason", WHY)
    assert (code, message.startswith("--by: give a staff id")) == ("settings", True)
    for command in (("approve",), ("reject",)):
        code, message = service.refused(*command, proposal, "--by", "m-0042", "--reason", "x")
        assert (code, message) == ("settings", "--reason: give the reason in a sentence of 3 to 300 characters")
    assert service.head == head


def test_an_amendment_that_breaks_a_rule_is_refused_and_one_that_drops_a_case_stands(service: CommandLine) -> None:
    made = service.proposal()
    proposal, choices = str(made["proposal_id"]), made["choices"]
    assert isinstance(choices, list)
    case = choices[0]["case_id"]  # type: ignore[index,call-overload]
    service.refused("amend", proposal, "--assign", f"{case}=w-zzzz", *BY)
    service.refused("amend", proposal, "--assign", "no pair", *BY)
    amended = service.document("amend", proposal, "--drop", str(case), *BY)
    assert str(case) not in json.dumps(amended["choices"])
    assert service.document("approve", proposal, *BY)["status"] == "approved"


def test_a_proposal_is_stale_once_the_hours_of_a_worker_it_chose_have_changed(service: CommandLine) -> None:
    made = service.proposal()
    worker = made["choices"][0]["worker_id"]  # type: ignore[index,call-overload]
    line = {
        "type": "worker.hours_changed.v1",
        "event": {"worker_id": worker, "fte": 0.5},
        "occurred_at": "2026-11-21T09:00:00Z",
        "source_system": "hr",
        "source_id": "4711",
    }
    Path("reported.jsonl").write_text(json.dumps(line) + "\n")
    assert service.document("record", "reported.jsonl", "--by", "hr")["recorded"] == 1
    assert service.document("record", "reported.jsonl", "--by", "hr")["already_known"] == 1
    code, message = service.refused("approve", str(made["proposal_id"]), *BY)
    assert (code, str(worker) in message) == ("stale", True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nosuch",),
        ("load", "--wat"),
        ("approve", "p-1", "--by", "m-0042"),
        ("amend", "p-1", *BY),
        ("propose", "--seed", "x"),
        ("import", "annex-a"),
    ],
)
def test_a_wrong_call_has_exit_status_two_and_says_so(empty: CommandLine, arguments: tuple[str, ...]) -> None:
    status, out, err = empty.call(*arguments)
    assert (status, out) == (2, "")
    assert "--help says how" in err
    assert json.loads(empty.call(*arguments, "--json")[1])["error"]["code"] == "usage"


def test_an_event_is_taken_back_by_its_place_in_the_log(service: CommandLine) -> None:
    held = service.document("log", "--tag", "worker:w-0001", "--limit", "1")["events"]
    position = held[0]["position"]  # type: ignore[index,call-overload]
    told = service.document("retract", str(position), "--by", "m-0042", "--reason", "recorded_in_error")
    assert told["position"] == position
    code, message = service.refused("retract", str(position), "--by", "m-0042", "--reason", "recorded_in_error")
    assert code == "already_retracted"
    assert str(position) in message
