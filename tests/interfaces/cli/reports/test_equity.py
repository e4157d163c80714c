"""The report `equity`, as a leader and as a program call it."""

from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine


@pytest.fixture
def staffed(empty: CommandLine) -> CommandLine:
    empty.text("generate", "--workers", "24", "--waiting", "1", "--weeks", "10", "--ends", "2026-11-20", "--seed", "3")
    return empty


def test_the_page_says_that_nothing_protected_is_held_and_what_it_must_not_be_read_as(staffed: CommandLine) -> None:
    page = staffed.text("report", "equity", "--as-at", "2026-11-20")
    told = " ".join(page.split())
    assert page.startswith("Equity of heavy cases, ")
    assert "By stage" in page
    assert "Who holds high-risk cases now" in page
    assert "Not a ranking, and no proof of unfairness" in told
    assert "No protected characteristic is held or used" in told
    assert all(len(line) <= 80 for line in page.splitlines())


def test_the_document_gives_every_ratio_its_interval_and_no_group_of_fewer_than_six(staffed: CommandLine) -> None:
    document: Any = staffed.document("report", "equity", "--as-at", "2026-11-20")
    assert set(document["breakdowns"]) == {"agency", "role", "stage", "hours", "team", "area", "time_in_post"}
    groups = [group for one in document["breakdowns"].values() for group in one["groups"]]
    assert groups
    for group in groups:
        assert group["people"] >= 6
        for ratio in (group["heavy_ratio"], group["points_ratio"]):
            assert ratio is None or ratio["low"] <= (ratio["ratio"] or ratio["low"])


def test_the_same_seed_gives_the_same_document(staffed: CommandLine) -> None:
    first, again = (staffed.document("report", "equity", "--as-at", "2026-11-20", "--seed", "4") for _ in range(2))
    assert first == again


def test_a_service_of_few_is_told_that_nothing_is_shown(empty: CommandLine) -> None:
    empty.text("generate", "--workers", "4", "--waiting", "0", "--weeks", "2", "--ends", "2026-11-20")
    page = empty.text("report", "equity", "--as-at", "2026-11-20")
    assert "new high-risk cases: not shown" in page
    assert "Not shown: no high-risk case is held, or fewer than 6 people may hold one." in " ".join(page.split())
    document: Any = empty.document("report", "equity", "--as-at", "2026-11-20")
    assert (document["heavy"], document["concentration"]) == (None, None)
