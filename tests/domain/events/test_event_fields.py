"""What an event accepts and what it refuses, for every event there is."""

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, TypeAdapter, ValidationError

from domain.errors import InvalidEvent
from domain.events.allocation import AllocationProposed
from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.events.registry import REGISTRY
from domain.identifiers import Moment, OpaqueId
from tests.domain.events.examples import EXAMPLES, MOMENT, TARGET

OPAQUE_FIELDS = frozenset(
    {
        *("worker_id", "worker_ids", "from_worker_id", "to_worker_id", "supervisor_id", "case_id", "team_id"),
        *("incident_id", "proposal_id", "alert_id", "policy_set_id", "sibling_group", "peer_group"),
        *("answered_by", "completed_by", "decided_by", "adopted_by"),
    }
)
PERSONAL_LOOKING = ("Worker A1", "a1@council.example", "w-1\n", "", " w-1", "w/1", "-w", "w" * 65, "wörker")


def fields_of(example: DomainEvent) -> dict[str, JsonValue]:
    fields: dict[str, JsonValue] = example.model_dump(mode="json")
    return fields


def paths(
    fields: JsonValue, name: str = "", at: tuple[str | int, ...] = ()
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Walk the leaves: the name of the field that holds each, and the way to it."""
    if isinstance(fields, dict):
        for key, value in fields.items():
            yield from paths(value, key, (*at, key))
    elif isinstance(fields, list):
        for index, value in enumerate(fields):
            yield from paths(value, name, (*at, index))
    else:
        yield name, at


def with_value(fields: dict[str, JsonValue], at: tuple[str | int, ...], value: JsonValue) -> dict[str, JsonValue]:
    """Give a copy with one leaf replaced."""
    copy: dict[str, JsonValue] = json.loads(json.dumps(fields))
    place: object = copy
    for step in at[:-1]:
        place = place[step]  # type: ignore[index]
    place[at[-1]] = value  # type: ignore[index]
    return copy


each_event = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.wire_type())


@each_event
def test_an_event_survives_being_written_and_read(example: DomainEvent) -> None:
    again = REGISTRY.decode(example.wire_type(), json.loads(example.model_dump_json()))
    assert again == example
    assert type(again) is type(example)


@each_event
def test_an_event_with_only_its_required_fields_survives_as_well(example: DomainEvent) -> None:
    required = {name for name, field in type(example).model_fields.items() if field.is_required()}
    bare = REGISTRY.decode(example.wire_type(), example.model_dump(mode="json", include=required))
    assert REGISTRY.decode(example.wire_type(), json.loads(bare.model_dump_json())) == bare


@each_event
def test_a_field_that_is_not_the_events_own_is_refused_by_name(example: DomainEvent) -> None:
    with pytest.raises(InvalidEvent) as refused:
        REGISTRY.decode(example.wire_type(), {**fields_of(example), "note": "Said they were afraid"})
    assert [field for field, _ in refused.value.faults] == ["note"]
    assert "afraid" not in str(refused.value)


@each_event
def test_an_event_cannot_be_changed(example: DomainEvent) -> None:
    name = next(iter(type(example).model_fields))
    with pytest.raises(ValidationError):
        setattr(example, name, getattr(example, name))


@each_event
def test_an_id_that_looks_personal_is_refused_and_never_repeated(example: DomainEvent) -> None:
    fields = fields_of(example)
    for name, at in paths(fields):
        if name not in OPAQUE_FIELDS:
            continue
        for personal in PERSONAL_LOOKING:
            with pytest.raises(InvalidEvent) as refused:
                REGISTRY.decode(example.wire_type(), with_value(fields, at, personal))
            assert ".".join(str(step) for step in at) in {field for field, _ in refused.value.faults}
            assert personal.strip() == "" or personal.strip() not in str(refused.value)


@each_event
def test_an_event_is_filed_under_at_least_one_subject(example: DomainEvent) -> None:
    assert example.tags()
    assert all(":" in tag and not tag.startswith("source:") for tag in example.tags())


@pytest.mark.parametrize(
    "subject", ["worker:Worker A1", "a1@council.example", "source:x/1", "worker:", "w-1", "worker:w 1"]
)
def test_a_correction_files_itself_under_well_formed_subjects_only(subject: str) -> None:
    for wire_type in ("correction.event_retracted.v1", "correction.event_corrected.v1", "correction.person_erased.v2"):
        (example,) = (one for one in EXAMPLES if one.wire_type() == wire_type)
        with pytest.raises(InvalidEvent) as refused:
            REGISTRY.decode(wire_type, {**fields_of(example), "subjects": [subject]})
        assert refused.value.faults[0][0] == "subjects.0"
        assert subject not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"replacement_type": "worker.hours_changed.v9"}, "replacement_type"),
        ({"replacement": {"worker_id": "w-1"}}, "replacement.fte"),
        ({"replacement": {"worker_id": "w-2", "fte": 0.5}}, "subjects"),
        (
            {
                "replacement_type": "correction.event_corrected.v1",
                "replacement": {
                    "target_event_id": "11111111-2222-4333-8444-555555555555",
                    "target_system": "case-system",
                    "target_source_id": "1042",
                    "occurred_at": "2026-11-02T09:30:00Z",
                    "replacement_type": "worker.left.v1",
                    "replacement": {"worker_id": "w-1"},
                    "subjects": ["worker:w-1"],
                },
            },
            "replacement_type",
        ),
    ],
)
def test_a_correction_that_no_view_could_carry_out_is_refused(changes: dict[str, JsonValue], field: str) -> None:
    (example,) = (one for one in EXAMPLES if one.wire_type() == "correction.event_corrected.v1")
    with pytest.raises(InvalidEvent) as refused:
        REGISTRY.decode(example.wire_type(), {**fields_of(example), **changes})
    assert [name for name, _ in refused.value.faults] == [field]


@pytest.mark.parametrize("given", [float("nan"), float("inf"), -1, 0, 1.51])
def test_hours_are_a_sensible_share_of_full_time(given: float) -> None:
    with pytest.raises(InvalidEvent, match="fte"):
        REGISTRY.decode("worker.hours_changed.v1", {"worker_id": "w-1", "fte": given})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_proposal_holds_only_numbers_that_can_be_written(value: float) -> None:
    (example,) = (one for one in EXAMPLES if isinstance(one, AllocationProposed))
    fields = fields_of(example)
    for at in (
        ("content", "choices", 0, "load_after"),
        ("content", "levels", 0, "bound"),
        ("content", "horizon_days"),
        ("content", "load_limit"),
    ):
        with pytest.raises(InvalidEvent, match="finite number"):
            REGISTRY.decode(example.wire_type(), with_value(fields, at, value))


moments: TypeAdapter[datetime] = TypeAdapter(Moment)


@pytest.mark.parametrize(
    "given",
    [
        *("2026-11-02T09:30:00", "2026-11-02", "yesterday", "", "45000", " 45000.5 ", "-1", None, True, 45_000, 4.5e4),
        *(datetime(2026, 11, 2, 9, 30), "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"),  # noqa: DTZ001
        *("0026-11-02T09:30:00Z", "1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z"),
    ],
)
def test_a_moment_without_a_zone_out_of_reach_or_that_is_a_bare_number_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        moments.validate_python(given)


def test_a_moment_is_kept_in_coordinated_universal_time() -> None:
    moment = moments.validate_python("2026-06-02T09:30:00+01:00")
    assert moment.isoformat() == "2026-06-02T08:30:00+00:00"


@given(st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z"))
def test_an_opaque_id_is_kept_as_it_is(given: str) -> None:
    assert TypeAdapter(OpaqueId).validate_python(given) == given


def envelope(**changes: object) -> Envelope:
    fields: dict[str, object] = {
        "event_id": TARGET,
        "occurred_at": MOMENT,
        "recorded_at": MOMENT,
        "actor": "m-1",
        "source_system": "case-system",
        "source_id": "Row/10 42".replace(" ", "-"),
    }
    return Envelope.model_validate({**fields, **changes})


def test_a_record_is_filed_under_its_subjects_and_its_source() -> None:
    example = EXAMPLES[0]
    record = EventRecord(envelope=envelope(), event=example)
    assert record.tags == example.tags() | {"source:case-system/Row/10-42"}
    assert record.envelope.event_id == UUID(int=TARGET.int)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("occurred_at", "2026-11-02T09:30:00"),
        ("recorded_at", 45_000),
        ("actor", "Worker A1"),
        ("source_system", "Case System"),
        ("source_id", "with space"),
        ("source_id", ""),
        ("note", "anything"),
    ],
)
def test_an_envelope_refuses_what_does_not_fit(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        envelope(**{field: value})
    assert refused.value.errors()[0]["loc"] == (field,)
