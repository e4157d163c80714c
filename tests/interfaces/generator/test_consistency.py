"""A generated history breaks no rule of practice, whatever the shape and the seed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation_engine.interfaces.generator import ServiceShape, generate
from domain.events import REGISTRY, DomainEvent, EventRecord
from domain.events import case as on_case
from domain.events import practice as on_practice
from domain.events.worker import WorkerAbsenceStarted, WorkerLeft
from tests.interfaces.generator.ledger import Ledger

ENDS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

shapes = st.builds(
    ServiceShape,
    ends_at=st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    workers=st.integers(1, 40),
    waiting=st.integers(0, 20),
    weeks=st.integers(1, 80),
    team_size=st.integers(2, 12),
    caseload_per_fte=st.floats(0.5, 25),
    turnover_rate=st.floats(0, 2),
    agency_rate=st.floats(0, 0.5),
    newly_qualified_rate=st.floats(0, 0.5),
    absence_rate=st.floats(0, 0.3),
)
seeds = st.integers(0, 2**32)


def history_holds(shape: ServiceShape, seed: int) -> None:
    records = list(generate(shape, seed=seed))
    ledger = Ledger.of(records)
    assert ledger.broken == []
    assert sum(case.primary is None for case in ledger.open_cases().values()) == shape.waiting
    recorded = [record.envelope.recorded_at for record in records]
    assert recorded == sorted(recorded)
    assert recorded[-1] <= shape.ends_at
    assert recorded[0] >= shape.ends_at - timedelta(weeks=shape.weeks, days=1)
    assert all(record.envelope.occurred_at <= record.envelope.recorded_at for record in records)


@given(shape=shapes, seed=seeds)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_history_breaks_no_rule_and_ends_with_exactly_the_cases_that_wait(shape: ServiceShape, seed: int) -> None:
    history_holds(shape, seed)


@pytest.mark.campaign
@given(shape=shapes, seed=seeds)
@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_a_long_run_of_histories_breaks_no_rule(shape: ServiceShape, seed: int) -> None:
    history_holds(shape, seed)


@pytest.fixture(scope="module")
def sample() -> list[EventRecord]:
    return list(generate(ServiceShape(ends_at=ENDS_AT, workers=46, weeks=120), seed=7))


def first(records: list[EventRecord], kind: type[DomainEvent]) -> int:
    return next(at for at, record in enumerate(records) if isinstance(record.event, kind))


def changed(record: EventRecord, **fields: object) -> EventRecord:
    return record.model_copy(update={"event": record.event.model_copy(update=fields)})


def assigned_twice(records: list[EventRecord]) -> list[EventRecord]:
    at = first(records, on_case.CaseAssigned)
    return [*records[: at + 1], changed(records[at], worker_id="w-0002"), *records[at + 1 :]]


def assigned_before_referred(records: list[EventRecord]) -> list[EventRecord]:
    at = first(records, on_case.CaseAssigned)
    return [records[at], *records[:at]]


def touched_after_closing(records: list[EventRecord]) -> list[EventRecord]:
    at = first(records, on_case.CaseClosed)
    return [*records[: at + 1], records[at]]


def supervised_by_a_colleague(records: list[EventRecord]) -> list[EventRecord]:
    at = first(records, on_practice.SupervisionMissed)
    event = records[at].event
    assert isinstance(event, on_practice.SupervisionMissed)
    return [*records[:at], changed(records[at], supervisor_id=event.worker_id)]


def heard_by_nobody(records: list[EventRecord]) -> list[EventRecord]:
    for at, record in enumerate(records):
        event = record.event
        if isinstance(event, on_practice.CriticalIncidentRecorded) and event.severity != "moderate":
            return [*records[:at], changed(record, exposures=event.exposures[:1])]
    raise AssertionError("the sample has no serious incident")


def leaver_keeps_the_cases(records: list[EventRecord]) -> list[EventRecord]:
    leaving = next(record.event for record in records if isinstance(record.event, WorkerLeft))
    given_up = (on_case.CaseReassigned, on_case.CaseUnassigned)
    return [one for one in records if not (isinstance(one.event, given_up) and leaving.tags() & one.event.tags())]


def away_twice(records: list[EventRecord]) -> list[EventRecord]:
    at = first(records, WorkerAbsenceStarted)
    return [*records[: at + 1], records[at]]


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (assigned_twice, "one primary worker"),
        (assigned_before_referred, "referred first"),
        (touched_after_closing, "closed is closed"),
        (supervised_by_a_colleague, "supervision by a supervisor"),
        (heard_by_nobody, "heard in the team"),
        (leaver_keeps_the_cases, "a leaver passes everything on"),
        (away_twice, "away once at a time"),
    ],
)
def test_the_ledger_notices_a_history_that_was_spoiled(
    sample: list[EventRecord], spoil: Callable[[list[EventRecord]], list[EventRecord]], rule: str
) -> None:
    right = sorted(Ledger().carried_out(sample), key=lambda one: one.envelope.occurred_at)
    spoiled = [
        one.model_copy(update={"envelope": one.envelope.model_copy(update={"occurred_at": ENDS_AT})})
        for one in spoil(right)
    ]
    assert rule in {broken for broken, _ in Ledger.of(spoiled).broken}


def test_every_event_reads_back_strictly_from_its_stored_form(sample: list[EventRecord]) -> None:
    for record in sample:
        stored = record.event.model_dump(mode="json")
        assert REGISTRY.decode(record.event.wire_type(), stored) == record.event
        assert type(record.envelope).model_validate_json(record.envelope.model_dump_json()) == record.envelope


def test_a_history_shows_each_kind_of_practice(sample: list[EventRecord]) -> None:
    seen = {record.event.wire_name for record in sample}
    assert {one.wire_name for one in REGISTRY.classes} - seen == {
        "service.policy_adopted",  # only if a policy set is given
        "service.alert_answered",
        "case.worker_change_explained",  # statutory returns tell it
        "allocation.requested",
        "allocation.withdrawn",
        "allocation.proposed",
        "allocation.approved",
        "allocation.amended",
        "allocation.rejected",
        "allocation.undone",
        "allocation.expired",
        "correction.person_erased",
    }
