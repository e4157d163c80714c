"""The numbers behind the views of practice: when something is late, which groups are too small to speak of."""

from pydantic import BaseModel, ConfigDict, model_validator

from domain.load.parameters import Coefficient, coefficients_of
from domain.vocabulary import Severity


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

    @model_validator(mode="after")
    def _values_make_sense(self) -> "PracticePolicy":
        for place, coefficient in coefficients_of(self):
            if coefficient.value < 0:
                raise ValueError(f"{place} is below zero")
            if coefficient.value == 0 and place != "supervision_grace":
                raise ValueError(f"{place} must be above zero")
        for light, heavy in (("felt_light", "felt_heavy"), ("load_light", "load_heavy")):
            if getattr(self, heavy).value <= getattr(self, light).value:
                raise ValueError(f"{heavy} must be above {light}")
        return self
