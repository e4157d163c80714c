"""Ours beside other ways to the same plan: rules of thumb, plain CP-SAT, HiGHS, Timefold, OptaPy.

Everybody gets the same instance, the same time and one run; everybody's plan is checked and scored by the same rules.
Run `python -m benchmarks.peers --shape team service --seconds 20`. README.md beside this package says what it shows.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any

from allocation_engine.optimiser import Aim, Fairness, Limits, solve, verify
from allocation_engine.optimiser.compile_ahead import compile_ahead
from benchmarks.conditions import conditions
from benchmarks.gap import EFFORT_A_SECOND, GAP, Form, best_known, files_of, percent, value_of
from benchmarks.generated_services import SHAPES, generated_service
from benchmarks.nursing_workload import NURSING
from benchmarks.peers import java_peers
from benchmarks.peers.instance import Instance, instance_of
from benchmarks.peers.judging import Answer, Judged, judged, levels_of, standing
from benchmarks.peers.plain_solvers import plain_cp_sat, plain_highs
from benchmarks.peers.rules_of_thumb import greedy, lightest_first, round_robin
from benchmarks.public_instances import MalformedInstance
from domain.allocation import AllocationProblem

OURS = "ours"
EVERYBODY = (OURS, "greedy", "round robin", "lightest first", "CP-SAT", "HiGHS", "Timefold", "OptaPy")
ON_INSTANCES = {
    GAP.module: (OURS, "greedy", "CP-SAT", "HiGHS", "Timefold"),
    NURSING.module: (OURS, "CP-SAT", "HiGHS", "Timefold"),
}
LEVEL_NAMES = {
    "unallocated, urgent": "urgent",
    "unallocated, high": "high",
    "unallocated, routine": "routine",
    "heaviest load ratio": "heaviest",
    "sum of squared load ratios": "squares",
    "cost": "cost",
}


@dataclass(frozen=True)
class Row:
    """What one of them made of one instance.

    Attributes
    ----------
    levels
        Value of each level as `domain.allocation.score` has it, after repair.
    gaps
        Share [1] by which a level may be above the least possible as that peer itself proves it; empty if it proves
        nothing.
    broken, dropped
        Rules that the plan broke as it came, and cases dropped until it broke none.
    standing
        The level at which it falls behind the best plan of all, and by how much.
    """

    instance: str
    name: str
    placed: int
    cases: int
    levels: Mapping[str, float]
    value: int | None
    best_known: int | None
    gaps: Mapping[str, float]
    broken: tuple[str, ...]
    dropped: int
    standing: str
    seconds: float
    note: str
    missing: str


@dataclass(frozen=True)
class Contest:
    """One instance that everybody solves; `form` if it is a public one."""

    name: str
    problem: AllocationProblem
    form: Form | None = None
    best_known: int | None = None


def ours(contest: Contest, asked: argparse.Namespace) -> Answer:
    """Solve by the engine's public `solve`."""
    problem, form = contest.problem, contest.form
    aims: tuple[Aim, ...] | None = None if form is None else form.aims
    result = solve(
        problem,
        fairness=Fairness.SQUARES,
        aims=aims,
        seed=asked.seed,
        effort=EFFORT_A_SECOND * asked.seconds,
        threads=asked.threads,
        limits=Limits(seconds=asked.seconds),
    )
    verdict = verify(problem, result)
    assert verdict.holds, verdict
    cases, workers = problem.case_index, problem.worker_index
    bounds = {LEVEL_NAMES[level.name]: level.bound for level in result.levels if level.name in LEVEL_NAMES}
    return Answer(
        {cases[case]: workers[who] for case, who in result.plan.primary.items()},
        {cases[case]: workers[who] for case, who in result.plan.co_worker.items()},
        bounds,
        result.seconds,
        missing="" if result.score is not None else f"{result.status.value}: no plan",
        note=f"{result.status.value}; {result.method}",
    )


