"""The numbers behind the views of practice: when something is late, which groups are too small to speak of."""

from pydantic import BaseModel, ConfigDict, model_validator

from domain.load.parameters import Coefficient, coefficients_of
from domain.policy.alert_thresholds import AlertThresholds
from domain.vocabulary import Severity

MAY_BE_ZERO = frozenset({"supervision_grace", "alerts.follow_up_grace"})


class PracticePolicy(BaseModel):
    """Periods, days of grace and least numbers for supervision, learning, check-ins and what is told of groups.

    Attributes
    ----------
    reporting_period, learning_period
        How far a report looks back unless told otherwise [day]; learning is rarer and looks back further.
    smallest_group
        Fewest people of whom an aggregate is shown [person]: of fewer it would speak of each.
    ratings_minimum
        Fewest ratings of which a mean is shown [rating].
    supervision_grace
        How long a session may be past its due day before it counts as overdue [day].
    full_time_from
        A post of more contracted hours than this counts as full time [h/week].
    trauma_incident_period, trauma_severity
        A case counts as high-trauma for so long [day] after an incident of this severity or worse, and always while
        its risk is high or very high.
    felt_light, felt_heavy
        A felt load of this or less says light, of this or more says heavy [felt load, 1 to 5].
    load_light, load_heavy
        A computed load of this share of capacity or less is light, of this or more is heavy [1].
    survey_minimum
        Fewest answers to the foundations survey of which a mean is shown [answer].
    effect_window, effect_workers
        How far before and after a session its effect is looked for [day], and the fewest workers of whom an effect is
        stated [person].
    tenure_new, tenure_long
        Up to so long in post counts as new, from so long on as long [day].
    alerts
        When a blind-spot rule asks a leader to look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reporting_period: Coefficient
    learning_period: Coefficient
    smallest_group: Coefficient
    ratings_minimum: Coefficient
    supervision_grace: Coefficient
    full_time_from: Coefficient
    trauma_incident_period: Coefficient
    trauma_severity: Severity
    felt_light: Coefficient
    felt_heavy: Coefficient
    load_light: Coefficient
    load_heavy: Coefficient
    survey_minimum: Coefficient
    effect_window: Coefficient
    effect_workers: Coefficient
    tenure_new: Coefficient
    tenure_long: Coefficient
    alerts: AlertThresholds

    @model_validator(mode="after")
    def _values_make_sense(self) -> "PracticePolicy":
        for place, coefficient in coefficients_of(self):
            if coefficient.value < 0:
                raise ValueError(f"{place} is below zero")
            if coefficient.value == 0 and place not in MAY_BE_ZERO:
                raise ValueError(f"{place} must be above zero")
            if place.endswith("share") and coefficient.value > 1:
                raise ValueError(f"{place} is a share and above 1")
        for light, heavy in (
            *(("felt_light", "felt_heavy"), ("load_light", "load_heavy")),
            ("tenure_new", "tenure_long"),
        ):
            if getattr(self, heavy).value <= getattr(self, light).value:
                raise ValueError(f"{heavy} must be above {light}")
        return self
