"""The allocate benchmark tells when a plan came, how good it is at each level, and what that took."""

import json

import pytest

from allocation_engine.optimiser import Fairness, Level, Limits, Progress, solve, verify
from benchmarks.allocate import PROVEN, Following, added_up, main
from benchmarks.generated_services import SHAPES, Shape, authorities_of, generated_service
from domain.allocation import score


def test_a_team_is_allocated_and_every_level_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shape", "team", "--seconds", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (row,) = told["measures"]
    assert {"machine", "ortools", "limit"} <= set(told["conditions"])
    assert (row["shape"], row["workers"], row["cases"], row["parts"]) == ("team", 15, 40, 1)
    assert 0 < row["placed"] <= 40
    assert row["faults"] == []
    assert row["first_plan_seconds"] <= row["seconds"]
    assert row["peak_mib"] > 10
    names = [level["name"] for level in row["levels"]]
    assert names[:3] == ["unallocated, urgent", "unallocated, high", "unallocated, routine"]
    for level in row["levels"]:
        assert level["bound"] <= level["value"] + PROVEN
        assert set(level["within"]) == {"1 %", "0.1 %", "proven"}
        assert (level["within"]["proven"] is None) or level["gap"] <= PROVEN


def test_the_table_has_a_line_for_each_level(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shape", "team", "--seconds", "2", "--by-authority"]) == 0
    said = capsys.readouterr().out
    assert "team by authority: 15 workers" in said
    assert "unallocated, urgent" in said
    assert "peak" in said


def test_a_run_that_ends_badly_is_told_of(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.allocate.sys.executable", "/bin/false")
    assert main(["--shape", "team", "--seconds", "1"]) == 1
    assert "FAILED" in capsys.readouterr().out


def test_moments_are_noted_at_which_gaps_fell() -> None:
    now = iter([1.0, 2.0, 3.0, 4.0])
    following = Following(lambda: next(now))
    for value in (float("inf"), 2.0, 1.005):
        following.progress(Progress("squares", value, 1.0, 0.0))
    settled = Level("squares", 1.0, 1.0, "a reason")
    following.level(settled)
    row = following.row(settled)
    assert row.first == 2.0
    assert row.within == {"1 %": 3.0, "0.1 %": 4.0, "proven": 4.0}
    undone = following.row(Level("squares", 1.005, 1.0))
    assert undone.within == {"1 %": 3.0, "0.1 %": None, "proven": None}


@pytest.mark.parametrize("linked", [False, True])
def test_authorities_share_a_service_out_and_only_linked_ones_share_cases(linked: bool) -> None:  # noqa: FBT001
    shape = Shape("two", 400, 60, 3_000, linked=linked)
    problem = generated_service(shape, 1)
    parts = authorities_of(problem, shape)
    assert len(parts) == 2
    assert sorted(c for cases, _ in parts for c in cases) == list(range(60))
    assert sorted(w for _, workers in parts for w in workers) == list(range(400))
    for cases, workers in parts:
        teams = {problem.workers[w].team_id for w in workers}
        elsewhere = {problem.workers[w].team_id for w in range(400)} - teams
        crossing = [c for c in cases if problem.cases[c].teams & elsewhere]
        assert linked or not crossing


def test_authorities_add_up_to_what_the_whole_is_worth() -> None:
    shape = Shape("two", 40, 12, 300)
    problem = generated_service(shape, 1)
    halves = [(cases, workers) for cases, workers in authorities_of(problem, Shape("two", 400, 12, 300)) if workers]
    results = []
    for cases, workers in halves:
        part = problem.part(cases, workers)
        results.append(solve(part, fairness=Fairness.SQUARES, limits=Limits(seconds=2)))
        assert verify(part, results[-1]).holds
    rows = {row.name: row for row in added_up(problem, results)}
    assert rows["sum of squared load ratios"].value == pytest.approx(
        sum(one.score.squares for one in results if one.score is not None)
    )
    assert rows["heaviest load ratio"].value == pytest.approx(
        max(one.score.ratios[0] for one in results if one.score is not None)
    )
    assert all(row.bound <= row.value for row in rows.values())
    assert score(problem, results[0].plan).unallocated >= results[0].score.unallocated  # type: ignore[union-attr]
    assert "team" in SHAPES
