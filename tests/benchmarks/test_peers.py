"""Peers get the same instance, keep its rules or are said not to, and are judged by the domain alone."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.gap import problem_of as assignment
from benchmarks.generated_services import SHAPES, generated_service
from benchmarks.nursing_workload import problem_of as nursing
from benchmarks.peers import java_peers
from benchmarks.peers.__main__ import EVERYBODY, Contest, main, rows_of
from benchmarks.peers.instance import instance_of, units_of
from benchmarks.peers.judging import Answer, judged, levels_of, standing
from benchmarks.peers.plain_solvers import plain_cp_sat, plain_highs
from benchmarks.peers.rules_of_thumb import greedy, lightest_first, round_robin
from benchmarks.public_instances import AssignmentInstance, NurseInstance
from domain.allocation import AllocationProblem, Plan, score, violations

NURSES = NurseInstance("tiny", ((30, 20, 40, 10), (50, 25)), 3, 1, 3, 75)
AGENTS = AssignmentInstance("tiny", ((9, 4, 7), (5, 8, 3)), ((5, 6, 4), (4, 5, 6)), (11, 12))
CHEAPEST = 12
"""Jobs 0 and 2 to agent 1, job 1 to agent 0: 5 + 3 + 4, within 6 of 11 and 10 of 12."""

EVENEST = 50**2 + 50**2 + 75**2
"""Zone 0 has a nurse more than zone 1: 30 + 20 and 40 + 10 are even, and 75 is one nurse's."""


@pytest.fixture(scope="module")
def team() -> AllocationProblem:
    return generated_service(SHAPES["team"], 0)


@pytest.mark.parametrize("rule_of_thumb", [greedy, lightest_first, round_robin])
def test_rules_of_thumb_keep_every_rule(team: AllocationProblem, rule_of_thumb: object) -> None:
    plan = rule_of_thumb(instance_of(team), 5.0).plan(team)  # type: ignore[operator]
    assert list(violations(team, plan)) == []
    assert len(plan.primary) > len(team.cases) / 2


def test_plain_solvers_keep_every_rule_and_their_bounds_hold_against_each_other(team: AllocationProblem) -> None:
    instance = instance_of(team)
    answers = [plain_cp_sat(instance, 4.0, 2, 0), plain_highs(instance, 4.0)]
    levels = []
    for answer in answers:
        assert answer.missing == ""
        plan = answer.plan(team)
        assert list(violations(team, plan)) == []
        levels.append(levels_of(score(team, plan)))
        assert answer.bounds["heaviest"] <= levels[-1]["heaviest"] + 1e-5
        assert answer.bounds["squares"] <= levels[-1]["squares"] + 1e-5
    waiting = [tuple(one[name] for name in ("urgent", "high", "routine")) for one in levels]
    for answer in answers:
        bound = tuple(answer.bounds[name] for name in ("urgent", "high", "routine"))
        assert all(bound[0] <= one[0] + 1e-6 for one in waiting)


@pytest.mark.parametrize("solver", ["cp_sat", "highs"])
def test_plain_solvers_find_the_best_of_tiny_public_forms(solver: str) -> None:
    for problem, best in ((assignment(AGENTS), CHEAPEST), (nursing(NURSES), EVENEST / 100**2)):
        instance = instance_of(problem, must_place=True)
        answer = plain_cp_sat(instance, 10.0, 1, 0) if solver == "cp_sat" else plain_highs(instance, 10.0)
        plan = answer.plan(problem)
        assert list(violations(problem, plan)) == []
        found = score(problem, plan)
        assert (found.cost or found.squares) == pytest.approx(best)
        (bound,) = answer.bounds.values()
        assert bound <= best + 1e-6


def test_greedy_takes_the_cheaper_agent_where_there_is_room() -> None:
    problem = assignment(AGENTS)
    plan = greedy(instance_of(problem, must_place=True), 1.0).plan(problem)
    assert list(violations(problem, plan)) == []
    assert score(problem, plan).cost == CHEAPEST


def test_units_are_siblings_or_single_cases_and_options_fit_their_room(team: AllocationProblem) -> None:
    instance = instance_of(team)
    units, told = java_peers.written(instance)
    assert sorted(case for unit in units for case in unit) == list(range(len(team.cases)))
    assert units == units_of(instance)
    assert set(instance.siblings) <= set(units)
    for number, unit in enumerate(told["units"]):
        for option in unit["options"]:
            assert told["options"][option]["unit"] == number
    assert all(amount <= told["keys"][key] for _, key, amount in told["counts"])
    json.dumps(told)


def test_a_plan_that_breaks_rules_is_repaired_and_said_so(team: AllocationProblem) -> None:
    worker = next(w for w, one in enumerate(team.workers) if one.capacity)
    found = judged(team, Answer(dict.fromkeys(range(len(team.cases)), worker)).plan(team))
    assert found.broken
    assert found.dropped > 0
    assert list(violations(team, found.plan)) == []
    contest = Contest("all on one", team)
    answers = {"bad": Answer(dict.fromkeys(range(len(team.cases)), worker)), "none": Answer(missing="not installed")}
    bad, none = rows_of(contest, answers)
    assert bad.broken == found.broken
    assert bad.dropped == found.dropped
    assert none.missing == "not installed"
    assert none.levels == {}


