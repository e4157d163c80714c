"""The numbers behind the allocation rules. They are local policy: DfE states that there is no national weighting."""

from pydantic import BaseModel, ConfigDict, model_validator

from domain.load.parameters import Coefficient, KnownOr, coefficients_of
from domain.vocabulary import CareerStage, RiskLevel, Role


class Limits(BaseModel):
    """Caps and hours for the rules in `domain/policy`, per full-time worker unless said otherwise.

    Attributes
    ----------
    caseload_cap, high_risk_cap
        Most cases [case], and most of high or very high risk [case], by career stage; scaled by hours, rounded down.
    new_cases_cap
        Most cases that one proposal may bring a worker [case], scaled by hours, at least one.
    harm_type_cap
        Most cases with any one harm type [case], scaled by hours, rounded down.
    harm_type_share
        Largest share of a caseload with any one harm type [1]; `harm_type_share_from` is the caseload size [case]
        from which a share means anything.
    full_time_hours, protected_hours, case_hours
        Contracted hours [h/week], hours kept for supervision and reflection [h/week], and hours a held case takes
        [h/week] by risk; a co-worker's case counts `co_worker_hours_share` of it.
    co_worker_from
        Risk level from which a case needs a co-worker; unset if never.
    primary_roles, co_worker_roles
        Roles that may hold a case as primary worker, and as co-worker.
    moves_allowed
        How many held cases one proposal may move: 0 unless asked, relationships come first.
    horizon
        How far ahead load is predicted [day].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    caseload_cap: dict[CareerStage | KnownOr, Coefficient]
    high_risk_cap: dict[CareerStage | KnownOr, Coefficient]
    new_cases_cap: Coefficient
    harm_type_cap: Coefficient
    harm_type_share: Coefficient
    harm_type_share_from: Coefficient
    full_time_hours: Coefficient
    protected_hours: Coefficient
    case_hours: dict[RiskLevel | KnownOr, Coefficient]
    co_worker_hours_share: Coefficient
    horizon: Coefficient
    moves_allowed: Coefficient
    co_worker_from: RiskLevel | None
    primary_roles: tuple[Role, ...]
    co_worker_roles: tuple[Role, ...]

    @model_validator(mode="after")
    def _tables_are_complete(self) -> "Limits":
        for name, wanted in (
            ("caseload_cap", [*CareerStage, KnownOr.UNKNOWN]),
            ("high_risk_cap", [*CareerStage, KnownOr.UNKNOWN]),
            ("case_hours", [*RiskLevel, KnownOr.UNKNOWN]),
        ):
            missing = [str(key) for key in wanted if key not in getattr(self, name)]
            if missing:
                raise ValueError(f"{name} has no value for {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _values_make_sense(self) -> "Limits":
        for place, coefficient in coefficients_of(self):
            if coefficient.value < 0:
                raise ValueError(f"{place} is below zero")
            if place.endswith("share") and coefficient.value > 1:
                raise ValueError(f"{place} is a share and above 1")
        if self.horizon.value == 0:
            raise ValueError("horizon must be above zero")
        if self.protected_hours.value >= self.full_time_hours.value:
            raise ValueError("protected_hours leave no hours of full_time_hours for cases")
        return self
