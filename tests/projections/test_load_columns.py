"""The fold over columns gives every worker the figures of their own account, whatever happened and whenever it came."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.interfaces.generator import ServiceShape, generate
from domain.events.base import DomainEvent, EventRecord
from domain.events.case import CaseAssigned, CaseReferred
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.practice import PeerSupportHeld
from domain.events.worker import WorkerRegistered
from domain.identifiers import WorkerId
from domain.load import LoadParameters
from domain.vocabulary import AssignmentRole, HarmType, RetractionReason, RiskLevel
from projections import WORKER_LOAD
from projections.fact_codes import decode_all
from projections.fact_rows import FactRow
from projections.load_columns import LoadColumns, LoadHistory, fact_columns, held, history, loads
from projections.load_columns.standing_facts import standing_facts
from projections.worker_load import account
from tests.domain.load.service_history import C1, C2, C3, PARAMETERS, W1, W2, Happened, on_day, recorded
from tests.domain.load.strategies import LAST_DAY, any_histories, case_events, days, practice_events, worker_events
from tests.projections.crowded_service import crowded_service
from tests.projections.drawn_histories import record, rows_of

Rows = Mapping[str, FactRow]
AS_EXACT_AS = 1e-9
"""Tolerance [lp], absolute and relative."""


def partly_reached_when_away(parameters: LoadParameters) -> LoadParameters:
    """Let a part of the held cases reach an absent worker, so that leave does not hide what is wrong with it."""
    part = parameters.held_share_when_absent.model_copy(update={"value": 0.3})
    return parameters.model_copy(update={"held_share_when_absent": part})


MODEL = partly_reached_when_away(PARAMETERS)


def by_account(rows: Rows, worker: WorkerId, as_at: datetime, known_at: datetime | None) -> tuple[float, ...]:
    """Read off a worker's own account what the columns give."""
    own = account(worker, rows, MODEL, as_at, known_at)
    of_role = {role: [one for one in own.held if one.role is role] for role in AssignmentRole}
    high = {
        role: sum(one.profile.risk is not None and one.profile.risk.is_high for one in held)
        for role, held in of_role.items()
    }
    primary, beside = AssignmentRole.PRIMARY, AssignmentRole.CO_WORKER
    counts = (len(of_role[primary]), len(of_role[beside]), high[primary], high[beside])
    capacity = nan if own.capacity is None else own.capacity
    return (own.load.acute, own.load.cumulative, capacity, *counts)


def by_columns(columns: LoadColumns, place: int) -> tuple[float, ...]:
    return (
        float(columns.acute[place]),
        float(columns.cumulative[place]),
        float(columns.capacity[place]),
        int(columns.primary[place]),
        int(columns.co_worker[place]),
        int(columns.primary_high_risk[place]),
        int(columns.co_worker_high_risk[place]),
    )


def assert_as_accounted(columns: LoadColumns, rows: Rows, as_at: datetime, known_at: datetime | None = None) -> None:
    assert np.array_equal(columns.capacity_known, ~np.isnan(columns.capacity))
    for place, worker in enumerate(columns.workers):
        expected = by_account(rows, worker, as_at, known_at)
        found = by_columns(columns, place)
        assert found == pytest.approx(expected, rel=AS_EXACT_AS, abs=AS_EXACT_AS, nan_ok=True), worker


moments = st.integers(0, 4 * (LAST_DAY + 40)).map(lambda quarter: on_day(quarter / 4 - 5))


@given(any_histories, st.lists(moments, min_size=1, max_size=4))
def test_every_worker_carries_what_their_account_says(happened: list[Happened], asked: list[datetime]) -> None:
    rows = rows_of(WORKER_LOAD, recorded(happened))
    over_time = LoadHistory(rows, MODEL)
    for as_at in asked:
        assert_as_accounted(over_time.at(as_at), rows, as_at)


EVERYBODY = tuple(sorted(f"worker:{one}" for one in (W1, W2))) + tuple(f"case:{one}" for one in (C1, C2, C3))
any_event: st.SearchStrategy[DomainEvent] = st.one_of(case_events, worker_events, practice_events)


