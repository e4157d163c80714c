"""The report `overview`, as a leader and as a program call it."""

from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine


@pytest.fixture
def staffed(empty: CommandLine) -> CommandLine:
    empty.text("generate", "--workers", "14", "--waiting", "2", "--weeks", "14", "--ends", "2026-11-20", "--seed", "3")
    return empty


def test_the_page_sets_the_service_beside_earlier_days_and_ranks_nobody(staffed: CommandLine) -> None:
    page = staffed.text("report", "overview", "--as-at", "2026-11-20")
    assert page.startswith("The service at a glance on 20 Nov 2026")
    assert all(day in page for day in ("20 Nov 2026", "23 Oct 2026", "28 Aug 2026"))
    assert "Over capacity" in page
    assert "w-0" not in page
    assert all(len(line) <= 80 for line in page.splitlines())
    told = " ".join(page.split())
    assert "It does not measure stress or health." in told
    assert told.endswith("no measure of performance: teams differ in what comes to them.")


def test_the_document_gives_three_moments_and_hides_small_teams(staffed: CommandLine) -> None:
    document: Any = staffed.document("report", "overview", "--as-at", "2026-11-20")
    assert len(document["moments"]) == 3
    for moment in document["moments"]:
        assert len(moment["open_alerts"]) == 8
        assert all(team["people"] >= 6 for team in moment["teams"] if team["figures"])
    assert document["moments"][0]["service"]["people"] == sum(
        team["people"] for team in document["moments"][0]["teams"]
    )


def test_one_team_is_shown_alone_and_an_unknown_one_is_refused(staffed: CommandLine) -> None:
    document: Any = staffed.document("report", "overview", "--as-at", "2026-11-20")
    team = next(one["team_id"] for one in document["moments"][0]["teams"] if one["figures"])
    page = staffed.text("report", "overview", "--as-at", "2026-11-20", "--team", team)
    assert f"Team {team}" in page
    assert "Waiting for a worker" not in page
    alone: Any = staffed.document("report", "overview", "--as-at", "2026-11-20", "--team", team)
    assert alone["moments"][0]["service"] is None
    assert staffed.refused("report", "overview", "--team", "t-none")[0] == "settings"


def test_a_service_of_few_is_not_shown(service: CommandLine) -> None:
    service.text("generate", "--workers", "3", "--waiting", "0", "--weeks", "2", "--store", "sqlite:///few.sqlite")
    page = service.text("report", "overview", "--store", "sqlite:///few.sqlite")
    assert "The service: not shown, for too few people." in page
