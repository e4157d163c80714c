"""Public instances become problems that mean the same, and the engine's own solve answers them."""

import json
from itertools import product
from pathlib import Path

import pytest

from benchmarks import gap, nursing_workload
from benchmarks.gap import best_known, files_of, value_of
from benchmarks.public_instances import AssignmentInstance, NurseInstance
from domain.allocation import AllocationProblem, Plan, score, violations

NURSES = NurseInstance(
    name="made up",
    acuities=((30, 20, 40, 10), (50, 25)),
    nurses=3,
    fewest_patients=1,
    most_patients=3,
    largest_workload=75,
)
AGENTS = AssignmentInstance(
    name="made up",
    cost=((9, 4, 7, 6), (5, 8, 3, 9), (6, 6, 6, 2)),
    resource=((5, 6, 4, 3), (4, 5, 6, 5), (3, 4, 5, 7)),
    capacity=(8, 9, 7),
)


def every_plan(problem: AllocationProblem) -> list[Plan]:
    cases = [case.case_id for case in problem.cases]
    workers = [worker.worker_id for worker in problem.workers]
    return [Plan(primary=dict(zip(cases, chosen, strict=True))) for chosen in product(workers, repeat=len(cases))]


def nurses_keep_the_rules(plan: Plan) -> bool:
    acuities = [(zone, acuity) for zone, some in enumerate(NURSES.acuities) for acuity in some]
    for nurse in range(NURSES.nurses):
        theirs = [acuities[int(p.split("-")[1])] for p, who in plan.primary.items() if who == f"nurse-{nurse:03}"]
        fits = NURSES.fewest_patients <= len(theirs) <= NURSES.most_patients
        if not fits or len({zone for zone, _ in theirs}) > 1 or sum(a for _, a in theirs) > NURSES.largest_workload:
            return False
    return True


def squares_of_workloads(plan: Plan) -> int:
    acuities = [acuity for some in NURSES.acuities for acuity in some]
    loads = dict.fromkeys(plan.primary.values(), 0)
    for patient, nurse in plan.primary.items():
        loads[nurse] += acuities[int(patient.split("-")[1])]
    return sum(load**2 for load in loads.values())


def agents_keep_the_rules(plan: Plan) -> bool:
    used = [0] * len(AGENTS.capacity)
    for job, agent in plan.primary.items():
        a = int(agent.split("-")[1])
        used[a] += AGENTS.resource[a][int(job.split("-")[1])]
    return all(one <= capacity for one, capacity in zip(used, AGENTS.capacity, strict=True))


def cost_of_jobs(plan: Plan) -> int:
    pairs = ((int(job.split("-")[1]), int(agent.split("-")[1])) for job, agent in plan.primary.items())
    return sum(AGENTS.cost[a][j] for j, a in pairs)


def test_nurses_mean_the_same_as_the_instance_plan_by_plan() -> None:
    problem = nursing_workload.problem_of(NURSES)
    kept = 0
    for plan in every_plan(problem):
        assert (not any(violations(problem, plan))) == nurses_keep_the_rules(plan), plan
        value = value_of(nursing_workload.NURSING, problem, plan, score(problem, plan))
        assert value == squares_of_workloads(plan)
        kept += nurses_keep_the_rules(plan)
    assert kept > 0


def test_agents_mean_the_same_as_the_instance_plan_by_plan() -> None:
    problem = gap.problem_of(AGENTS)
    kept = 0
    for plan in every_plan(problem):
        assert (not any(violations(problem, plan))) == agents_keep_the_rules(plan), plan
        assert value_of(gap.GAP, problem, plan, score(problem, plan)) == cost_of_jobs(plan)
        kept += agents_keep_the_rules(plan)
    assert kept > 0


def test_a_plan_that_leaves_a_case_has_no_value() -> None:
    problem = gap.problem_of(AGENTS)
    plan = Plan(primary={problem.cases[0].case_id: problem.workers[0].worker_id})
    assert value_of(gap.GAP, problem, plan, score(problem, plan)) is None


