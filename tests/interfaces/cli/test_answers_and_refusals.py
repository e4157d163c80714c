"""Every command: what it answers, and how it refuses. Exit status 0 only when it did what was asked."""

from pathlib import Path

import pytest

from tests.interfaces.cli.command_line import Call, CommandLine
from tests.interfaces.importers.annex_a.workbooks import in_need, lists, write

SERVICE = ("generate", "--seed", "1", "--ends", "2026-11-23")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCATION_ENGINE_STORE", "sqlite:///service.sqlite")
    monkeypatch.delenv("ALLOCATION_ENGINE_KEY_FILE", raising=False)
    return CommandLine(tmp_path, capsys, "sqlite:///service.sqlite").run


@pytest.fixture
def service(call: Call) -> Call:
    assert call(*SERVICE).status == 0
    return call


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


REFUSED = [
    (("load", "w-9999"), "settings", "w-9999"),
    (("load", "--team", "t-99"), "settings", "t-99"),
    (("load", "--as-at", "yesterday"), "settings", "2026-11-01"),
    (("load", "--as-at", "0026-11-01"), "settings", "four digits"),
    (("load", "--as-at", "2126-11-01"), "settings", "a year ahead"),
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
