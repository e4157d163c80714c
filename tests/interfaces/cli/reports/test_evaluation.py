"""The report `evaluation`, as a leader and as a program call it."""

from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine


@pytest.fixture
def staffed(empty: CommandLine) -> CommandLine:
    empty.text("generate", "--workers", "12", "--waiting", "1", "--weeks", "16", "--ends", "2026-11-20", "--seed", "3")
    return empty


def test_the_page_shows_no_bare_number_and_says_that_it_is_no_proof_of_cause(staffed: CommandLine) -> None:
    page = staffed.text("report", "evaluation", "--as-at", "2026-11-20")
    assert page.startswith("Evaluation of supervision and learning, ")
    assert "any day, to compare" in page
    assert "by construction" in page
    assert "Before and after is no proof of cause" in page
    assert "regression to the mean" in " ".join(page.split())
    assert all(len(line) <= 80 for line in page.splitlines())


def test_the_document_gives_an_interval_with_every_change_and_none_where_they_are_too_few(staffed: CommandLine) -> None:
    document: Any = staffed.document("report", "evaluation", "--as-at", "2026-11-20")
    effects = document["effects"] + document["quality_over_time"]["effects"]
    assert {one["enough"] for one in effects} == {True, False}
    for one in effects:
        if one["enough"]:
            assert one["low"] <= one["change"] <= one["high"]
            assert one["workers"] >= 6
        else:
            assert (one["change"], one["low"], one["high"]) == (None, None, None)


def test_a_time_without_sessions_says_so(staffed: CommandLine) -> None:
    page = staffed.text("report", "evaluation", "--as-at", "2026-01-31", "--since", "2026-01-01")
    assert "No session is on record in this time." in page


def test_a_period_that_begins_after_it_ends_is_refused(staffed: CommandLine) -> None:
    assert staffed.refused("report", "evaluation", "--as-at", "2026-01-31", "--since", "2026-03-01")[0] == "settings"
