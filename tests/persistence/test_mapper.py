"""What is stored is read back equal, brought up to the present version, or refused with the position."""

import json
from typing import ClassVar
from uuid import UUID

import pytest
from eventsourcing.dcb.api import DCBEvent, DCBSequencedEvent
from eventsourcing.dcb.domain import Tagged
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.errors import UnreadableEvent
from allocation_engine.persistence import Criterion, open_store
from allocation_engine.persistence.mapper import RecordMapper
from domain.events import REGISTRY, DomainEvent, EventRecord, EventRegistry
from domain.events.case import CaseAssigned, CaseReferred
from domain.events.upcasting import Fields
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import HarmType, RiskLevel
from tests.contracts.examples import assigned, record, referred

MAPPER = RecordMapper()

OPAQUE_IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,20}", fullmatch=True)
EVENTS = st.one_of(
    st.builds(CaseAssigned, case_id=OPAQUE_IDS, worker_id=OPAQUE_IDS),
    st.builds(
        CaseReferred,
        case_id=OPAQUE_IDS,
        harm_types=st.none() | st.lists(st.sampled_from(HarmType), max_size=3).map(tuple),
        risk=st.none() | st.sampled_from(RiskLevel),
    ),
)


@given(st.builds(record, st.integers(0, 2**127), EVENTS))
def test_what_is_written_is_read_back_equal(delivery: EventRecord) -> None:
    stored = MAPPER.encode(delivery)
    read = MAPPER.decode(stored)
    assert read == delivery
    assert (type(read.event), frozenset(stored.tags)) == (type(delivery.event), delivery.tags)


def test_it_serves_as_the_librarys_mapper() -> None:
    stored = MAPPER.to_dcb_event(Tagged(tags=[], decision=assigned(1)))
    tagged = MAPPER.to_domain_event(stored)
    assert (tagged.decision, frozenset(tagged.tags)) == (assigned(1), assigned(1).tags)


def test_the_stored_form_is_plain_json() -> None:
    stored = MAPPER.encode(assigned(7, "c1", "w1"))
    content = json.loads(stored.data)
    assert stored.type == "case.assigned.v1"
    assert content["event"] == {"case_id": "c1", "worker_id": "w1", "role": "primary", "proposal_id": None}
    assert content["envelope"]["event_id"] == str(UUID(int=7))
    assert stored.tags == ["source:case-system/7", "case:c1", "worker:w1"]


@pytest.mark.parametrize(
    ("wire_type", "data", "why"),
    [
        ("case.assigned.v1", b"", "not valid JSON"),
        ("case.assigned.v1", b"\xff\xfe", "not valid JSON"),
        ("case.assigned.v1", b"[]", "expected an envelope and an event"),
        ("case.assigned.v1", b'{"event": {}}', "expected an envelope and an event"),
        ("case.assigned.v1", b'{"envelope": {"actor": "not an id"}, "event": {}}', "envelope.actor"),
        ("case.assigned.v1", "event", "case_id"),
        ("case.assigned.v9", "event", "no event is known"),
        ("case.unheard_of.v1", "event", "no event is known"),
        ("case.assigned", "event", "no event is known"),
    ],
)
def test_what_cannot_be_read_is_refused_with_position_and_reason(wire_type: str, data: bytes | str, why: str) -> None:
    if isinstance(data, str):
        envelope = json.loads(MAPPER.encode(referred(1)).data)["envelope"]
        data = json.dumps({"envelope": envelope, "event": {"worker_id": "w1"}}).encode()
    with pytest.raises(UnreadableEvent) as refusal:
        MAPPER.decode_at(DCBSequencedEvent(DCBEvent(wire_type, data), position=12))
    assert (refusal.value.position, refusal.value.wire_type) == (12, wire_type)
    assert why in refusal.value.why
    assert "not an id" not in str(refusal.value)  # the value may be personal


@pytest.mark.parametrize("data", [b"no json", b"[]", b'{"event":{}}', b'{"envelope":{"actor":"not an id"},"event":{}}'])
def test_an_envelope_that_cannot_be_read_is_told_with_its_position(data: bytes) -> None:
    with pytest.raises(UnreadableEvent, match="position 12"):
        MAPPER.envelope_at(DCBSequencedEvent(DCBEvent("case.assigned.v1", data), position=12))


def test_a_glance_tells_kind_and_envelope_and_leaves_what_is_said_closed() -> None:
    told = (referred(1), assigned(2))
    with open_store("memory://") as store:
        store.log.append(told)
        seen = store.log.glance()
        assert [(one.position, one.wire_type, one.envelope) for one in seen] == [
            (place, one.event.wire_type(), one.envelope) for place, one in enumerate(told, start=1)
        ]
        assert store.log.glance(after=1, limit=1) == seen[1:]


class CaseMovedV1(DomainEvent):
    """Stands for the class as it once was."""

    wire_name: ClassVar[str] = "case.moved"
    case_id: CaseId


class CaseMoved(DomainEvent):
    """The same event today: version 2 says by whom."""

    wire_name: ClassVar[str] = "case.moved"
    wire_version: ClassVar[int] = 2
    case_id: CaseId
    worker_id: WorkerId | None


def _add_worker(fields: Fields) -> Fields:
    return {**fields, "worker_id": None}


def test_an_old_version_is_found_by_todays_class_and_read_as_it() -> None:
    past = EventRegistry([CaseMovedV1])
    today = EventRegistry([*REGISTRY.classes, CaseMoved], {("case.moved", 1): _add_worker})
    old = RecordMapper(past).encode(record(1, CaseMovedV1(case_id=CaseId("c1"))))
    assert old.type == "case.moved.v1"
    with open_store("memory://", registry=today) as store:
        store._backend.log.append_unknown([("source:case-system/1", old)])
        store.log.append([record(2, CaseMoved(case_id=CaseId("c1"), worker_id=WorkerId("w1")))])
        moves = store.log.read((Criterion(frozenset({"case:c1"}), frozenset({CaseMoved})),)).events
        assert [move.record.event for move in moves] == [
            CaseMoved(case_id=CaseId("c1"), worker_id=None),
            CaseMoved(case_id=CaseId("c1"), worker_id=WorkerId("w1")),
        ]


def test_an_old_version_that_its_upcaster_cannot_take_is_refused_with_its_position() -> None:
    envelope = json.loads(MAPPER.encode(referred(1)).data)["envelope"]
    today = RecordMapper(EventRegistry([CaseMoved], {("case.moved", 1): _add_worker}))
    data = json.dumps({"envelope": envelope, "event": 7}).encode()
    with pytest.raises(UnreadableEvent, match=r"position 3 .*cannot be brought up to date"):
        today.decode_at(DCBSequencedEvent(DCBEvent("case.moved.v1", data), position=3))


def test_a_criterion_needs_a_tag() -> None:
    with pytest.raises(ValueError, match="needs a tag"):
        Criterion(frozenset())
