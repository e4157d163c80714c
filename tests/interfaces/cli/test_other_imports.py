"""The imports of the DfE's payload and of the SSDA903 return, as a manager runs them day after day."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.interfaces.cli.command_line import CommandLine
from tests.interfaces.importers.dfe_daily.payloads import Json, child, episode, worker
from tests.interfaces.importers.ssda903.returns import care, episodes_file, held, workers_file

FIRST_DAY = [child("K101", episode(workers=(worker("SWE100"),))), child("K102", episode("E2"))]
NEXT_DAY = [child("K101", episode(workers=(worker("SWE100", "2026-03-09"),))), FIRST_DAY[1]]


def payload(path: Path, children: list[Json]) -> str:
    path.write_text(json.dumps(children), "utf-8")
    return str(path)


@pytest.fixture
def files(empty: CommandLine) -> tuple[str, str]:
    workers, episodes = empty.folder / "sw.csv", empty.folder / "episodes.csv"
    workers.write_bytes(workers_file(held("101", "SW1", "01/04/2026"), held("102", "", "01/04/2026")))
    episodes.write_bytes(episodes_file(care("101", "01/04/2026"), care("102", "01/04/2026")))
    return str(workers), str(episodes)


def test_a_payload_is_taken_in_and_the_next_day_tells_only_what_differs(empty: CommandLine) -> None:
    today = payload(empty.folder / "today.json", FIRST_DAY)
    first = empty.document("import", "dfe-daily", today)
    assert first["events"] == {"made": 4, "stored": 4, "already_known": 0}
    assert empty.document("import", "dfe-daily", today)["events"] == {"made": 0, "stored": 0, "already_known": 0}
    news = empty.text("import", "dfe-daily", payload(empty.folder / "next.json", NEXT_DAY))
    assert "Records: 2. Open cases: 2, of them without a worker: 1. Social workers: 1." in news
    assert "correction.event_corrected" in news
    assert "Stored 1 events." in news
    assert "propose --assume-fte 1.0" in news


def test_a_dry_run_stores_nothing_and_leaves_no_key(empty: CommandLine) -> None:
    told = empty.text("import", "dfe-daily", payload(empty.folder / "today.json", FIRST_DAY), "--dry-run")
    assert "Dry run: nothing was stored." in told
    assert [one.name for one in empty.folder.iterdir()] == ["today.json"]


def test_a_return_is_taken_in_and_its_refused_lines_are_told_by_number(
    empty: CommandLine, files: tuple[str, str]
) -> None:
    workers, episodes = files
    told = empty.text("import", "ssda903", workers, "--episodes", episodes)
    assert "Lines: 4. Open cases: 2, of them without a worker: 1." in told
    assert "social workers line 3" in told
    assert empty.document("import", "ssda903", workers, "--episodes", episodes)["events"]["stored"] == 0  # type: ignore[index,call-overload]


def test_hours_may_be_assumed_and_then_a_proposal_finds_a_worker(empty: CommandLine) -> None:
    today = payload(empty.folder / "today.json", FIRST_DAY)
    empty.text("import", "dfe-daily", today, "--assume-fte", "1.0")
    proposal = empty.proposal()
    assert len(proposal["choices"]) == 1  # type: ignore[arg-type]


def test_who_is_who_is_written_for_its_owner_alone(empty: CommandLine, files: tuple[str, str]) -> None:
    workers, _ = files
    lookup = empty.folder / "who.csv"
    empty.text("import", "ssda903", workers, "--lookup", str(lookup))
    assert lookup.read_text("utf-8").splitlines()[0] == "kind,id,in the return"
    assert ",SW1" in lookup.read_text("utf-8")
    assert lookup.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("command", "content", "code"),
    [
        ("dfe-daily", "no json", "not_json"),
        ("dfe-daily", "{}", "not_a_list"),
        ("ssda903", "a,b\n1,2\n", "no_header"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_nothing_is_made(
    empty: CommandLine, command: str, content: str, code: str
) -> None:
    file = empty.folder / "file"
    file.write_text(content, "utf-8")
    assert empty.refused("import", command, str(file))[0] == code
    assert [one.name for one in empty.folder.iterdir()] == ["file"]


@pytest.mark.parametrize("command", ["dfe-daily", "ssda903"])
def test_a_file_that_is_not_there_is_named(empty: CommandLine, command: str) -> None:
    code, message = empty.refused("import", command, "nowhere.json")
    assert (code, "nowhere.json" in message) == ("settings", True)


def test_a_payload_that_comes_late_is_told_as_older_and_undoes_nothing(empty: CommandLine) -> None:
    empty.text("import", "dfe-daily", payload(empty.folder / "next.json", NEXT_DAY), "--drawn-at", "2026-11-03")
    late = empty.document(
        "import", "dfe-daily", payload(empty.folder / "today.json", FIRST_DAY), "--drawn-at", "2026-11-02T06:00+00:00"
    )
    # The worker was there from the earlier day on, which no newer payload speaks against.
    assert late["events"] == {"made": 1, "stored": 1, "already_known": 0}
    assert {item["outcome"] for item in late["report"]["items"]} == {"older"}  # type: ignore[index,call-overload,union-attr]
    ahead = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    refused = empty.refused("import", "dfe-daily", str(empty.folder / "next.json"), "--drawn-at", ahead)
    assert refused[0] == "drawn_in_future"