def test_plans_are_compared_level_by_level(team: AllocationProblem) -> None:
    instance = instance_of(team)
    some, nothing = score(team, greedy(instance, 5.0).plan(team)), score(team, Plan())
    names = ("urgent", "high", "routine", "heaviest", "squares")
    assert standing(some, [some, nothing], names) == "best"
    assert standing(nothing, [some, nothing], names).startswith("urgent +")
    assert standing(some, [some, some], names) == "best"


def test_everybody_is_in_the_table_and_who_is_not_installed_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shape", "team", "--seconds", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "timefold not installed" in told["conditions"]["peers"]
    rows = {row["name"]: row for row in told["measures"]}
    assert tuple(rows) == EVERYBODY
    for name, row in rows.items():
        if name in {"Timefold", "OptaPy"}:
            assert row["missing"] == "not installed"
        else:
            assert row["broken"] == []
            assert set(row["levels"]) == {"urgent", "high", "routine", "heaviest", "squares"}
    assert "best" in {row["standing"] for row in rows.values()}


def test_the_table_names_everybody_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--shape", "team", "--seconds", "1", "--only", "greedy", "timefold"]) == 0
    said = capsys.readouterr().out
    assert "team, seed 0: 15 workers, 40 cases" in said
    assert "greedy" in said
    assert "not installed" in said
    assert "round robin" not in said


def test_public_instances_are_solved_by_everybody_fit_for_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gap").mkdir()
    rows = [*AGENTS.cost, *AGENTS.resource, AGENTS.capacity]
    (tmp_path / "gap" / "tiny").write_text("2 3\n" + "\n".join(" ".join(map(str, row)) for row in rows), "utf-8")
    (tmp_path / "gap" / "best_known.csv").write_text(f"instance,best_known_value\ntiny,{CHEAPEST}\n", "utf-8")
    (tmp_path / "nursing_workload").mkdir()
    (tmp_path / "nursing_workload" / "tiny.txt").write_text("2 3\n1 3 75\n4 30 20 40 10\n2 50 25\n", "utf-8")
    arguments = ["--instances", str(tmp_path), "--seconds", "2"]
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    values = {(row["instance"], row["name"]): row["value"] for row in told["measures"] if not row["missing"]}
    assert {name for instance, name in values if instance == "tiny"} == {"ours", "greedy", "CP-SAT", "HiGHS"}
    assert {value for (instance, _), value in values.items() if instance == "tiny"} == {CHEAPEST}
    assert {value for (instance, _), value in values.items() if instance == "tiny.txt"} == {EVENEST}
    assert main(arguments) == 0
    assert "best known 12" in capsys.readouterr().out


def test_a_folder_without_instances_is_no_success(tmp_path: Path) -> None:
    assert main(["--instances", str(tmp_path)]) == 2


STAND_IN = """
import json, sys
told = json.load(open(sys.argv[1]))
assert told["seconds"] == 1.0 and told["seed"] == 7
chosen = [unit["options"][0] if unit["options"] else None for unit in told["units"]]
json.dump({"chosen": chosen, "seconds": 0.5, "score": "its own"}, open(sys.argv[2], "w"))
"""


def test_a_peer_in_a_process_of_its_own_is_asked_and_answers_in_json(
    team: AllocationProblem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "peer.py"
    script.write_text(STAND_IN, "utf-8")
    monkeypatch.setitem(java_peers.SCRIPTS, "timefold", script)
    monkeypatch.setattr(java_peers, "installed", lambda name, folder: True)
    monkeypatch.setattr(java_peers, "python_of", lambda folder: Path(sys.executable))
    instance = instance_of(team)
    answer = java_peers.run("timefold", instance, 1.0, 7, tmp_path)
    assert answer.seconds == 0.5
    assert "its own" in answer.note
    assert set(answer.co_worker) == {c for c in answer.primary if instance.needs_co_worker[c]}
    assert all(who != answer.co_worker.get(c) for c, who in answer.primary.items())

    script.write_text("raise SystemExit('no Java here')", "utf-8")
    assert java_peers.run("timefold", instance, 1.0, 7, tmp_path).missing == "failed: no Java here"

    script.write_text("import time; time.sleep(30)", "utf-8")
    monkeypatch.setattr(java_peers, "LONGER", 0.0)
    assert "no answer" in java_peers.run("timefold", instance, 0.2, 7, tmp_path).missing


def test_peers_are_installed_into_an_environment_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(java_peers.venv, "create", lambda folder, with_pip: asked.append([str(folder), str(with_pip)]))
    monkeypatch.setattr(
        java_peers, "subprocess", SimpleNamespace(run=lambda command, check: asked.append([*map(str, command)]))
    )
    java_peers.install(tmp_path / "peers")
    assert asked[0] == [str(tmp_path / "peers"), "True"]
    assert asked[1][-2:] == ["timefold==1.24.0b0", "optapy==9.37.0b0"]
    assert not java_peers.installed("timefold", tmp_path)
    assert not java_peers.installed("timefold", None)
    (tmp_path / "lib" / "python3" / "site-packages" / "timefold").mkdir(parents=True)
    assert java_peers.installed("timefold", tmp_path)
