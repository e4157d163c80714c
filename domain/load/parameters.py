"""The numbers of the load model, each with its unit, its kind and its source.

Nothing here has a default: a number that a policy set does not state is an error, so that none hides.
"""

from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.vocabulary import AbsenceKind, CareerStage, ExposureRoute, HarmType, IncidentKind, RiskLevel, Severity


class CoefficientKind(StrEnum):
    """How far a number can be trusted."""

    PUBLISHED = "published"
    LOCAL_AGREEMENT = "local_agreement"
    ASSUMPTION = "assumption"


class Coefficient(BaseModel):
    """One number with what it means and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    value: float
    unit: str = Field(min_length=1)
    kind: CoefficientKind
    source: str = Field(min_length=10)


class ReliefKind(StrEnum):
    """What may advance the recovery clock."""

    ONE_TO_ONE = "one_to_one"
    GROUP = "group"
    PEER = "peer"
    CASE = "case"
    PEER_SUPPORT = "peer_support"
    DEBRIEF = "debrief"


class KnownOr(StrEnum):
    """The key under which a table holds the value for what is not known."""

    UNKNOWN = "unknown"


class Relief(BaseModel):
    """By how much one session, well apart from the last, advances each compartment's recovery clock [1]."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acute: Coefficient
    cumulative: Coefficient


class LoadParameters(BaseModel):
    """Every coefficient of the two-compartment model; symbols as in `domain/load/__init__.py`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acute_time_constant: Coefficient
    cumulative_time_constant: Coefficient

    held_points: dict[RiskLevel | KnownOr, Coefficient]
    harm_factor: dict[HarmType | KnownOr, Coefficient]
    additional_harm: Coefficient
    held_acute_share: Coefficient
    co_worker_share: Coefficient
    held_share_when_absent: Coefficient

    incident_points: dict[Severity, Coefficient]
    incident_kind_factor: dict[IncidentKind, Coefficient]
    route_share: dict[ExposureRoute, Coefficient]
    incident_acute_share: Coefficient
    expected_incidents: dict[RiskLevel | KnownOr, Coefficient]
    expected_incident_points: Coefficient
    expected_incident_points_sd: Coefficient

    supervision_given_points: Coefficient
    supervision_given_acute_share: Coefficient

    relief: dict[ReliefKind, Relief]
    relief_spacing: Coefficient
    recovery_multiplier: dict[AbsenceKind, Coefficient]

    full_time_capacity: Coefficient
    stage_factor: dict[CareerStage | KnownOr, Coefficient]

    @model_validator(mode="after")
    def _tables_are_complete(self) -> "LoadParameters":
        """Refuse a table with a gap: a missing entry would be met as an error in the middle of a fold."""
        for name, wanted in (
            ("held_points", [*RiskLevel, KnownOr.UNKNOWN]),
            ("harm_factor", [*HarmType, KnownOr.UNKNOWN]),
            ("incident_points", [*Severity]),
            ("incident_kind_factor", [*IncidentKind]),
            ("route_share", [*ExposureRoute]),
            ("expected_incidents", [*RiskLevel, KnownOr.UNKNOWN]),
            ("relief", [*ReliefKind]),
            ("recovery_multiplier", [*AbsenceKind]),
            ("stage_factor", [*CareerStage, KnownOr.UNKNOWN]),
        ):
            missing = [str(key) for key in wanted if key not in getattr(self, name)]
            if missing:
                raise ValueError(f"{name} has no value for {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _values_make_sense(self) -> "LoadParameters":
        for place, coefficient in coefficients_of(self):
            if coefficient.value < 0:
                raise ValueError(f"{place} is below zero")
            if ("share" in place or place == "additional_harm") and coefficient.value > 1:
                raise ValueError(f"{place} is a share and above 1")
        for name in (
            *("acute_time_constant", "cumulative_time_constant", "relief_spacing", "full_time_capacity"),
            *("recovery_multiplier", "stage_factor", "held_points", "harm_factor"),
        ):
            for place, coefficient in walk(getattr(self, name), name):
                if coefficient.value == 0:
                    raise ValueError(f"{place} must be above zero")
        return self

    @model_validator(mode="after")
    def _heavier_never_weighs_less(self) -> "LoadParameters":
        for name, order in (
            ("held_points", [*RiskLevel]),
            ("expected_incidents", [*RiskLevel]),
            ("incident_points", [*Severity]),
        ):
            table: dict[StrEnum, Coefficient] = getattr(self, name)
            for lower, higher in pairwise(order):
                if table[higher].value < table[lower].value:
                    raise ValueError(f"{name}.{higher} is below {name}.{lower}")
        return self


def coefficients_of(model: BaseModel, place: str = "") -> Iterator[tuple[str, Coefficient]]:
    """Walk every coefficient with its dotted place, for listing and for checks."""
    for name in type(model).model_fields:
        yield from walk(getattr(model, name), f"{place}.{name}" if place else name)


def walk(value: object, place: str) -> Iterator[tuple[str, Coefficient]]:
    """Walk every coefficient in one part of a model."""
    if isinstance(value, Coefficient):
        yield place, value
    elif isinstance(value, BaseModel):
        yield from coefficients_of(value, place)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from walk(part, f"{place}.{key}")