@pytest.fixture
def nurses(tmp_path: Path) -> Path:
    (tmp_path / "tiny.txt").write_text("2 3\n1 3 75\n4 30 20 40 10\n2 50 25\n", "utf-8")
    (tmp_path / "FORMAT.txt").write_text("what the numbers are", "utf-8")
    column = nursing_workload.NURSING.best_column
    plans = every_plan(nursing_workload.problem_of(NURSES))
    best = min(squares_of_workloads(plan) for plan in plans if nurses_keep_the_rules(plan))
    (tmp_path / "best_known.csv").write_text(f"instance,{column}\ntiny.txt,{best}\n", "utf-8")
    return tmp_path


@pytest.fixture
def agents(tmp_path: Path) -> Path:
    rows = [AGENTS.cost, AGENTS.resource, (AGENTS.capacity,)]
    text = "\n".join(" ".join(map(str, row)) for matrix in rows for row in matrix)
    (tmp_path / "tiny").write_text(f"3 4\n{text}\n", "utf-8")
    best = min(cost_of_jobs(plan) for plan in every_plan(gap.problem_of(AGENTS)) if agents_keep_the_rules(plan))
    (tmp_path / "best_known.csv").write_text(f"instance,best_known_value\ntiny,{best}\n", "utf-8")
    return tmp_path


@pytest.mark.parametrize(("form", "folder"), [(nursing_workload, "nurses"), (gap, "agents")])
def test_a_folder_of_instances_is_solved_to_what_is_best(
    form: object, folder: str, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    there = request.getfixturevalue(folder)
    assert form.main([str(there), "--seconds", "10", "--json"]) == 0  # type: ignore[attr-defined]
    told = json.loads(capsys.readouterr().out)
    assert {"machine", "python", "ortools", "limit"} <= set(told["conditions"])
    (row,) = told["measures"]
    assert row["status"] == "optimal"
    assert row["value"] == row["best_known"] == pytest.approx(row["bound"])
    assert row["gap_to_best_known"] == row["gap_to_bound"] == row["unplaced"] == 0
    assert row["proved_by"]
    assert row["faults"] == []


def test_the_table_says_what_it_stands_on(nurses: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert nursing_workload.main([str(nurses), "--seconds", "10"]) == 0
    said = capsys.readouterr().out
    assert "1 of 1 proven; 1 of 1 at the best known" in said
    assert "checked and scored again without the solver" in said


def test_a_file_that_cannot_be_read_is_told_of_and_the_others_are_solved(
    nurses: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nurses / "broken.txt").write_text("2 3\n1 3", "utf-8")
    assert nursing_workload.main([str(nurses), "--seconds", "10", "--json"]) == 2
    printed = capsys.readouterr()
    assert "broken.txt" in printed.err
    assert len(json.loads(printed.out)["measures"]) == 1


def test_a_folder_without_instances_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert gap.main([str(tmp_path)]) == 2
    assert "no instance" in capsys.readouterr().err


def test_an_answer_that_does_not_hold_fails_the_run(
    agents: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    solve = gap.solve

    def with_another_plan(problem: AllocationProblem, **keywords: object) -> object:
        found = solve(problem, **keywords)  # type: ignore[arg-type]
        everything = dict.fromkeys(found.plan.primary, problem.workers[0].worker_id)
        object.__setattr__(found, "plan", Plan(primary=everything))
        return found

    monkeypatch.setattr(gap, "solve", with_another_plan)
    assert gap.main([str(agents), "--seconds", "10"]) == 1
    said = capsys.readouterr().out
    assert "DOES NOT HOLD" in said
    assert "hours a week" in said


def test_the_instances_of_a_folder_are_told_from_what_lies_beside_them(nurses: Path) -> None:
    assert [file.name for file in files_of(nurses)] == ["tiny.txt"]
    assert files_of(nurses, ["other"]) == []
    assert list(best_known(nurses, nursing_workload.NURSING.best_column)) == ["tiny.txt"]
    assert best_known(nurses.parent, "any") == {}
