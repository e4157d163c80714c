"""what-if, absence, leaver, recruitment and team-structure: looks ahead that record nothing, but for a proposal that is asked for."""

from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine

FILE = """
title = "A starter, or nothing"
weeks = 5
runs = 3

[[scenarios]]
id = "nothing"
title = "Nothing changes"

[[scenarios]]
id = "starter"
title = "One starter"

[[scenarios.changes]]
kind = "starters"
"""


@pytest.fixture
def file(service: CommandLine) -> Path:
    path = service.folder / "ours.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def holder(service: CommandLine) -> str:
    document: Any = service.document("caseload")
    return next(
        str(one["worker_id"]) for one in document["workers"] if any(case["role"] == "primary" for case in one["cases"])
    )


def test_a_what_if_tells_differences_first_and_records_nothing(service: CommandLine, file: Path) -> None:
    head = service.head
    page = service.text("what-if", str(file), "--processes", "1", "--workers")
    assert page.index("What each changes against the baseline") < page.index(
        "Cases waiting after the week's allocation"
    )
    assert "accounting index of exposure and recovery" in page
    assert "A: Nothing changes" in page
    assert max(len(line) for line in page.splitlines()) <= 80
    told: Any = service.document("what-if", str(file), "--processes", "1")
    assert (told["runs"], told["weeks"], told["stopped_early"]) == (3, 5, False)
    nothing, starter = told["scenarios"]
    assert {one["mean"] for one in nothing["differences"].values()} == {0.0}
    assert set(starter["workers"]) - set(told["baseline"]["workers"]) == {"new-01"}
    assert len(starter["waiting"]) == 5
    assert service.head == head


def test_runs_and_seed_can_be_given(service: CommandLine, file: Path) -> None:
    told: Any = service.document("what-if", str(file), "--runs", "2", "--seed", "9", "--processes", "1")
    assert (told["runs"], told["seed"]) == (2, 9)


def test_a_file_that_is_wrong_is_refused_by_its_place(service: CommandLine, file: Path) -> None:
    file.write_text(FILE.replace("starters", "starter"), encoding="utf-8")
    code, message = service.refused("what-if", str(file))
    assert code == "settings"
    assert message.startswith("scenarios.1.changes.0")
    assert service.refused("what-if", "none.toml")[0] == "settings"


def test_an_absence_is_answered_in_words_and_can_be_saved(service: CommandLine) -> None:
    who, saved = holder(service), service.folder / "absence.toml"
    page = service.text("absence", who, "--weeks", "2", "--runs", "2", "--processes", "1", "--save", str(saved))
    assert f"{who} away from" in page
    assert "Cases with nobody there" in page
    assert "a named person decides" in " ".join(page.split())
    assert max(len(line) for line in page.splitlines()) <= 80
    told: Any = service.document("what-if", str(saved), "--runs", "2", "--processes", "1")
    assert [one["id"] for one in told["scenarios"]] == ["leave-it", "high-risk", "all", "cover"]
    answer: Any = service.document("absence", who, "--weeks", "2", "--runs", "2", "--processes", "1")
    assert answer["held"] > 0
    assert len(answer["ways"]) == 4
    assert service.refused("absence", "w-none")[0] == "settings"


def test_a_leaver_is_looked_at_and_proposed_only_when_asked(service: CommandLine) -> None:
    who, head = holder(service), service.head
    told: Any = service.document("leaver", who, "--effort", "1")
    assert len(told["choices"]) + len(told["left"]) == len(told["cases"])
    page = service.text("leaver", who, "--effort", "1")
    assert "Nothing is stored" in page
    assert service.head == head
    proposal: Any = service.document("leaver", who, "--effort", "1", "--propose-by", "m-0042")
    assert proposal["proposal_id"].startswith("p-")
    assert service.head == head + 1
    assert service.refused("leaver", "w-none")[0] == "settings"


def test_recruitment_gives_a_curve_with_its_error(service: CommandLine) -> None:
    few = ("--most", "1", "--runs", "2", "--weeks", "4", "--processes", "1", "--stage", "experienced")
    told: Any = service.document("recruitment", *few)
    points = told["stages"]["experienced"]["points"]
    assert [one["starters"] for one in points] == [0, 1]
    assert points[0]["somebody"]["low"] <= points[0]["somebody"]["share"] <= points[0]["somebody"]["high"]
    page = service.text("recruitment", *few)
    assert "Starters: experienced" in page
    assert max(len(line) for line in page.splitlines()) <= 80


def test_a_structure_of_teams_is_shown_and_saved_as_a_what_if(empty: CommandLine) -> None:
    empty.text("generate", "--workers", "40", "--waiting", "5", "--weeks", "4", "--ends", "2026-11-20")
    saved = empty.folder / "teams.toml"
    page = empty.text("team-structure", "2", "--effort", "3", "--save", str(saved))
    assert "The service in 2 teams" in page
    assert max(len(line) for line in page.splitlines()) <= 80
    told: Any = empty.document("team-structure", "2", "--effort", "3")
    assert len(told["teams"]) == 2
    assert saved.read_text(encoding="utf-8").startswith('title = "The service in 2 teams"')
    assert empty.refused("team-structure", "30")[0] == "settings"
