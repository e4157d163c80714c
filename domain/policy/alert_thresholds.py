"""The numbers behind the blind-spot rules: how long, how much and how many before a leader is asked to look."""

from pydantic import BaseModel, ConfigDict

from domain.load.parameters import Coefficient


class AlertThresholds(BaseModel):
    """When a rule of `domain/alerts` asks a named leader to look.

    What counts as a light or heavy check-in, and as a light or heavy load beside it, stands in `PracticePolicy`: the
    view of check-ins reads the same four numbers.

    Attributes
    ----------
    overload_unsupervised
        Days at work over capacity with no supervision held in them [day].
    follow_up_grace
        How long a follow-up after an incident may be past its due moment [day].
    concentration_share, concentration_cases, concentration_people, concentration_period
        One person holds this share [1] or more of a team's high-risk cases, of which there are at least so many
        [case], in a team of at least so many people [person], for so long [day].
    concern_unanswered
        How long a capacity concern may wait for an answer [day].
    agreement_missing
        How long somebody may be in post with no supervision agreement [day].
    urgent_unassigned
        How long an urgent case may wait for a primary worker [day].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    overload_unsupervised: Coefficient
    follow_up_grace: Coefficient
    concentration_share: Coefficient
    concentration_cases: Coefficient
    concentration_people: Coefficient
    concentration_period: Coefficient
    concern_unanswered: Coefficient
    agreement_missing: Coefficient
    urgent_unassigned: Coefficient
