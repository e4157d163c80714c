"""The register of events: stored type to class, and old shapes brought up."""

from typing import ClassVar

import pytest
from pydantic import JsonValue

from domain.errors import InvalidEvent, UnknownEventType
from domain.events.base import DomainEvent
from domain.events.registry import FAMILIES, REGISTRY, EventRegistry
from domain.events.upcasting import UPCASTERS, Fields, Upcaster, upcast
from tests.domain.events.examples import EXAMPLES


class VisitMade(DomainEvent):
    """A third shape: the place was added in version 2, minutes became hours in version 3."""

    wire_name: ClassVar[str] = "test.visit_made"
    wire_version: ClassVar[int] = 3

    hours: float
    place: str


class AnotherVisitMade(DomainEvent):
    wire_name: ClassVar[str] = "test.visit_made"


def place_unknown(fields: Fields) -> Fields:
    return {**fields, "place": "unknown"}


def minutes_to_hours(fields: Fields) -> Fields:
    minutes = fields.pop("minutes")
    assert isinstance(minutes, int)
    return {**fields, "hours": minutes / 60}


VISITS: dict[tuple[str, int], Upcaster] = {
    ("test.visit_made", 1): place_unknown,
    ("test.visit_made", 2): minutes_to_hours,
}
REGISTER = EventRegistry([VisitMade], VISITS)


@pytest.mark.parametrize(
    ("wire_type", "fields"),
    [
        ("test.visit_made.v1", {"minutes": 90}),
        ("test.visit_made.v2", {"minutes": 90, "place": "unknown"}),
        ("test.visit_made.v3", {"hours": 1.5, "place": "unknown"}),
    ],
)
def test_every_stored_version_reads_as_todays_event(wire_type: str, fields: dict[str, JsonValue]) -> None:
    before = dict(fields)
    assert REGISTER.decode(wire_type, fields) == VisitMade(hours=1.5, place="unknown")
    assert REGISTER.class_of(wire_type) is VisitMade
    assert fields == before


def test_upcasting_stops_at_the_version_it_has_no_step_from() -> None:
    assert upcast("test.visit_made", 1, {"minutes": 30}, upcasters=VISITS) == (3, {"place": "unknown", "hours": 0.5})
    assert upcast("test.visit_made", 1, {"minutes": 30}) == (1, {"minutes": 30})


@pytest.mark.parametrize(
    "wire_type",
    [
        *("test.visit_made.v4", "test.visit_made.v0", "test.visit_made.v03", "test.visit_made.v３", "test.visit_made"),
        *("test.visit_made.vx", "test.visit_made.v-1", "test.other.v1", "", ".v1"),
    ],
)
def test_a_type_or_version_that_nobody_knows_is_refused(wire_type: str) -> None:
    with pytest.raises(UnknownEventType) as refused:
        REGISTER.decode(wire_type, {"hours": 1, "place": "home"})
    assert refused.value.wire_type == wire_type


def test_a_chain_with_a_missing_step_is_refused() -> None:
    broken = EventRegistry([VisitMade], {("test.visit_made", 1): place_unknown})
    with pytest.raises(UnknownEventType):
        broken.decode("test.visit_made.v1", {"minutes": 90})


def test_two_events_of_one_name_refuse_to_load() -> None:
    with pytest.raises(ValueError, match=r"test\.visit_made"):
        EventRegistry([VisitMade, AnotherVisitMade])


def test_faults_name_the_field_and_never_the_value() -> None:
    with pytest.raises(InvalidEvent) as refused:
        REGISTER.decode("test.visit_made.v3", {"hours": "Worker A1 said so", "stray": "Worker A2"})
    assert [field for field, _ in refused.value.faults] == ["hours", "place", "stray"]
    assert refused.value.wire_type == "test.visit_made.v3"
    assert "Worker" not in str(refused.value)


def test_an_old_event_is_refused_under_the_type_it_was_stored_as() -> None:
    with pytest.raises(InvalidEvent, match=r"test\.visit_made\.v2"):
        REGISTER.decode("test.visit_made.v2", {"minutes": 90})


def test_content_that_is_no_set_of_fields_is_refused_as_a_whole() -> None:
    with pytest.raises(InvalidEvent) as refused:
        REGISTRY.decode("case.closed.v1", ["c-1"])  # type: ignore[arg-type]
    assert refused.value.faults[0][0] == "(whole)"


def test_the_register_holds_every_family_and_nothing_else() -> None:
    assert REGISTRY.classes == {one for family in FAMILIES.values() for one in family}
    assert REGISTRY.wire_types == tuple(sorted(one.wire_type() for one in EXAMPLES))
    assert all(one.wire_name.split(".")[0] == family for family, classes in FAMILIES.items() for one in classes)


def test_every_upcaster_belongs_to_an_event_and_leads_to_its_version() -> None:
    names = {one.wire_name: one.wire_version for one in REGISTRY.classes}
    assert all(name in names and version < names[name] for name, version in UPCASTERS)
    assert all((name, old) in UPCASTERS for name, version in names.items() for old in range(1, version))