def answers(contest: Contest, names: Sequence[str], asked: argparse.Namespace) -> dict[str, Answer]:
    """Let each of them solve it, one after another."""
    instance = instance_of(contest.problem, must_place=contest.form is not None)
    ways: dict[str, Callable[[], Answer]] = {
        OURS: lambda: ours(contest, asked),
        "greedy": lambda: greedy(instance, asked.seconds),
        "round robin": lambda: round_robin(instance, asked.seconds),
        "lightest first": lambda: lightest_first(instance, asked.seconds),
        "CP-SAT": lambda: plain_cp_sat(instance, asked.seconds, asked.threads, asked.seed),
        "HiGHS": lambda: plain_highs(instance, asked.seconds),
        "Timefold": lambda: _java("timefold", instance, asked),
        "OptaPy": lambda: _java("optapy", instance, asked),
    }
    return {name: ways[name]() for name in names}


def _java(name: str, instance: Instance, asked: argparse.Namespace) -> Answer:
    return java_peers.run(name, instance, asked.seconds, asked.seed, asked.peers)


def rows_of(contest: Contest, found: Mapping[str, Answer]) -> list[Row]:
    """Judge everybody's answer, and each against the best of them."""
    problem = contest.problem
    plans = {name: judged(problem, answer.plan(problem)) for name, answer in found.items() if not answer.missing}
    return [_row(contest, name, answer, plans) for name, answer in found.items()]


def _row(contest: Contest, name: str, answer: Answer, plans: Mapping[str, Judged]) -> Row:
    plan, form = plans.get(name), contest.form
    levels = {} if plan is None else levels_of(plan.score)
    if form is not None and plan is not None:
        levels = {"waiting": len(contest.problem.cases) - len(plan.plan.primary), "value": form.value(plan.score)}
    value = None if form is None or plan is None else value_of(form, contest.problem, plan.plan, plan.score)
    own = levels if plan is None or form is None else {form_level(form): form.value(plan.score)}
    gaps = {
        level: (own[level] - bound) / max(abs(own[level]), 1e-9) if own[level] > bound else 0.0
        for level, bound in answer.bounds.items()
        if level in own and isfinite(bound)
    }
    scores = [one.score for one in plans.values()]
    behind = (
        ""
        if plan is None
        else standing(plan.score, scores, tuple(levels))
        if form is None
        else _to_best(value, contest.best_known)
    )
    return Row(
        instance=contest.name,
        name=name,
        placed=0 if plan is None else len(plan.plan.primary),
        cases=len(contest.problem.cases),
        levels=levels,
        value=value,
        best_known=contest.best_known,
        gaps=gaps,
        broken=() if plan is None else plan.broken,
        dropped=0 if plan is None else plan.dropped,
        standing=behind,
        seconds=answer.seconds,
        note=answer.note,
        missing=answer.missing,
    )


def form_level(form: Form) -> str:
    """Give the name that peers have for what a public form lowers."""
    return LEVEL_NAMES[form.level]


def _to_best(value: int | None, best: int | None) -> str:
    if value is None:
        return "not all placed"
    return "" if not best else "best known" if value <= best else f"+{(value - best) / best:.3%}"


