"""The what-if benchmark times runs, holds weeks against solve, and refuses to print what is not the same twice."""

import json

import pytest

from benchmarks.what_if import main

SMALL = ("--workers", "14", "--waiting", "9", "--caseload", "12", "--runs", "2", "--weeks", "3", "--processes", "1")


def test_times_and_gaps_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--scenarios", "1", "--effort", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (timing,) = told["timings"]
    assert (timing["futures"], timing["runs"], timing["weeks"]) == (2, 2, 3)
    assert timing["seconds"] > 0
    assert told["gaps"]
    for gap in told["gaps"]:
        assert gap["waiting"] <= gap["waiting_solved"]


def test_the_table_says_what_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--scenarios", "0", "--no-gap"]) == 0
    assert "wanted: below 60 s on 2 cores" in capsys.readouterr().out
