"""The benchmark of the desk opens every page there is, with news in between, and says what was wanted."""

import json

import pytest

from benchmarks.desk_pages import NO_PAGES, main
from tests.interfaces.web.browser.test_every_page import PAGES

SMALL = ("--workers", "9", "--weeks", "8", "--loads", "2")


def test_every_page_is_timed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["workers"] for one in told["measures"]} == {9}
    assert len(told["measures"]) == sum(not NO_PAGES.search(path) for path in PAGES)
    assert all(one["median"] > 0 and one["kib"] > 1 and one["wanted"] == 150 for one in told["measures"])


def test_the_table_sets_each_page_against_what_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--page", "/import"]) == 0
    told = capsys.readouterr().out
    assert "/import " in told
    assert "Wanted of every page, in the median: held." in told