def contests(asked: argparse.Namespace) -> list[Contest]:
    """Give what is to be solved: generated services, or the public instances of a folder."""
    if asked.instances is None:
        return [
            Contest(f"{shape}, seed {asked.seed}", generated_service(SHAPES[shape], asked.seed))
            for shape in asked.shape
        ]
    found = []
    for form in (GAP, NURSING):
        folder = asked.instances / form.module
        if folder.is_dir():
            best = best_known(folder, form.best_column)
            for file in files_of(folder, asked.instance):
                try:
                    problem = form.problem_of(form.read(file))
                except MalformedInstance as error:
                    print(error, file=sys.stderr)
                    continue
                found.append(Contest(file.name, problem, form, best.get(file.name, best.get(file.stem))))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Let everybody solve everything, and print the table; 1 if our own plan breaks a rule, 2 if there is nothing."""
    asked = _parser().parse_args(arguments)
    if asked.install_peers is not None:
        java_peers.install(asked.install_peers)
        asked.peers = asked.install_peers
    compile_ahead()
    told = conditions() | {
        "peers": ", ".join(f"{name} {version(name)}" for name in ("ortools", "scipy"))
        + ", "
        + ", ".join(
            one if java_peers.installed(name, asked.peers) else f"{name} not installed"
            for name, one in java_peers.PACKAGES.items()
        ),
        "limit": f"{asked.seconds:g} s each, one run, {asked.threads} threads where threads can be had, seed {asked.seed}",
    }
    if not asked.json:
        for name, value in told.items():
            print(f"{name:>10}  {value}")
    rows: list[Row] = []
    for contest in contests(asked):
        able = EVERYBODY if contest.form is None else ON_INSTANCES[contest.form.module]
        names = [name for name in able if not asked.only or name.lower() in {one.lower() for one in asked.only}]
        rows += (these := rows_of(contest, answers(contest, names, asked)))
        if not asked.json:
            _print_rows(contest, these)
    if asked.json:
        print(json.dumps({"conditions": told, "measures": [asdict(row) for row in rows]}, indent=2))
    if not rows:
        print("nothing to solve", file=sys.stderr)
        return 2
    return int(any(row.broken for row in rows if row.name == OURS))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--shape", nargs="+", choices=SHAPES, default=["team", "service"])
    parser.add_argument(
        "--instances", type=Path, metavar="DIR", help="folder with gap/ and nursing_workload/, instead of services"
    )
    parser.add_argument("--instance", nargs="+", default=(), metavar="NAME", help="these public instances alone")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help=f"some of: {', '.join(EVERYBODY)}")
    parser.add_argument("--seconds", type=float, default=20.0, help="time for each of them on each instance")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="environment that has timefold and optapy")
    parser.add_argument(
        "--install-peers", type=Path, metavar="FOLDER", help="make that environment first; it needs Java 17"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def _print_rows(contest: Contest, rows: Sequence[Row]) -> None:
    problem = contest.problem
    known = "" if contest.best_known is None else f"; best known {contest.best_known:,}"
    print(f"\n{contest.name}: {len(problem.workers):,} workers, {len(problem.cases):,} cases{known}")
    public = contest.form is not None
    head = f"{'value':>12}" if public else f"{'waiting u/h/r':>16}{'heaviest':>10}{'own gap':>10}{'squares':>12}"
    print(f"  {'':15}{head}{'own gap':>10}{'seconds':>9}  behind the best")
    for row in rows:
        print(f"  {row.name:15}{_figures(row, public=public)}", flush=True)


def _figures(row: Row, *, public: bool) -> str:
    if row.missing:
        return f"{row.missing}{f', {row.seconds:.1f} s' if row.seconds else ''}"
    level, gaps = row.levels, row.gaps
    if public:
        told = f"{'-' if row.value is None else f'{row.value:,}':>12}{_gap(gaps, *gaps):>10}"
    else:
        waiting = "/".join(f"{level[name]:g}" for name in ("urgent", "high", "routine"))
        heaviest, squares = f"{level['heaviest']:>10.4f}", f"{level['squares']:>12.5f}"
        told = f"{waiting:>16}{heaviest}{_gap(gaps, 'heaviest'):>10}{squares}{_gap(gaps, 'squares'):>10}"
    repaired = f"; BROKE {len(row.broken)} rules, {row.dropped} cases dropped for it" if row.broken else ""
    return f"{told}{row.seconds:>9.2f}  {row.standing}{repaired}{f'; {row.note}' if row.note else ''}"


def _gap(gaps: Mapping[str, Any], *names: str) -> str:
    return next((percent(gaps[name]) if gaps[name] < 10 else "no bound" for name in names if name in gaps), "none")


if __name__ == "__main__":
    sys.exit(main())