def told_late(told: EventRecord, days_late: float) -> EventRecord:
    learned = told.envelope.occurred_at + timedelta(days=days_late)
    return EventRecord(envelope=told.envelope.model_copy(update={"recorded_at": learned}), event=told.event)


def word_on(target: EventRecord, instead: DomainEvent | None, at: datetime) -> DomainEvent:
    """Retract an event, or say what holds instead and when; whoever it may be about hears of it."""
    envelope = target.envelope
    if instead is None:
        return EventRetracted(
            target_event_id=envelope.event_id,
            target_system=envelope.source_system,
            target_source_id=envelope.source_id,
            reason=RetractionReason.RECORDED_IN_ERROR,
            subjects=EVERYBODY,
        )
    return EventCorrected(
        target_event_id=envelope.event_id,
        target_system=envelope.source_system,
        target_source_id=envelope.source_id,
        occurred_at=at,
        replacement_type=instead.wire_type(),
        replacement=instead.model_dump(mode="json"),
        subjects=EVERYBODY,
    )


@st.composite
def histories_put_right(draw: st.DrawFn) -> list[EventRecord]:
    """Draw a history told late in parts and put right or taken back in others, some of these words on words."""
    late = st.sampled_from([0.0, 3.0, 20.0])
    told = [told_late(one, draw(late)) for one in recorded(draw(any_histories))]
    words = draw(st.lists(st.tuples(st.none() | any_event, days, days), max_size=6)) if told else []
    for number, (instead, at, said) in enumerate(words, start=1000):
        word = word_on(draw(st.sampled_from(told)), instead, on_day(at))
        told.append(record(number, word, on_day(said)))
    return told


@given(histories_put_right(), moments, st.none() | moments)
def test_words_on_words_and_what_was_known_then_count_as_in_the_account(
    told: list[EventRecord], as_at: datetime, known_at: datetime | None
) -> None:
    rows = rows_of(WORKER_LOAD, told)
    assert_as_accounted(loads(rows, MODEL, as_at, known_at), rows, as_at, known_at)


@given(histories_put_right(), st.none() | moments)
def test_what_stands_of_packed_rows_is_their_history(told: list[EventRecord], known_at: datetime | None) -> None:
    rows = list(rows_of(WORKER_LOAD, told).values())
    packed, names = standing_facts(rows, known_at)
    for place, row in enumerate(rows):
        found = decode_all(packed.facts[packed.subject == place], names[place])
        assert tuple(found) == row.history(known_at)


