"""Every command: what it answers, and how it refuses. Exit status 0 only when it did what was asked."""

import sqlite3
from pathlib import Path

import pytest

from tests.interfaces.cli.commands import Call, caller
from tests.interfaces.importers.annex_a.workbooks import in_need, lists, write

SERVICE = ("generate", "--seed", "1", "--ends", "2026-11-23")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCATION_ENGINE_STORE", "sqlite:///service.sqlite")
    monkeypatch.delenv("ALLOCATION_ENGINE_KEY_FILE", raising=False)
    return caller(capsys)


@pytest.fixture
def service(call: Call) -> Call:
    assert call(*SERVICE).status == 0
    return call


READING = [
    ("load",),
    ("load", "w-0008"),
    ("load", "--team", "t-01", "--as-at", "2026-10-01"),
    ("caseload",),
    ("caseload", "w-0008"),
    ("log", "--tag", "worker:w-0008", "--type", "case.assigned"),
    ("rebuild",),
    ("check-store",),
    ("propose",),
]


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_command_answers_a_person_and_a_program(command: tuple[str, ...], service: Call) -> None:
    page = service(*command)
    assert (page.status, page.err) == (0, "")
    assert page.out.strip()
    answer = service(*command, "--json")
    assert (answer.status, answer.err) == (0, "")
    assert isinstance(answer.document, dict)


def test_load_says_what_it_is_and_ranks_nobody(service: Call) -> None:
    page = service("load").out
    assert "does not measure stress or health" in page
    workers = [one["worker_id"] for one in service("load", "--json").document["workers"]]
    assert workers == sorted(workers)


def test_contributions_add_up_to_the_load_that_is_shown(service: Call) -> None:
    (account,) = service("load", "w-0008", "--json").document["workers"]
    parts = sum(one["acute"] + one["cumulative"] for one in account["contributions"])
    assert parts == pytest.approx(account["load"], rel=1e-12)
    assert account["load"] == pytest.approx(account["acute"] + account["cumulative"], rel=1e-12)


def test_the_same_seed_and_end_make_the_same_service(service: Call) -> None:
    again = service(*SERVICE, "--json").document
    assert again["stored"] == 0
    assert again["already_known"] == again["head"]


def test_generate_makes_exactly_as_many_events_as_asked(call: Call) -> None:
    made = call("generate", "--events", "1000", "--json")
    assert (made.status, made.document["stored"], made.document["head"]) == (0, 1000, 1000)


def test_a_rejected_proposal_changes_no_caseload(service: Call) -> None:
    before = service("caseload", "--json").document["workers"]
    proposal = service("propose", "--json").document["proposal_id"]
    assert service("reject", proposal, "--by", "m-1", "--reason", "wait for the new starter").status == 0
    assert service("caseload", "--json").document["workers"] == before
    refused = service("approve", proposal, "--by", "m-1", "--reason", "after all", "--json")
    assert refused.document["error"]["code"] == "already_decided"


def test_an_amendment_that_breaks_a_rule_is_refused_in_the_rules_words(service: Call) -> None:
    proposal = service("propose", "--json").document
    case = proposal["choices"][0]["case_id"]
    supervisor = "w-0001"
    decision = ("--by", "m-1", "--reason", "closest to the family")
    refused = service("amend", proposal["proposal_id"], "--assign", f"{case}={supervisor}", *decision, "--json")
    assert (refused.status, refused.document["error"]["code"]) == (1, "role_holds_cases")
    assert supervisor in refused.document["error"]["message"]


REFUSED = [
    (("load", "w-9999"), "settings", "w-9999"),
    (("load", "--team", "t-99"), "settings", "t-99"),
    (("load", "--as-at", "yesterday"), "settings", "2026-11-01"),
    (("caseload", "w-9999"), "settings", "w-9999"),
    (("log", "--tag", "w-0001"), "settings", "worker:"),
    (("log", "--tag", "worker:w-0001", "--type", "case.taken"), "settings", "case.assigned"),
    (("log", "--type", "case.assigned"), "settings", "--tag"),
    (("approve", "p-none", "--by", "m-1", "--reason", "because"), "unknown_proposal", "p-none"),
    (("approve", "p-none", "--by", "Some Body", "--reason", "because"), "settings", "--by"),
    (("approve", "p-none", "--by", "m-1", "--reason", "x"), "settings", "--reason"),
    (("propose", "--pin", "c-1"), "settings", "CASE=WORKER"),
    (("record", "missing.jsonl"), "settings", "missing.jsonl"),
    (("generate", "--events", "3"), "settings", "events"),
    (("import", "annex-a", "missing.xlsx"), "not_found", "missing.xlsx"),
]


