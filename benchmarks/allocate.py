"""How long until a plan, until a good one, and how near the proven best: generated services from a team to a nation.

Run `python -m benchmarks.allocate --shape team service authority`. README.md beside this file says what it shows.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from math import isfinite
from time import perf_counter
from typing import Any

from allocation_engine.optimiser import AllocationResult, Fairness, Level, Limits, Progress, solve, verify
from allocation_engine.optimiser.compile_ahead import compile_ahead
from benchmarks.conditions import conditions, peak_memory_mib
from benchmarks.gap import EFFORT_A_SECOND, percent
from benchmarks.generated_services import SHAPES, Shape, authorities_of, generated_service
from domain.allocation import AllocationProblem, Plan, score, violations

PROVEN = 1e-6
"""Gap [1] that is rounding alone."""

STEPS = {"1 %": 0.01, "0.1 %": 0.001, "proven": PROVEN}
ONCE_FOR_ALL = frozenset({"heaviest load ratio"})
"""Levels that are the largest of the parts' values; all others add up."""


@dataclass
class LevelRow:
    """One level: where it ended, and the seconds after which its gap was first so small; None where it never was."""

    name: str
    value: float
    bound: float
    gap: float
    proved_by: str
    first: float | None
    within: dict[str, float | None]


@dataclass(frozen=True)
class Row:
    """What came of one service. Seconds are of the search alone; `making` and `verifying` it are apart."""

    shape: str
    seed: int
    workers: int
    cases: int
    parts: int
    placed: int
    making_seconds: float
    first_plan_seconds: float | None
    seconds: float
    verifying_seconds: float
    status: str
    stopped: str | None
    method: str
    gap: float
    levels: tuple[LevelRow, ...]
    faults: tuple[str, ...]
    peak_mib: float


@dataclass
class Following:
    """Notes when each level's gap first fell so far."""

    clock: Callable[[], float]
    first: dict[str, float] = field(default_factory=dict)
    within: dict[tuple[str, str], float] = field(default_factory=dict)

    def progress(self, told: Progress) -> None:
        """Take in progress within a level."""
        self._note(told.level, told.value, told.gap, self.clock())

    def level(self, told: Level) -> None:
        """Take in a level that is settled."""
        self._note(told.name, told.value, told.gap, self.clock())

    def _note(self, level: str, value: float, gap: float, seconds: float) -> None:
        if not isfinite(value):
            return
        self.first.setdefault(level, seconds)
        for step, most in STEPS.items():
            if gap <= most:
                self.within.setdefault((level, step), seconds)

    def row(self, level: Level) -> LevelRow:
        """Give the row of a level; what its last gap denies was undone by a later level."""
        within = {
            step: self.within.get((level.name, step)) if level.gap <= most else None for step, most in STEPS.items()
        }
        first = self.first.get(level.name)
        return LevelRow(level.name, level.value, level.bound, level.gap, level.proved_by, first, within)


def allocate(shape: Shape, asked: argparse.Namespace) -> Row:
    """Make a service, allocate its cases, and check the answer; by authority if that is asked for."""
    began = perf_counter()
    problem = generated_service(shape, asked.seed)
    parts = [problem]
    if asked.by_authority:
        parts = [problem.part(*part) for part in authorities_of(problem, shape)]
    making = perf_counter() - began
    began = perf_counter()
    lanes = min(asked.threads, len(parts))

    def one(place: int) -> tuple[AllocationResult, Following]:
        own = perf_counter()
        following = Following(lambda: perf_counter() - own)
        # Side by side, each part ends when its turn is over; what one leaves unused is for those after it.
        until = asked.seconds * min((place + lanes) / len(parts), 1.0)
        left = max(until - (own - began), 0.1)
        return _solve(parts[place], left, asked.threads if len(parts) == 1 else 1, asked, following), following

    with ThreadPoolExecutor(lanes) as pool:
        answers = list(pool.map(one, range(len(parts))))
    results = [result for result, _ in answers]
    followed = [following for _, following in answers]
    seconds = perf_counter() - began
    began = perf_counter()
    verdicts = [verify(part, result) for part, result in zip(parts, results, strict=True)]
    verifying = perf_counter() - began
    firsts = [min(one.first.values(), default=None) for one in followed]
    whole = results[0] if len(results) == 1 else None
    return Row(
        shape=shape.name + (" by authority" if asked.by_authority else ""),
        seed=asked.seed,
        workers=len(problem.workers),
        cases=len(problem.cases),
        parts=len(parts),
        placed=sum(len(result.plan.primary) for result in results),
        making_seconds=making,
        first_plan_seconds=firsts[0] if whole else None,
        seconds=seconds,
        verifying_seconds=verifying,
        status="optimal"
        if all(one.status == "optimal" for one in results)
        else "; ".join(sorted({one.status for one in results})),
        stopped="; ".join(sorted({one.stopped for one in results if one.stopped})) or None,
        method="; ".join(sorted({one.method for one in results})),
        gap=max(result.gap for result in results),
        levels=tuple(map(followed[0].row, whole.levels)) if whole else added_up(problem, results),
        faults=tuple(fault for one in verdicts for fault in (*(rule.reason for rule in one.broken), *one.wrong)),
        peak_mib=peak_memory_mib(),
    )


