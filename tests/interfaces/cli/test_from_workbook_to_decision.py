"""The whole line as a manager walks it: a workbook, a proposal, a decision, and what is on record of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interfaces.cli.command_line import Call, CommandLine
from tests.interfaces.importers.annex_a.workbooks import care_leaver, in_care, in_need, lists, write

STORES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Call:
    return CommandLine(tmp_path, capsys, "").run


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    six = [
        in_need(101),
        in_need(102, worker="Worker A2"),
        in_need(103, worker="#N/A"),
        in_need(104, worker=None),
        in_need(105, worker="Worker A1", closed="01/09/2026"),
    ]
    return write(tmp_path / "annex_a.xlsx", lists(six=six, eight=[in_care(103)], nine=[care_leaver(106)]))


@pytest.fixture
def store(
    request: pytest.FixtureRequest,
    new_store_url: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    url = new_store_url(request.param)
    monkeypatch.setenv("ALLOCATION_ENGINE_STORE", url)
    monkeypatch.setenv("ALLOCATION_ENGINE_KEY_FILE", str(tmp_path / "pseudonyms.key"))
    monkeypatch.setenv("ALLOCATION_ENGINE_PERSON_KEYS", str(tmp_path / "persons.keys"))
    return url


@pytest.mark.parametrize("store", STORES, indirect=True)
def test_a_workbook_becomes_an_approved_allocation(store: str, workbook: Path, call: Call) -> None:
    del store
    imported = call("import", "annex-a", str(workbook), "--json")
    assert imported.status == 0
    report = imported.document["report"]
    assert (report["cases"], report["waiting_cases"], report["workers"]) == (
        5,
        1,
        4,
    )  # 103 is held by its List 8 worker
    assert sum(report["totals"]["by_outcome"].values()) == report["totals"]["rows"] == 7

    assert call("import", "annex-a", str(workbook), "--json").document["events"]["stored"] == 0

    refused = call("propose", "--json")
    assert (refused.status, refused.document["error"]["code"]) == (1, "hours_known")
    assert "--assume-fte" in refused.document["error"]["message"]

    proposed = call("propose", "--assume-fte", "1.0", "--json").document
    (choice,) = proposed["choices"]
    assert (proposed["assumed_fte"], proposed["status"]) == (1.0, "optimal")
    assert "hours are assumed" in proposed["reasons"][0]["sentence"]

    proposal, case = proposed["proposal_id"], choice["case_id"]
    other = next(one for one in proposed["reasons"][0]["alternatives"])["worker_id"]
    decision = ("--by", "m-0042", "--reason", "agreed in the allocation meeting")
    amended = call("amend", proposal, "--assign", f"{case}={other}", *decision, "--json")
    assert [one["worker_id"] for one in amended.document["choices"]] == [other]

    approved = call("approve", proposal, *decision, "--json")
    assert (approved.status, approved.document["assignments"]) == (0, 1)

    held = call("caseload", other, "--json").document["workers"][0]["cases"]
    assert case in [one["case_id"] for one in held]

    record = call("log", "--tag", f"proposal:{proposal}", "--json").document["events"]
    assert [one["type"] for one in record] == [
        "allocation.proposed.v2",
        "allocation.amended.v2",
        "allocation.approved.v1",
        "case.assigned.v1",
    ]
    assert record[2]["event"]["decided_by"] == "m-0042"
    assert record[2]["event"]["reason"] == "agreed in the allocation meeting"

    again = call("approve", proposal, *decision, "--json")
    assert (again.status, again.document["error"]["code"]) == (1, "already_decided")
    assert call("check-store", "--json").document["sound"] is True


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_news_of_a_chosen_worker_makes_the_proposal_stale_and_says_so(
    store: str, workbook: Path, call: Call, tmp_path: Path
) -> None:
    del store
    call("import", "annex-a", str(workbook))
    proposed = call("propose", "--assume-fte", "1.0", "--json").document
    worker = proposed["choices"][0]["worker_id"]
    news = tmp_path / "news.jsonl"
    absence = {"worker_id": worker, "kind": "sickness"}
    report = {"type": "worker.absence_started.v1", "event": absence, "occurred_at": "2026-11-20T09:00:00Z"}
    news.write_text(json.dumps({**report, "source_system": "hr", "source_id": "1"}), "utf-8")
    assert call("record", str(news), "--json").document == {"recorded": 1, "already_known": 0}
    assert call("record", str(news), "--json").document == {"recorded": 0, "already_known": 1}

    refused = call("approve", proposed["proposal_id"], "--by", "m-1", "--reason", "as discussed", "--json")
    assert (refused.status, refused.document["error"]["code"]) == (1, "stale")
    (change,) = refused.document["error"]["changes"]
    assert (change["type"], change["subjects"]) == ("worker.absence_started.v1", [f"worker:{worker}"])
    assert call("caseload", "--json").document["waiting"], "the case still waits"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_nothing_of_the_workbooks_names_reaches_store_or_output(
    store: str, workbook: Path, call: Call, tmp_path: Path
) -> None:
    printed = call("import", "annex-a", str(workbook), "--json").out + call("log", "--limit", "500", "--json").out
    assert "Worker" not in printed
    content = Path(store.removeprefix("sqlite:///")).read_bytes()
    assert b"Worker A" not in content
    lookup = tmp_path / "who.csv"
    assert call("import", "annex-a", str(workbook), "--lookup", str(lookup)).status == 0
    assert "Worker A1" in lookup.read_text("utf-8")
    assert lookup.stat().st_mode & 0o077 == 0
