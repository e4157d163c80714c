"""What is sealed reads back the same while its key is there, as erased when it was destroyed, and else not at all."""

import json
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.errors import PersonWasErased
from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.keys.memory_keys import MemoryKeys
from allocation_engine.persistence.keys.sealing import is_sealed
from allocation_engine.persistence.mapper import RecordMapper
from domain.errors import InvalidEvent
from domain.events import REGISTRY, DomainEvent
from domain.events.corrections import CorrectionEvent, EventCorrected, PersonErased
from domain.events.persons import RULES, Concerned, concerned_by
from domain.events.practice import CriticalIncidentRecorded, SupervisionHeld
from domain.events.subjects import SUBJECT_OF_FIELD
from tests.domain.events.examples import EXAMPLES
from tests.persistence.keys.sealed_events import (
    NAMES,
    is_of_somebody,
    known_keyring,
    mapper_with,
    record_of,
)

GOLDEN = sorted((Path(__file__).parents[2] / "golden/sealed").glob("*.json"))
SEALED = [one for one in EXAMPLES if is_of_somebody(one)]
each_event = pytest.mark.parametrize("event", EXAMPLES, ids=lambda one: one.wire_type())
each_sealed = pytest.mark.parametrize("event", SEALED, ids=lambda one: one.wire_type())


def test_the_table_says_of_every_event_whose_data_it_holds() -> None:
    assert set(RULES) | {EventCorrected} == REGISTRY.classes


def test_whoever_an_event_is_of_is_among_its_tags() -> None:
    for event in EXAMPLES:
        assert set(concerned_by(event).tags) <= event.tags()


def test_every_event_that_names_a_person_is_somebodys() -> None:
    persons = [one for one in EXAMPLES if any(tag.startswith(("worker:", "case:")) for tag in one.tags())]
    assert [one for one in persons if not is_of_somebody(one)] == [
        one for one in EXAMPLES if isinstance(one, PersonErased)
    ]


def test_an_incident_of_no_case_is_of_everybody_exposed() -> None:
    (event,) = (one for one in EXAMPLES if isinstance(one, CriticalIncidentRecorded))
    assert concerned_by(event) == Concerned(("case:c-1",))
    assert concerned_by(event.model_copy(update={"case_id": None})) == Concerned(("worker:w-1", "worker:w-2"))


@given(
    st.sampled_from(EXAMPLES),
    st.integers(1, 2**128 - 1),
    st.from_regex(r"[\x21-\x7e]{1,60}", fullmatch=True),
)
def test_what_is_sealed_is_read_back_the_same(event: DomainEvent, number: int, source_id: str) -> None:
    mapper = mapper_with(known_keyring())
    record = record_of(event, number, source_id)
    stored = mapper.encode(record)
    assert mapper.decode(stored) == record
    plain = RecordMapper().encode(record)
    assert mapper.opened(stored.type, stored.data) == (plain.type, plain.data)
    assert mapper.decode(plain) == record
    assert is_sealed(stored.data) == is_of_somebody(event)


@each_sealed
def test_nothing_but_ids_is_readable_of_what_is_sealed(event: DomainEvent) -> None:
    stored = mapper_with(known_keyring()).encode(record_of(event))
    content = json.loads(stored.data)
    assert content.keys() == {"envelope", "sealed"}
    readable = {key for key in content["sealed"] if key not in {"for", "for_any", "for_all"}}
    assert (
        readable == {"subjects", "content", "meant"} if isinstance(event, EventCorrected) else {"subjects", "content"}
    )
    assert set(content["sealed"]["subjects"]) == event.tags()
    shown = json.dumps(content["sealed"])
    for field, value in event.model_dump(mode="json").items():
        if isinstance(value, str) and field not in {
            *SUBJECT_OF_FIELD,
            "occurred_at",
            *content["sealed"].get("meant", ()),
        }:
            assert json.dumps(value) not in shown, field