@pytest.mark.parametrize(("command", "code", "named"), REFUSED, ids=lambda value: " ".join(value) if value else "")
def test_a_refusal_is_one_clear_sentence(command: tuple[str, ...], code: str, named: str, service: Call) -> None:
    before = service("log", "--json").document["head"]
    told = service(*command)
    assert (told.status, told.out) == (1, "")
    assert named in told.err
    assert "Traceback" not in told.err
    error = service(*command, "--json")
    assert (error.status, error.document["error"]["code"]) == (1, code)
    assert service("log", "--json").document["head"] == before, "a refused command stores nothing"


@pytest.mark.parametrize(
    "command", [("nonsense",), ("load", "--nonsense"), ("approve",), ("amend", "p-1", "--by", "m-1", "--reason", "why")]
)
def test_a_wrong_call_ends_with_2(command: tuple[str, ...], call: Call) -> None:
    told = call(*command)
    assert (told.status, told.out) == (2, "")
    assert "--help" in told.err
    assert call(*command, "--json").document["error"]["code"] == "usage"


@pytest.mark.parametrize("command", [("load",), ("caseload",), ("propose",), ("log",), ("rebuild",), ("check-store",)])
def test_a_question_to_a_store_that_is_not_there_makes_none(
    command: tuple[str, ...], call: Call, tmp_path: Path
) -> None:
    told = call(*command, "--store", "sqlite:///typo.sqlite")
    assert told.status == 1
    assert "typo.sqlite does not exist" in told.err
    assert not (tmp_path / "typo.sqlite").exists()


def test_what_is_no_store_is_said_to_be_none(call: Call, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, whatever its name says", "utf-8")
    for url in ("sqlite:///notes.txt", f"sqlite:///{tmp_path}", "mysql://somewhere", "postgresql:///?host=/nowhere"):
        assert call("check-store", "--store", url, "--json").document["error"]["code"] == "store_unavailable"


def test_a_dry_run_leaves_neither_store_nor_key(call: Call, tmp_path: Path) -> None:
    workbook = write(tmp_path / "a.xlsx", lists(six=[in_need(101)]))
    tried = call("import", "annex-a", str(workbook), "--dry-run", "--json")
    assert (tried.status, tried.document["events"]["stored"]) == (0, 0)
    assert tried.document["report"]["cases"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Child Unique ID,Gender\n1,Female\n", "not_a_workbook"),
        (b"PK\x03\x04 cut off", "truncated"),
        (b"", "truncated"),
    ],
)
def test_a_file_that_is_no_workbook_leaves_the_store_as_it_was(
    content: bytes, code: str, service: Call, tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    before = service("log", "--json").document["head"]
    refused = service("import", "annex-a", "a.xlsx", "--json")
    assert (refused.status, refused.document["error"]["code"]) == (1, code)
    assert service("log", "--json").document["head"] == before


def test_a_lookup_file_is_never_overwritten_and_nothing_is_stored(call: Call, tmp_path: Path) -> None:
    workbook = write(tmp_path / "a.xlsx", lists(six=[in_need(101)]))
    (tmp_path / "who.csv").write_text("precious", "utf-8")
    assert call("import", "annex-a", str(workbook), "--lookup", "who.csv").status == 1
    assert (tmp_path / "who.csv").read_text("utf-8") == "precious"
    assert not (tmp_path / "service.sqlite").exists()


def test_reported_events_are_read_whole_or_not_at_all(service: Call, tmp_path: Path) -> None:
    good = '{"type": "worker.hours_changed.v1", "event": {"worker_id": "w-0004", "fte": 0.8}, "occurred_at": "2026-11-20T09:00:00Z", "source_system": "hr", "source_id": "1"}'
    (tmp_path / "news.jsonl").write_text(f"{good}\n{good.replace('0.8', '9')}\n", "utf-8")
    before = service("log", "--json").document["head"]
    refused = service("record", "news.jsonl", "--json")
    assert (refused.status, refused.document["error"]["code"]) == (1, "invalid_event")
    assert refused.document["error"]["faults"][0]["field"] == "fte"
    assert service("log", "--json").document["head"] == before


def test_a_damaged_store_fails_its_check(service: Call, tmp_path: Path) -> None:
    service("load")
    with sqlite3.connect(tmp_path / "service.sqlite") as database:
        (tags,) = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%tag%'"
        ).fetchone()
        assert database.execute(f"DELETE FROM {tags} WHERE tag = 'worker:w-0001'").rowcount > 0
    database.close()
    checked = service("check-store", "--json")
    assert (checked.status, checked.document["sound"]) == (1, False)
    assert checked.document["faults"]
