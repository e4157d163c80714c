"""The columnar rebuild reads what the mapper writes, and leaves to the slow path whatever it is not sure of."""

from typing import Any, get_args

import polars as pl
import pytest

from allocation_engine.persistence.mapper import RecordMapper
from allocation_engine.persistence.ports import columns_of
from domain.events import REGISTRY, DomainEvent, EventRecord
from domain.events.corrections import CorrectionEvent, EventCorrected, PersonErased
from domain.events.service import PolicyAdopted
from domain.load.facts import CaseFact, WorkerFact
from domain.load.facts_from_events import LOAD_EVENTS
from domain.vocabulary import AssignmentRole
from projections import ALL, WORKER_LOAD, Projection
from projections.canonical_patterns import pattern_of
from projections.column_fold import LogColumns
from projections.dossier_rebuild import DossierFold
from projections.fact_codes import ABSENCES, HARMS, INCIDENTS, KINDS, RELIEFS, RISKS, ROLES, ROUTES, SEVERITIES, STAGES
from projections.load_rebuild import LoadFold
from projections.load_rebuild.facts_of_events import READINGS
from tests.domain.events.examples import EXAMPLES
from tests.projections.drawn_histories import MONDAY, record, rows_of

MAPPER = RecordMapper()
NO_PATTERN = {PolicyAdopted, EventCorrected}
"""Events with a field of any JSON: no pattern can match it, so they go one by one."""
PLAIN = [one for one in EXAMPLES if not isinstance(one, get_args(CorrectionEvent))]


def page_of(records: list[EventRecord], spoil: tuple[bytes, bytes] = (b"", b"")) -> LogColumns:
    stored = [MAPPER.encode(one) for one in records]
    return columns_of([(place, one.type, one.data.replace(*spoil, 1)) for place, one in enumerate(stored, start=1)])


def told(*events: DomainEvent) -> list[EventRecord]:
    return [record(number, event, MONDAY) for number, event in enumerate(events, start=1)]


def test_every_event_of_the_load_is_read_in_columns() -> None:
    assert set(READINGS) == set(LOAD_EVENTS) - {PersonErased}  # what an erased event reads as: it goes one by one


@pytest.mark.parametrize("event", [one for one in PLAIN if type(one) in LOAD_EVENTS], ids=lambda one: one.wire_type())
def test_an_event_as_the_mapper_writes_it_needs_no_slow_path(event: DomainEvent) -> None:
    fold = LoadFold()
    assert fold.take(page_of(told(event))) == []
    expected = rows_of(WORKER_LOAD, told(event))
    assert {key: WORKER_LOAD.rows.load(stored) for key, stored in fold.rows()} == expected


@pytest.mark.parametrize("event", PLAIN, ids=lambda one: one.wire_type())
def test_an_event_matches_the_pattern_of_its_class(event: DomainEvent) -> None:
    fold = DossierFold({"worker": frozenset({type(event)})})
    assert (list(fold.take(page_of(told(event)))) == []) is (type(event) not in NO_PATTERN)


@pytest.mark.parametrize("projection", [one for one in ALL if one.columns is not None], ids=lambda one: one.name)
def test_examples_of_all_events_make_the_rows_that_folding_them_one_by_one_makes(projection: Projection[Any]) -> None:
    records = told(*(one for one in PLAIN if type(one) in projection.handles))
    assert projection.columns is not None
    fold = projection.columns()
    singly = [records[place] for place in fold.take(page_of(records))]
    rows = {key: projection.rows.load(stored) for key, stored in fold.rows()}
    for one in singly:
        for key in projection.keys(one):
            rows[key] = projection.apply(rows.get(key), key, one)
    assert rows == rows_of(projection, records)


@pytest.mark.parametrize(
    "spoil",
    [
        (b'"event":{', b'"event":{ '),  # not compact
        (b'"occurred_at":"2026-', b'"occurred_at":"20x6-'),
        (b'"event_id":"0000', b'"event_id":"000g'),
        (b'"case_id":"', b'"case_id":"no id '),
        (b'"role":"primary"', b'"role":"chief"'),
        (b'"role":"primary"', b'"role":"primary","more":1'),
        (b"{", b"\xff{"),
    ],
)
def test_what_is_not_in_canonical_form_is_left_for_the_slow_path(spoil: tuple[bytes, bytes]) -> None:
    assigned = next(one for one in PLAIN if one.wire_name == "case.assigned")
    assigned = assigned.model_copy(update={"role": AssignmentRole.PRIMARY})
    records = told(assigned, assigned)
    whole = page_of(records)
    spoilt = page_of(records[:1], spoil)
    assert spoilt["data"][0] != whole["data"][0]
    page = pl.concat([spoilt, whole[1:]])
    for fold in (LoadFold(), DossierFold({"case": frozenset({type(assigned)})})):
        assert list(fold.take(page)) == [0]


def test_the_codes_of_packed_rows_stand_as_they_are_stored() -> None:
    """A change here changes what stored rows mean: give the projection a new version with it."""
    assert WORKER_LOAD.version == 3
    assert [kind.__name__ for kind in KINDS] == [
        *("Hours", "Stage", "AbsenceStarted", "AbsenceEnded", "Left", "Exposed", "SupervisionGiven", "Relieved"),
        *("CaseTaken", "CaseGivenUp", "CaseOpened", "RiskReassessed", "PrimaryHeldBy", "CaseEnded", "PartErased"),
    ]
    assert {*KINDS} == {*get_args(get_args(WorkerFact)[0]), *get_args(get_args(CaseFact)[0])}
    assert [one.value for codes in (STAGES, ABSENCES, ROLES, RISKS, HARMS) for one in codes] == [
        *("newly_qualified", "experienced", "advanced"),
        *("annual_leave", "sickness", "parental_leave", "training", "other"),
        *("primary", "co_worker"),
        *("low", "medium", "high", "very_high"),
        *("missing", "sexual_exploitation", "trafficking", "gangs", "criminal_exploitation", "county_lines"),
        "serious_youth_violence",
    ]
    assert [one.value for codes in (INCIDENTS, SEVERITIES, ROUTES, RELIEFS) for one in codes] == [
        *("death", "serious_injury", "sexual_assault_disclosed", "violence_disclosed", "missing_episode"),
        *("trafficking_identified", "threat_to_worker", "assault_on_worker"),
        *("moderate", "serious", "severe"),
        *("direct", "co_worker", "team_heard"),
        *("one_to_one", "group", "peer", "case", "peer_support", "debrief"),
    ]


def test_every_registered_event_has_a_pattern_or_is_known_to_have_none() -> None:
    assert {one for one in REGISTRY.classes if pattern_of(one) is None} == NO_PATTERN
