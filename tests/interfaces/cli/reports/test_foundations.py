"""The report `foundations`, as a leader and as a program call it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine


@pytest.fixture
def surveyed(empty: CommandLine) -> CommandLine:
    empty.text("generate", "--workers", "16", "--waiting", "1", "--weeks", "30", "--ends", "2026-07-20", "--seed", "2")
    return empty


def test_the_page_says_what_it_shows_and_what_it_must_not_be_read_as(surveyed: CommandLine) -> None:
    page = surveyed.text("report", "foundations")
    assert page.startswith("Five foundations, January to June 2026, asked on ")
    assert "The service: " in page
    assert "wellbeing" in page
    assert all(len(line) <= 80 for line in page.splitlines())
    assert " ".join(page.split()).endswith("a difference of a few tenths is within chance.")


def test_the_document_gives_figures_as_they_are_and_nothing_of_what_is_hidden(surveyed: CommandLine) -> None:
    document: Any = surveyed.document("report", "foundations")
    assert (document["since"], document["until"]) == ("2026-01-01T00:00:00+00:00", "2026-07-01T00:00:00+00:00")
    for one in (document["service"], *document["teams"]):
        assert one["shown"] is (one["answers"] is not None)
        assert one["shown"] or one["ratings"] == {}
        assert all(rating["answers"] >= 6 for rating in one["ratings"].values())


def test_one_team_is_shown_alone_and_a_team_without_answers_is_refused(surveyed: CommandLine) -> None:
    document: Any = surveyed.document("report", "foundations")
    team = document["teams"][0]["team_id"]
    page = surveyed.text("report", "foundations", "--team", team)
    assert "The service: " not in page
    assert f"eam {team}" in page
    assert surveyed.refused("report", "foundations", "--team", "t-none")[0] == "settings"


def test_a_half_year_without_answers_says_so(surveyed: CommandLine) -> None:
    assert "No answer is on record" in surveyed.text("report", "foundations", "--as-at", "2025-06-30")


def test_a_team_with_few_answers_is_named_and_not_shown(empty: CommandLine) -> None:
    empty.text("generate", "--workers", "4", "--waiting", "0", "--weeks", "2", "--ends", "2026-03-20")
    answer = {
        "type": "service.foundations_survey_answered.v1",
        "event": {"team_id": "t-few", "scores": [{"foundation": "wellbeing", "score": 2}]},
        "occurred_at": "2026-04-01T09:00:00Z",
        "source_system": "survey",
        "source_id": "1",
    }
    Path("answer.jsonl").write_text(json.dumps(answer), encoding="utf-8")
    empty.text("record", "answer.jsonl", "--by", "m-0042")
    page = " ".join(empty.text("report", "foundations", "--as-at", "2026-07-01").split())
    assert "Not shown: the service, team t-few. Fewer than 6 in the team or 6 answers" in page
    alone = " ".join(empty.text("report", "foundations", "--as-at", "2026-07-01", "--team", "t-few").split())
    assert "Not shown: team t-few." in alone