@each_sealed
def test_what_is_erased_reads_as_such_with_the_tags_it_had(event: DomainEvent) -> None:
    keyring = known_keyring()
    mapper = mapper_with(keyring)
    record = record_of(event)
    stored = mapper.encode(record)
    keyring.destroy(NAMES)
    read = mapper.decode(stored)
    assert read.envelope == record.envelope
    assert read.tags == record.tags
    if isinstance(event, EventCorrected):
        assert isinstance(read.event, EventCorrected)
        assert read.event.target_event_id == event.target_event_id
        assert read.event.replacement_type == PersonErased.wire_type()
    else:
        assert isinstance(read.event, PersonErased)
        assert read.event.erased in NAMES
    with pytest.raises(PersonWasErased):
        mapper.encode(record)


def test_what_several_did_together_is_read_while_one_of_them_is_there() -> None:
    keyring = known_keyring()
    mapper = mapper_with(keyring)
    (event,) = (one for one in EXAMPLES if isinstance(one, SupervisionHeld))
    stored = mapper.encode(record_of(event))
    keyring.destroy(["worker:w-1", "worker:w-3"])
    assert mapper.decode(stored).event == event
    assert mapper.decode(mapper.encode(record_of(event, 2))).event == event
    keyring.destroy(["worker:w-2"])
    assert isinstance(mapper.decode(stored).event, PersonErased)


@pytest.mark.parametrize("name", ["worker:w-1", "worker:w-2", "case:c-1", "proposal:p-1"])
def test_a_proposal_is_read_only_while_everybody_in_it_is_there(name: str) -> None:
    keyring = known_keyring()
    mapper = mapper_with(keyring)
    proposals = [one for one in EXAMPLES if concerned_by(one).together]
    stored = [mapper.encode(record_of(one, number)) for number, one in enumerate(proposals, start=1)]
    keyring.destroy([name])
    read = [mapper.decode(one).event for one in stored]
    assert [one.erased for one in read if isinstance(one, PersonErased)] == [name] * len(proposals)


@each_sealed
def test_without_its_key_an_event_is_an_error_and_not_an_erasure(event: DomainEvent) -> None:
    stored = mapper_with(known_keyring()).encode(record_of(event))
    with pytest.raises(InvalidEvent, match="has no key for"):
        mapper_with(Keyring(MemoryKeys())).decode(stored)
    with pytest.raises(InvalidEvent, match="ALLOCATION_ENGINE_PERSON_KEYS"):
        RecordMapper().decode(stored)


@each_sealed
def test_an_event_that_was_changed_moved_or_cut_does_not_open(event: DomainEvent) -> None:
    mapper = mapper_with(known_keyring())
    stored, other = mapper.encode(record_of(event, 1)), mapper.encode(record_of(event, 2))
    content_of = b'"content":"'
    moved = stored.data.partition(content_of)[0] + content_of + other.data.partition(content_of)[2]
    later = stored.data.replace(b"2026-11-02T09:30:00Z", b"2026-11-03T09:30:00Z", 1)
    for data in (
        moved,
        later,
        stored.data[:-20] + b'"}}',
        stored.data[:-1],
        stored.data.replace(b'"subjects"', b'"x"'),
    ):
        with pytest.raises(InvalidEvent):
            mapper.decode(DCBEvent(type=stored.type, data=data, tags=stored.tags))
    if not isinstance(event, CorrectionEvent):
        with pytest.raises(InvalidEvent):
            mapper.decode(
                DCBEvent(
                    type="worker.left.v1" if stored.type != "worker.left.v1" else "case.closed.v1",
                    data=stored.data,
                    tags=stored.tags,
                )
            )


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_what_was_sealed_once_is_read_for_ever(file: Path) -> None:
    golden = json.loads(file.read_text(encoding="utf-8"))
    read = mapper_with(known_keyring()).decode(
        DCBEvent(type=golden["type"], data=golden["data"].encode(), tags=golden["tags"])
    )
    assert read.event.model_dump(mode="json") == golden["event"]
    assert isinstance(read.event, REGISTRY.class_of(golden["type"]))


def test_there_is_a_golden_file_of_each_manner_of_sealing() -> None:
    manners = {next(iter(json.loads(json.loads(file.read_text())["data"])["sealed"])) for file in GOLDEN}
    assert manners == {"for", "for_any", "for_all"}
