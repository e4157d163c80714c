"""How long a what-if takes: half a year of a made-up service under strain, allocated every week, many times over.

Run `python -m benchmarks.what_if`. README.md beside this file says what it shows.
"""

import argparse
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from time import perf_counter, process_time

import numpy as np

from allocation_engine.bootstrap import example_policy, open_engine
from allocation_engine.engine import Engine
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.optimiser import Fairness, solve
from allocation_engine.planning.what_if.ask import available_cores, dice_of, next_monday, run_record
from allocation_engine.planning.what_if.draws import draw
from allocation_engine.planning.what_if.numbers import with_number
from allocation_engine.planning.what_if.outcome import MEASURES, Outcome
from allocation_engine.planning.what_if.prepare import prepare
from allocation_engine.planning.what_if.record import ServiceRecord, read_record
from allocation_engine.planning.what_if.scenario import WhatIf
from benchmarks.conditions import conditions, peak_memory_mib
from benchmarks.week_as_problem import placed_since, week_as_problem
from domain.allocation import Score, score, violations
from domain.policy.policy_set import PolicySet
from domain.vocabulary import CareerStage, Role

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WANTED_SECONDS = 60.0
SAMPLED_WEEKS = (0, 1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Timing:
    """One what-if: how many futures it has with the baseline, and what they took [s]; `cores` is processor time."""

    what: str
    futures: int
    runs: int
    weeks: int
    seconds: float
    cores: float
    ms_a_week: float


@dataclass(frozen=True)
class Gap:
    """One week's allocation of a run beside the public `solve`: weight waiting by priority, heaviest ratio, squares."""

    week: int
    cases: int
    waiting: tuple[int, ...]
    waiting_solved: tuple[int, ...]
    heaviest: float
    heaviest_solved: float
    squares: float
    squares_solved: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the service, run the what-ifs, and print the tables."""
    asked = _parser().parse_args(arguments)
    told = conditions()
    with open_engine("memory://", clock=lambda: NOW) as engine:
        record = made_up(engine, asked)
        situation = record.situation
        told["service"] = (
            f"{len(situation.workers)} workers, {len(situation.waiting)} waiting, {_held(record):,} held, "
            f"{record.referrals_per_week:.1f} referrals a week"
        )
        warm_up(record)
        timings = [time_one(record, asked, scenarios) for scenarios in asked.scenarios]
        same_in_any_number_of_processes(record, asked)
        gaps = list(sampled(record, asked)) if asked.gap else []
    told["memory"] = f"{peak_memory_mib():,.0f} MiB at most in this process, {asked.processes} processes"
    (_print_json if asked.json else _print_table)(timings, gaps, told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.what_if", description=__doc__)
    parser.add_argument("--workers", type=int, default=62, help="workers on the service's first day")
    parser.add_argument("--waiting", type=int, default=150, help="cases that wait in the end")
    parser.add_argument("--caseload", type=float, default=26.0, help="cases for each full-time social worker")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=available_cores())
    parser.add_argument("--scenarios", type=int, nargs="+", default=[0, 1, 4], help="how many beside the baseline")
    parser.add_argument("--no-gap", dest="gap", action="store_false", help="do not hold weeks against solve")
    parser.add_argument("--effort", type=float, default=8.0, help="of solve, for each week held against it")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def strained_policy() -> PolicySet:
    """Widen caps and shorten hours of the example, as `generated_services` does: more cases than it would allow."""
    policy = example_policy()
    for stage in (*CareerStage, "unknown"):
        newly = stage == CareerStage.NEWLY_QUALIFIED
        policy = with_number(policy, f"limits.caseload_cap.{stage}", 24 if newly else 30)
        policy = with_number(policy, f"limits.high_risk_cap.{stage}", 8 if newly else 16)
    for risk, hours in policy.limits.case_hours.items():
        policy = with_number(policy, f"limits.case_hours.{risk}", 0.55 * hours.value)
    return with_number(policy, "limits.harm_type_cap", 20)


def made_up(engine: Engine, asked: argparse.Namespace) -> ServiceRecord:
    """Fill a store with a made-up service and read it as at next Monday."""
    shape = ServiceShape(
        ends_at=NOW, workers=asked.workers, waiting=asked.waiting, weeks=40, caseload_per_fte=asked.caseload
    )
    engine.ingest(generate(shape, seed=asked.seed))
    begins = next_monday(NOW)
    return read_record(engine.store, strained_policy(), begins, NOW, WhatIf(title="assumed").assumptions)


def _held(record: ServiceRecord) -> int:
    caseloads = record.situation.caseloads.values()
    return sum(one.role.value == "primary" for held in caseloads for one in held)


def what_if(record: ServiceRecord, asked: argparse.Namespace, scenarios: int, runs: int) -> WhatIf:
    """Give a what-if with so many scenarios."""
    posts = record.situation.workers.values()
    worker = next(
        one.worker_id
        for one in posts
        if one.role is Role.SOCIAL_WORKER and one.away is None and record.situation.caseloads.get(one.worker_id)
    )
    listed = [
        {"id": "sick", "changes": [{"kind": "absence", "worker": worker, "weeks": 6, "cases": "all_passed_on"}]},
        {"id": "starters", "changes": [{"kind": "starters", "number": 3}]},
        {"id": "more", "changes": [{"kind": "referral_rate", "times": 1.2}]},
        {"id": "caps", "changes": [{"kind": "policy", "numbers": {"limits.caseload_cap.experienced": 26}}]},
    ]
    content = {
        "title": "A benchmark",
        "weeks": asked.weeks,
        "runs": runs,
        "seed": asked.seed,
        "scenarios": [{"title": one["id"], **one} for one in listed[:scenarios]],
    }
    return WhatIf.model_validate(content)


def warm_up(record: ServiceRecord) -> None:
    """Compile what is compiled, or load it: that is paid once after installing, not by each what-if."""
    run_record(record, WhatIf(title="warm up", weeks=2, runs=1), processes=1)


def time_one(record: ServiceRecord, asked: argparse.Namespace, scenarios: int) -> Timing:
    """Time one what-if as it is asked for: processes started, runs, bands of every measure."""
    what = what_if(record, asked, scenarios, asked.runs)
    before, began = _processor_time(), perf_counter()
    outcome = run_record(record, what, processes=asked.processes, keep_going=_progress)
    figures(outcome)
    seconds, cores = perf_counter() - began, _processor_time() - before
    futures = 1 + scenarios
    each = 1000 * cores / (futures * asked.runs * asked.weeks)
    return Timing(f"baseline and {scenarios}", futures, outcome.runs, asked.weeks, seconds, cores, each)


def _progress(done: int, of: int) -> bool:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}", end="", file=sys.stderr)
    return True


def _processor_time() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def figures(outcome: Outcome) -> tuple[float, ...]:
    """Give the mean of every measure of every future."""
    return tuple(one.band_of(name).mean for one in (outcome.baseline, *outcome.scenarios) for name in MEASURES)


def same_in_any_number_of_processes(record: ServiceRecord, asked: argparse.Namespace) -> None:
    """Refuse to print a table if the number of processes changed an answer."""
    what = what_if(record, asked, 2, 4)
    alone, several = (run_record(record, what, processes=number) for number in (1, 2))
    for one, other in zip((alone.baseline, *alone.scenarios), (several.baseline, *several.scenarios), strict=True):
        assert np.array_equal(one.courses.load, other.courses.load)
        assert np.array_equal(one.courses.weeks, other.courses.weeks)


def sampled(record: ServiceRecord, asked: argparse.Namespace) -> Iterator[Gap]:
    """Hold some weeks of one run against the public `solve`: every rule kept, and how far the objective lies off."""
    from allocation_engine.optimiser.forward.allocate import allocate  # noqa: PLC0415  compiled code
    from allocation_engine.optimiser.forward.load import first_loads, run_week  # noqa: PLC0415
    from allocation_engine.optimiser.forward.standing_cases import first_standing  # noqa: PLC0415

    what = what_if(record, asked, 0, 1)
    future = prepare(record, what, "baseline", "Baseline", ())
    chances = draw(future, dice_of(record, what), 0)
    standing, loads = first_standing(chances), first_loads(future.service)
    groups = int(chances.cases["peers"].max(initial=-1)) + 1
    for week in range(min(asked.weeks, max(SAMPLED_WEEKS) + 1)):
        before = standing._replace(holder=standing.holder.copy(), co_workers=standing.co_workers.copy())
        problem = week_as_problem(future, chances, standing, loads, week) if week in SAMPLED_WEEKS else None
        allocate(future.service, chances, standing, loads, week, groups)
        if problem is not None and problem.cases:
            plan = placed_since(before, standing, future)
            assert list(violations(problem, plan)) == []
            ours, best = score(problem, plan), solve(problem, fairness=Fairness.SQUARES, effort=asked.effort).score
            assert best is not None
            yield _gap(week, len(problem.cases), ours, best)
        run_week(future.service, chances, standing, loads, week)


def _gap(week: int, cases: int, ours: Score, best: Score) -> Gap:
    return Gap(
        week=week,
        cases=cases,
        waiting=ours.unallocated,
        waiting_solved=best.unallocated,
        heaviest=max(ours.ratios, default=0.0),
        heaviest_solved=max(best.ratios, default=0.0),
        squares=ours.squares,
        squares_solved=best.squares,
    )


def _print_table(timings: Sequence[Timing], gaps: Sequence[Gap], told: dict[str, str]) -> None:
    for name, value in told.items():
        print(f"{name}: {value}")
    print(f"\n{'what':<18}{'futures':>8}{'runs':>6}{'weeks':>6}{'s':>8}{'core s':>8}{'ms a week':>11}")
    for one in timings:
        print(
            f"{one.what:<18}{one.futures:>8}{one.runs:>6}{one.weeks:>6}{one.seconds:>8.1f}{one.cores:>8.1f}"
            f"{one.ms_a_week:>11.2f}"
        )
    print(f"wanted: below {WANTED_SECONDS:.0f} s on 2 cores, which is {2 * WANTED_SECONDS:.0f} core seconds")
    if gaps:
        print(
            f"\n{'week':>4}{'cases':>6}{'waiting':>20}{'solve':>20}{'heaviest':>9}{'solve':>7}{'squares':>9}{'solve':>7}"
        )
    for gap in gaps:
        print(
            f"{gap.week:>4}{gap.cases:>6}{gap.waiting!s:>20}{gap.waiting_solved!s:>20}{gap.heaviest:>9.3f}"
            f"{gap.heaviest_solved:>7.3f}{gap.squares:>9.3f}{gap.squares_solved:>7.3f}"
        )


def _print_json(timings: Sequence[Timing], gaps: Sequence[Gap], told: dict[str, str]) -> None:
    document = {
        "conditions": told,
        "timings": [asdict(one) for one in timings],
        "gaps": [asdict(one) for one in gaps],
        "wanted_seconds": WANTED_SECONDS,
    }
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    sys.exit(main())
