"""Generalised assignment: public instances through the engine's own `solve`, set against the best that is known.

An agent is a worker whose hours are its capacity, a job a case whose hours and cost depend on who takes it. The folder
holds one instance a file (agents and jobs, costs, resources, capacities) and, if there is one, best_known.csv. Instances
come from OR-Library (J. E. Beasley; Chu and Beasley 1997) and M. Yagiura's set (2004); none is kept in this project.
"""

import argparse
import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from allocation_engine.optimiser import Aim, AllocationResult, Limits, solve, verify
from allocation_engine.optimiser.compile_ahead import compile_ahead
from benchmarks.conditions import conditions
from benchmarks.public_instances import AssignmentInstance, MalformedInstance, read_assignment_instance
from domain.allocation import AllocationProblem, Candidate, CaseNeed, Factors, Plan, Score
from domain.identifiers import CaseId, WorkerId

PLENTY = 10**6
"""A cap that never binds."""

EFFORT_A_SECOND = 10.0
"""Effort allowed for each second of the limit if none is given: so much that the clock decides."""

NO_INSTANCE = ("readme", "format", "licence", "license")


@dataclass(frozen=True)
class Form:
    """A public form of problem: how a file becomes a problem, and how its value reads off the engine's answer.

    Attributes
    ----------
    scale
        Units of the instance in one unit of the engine's level.
    best_column
        Column of best_known.csv with the best value that is known.
    """

    module: str
    read: Callable[[Path], Any]
    problem_of: Callable[[Any], AllocationProblem]
    aims: tuple[Aim, ...]
    level: str
    scale: float
    value: Callable[[Score], float]
    best_column: str
    about: str


@dataclass(frozen=True)
class Row:
    """A line of the table; the gaps are shares [1], `value` None where not every case could be placed."""

    instance: str
    workers: int
    cases: int
    unplaced: int
    value: int | None
    best_known: int | None
    gap_to_best_known: float | None
    bound: float | None
    gap_to_bound: float | None
    status: str
    method: str
    proved_by: str
    stopped: str | None
    seconds: float
    faults: tuple[str, ...]


def problem_of(instance: AssignmentInstance) -> AllocationProblem:
    """Say the instance in the engine's words: nothing weighs on anybody but hours, and pairs cost what they cost."""
    agents, jobs = len(instance.capacity), len(instance.cost[0])
    nothing = Factors(((),) * jobs, ((),) * agents)
    return AllocationProblem(
        workers=tuple(
            Candidate(
                worker_id=WorkerId(f"agent-{agent:03}"),
                predicted_load=0.0,
                capacity=100.0,
                caseload_cap=PLENTY,
                high_risk_cap=PLENTY,
                harm_type_cap=PLENTY,
                hours_available=float(capacity),
            )
            for agent, capacity in enumerate(instance.capacity)
        ),
        cases=tuple(CaseNeed(case_id=CaseId(f"job-{job:05}")) for job in range(jobs)),
        added_load=nothing,
        added_load_co=nothing,
        hours=_by_job(instance.resource),
        cost=_by_job(instance.cost),
    )


