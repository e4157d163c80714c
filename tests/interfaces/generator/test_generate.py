"""What a generated service is like: repeatable, bounded in memory, and close to the figures it is shaped by."""

import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, pairwise
from statistics import mean

import pytest

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.interfaces.generator.figures import closures_per_case_year, published_figures
from domain.events import EventRecord
from domain.events.case import CaseClosed, CaseReferred
from domain.events.practice import SupervisionHeld
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerLeft, WorkerRegistered
from domain.vocabulary import AbsenceKind, CareerStage, Role
from tests.interfaces.generator.ledger import Ledger

ENDS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SHAPE = ServiceShape(ends_at=ENDS_AT)
DAYS_PER_YEAR = 365.0


def lines(shape: ServiceShape, seed: int) -> Iterator[str]:
    return (f"{one.envelope.model_dump_json()} {one.event.model_dump_json()}" for one in generate(shape, seed=seed))


@pytest.fixture(scope="module")
def large() -> list[EventRecord]:
    return list(generate(ServiceShape(ends_at=ENDS_AT, workers=160, weeks=104), seed=11))


@pytest.fixture(scope="module")
def large_ledger(large: list[EventRecord]) -> Ledger:
    return Ledger.of(large)


def test_the_same_shape_and_seed_give_the_same_bytes_in_another_process() -> None:
    script = (
        "from tests.interfaces.generator.test_generate import SHAPE, lines\nfor line in lines(SHAPE, 42): print(line)\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert there.stdout.splitlines() == list(lines(SHAPE, 42))


def test_another_seed_gives_another_history_and_other_event_ids() -> None:
    one, other = list(generate(SHAPE, seed=1)), list(generate(SHAPE, seed=2))
    assert [record.event for record in one] != [record.event for record in other]
    assert not {record.envelope.event_id for record in one} & {record.envelope.event_id for record in other}


def test_another_shape_gives_other_event_ids() -> None:
    one = {record.envelope.event_id for record in generate(SHAPE, seed=1)}
    other = {record.envelope.event_id for record in generate(replace(SHAPE, waiting=13), seed=1)}
    assert not one & other


def test_source_ids_count_up_without_a_gap() -> None:
    ids = [record.envelope.source_id for record in generate(SHAPE, seed=3)]
    assert ids == [f"3-{SHAPE.digest}-{number}" for number in range(1, len(ids) + 1)]


def test_memory_does_not_grow_with_the_length_of_the_history() -> None:
    history = generate(ServiceShape(ends_at=ENDS_AT, workers=8, weeks=1000), seed=5)
    tracemalloc.start()
    try:
        for _ in islice(history, 4_000):
            pass
        early, _ = tracemalloc.get_traced_memory()
        for _ in islice(history, 12_000):
            pass
        late, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert late < early + 150_000


def test_a_service_carries_about_the_caseload_asked_for(large_ledger: Ledger) -> None:
    held = sum(case.primary is not None for case in large_ledger.open_cases().values())
    social_workers = [row for row in large_ledger.workers.values() if row.role is Role.SOCIAL_WORKER and not row.left]
    assert held / sum(row.fte for row in social_workers) == pytest.approx(9.1, rel=0.08)


def test_caseload_per_fte_can_be_given() -> None:
    shape = ServiceShape(ends_at=ENDS_AT, workers=60, weeks=30, caseload_per_fte=15.2)
    ledger = Ledger.of(generate(shape, seed=4))
    held = sum(case.primary is not None for case in ledger.open_cases().values())
    fte = sum(row.fte for row in ledger.workers.values() if row.role is Role.SOCIAL_WORKER and not row.left)
    assert held / fte == pytest.approx(15.2, rel=0.1)


def test_the_main_harms_follow_the_published_factors(large: list[EventRecord]) -> None:
    referred = [one.event for one in large if isinstance(one.event, CaseReferred)]
    assert len(referred) > 2_000
    main = Counter(event.harm_types[0].value for event in referred if event.harm_types)
    for harm, share in published_figures().shares("assessment_factors").items():
        assert main[harm] / main.total() == pytest.approx(share, abs=0.025)


def test_cases_end_as_often_as_published(large: list[EventRecord], large_ledger: Ledger) -> None:
    closed = sum(isinstance(one.event, CaseClosed) for one in large)
    per_case_year = closed / len(large_ledger.open_cases()) / 2
    assert per_case_year == pytest.approx(closures_per_case_year(published_figures()), rel=0.1)


def test_workers_leave_about_as_often_as_published() -> None:
    # Hardly any cases and many workers: leaving is rare, and chance weighs in a small number.
    many = list(generate(ServiceShape(ends_at=ENDS_AT, workers=500, weeks=104, caseload_per_fte=0.5), seed=2))
    figures = published_figures()
    agency = figures.number("agency_rate")
    expected = figures.number("turnover_rate") * (1 - agency) + figures.number("agency_worker_turnover") * agency
    social_workers = {
        one.event.worker_id
        for one in many
        if isinstance(one.event, WorkerRegistered) and one.event.role is Role.SOCIAL_WORKER
    }
    left = sum(isinstance(one.event, WorkerLeft) and one.event.worker_id in social_workers for one in many)
    posts = len(social_workers) - left
    assert left / posts / 2 == pytest.approx(expected, rel=0.2)


def test_sickness_takes_about_the_published_share_of_days(large: list[EventRecord]) -> None:
    days, since = 0.0, dict[str, datetime]()
    for one in large:
        event, at = one.event, one.envelope.occurred_at
        if isinstance(event, WorkerAbsenceStarted) and event.kind is AbsenceKind.SICKNESS:
            since[event.worker_id] = at
        elif isinstance(event, WorkerAbsenceEnded) and event.worker_id in since:
            days += (at - since.pop(event.worker_id)).total_seconds() / 86_400
    share = days / (160 * 2 * DAYS_PER_YEAR)
    assert share == pytest.approx(published_figures().number("absence_rate"), rel=0.25)


def test_work_is_shared_unevenly_and_heavy_work_more_so(large_ledger: Ledger) -> None:
    cases = large_ledger.open_cases().values()
    full_time = [key for key, row in large_ledger.workers.items() if not row.left and row.fte == 1.0]
    social = [key for key in full_time if large_ledger.workers[key].role is Role.SOCIAL_WORKER]
    heavy = Counter(case.primary for case in cases if case.risk in {"high", "very_high"})
    held = Counter(case.primary for case in cases)
    by_held = sorted((held[key] for key in social), reverse=True)
    by_heavy = sorted((heavy[key] for key in social), reverse=True)
    quarter = len(social) // 4
    assert 0.3 < sum(by_held[:quarter]) / sum(by_held) < 0.5
    assert sum(by_heavy[:quarter]) / sum(by_heavy) > sum(by_held[:quarter]) / sum(by_held)


def test_newly_qualified_workers_hold_fewer_cases(large_ledger: Ledger) -> None:
    held = Counter(case.primary for case in large_ledger.open_cases().values())
    per_fte: dict[bool, list[float]] = {True: [], False: []}
    for key, row in large_ledger.workers.items():
        if row.role is Role.SOCIAL_WORKER and not row.left:
            per_fte[row.stage is CareerStage.NEWLY_QUALIFIED].append(held[key] / row.fte)
    assert len(per_fte[True]) > 5
    assert mean(per_fte[True]) < 0.65 * mean(per_fte[False])


def test_a_small_share_is_recorded_days_late(large: list[EventRecord]) -> None:
    delays = [(one.envelope.recorded_at - one.envelope.occurred_at).days for one in large]
    assert 0.02 < sum(delay >= 1 for delay in delays) / len(delays) < 0.08


def test_waiting_cases_are_of_mixed_priority_risk_and_waiting_time() -> None:
    records = list(generate(SHAPE, seed=9))
    ledger = Ledger.of(records)
    waiting = {key: case for key, case in ledger.open_cases().items() if case.primary is None}
    assert len({case.referred.priority for case in waiting.values()}) == 3
    assert {case.risk for case in waiting.values()} == {None, "low", "medium", "high", "very_high"}
    families = Counter(case.referred.sibling_group for case in waiting.values() if case.referred.sibling_group)
    assert 2 in families.values()
    arrived = [
        one.envelope.occurred_at
        for one in records
        if isinstance(one.event, CaseReferred) and one.event.case_id in waiting
    ]
    waited = [(ENDS_AT - at).days for at in arrived]
    assert max(waited) - min(waited) >= 10


def test_supervision_comes_about_monthly_and_closer_for_the_newly_qualified(large: list[EventRecord]) -> None:
    newly = {
        one.event.worker_id
        for one in large
        if isinstance(one.event, WorkerRegistered) and one.event.stage is CareerStage.NEWLY_QUALIFIED
    }
    held: dict[str, list[datetime]] = {}
    for one in large:
        if isinstance(one.event, SupervisionHeld) and one.event.kind == "one_to_one":
            held.setdefault(one.event.worker_ids[0], []).append(one.envelope.occurred_at)
    first_year = {worker: sorted(times)[:8] for worker, times in held.items() if len(times) > 8}
    gaps = {key: mean((b - a).days for a, b in pairwise(times)) for key, times in first_year.items()}
    assert mean(gap for key, gap in gaps.items() if key not in newly) == pytest.approx(34, abs=6)
    assert mean(gap for key, gap in gaps.items() if key in newly) < 26


@pytest.mark.parametrize(
    ("fields", "setting"),
    [
        ({"workers": 0}, "workers"),
        ({"weeks": 0}, "weeks"),
        ({"weeks": 10_000, "ends_at": datetime(150, 1, 1, tzinfo=UTC)}, "weeks"),
        ({"waiting": -1}, "waiting"),
        ({"team_size": 1}, "team_size"),
        ({"absence_rate": 0.9}, "absence_rate"),
        ({"caseload_per_fte": float("nan")}, "caseload_per_fte"),
        ({"efh_mix": ()}, "efh_mix"),
        ({"ends_at": ENDS_AT.replace(tzinfo=None)}, "ends_at"),
    ],
)
def test_a_shape_that_makes_no_sense_is_refused_and_the_setting_named(fields: dict[str, object], setting: str) -> None:
    with pytest.raises(SettingsError) as refused:
        replace(SHAPE, **fields)  # type: ignore[arg-type]
    assert refused.value.setting == setting
