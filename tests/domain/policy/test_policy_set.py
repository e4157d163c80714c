"""The numbers of policy: the shipped set, what each says of itself, and what is refused."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from domain.errors import InvalidPolicySet
from domain.load.parameters import CoefficientKind, KnownOr
from domain.policy.policy_set import PolicySet
from tests.domain.load.service_history import POLICY_SET_FILE, shipped_policy

ASSUMPTIONS = Path(__file__).parents[2] / "golden/policy_assumptions.txt"
UNITS = {"day", "lp", "1", "1/day", "h/week", "case", "person", "rating", "felt load", "answer"}

Mapping = dict[str, JsonValue]


def shipped() -> Mapping:
    return shipped_policy().to_mapping()


def part(content: Mapping, place: str) -> Mapping:
    """Go to a table by its dotted place."""
    for step in place.split("."):
        inner = content[step]
        assert isinstance(inner, dict)
        content = inner
    return content


def with_value(place: str, value: JsonValue) -> Mapping:
    content = shipped()
    part(content, place)["value"] = value
    return content


def test_the_shipped_set_reads_back_to_an_equal_set_under_the_id_of_its_file() -> None:
    policy = shipped_policy()
    assert PolicySet.from_mapping(policy.to_mapping()) == policy
    assert policy.policy_set_id == POLICY_SET_FILE.stem
    assert policy.effective_from.tzinfo is not None


def test_every_number_states_its_unit_its_kind_and_its_source() -> None:
    numbers = dict(shipped_policy().coefficients())
    assert len(numbers) > 80
    for place, number in numbers.items():
        assert number.unit in UNITS, place
        assert len(number.source) >= 10, place
        if number.kind is CoefficientKind.PUBLISHED:
            assert any(sign.isdigit() or sign.isupper() for sign in number.source), place


def test_no_assumption_is_added_or_dropped_unseen() -> None:
    assumed = [place for place, number in shipped_policy().coefficients() if number.kind is CoefficientKind.ASSUMPTION]
    assert sorted(assumed) == ASSUMPTIONS.read_text(encoding="utf-8").split()


def test_what_is_unknown_weighs_something_in_every_table_that_has_a_value_for_it() -> None:
    unknown = {
        place: number.value for place, number in shipped_policy().coefficients() if place.endswith(KnownOr.UNKNOWN)
    }
    assert len(unknown) == 7
    assert all(value > 0 for value in unknown.values())


TABLES = {
    "load": (
        *("held_points.high", "held_points.unknown", "harm_factor.gangs", "harm_factor.unknown"),
        *("incident_points.severe", "incident_kind_factor.death", "route_share.team_heard"),
        *("expected_incidents.unknown", "relief.peer_support", "recovery_multiplier.training"),
        *("stage_factor.unknown", "stage_factor.advanced"),
    ),
    "limits": ("caseload_cap.unknown", "high_risk_cap.advanced", "case_hours.very_high"),
}


@pytest.mark.parametrize(
    ("section", "entry"), [(section, entry) for section, entries in TABLES.items() for entry in entries]
)
def test_a_table_with_an_entry_missing_is_refused_and_names_table_and_entry(section: str, entry: str) -> None:
    content = shipped()
    table, _, key = entry.rpartition(".")
    del part(content, f"{section}.{table}")[key]
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(content)
    assert refused.value.place == section
    assert refused.value.fault == f"{table} has no value for {key}"


def places() -> list[str]:
    return [place for place, _ in shipped_policy().coefficients()]


@pytest.mark.parametrize("place", places())
def test_a_number_below_zero_is_refused_with_its_place(place: str) -> None:
    section, _, inner = place.partition(".")
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(with_value(place, -0.5))
    assert (refused.value.place, refused.value.fault) == (section, f"{inner} is below zero")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None, [1]])
def test_what_is_no_finite_number_is_refused_with_its_place(value: JsonValue) -> None:
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(with_value("load.relief.group.acute", value))
    assert refused.value.place == "load.relief.group.acute.value"


@pytest.mark.parametrize(
    "place",
    [
        *("load.held_acute_share", "load.co_worker_share", "load.held_share_when_absent", "load.route_share.direct"),
        *("load.incident_acute_share", "load.supervision_given_acute_share", "load.additional_harm"),
        *("limits.harm_type_share", "limits.co_worker_hours_share", "practice.alerts.concentration_share"),
    ],
)
def test_a_share_above_one_is_refused_with_its_place(place: str) -> None:
    section, _, inner = place.partition(".")
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(with_value(place, 1.01))
    assert (refused.value.place, refused.value.fault) == (section, f"{inner} is a share and above 1")
    PolicySet.from_mapping(with_value(place, 1))


@pytest.mark.parametrize(
    "place",
    [
        *("load.acute_time_constant", "load.cumulative_time_constant", "load.relief_spacing"),
        *("load.full_time_capacity", "load.recovery_multiplier.sickness", "load.stage_factor.newly_qualified"),
        *("load.held_points.unknown", "load.harm_factor.unknown", "limits.horizon"),
        *("practice.smallest_group", "practice.reporting_period"),
    ],
)
def test_a_number_that_must_not_be_nothing_is_refused_at_zero(place: str) -> None:
    section, _, inner = place.partition(".")
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(with_value(place, 0))
    assert (refused.value.place, refused.value.fault) == (section, f"{inner} must be above zero")


@pytest.mark.parametrize(
    ("place", "fault"),
    [
        ("load.held_points.high", "held_points.high is below held_points.medium"),
        ("load.expected_incidents.very_high", "expected_incidents.very_high is below expected_incidents.high"),
        ("load.incident_points.severe", "incident_points.severe is below incident_points.serious"),
    ],
)
def test_what_is_heavier_never_weighs_less(place: str, fault: str) -> None:
    with pytest.raises(InvalidPolicySet, match=fault):
        PolicySet.from_mapping(with_value(place, 0.0001))


@pytest.mark.parametrize("what", ["felt", "load"])
def test_what_is_heavy_lies_above_what_is_light(what: str) -> None:
    with pytest.raises(InvalidPolicySet, match=f"{what}_heavy must be above {what}_light"):
        PolicySet.from_mapping(with_value(f"practice.{what}_heavy", 0.01))


def test_a_set_of_before_the_numbers_of_practice_is_refused_and_says_what_it_lacks() -> None:
    content = shipped()
    del content["practice"]
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(content)
    assert (refused.value.place, refused.value.fault) == ("practice", "Field required")


def test_protected_hours_leave_hours_for_cases() -> None:
    with pytest.raises(InvalidPolicySet, match="protected_hours leave no hours"):
        PolicySet.from_mapping(with_value("limits.protected_hours", 37))


@pytest.mark.parametrize(
    ("table", "key"), [("load.held_points", "hihg"), ("limits", "note"), ("load", "acute_half_life")]
)
def test_an_entry_that_nobody_knows_is_refused(table: str, key: str) -> None:
    content = shipped()
    part(content, table)[key] = {"value": 1, "unit": "1", "kind": "assumption", "source": "a slip of the pen"}
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(content)
    assert key in refused.value.place


@pytest.mark.parametrize("field", ["value", "unit", "kind", "source"])
def test_a_number_that_does_not_say_what_it_is_is_refused(field: str) -> None:
    content = shipped()
    del part(content, "load.relief_spacing")[field]
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping(content)
    assert refused.value.place == f"load.relief_spacing.{field}"


def test_a_set_without_a_dated_start_is_refused() -> None:
    with pytest.raises(InvalidPolicySet) as refused:
        PolicySet.from_mapping({**shipped(), "effective_from": "2026-11-01"})
    assert refused.value.place == "effective_from"
