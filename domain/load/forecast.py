"""Load ahead: mean and variance of it, and what one more case would add to both. All linear in the cases held."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Protocol

from domain.load.capacity import Capacity
from domain.load.exposure import (
    NOTHING,
    CaseProfile,
    TwoCompartments,
    expected_incident_frequency,
    expected_incident_rate,
    held_rate,
    squared_incident_points,
    sum_of,
)
from domain.load.looking_ahead import Outlook
from domain.load.parameters import LoadParameters
from domain.vocabulary import AssignmentRole

DEVIATIONS_ABOVE = 2.0
"""How many standard deviations above the mean the upper figure of a range lies: by Cantelli's inequality at most one
future in five (1 / (1 + 2²)) lies above it, whatever the shape of the distribution."""


class HeldNow(Protocol):
    """A case that a worker holds: what it is, and in which role they hold it."""

    @property
    def role(self) -> AssignmentRole:
        """Primary or co-worker."""

    @property
    def profile(self) -> CaseProfile:
        """Risk and harm types, as far as they are known."""


class Carrying(Protocol):
    """What a worker carries and holds at a moment: a `LoadAccount`, or its figures without their reasons."""

    @property
    def load(self) -> TwoCompartments:
        """The load [lp]."""

    @property
    def held(self) -> Iterable[HeldNow]:
        """The cases held."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """A worker's load ahead [lp], if nothing is taken on and nothing given up.

    Attributes
    ----------
    without_incidents
        What it comes to if no incident happens: it cannot come to less.
    mean
        What it comes to on average over the incidents to be expected of the cases held.
    standard_deviation
        How far those incidents spread it.
    """

    without_incidents: float
    mean: float
    standard_deviation: float

    @property
    def high(self) -> float:
        """The upper end of the range [lp]: at most one future in five lies above it, if the rates of incidents hold."""
        return self.mean + DEVIATIONS_ABOVE * self.standard_deviation


def load_ahead(account: Carrying, ahead: Outlook, parameters: LoadParameters) -> Forecast:
    """Forecast a worker's load: its mean over a horizon or its value at a moment, whichever the outlook is on.

    Parameters
    ----------
    account
        What the worker carries and holds now.
    ahead
        The outlook from the same moment.
    parameters
        As for `added_rate` and `added_variance`.
    """
    held = sum_of(held_rate(one.profile, one.role, parameters) for one in account.held)
    variance = fsum(added_variance(one.profile, one.role, ahead, parameters) for one in account.held)
    return Forecast(
        without_incidents=ahead.mean_load(account.load, held),
        mean=predicted_load(account, ahead, parameters),
        standard_deviation=sqrt(variance),
    )


def added_rate(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> TwoCompartments:
    """Give the mean rate [lp/day] that holding a case adds: ``r_c,k + λ_c · μ · q_k``.

    The case itself (`held_rate`) and the incidents to be expected of it (`expected_incident_rate`).
    """
    return held_rate(profile, role, parameters) + expected_incident_rate(profile, role, parameters)


def added_load(profile: CaseProfile, role: AssignmentRole, ahead: Outlook, parameters: LoadParameters) -> float:
    """Give what a case would add to a worker's mean load ahead [lp], if taken now: ``Σ_k r_k · ∫ h(s) · G_k(s) ds``.

    Parameters
    ----------
    profile, role
        What gives the rate r_k [lp/day] (`added_rate`).
    ahead
        The worker's outlook, which holds the integrals [day].
    parameters
        As for `added_rate`.
    """
    return ahead.mean_load(NOTHING, added_rate(profile, role, parameters))


def added_variance(profile: CaseProfile, role: AssignmentRole, ahead: Outlook, parameters: LoadParameters) -> float:
    """Give what a case would add to the variance of a worker's load ahead [lp²], if taken now.

    Incidents of a case are a Poisson process of rate λ_c [1/day] with marks M [lp], so by Campbell's theorem
    ``V_c = λ_c · E[M²] · ∫ h(s) · (q·G_a(s) + (1-q)·G_c(s))² ds``. Cases are taken as independent of one another, so
    the variance of a worker's load is the sum over the cases held. Two workers on one case hear of the same
    incidents: their loads are not independent, and variances must not be summed over workers.

    Parameters
    ----------
    profile, role
        As for `expected_incident_frequency` λ_c [1/day].
    ahead
        The outlook, which holds the integrals.
    parameters
        `expected_incident_points` and its `_sd` (`squared_incident_points` E[M²] [lp²]); `incident_acute_share` q [1].

    References
    ----------
    .. [1] J. F. C. Kingman (1993), "Poisson Processes", Oxford, section 3.2 (Campbell's theorem).
    """
    return added_variance_per_day(profile, role, parameters) * ahead.spread(parameters.incident_acute_share.value)


def added_variance_per_day(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> float:
    """Give ``λ_c · E[M²]`` [lp²/day], the part of `added_variance` that is the case's own, whoever takes it."""
    return expected_incident_frequency(profile, role, parameters) * squared_incident_points(parameters)


def predicted_load(account: Carrying, ahead: Outlook, parameters: LoadParameters) -> float:
    """Give a worker's mean load ahead [lp] if nothing is added and nothing given up.

    ``Σ_k G_k(now) · L_k(now) + Σ_c Σ_k r_c,k · ∫ h(s) · G_k(s) ds``: linear in the cases held.
    """
    return ahead.mean_load(account.load, sum_of(added_rate(one.profile, one.role, parameters) for one in account.held))


def capacity_ahead(capacity: Capacity, ahead: Outlook) -> float | None:
    """Give capacity over the horizon [lp], less leave, ``K · P``; None where the hours are not known."""
    return None if capacity.points is None else capacity.points * ahead.present