def _by_job(rows_of_agents: Sequence[Sequence[int]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(map(float, column)) for column in zip(*rows_of_agents, strict=True))


GAP = Form(
    module="gap",
    read=read_assignment_instance,
    problem_of=problem_of,
    aims=(Aim.PLACED, Aim.COST),
    level="cost",
    scale=1.0,
    value=lambda score: score.cost,
    best_column="best_known_value",
    about=__doc__,
)


def files_of(folder: Path, only: Sequence[str] = ()) -> list[Path]:
    """Give the files of a folder that are instances by their names, those that are asked for."""
    return sorted(
        file
        for file in folder.iterdir()
        if file.is_file()
        and file.suffix not in {".csv", ".md"}
        and not file.stem.lower().startswith(NO_INSTANCE)
        and (not only or file.name in only or file.stem in only)
    )


def best_known(folder: Path, column: str) -> dict[str, int]:
    """Read the best values that are known, by instance; none where the folder has no such list."""
    file = folder / "best_known.csv"
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as text:
        return {row["instance"]: int(row[column]) for row in csv.DictReader(text) if row.get(column)}


def value_of(form: Form, problem: AllocationProblem, plan: Plan, score: Score | None) -> int | None:
    """Give a plan's value in the units of the instance; None unless it places every case."""
    if score is None or len(plan.primary) < len(problem.cases):
        return None
    return round(form.value(score) * form.scale)


def row_of(form: Form, name: str, problem: AllocationProblem, result: AllocationResult, best: int | None) -> Row:
    """Set one answer against what is known, checked without the solver."""
    verdict = verify(problem, result)
    level = next((one for one in result.levels if one.name == form.level), None)
    value = value_of(form, problem, result.plan, result.score)
    return Row(
        instance=name,
        workers=len(problem.workers),
        cases=len(problem.cases),
        unplaced=len(problem.cases) - len(result.plan.primary),
        value=value,
        best_known=best,
        gap_to_best_known=None if value is None or not best else (value - best) / best,
        bound=None if value is None or level is None else level.bound * form.scale,
        gap_to_bound=None if value is None or level is None else level.gap,
        status=result.status.value,
        method=result.method,
        proved_by="" if level is None else level.proved_by,
        stopped=None if result.stopped is None else result.stopped.value,
        seconds=result.seconds,
        faults=(*(one.reason for one in verdict.broken), *verdict.wrong),
    )


def run(form: Form, arguments: Sequence[str] | None) -> int:
    """Solve the instances of a folder and print the table; 1 if an answer does not hold, 2 if a file cannot be read."""
    asked = _parser(form).parse_args(arguments)
    compile_ahead()
    told, rows, unread = _conditions(asked), [], []
    best = best_known(asked.folder, form.best_column)
    if not asked.json:
        _print_head(told)
    for file in files_of(asked.folder, asked.only):
        try:
            problem = form.problem_of(form.read(file))
        except MalformedInstance as error:
            unread.append(str(error))
            continue
        effort = EFFORT_A_SECOND * asked.seconds if asked.effort is None else asked.effort
        began = perf_counter()
        result = solve(
            problem,
            aims=form.aims,
            seed=asked.seed,
            effort=effort,
            threads=asked.threads,
            limits=Limits(seconds=asked.seconds, memory_mib=asked.memory),
        )
        assert result.seconds <= perf_counter() - began, "the result tells less time than passed"
        rows.append(row_of(form, file.name, problem, result, best.get(file.name, best.get(file.stem))))
        if not asked.json:
            _print_row(rows[-1])
    if asked.json:
        document = {"conditions": told, "measures": [asdict(row) for row in rows], "unread": unread}
        print(json.dumps(document, indent=2))
    else:
        print(summary(rows))
    for fault in unread:
        print(fault, file=sys.stderr)
    if not rows or unread:
        print("" if rows else f"no instance in {asked.folder}", file=sys.stderr)
        return 2
    return int(any(row.faults for row in rows))


def summary(rows: Sequence[Row]) -> str:
    """Say in a line how many are proven, how many reach the best that is known, and whether all of them hold."""
    proven = sum(row.status == "optimal" for row in rows)
    known = [row.gap_to_best_known for row in rows if row.gap_to_best_known is not None]
    faulty = [f"{row.instance}: {fault}" for row in rows for fault in row.faults]
    best = f"; {sum(gap <= 0 for gap in known)} of {len(known)} at the best known, at most {max(known, default=0.0):.2%} above it"
    checked = "Each plan was checked and scored again without the solver."
    said = f"\n{proven} of {len(rows)} proven{best if known else ''}. {checked if not faulty else 'DOES NOT HOLD:'}"
    return "\n".join([said, *faulty])


def _conditions(asked: argparse.Namespace) -> dict[str, str]:
    limit = f"{asked.seconds:g} s for each instance, {asked.threads} threads, seed {asked.seed}"
    return conditions() | {"ortools": version("ortools"), "limit": limit}


def _print_head(told: Mapping[str, str]) -> None:
    for name, value in told.items():
        print(f"{name:>10}  {value}")
    head = f"{'value':>10}{'best known':>12}{'gap':>9}{'bound':>13}{'gap':>9}{'seconds':>9}"
    print(f"\n{'instance':16}{'workers':>8}{'cases':>7}{head}  status, and what proves it", flush=True)


def _print_row(row: Row) -> None:
    value = f"{row.unplaced} wait" if row.value is None else f"{row.value:,}"
    best = "" if row.best_known is None else f"{row.best_known:,}"
    bound = "" if row.bound is None else f"{row.bound:,.1f}"
    told = f"{row.status}; {row.method}; {row.proved_by}" + (f"; {row.stopped}" if row.stopped else "")
    print(
        f"{row.instance:16}{row.workers:>8,}{row.cases:>7,}{value:>10}{best:>12}{percent(row.gap_to_best_known):>9}"
        f"{bound:>13}{percent(row.gap_to_bound):>9}{row.seconds:>9.2f}  {told}{'  DOES NOT HOLD' if row.faults else ''}",
        flush=True,
    )


def percent(share: float | None) -> str:
    """Write a share; nothing where there is none."""
    return "" if share is None else f"{share:.3%}"


def _parser(form: Form) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{form.module}", description=form.about)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with the instances, one a file")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="these instances alone")
    parser.add_argument("--seconds", type=float, default=20.0, help="limit for each instance by the clock")
    parser.add_argument("--effort", type=float, help="limit in deterministic time; by default the clock decides")
    parser.add_argument("--memory", type=float, metavar="MIB", help="limit of memory")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve generalised assignments."""
    return run(GAP, arguments)


if __name__ == "__main__":
    sys.exit(main())