def _solve(
    problem: AllocationProblem, seconds: float, threads: int, asked: argparse.Namespace, following: Following
) -> AllocationResult:
    return solve(
        problem,
        fairness=Fairness.SQUARES,
        seed=asked.seed,
        effort=EFFORT_A_SECOND * asked.seconds if asked.effort is None else asked.effort,
        threads=threads,
        limits=Limits(seconds=seconds, memory_mib=asked.memory),
        on_level=following.level,
        on_progress=following.progress,
    )


def added_up(problem: AllocationProblem, results: Sequence[AllocationResult]) -> tuple[LevelRow, ...]:
    """Add the authorities' levels up, each as good as it is for itself; none where one of them has no plan.

    The parts' plans together must keep the rules of the whole and be worth what the parts are worth together.
    """
    if any(one.score is None for one in results):
        return ()
    together = Plan(
        primary={case: who for one in results for case, who in one.plan.primary.items()},
        co_worker={case: who for one in results for case, who in one.plan.co_worker.items()},
    )
    faults = [rejection.reason for rejection in violations(problem, together)]
    assert not faults, faults[:3]
    whole, apart = score(problem, together), sum(one.score.squares for one in results if one.score is not None)
    assert abs(whole.squares - apart) <= 1e-6 * max(1.0, abs(apart)), (whole.squares, apart)
    names = [name for name in (level.name for level in results[0].levels) if all(_has(one, name) for one in results)]
    rows = []
    for name in names:
        levels = [next(level for level in one.levels if level.name == name) for one in results]
        put_together = max if name in ONCE_FOR_ALL else sum
        value, bound = put_together(one.value for one in levels), put_together(one.bound for one in levels)
        proved_by = "; ".join(sorted({one.proved_by for one in levels if one.proved_by}))
        total = Level(name, value, min(bound, value), proved_by)
        rows.append(LevelRow(name, value, total.bound, total.gap, proved_by, None, dict.fromkeys(STEPS)))
    return tuple(rows)


def _has(result: AllocationResult, name: str) -> bool:
    return any(level.name == name for level in result.levels)


def main(arguments: Sequence[str] | None = None) -> int:
    """Allocate each shape in a process of its own; 1 if a run failed or an answer does not hold."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser().parse_args(given)
    if asked.part:
        print(json.dumps(asdict(allocate(SHAPES[asked.shape[0]], asked))))
        return 0
    compile_ahead()
    limit = f"{asked.seconds:g} s for each service, {asked.threads} threads, seed {asked.seed}"
    told = conditions() | {"ortools": version("ortools"), "limit": limit}
    if not asked.json:
        for name, value in told.items():
            print(f"{name:>10}  {value}")
    rows: list[dict[str, Any]] = []
    for shape in asked.shape:
        rows.append(_in_a_fresh_process(shape, asked))
        if not asked.json:
            _print_row(rows[-1])
    if asked.json:
        print(json.dumps({"conditions": told, "measures": rows}, indent=2))
    return int(any(row.get("failed") or row["faults"] for row in rows))


def _in_a_fresh_process(shape: str, asked: argparse.Namespace) -> dict[str, Any]:
    options: dict[str, object] = {"seed": asked.seed, "seconds": asked.seconds, "threads": asked.threads}
    options |= {name: getattr(asked, name) for name in ("effort", "memory") if getattr(asked, name) is not None}
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    flags += ["--by-authority"] * asked.by_authority
    command = [sys.executable, "-m", "benchmarks.allocate", "--part", "--shape", shape, *flags]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"shape": shape, "seed": asked.seed, "failed": said[-1], "faults": []}
    row: dict[str, Any] = json.loads(done.stdout)
    return row


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.allocate", description=__doc__)
    parser.add_argument("--shape", nargs="+", choices=SHAPES, default=["team", "service", "authority"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0, help="limit for each service by the clock")
    parser.add_argument("--effort", type=float, help="limit in deterministic time; by default the clock decides")
    parser.add_argument("--memory", type=float, metavar="MIB", help="limit of memory")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--by-authority", action="store_true", help="solve each authority by itself and add up")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.add_argument("--part", action="store_true", help=argparse.SUPPRESS)
    return parser


def _print_row(row: Mapping[str, Any]) -> None:
    if row.get("failed"):
        print(f"\n{row['shape']}: FAILED: {row['failed']}", flush=True)
        return
    first = _seconds(row["first_plan_seconds"])
    print(
        f"\n{row['shape']}: {row['workers']:,} workers, {row['placed']:,} of {row['cases']:,} cases placed;"
        f" {row['status']}{', ' + row['stopped'] if row['stopped'] else ''}; {row['method']}"
        f"\n  made in {row['making_seconds']:.1f} s, first plan {first} s, searched {row['seconds']:.2f} s,"
        f" verified in {row['verifying_seconds']:.2f} s, peak {row['peak_mib']:,.0f} MiB"
    )
    heads = "".join(f"{head:>9}" for head in ("first", *STEPS))
    print(f"  {'level':28}{'value':>14}{'bound':>14}{'gap':>10}{heads}  what proves it")
    for level in row["levels"]:
        reached = "".join(f"{_seconds(one):>9}" for one in (level["first"], *level["within"].values()))
        print(
            f"  {level['name']:28}{level['value']:>14,.4f}{level['bound']:>14,.4f}{percent(level['gap']):>10}{reached}"
            f"  {level['proved_by']}"
        )
    for fault in row["faults"]:
        print(f"  DOES NOT HOLD: {fault}")
    sys.stdout.flush()


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.2f}"


if __name__ == "__main__":
    sys.exit(main())