@pytest.mark.parametrize("known_on", [None, 21.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_everything_falls_together_the_rules_of_one_moment_hold(seed: int, known_on: float | None) -> None:
    rows = rows_of(WORKER_LOAD, crowded_service(seed))
    known_at = None if known_on is None else on_day(known_on)
    over_time = LoadHistory(rows, MODEL, known_at)
    for day in (2.0, 5.25, 14.0, 21.2, 33.0, 60.0, 75.0):
        assert_as_accounted(over_time.at(on_day(day)), rows, on_day(day), known_at)


SERVICE = ServiceShape(ends_at=datetime(2026, 11, 23, tzinfo=UTC), workers=60, waiting=5, weeks=52)


def test_a_year_of_a_generated_service_is_accounted_alike_week_by_week() -> None:
    rows = rows_of(WORKER_LOAD, list(generate(SERVICE, seed=7)))
    over_time = LoadHistory(rows, MODEL)
    assert len(over_time.workers) >= 60
    for weeks in (0, 1, 25, 60):
        as_at = SERVICE.ends_at - timedelta(weeks=weeks)
        assert_as_accounted(over_time.at(as_at), rows, as_at)
    half_way = SERVICE.ends_at - timedelta(weeks=26)
    assert_as_accounted(loads(rows, MODEL, half_way, half_way), rows, half_way, half_way)


A_TEAM_AT_WORK = rows_of(
    WORKER_LOAD,
    recorded(
        [
            Happened(0, WorkerRegistered(worker_id=W2, fte=0.8)),
            Happened(0, CaseReferred(case_id=C1, risk=RiskLevel.HIGH, harm_types=(HarmType.GANGS,))),
            Happened(1, CaseAssigned(case_id=C1, worker_id=W1)),
            Happened(1, CaseAssigned(case_id=C1, worker_id=W2, role=AssignmentRole.CO_WORKER)),
            Happened(2, CaseAssigned(case_id=C2, worker_id=W1)),
        ]
    ),
)


def test_workers_stand_in_order_of_id_with_what_they_hold() -> None:
    found = loads(A_TEAM_AT_WORK, MODEL, on_day(3))
    assert found.workers == (W1, W2)
    assert (found.primary.tolist(), found.co_worker.tolist()) == ([2, 0], [0, 1])
    assert (found.primary_high_risk.tolist(), found.co_worker_high_risk.tolist()) == ([1, 0], [0, 1])


def test_capacity_of_unrecorded_hours_is_not_known_and_never_zero() -> None:
    found = loads(A_TEAM_AT_WORK, MODEL, on_day(3))
    assert found.capacity_known.tolist() == [False, True]
    assert np.isnan(found.capacity).tolist() == [True, False]


def test_whom_nobody_asked_for_is_left_out_and_who_is_unheard_of_carries_nothing() -> None:
    unheard_of = WorkerId("w-0")
    found = loads(A_TEAM_AT_WORK, MODEL, on_day(3), workers=[W2, unheard_of, W2])
    everybody = loads(A_TEAM_AT_WORK, MODEL, on_day(3))
    assert found.workers == (unheard_of, W2)
    assert (found.acute.tolist(), found.primary.tolist()) == ([0.0, everybody.acute[1]], [0, 0])
    assert found.capacity_known.tolist() == [False, True]


def test_a_service_without_rows_has_no_loads() -> None:
    found = loads({}, MODEL, on_day(0))
    assert (found.workers, len(found.acute), len(found.capacity), len(found.primary)) == ((), 0, 0, 0)


def test_before_anything_happened_nobody_carries_anything() -> None:
    found = loads(A_TEAM_AT_WORK, MODEL, on_day(-400))
    assert (found.acute.tolist(), found.cumulative.tolist()) == ([0.0, 0.0], [0.0, 0.0])
    assert (found.primary.tolist(), found.capacity_known.tolist()) == ([0, 0], [False, False])


def test_a_stray_date_a_century_away_leaves_the_others_exact() -> None:
    stray = Happened(-45_000, WorkerRegistered(worker_id=W1, fte=1.0))
    rows = rows_of(WORKER_LOAD, recorded([stray, *A_YEAR_OF_SESSIONS]))
    as_at = on_day(400.25)
    assert_as_accounted(loads(rows, MODEL, as_at), rows, as_at)


A_YEAR_OF_SESSIONS = [
    Happened(1, CaseAssigned(case_id=C1, worker_id=W1)),
    *(Happened(3.5 * number, PeerSupportHeld(worker_ids=(W1, W2), minutes=60)) for number in range(100)),
]


def test_workers_reckoned_a_few_at_a_time_carry_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = rows_of(WORKER_LOAD, crowded_service(4))
    at_once = loads(rows, MODEL, on_day(33))
    monkeypatch.setattr(fact_columns, "BATCH", 40)
    monkeypatch.setattr(held, "BLOCK", 7)
    monkeypatch.setattr(history, "BLOCK", 4)
    in_parts = loads(rows, MODEL, on_day(33))
    assert np.allclose(in_parts.acute, at_once.acute, rtol=AS_EXACT_AS, atol=AS_EXACT_AS)
    assert np.allclose(in_parts.cumulative, at_once.cumulative, rtol=AS_EXACT_AS, atol=AS_EXACT_AS)
    assert in_parts.primary.tolist() == at_once.primary.tolist()
    assert sum(at_once.primary) > len(at_once.workers)
