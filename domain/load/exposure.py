"""The terms of exposure: what a held case, an incident and a supervision given put on a worker."""

from dataclasses import dataclass

from domain.load.facts import Exposed, SupervisionGiven
from domain.load.parameters import KnownOr, LoadParameters
from domain.vocabulary import AssignmentRole, HarmType, RiskLevel


@dataclass(frozen=True, slots=True)
class TwoCompartments:
    """A pair of figures, one a compartment; they are shown apart and never as a ratio of each other."""

    acute: float
    cumulative: float

    @property
    def total(self) -> float:
        """Sum of both: what is set against capacity."""
        return self.acute + self.cumulative


@dataclass(frozen=True, slots=True)
class CaseProfile:
    """What the load of a case depends on. None is unknown; an empty tuple of harms is assessed and none found."""

    harm_types: tuple[HarmType, ...] | None
    risk: RiskLevel | None


def case_points(profile: CaseProfile, parameters: LoadParameters) -> float:
    """Weigh a case as its primary worker carries it.

    The load [lp] to which holding the case for long tends, both compartments together::

        p_c = p(risk) · (max over harms f(harm) + d · (number of harms - 1))

    Parameters
    ----------
    profile
        Risk and harm types; each has a value of its own for unknown.
    parameters
        `held_points` p [lp], `harm_factor` f [1], `additional_harm` d [1].

    Returns
    -------
    float
        Points [lp], above zero also where nothing is known.
    """
    points = parameters.held_points[profile.risk or KnownOr.UNKNOWN].value
    if profile.harm_types is None:
        return points * parameters.harm_factor[KnownOr.UNKNOWN].value
    harms = set(profile.harm_types)
    if not harms:
        return points
    heaviest = max(parameters.harm_factor[harm].value for harm in harms)
    return points * (heaviest + parameters.additional_harm.value * (len(harms) - 1))


def held_rate(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> TwoCompartments:
    """Give the rate [lp/day] at which a held case adds to each compartment.

    ``r_c,k = share_k · role share · p_c / τ_k``, so that with no relief and no leave the compartment tends to
    ``r_c,k · τ_k`` and both together to the case's points.
    """
    share = 1.0 if role is AssignmentRole.PRIMARY else parameters.co_worker_share.value
    points = case_points(profile, parameters) * share
    acute = parameters.held_acute_share.value
    return TwoCompartments(
        acute=acute * points / parameters.acute_time_constant.value,
        cumulative=(1.0 - acute) * points / parameters.cumulative_time_constant.value,
    )


def incident_impulse(exposed: Exposed, parameters: LoadParameters) -> TwoCompartments:
    """Give the load [lp] an incident adds at once: severity · kind · route, split between the compartments."""
    points = (
        parameters.incident_points[exposed.severity].value
        * parameters.incident_kind_factor[exposed.kind].value
        * parameters.route_share[exposed.route].value
    )
    return _split(points, parameters.incident_acute_share.value)


def supervision_given_impulse(given: SupervisionGiven, parameters: LoadParameters) -> TwoCompartments:
    """Give the load [lp] that supervising adds to the supervisor, for each supervisee in the session."""
    points = parameters.supervision_given_points.value * given.supervisees
    return _split(points, parameters.supervision_given_acute_share.value)


def expected_incident_rate(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> TwoCompartments:
    """Give the mean load [lp/day] of incidents still to come from a held case: rate of incidents times mean points."""
    share = 1.0 if role is AssignmentRole.PRIMARY else parameters.co_worker_share.value
    rate = parameters.expected_incidents[profile.risk or KnownOr.UNKNOWN].value * share
    return _split(rate * parameters.expected_incident_points.value, parameters.incident_acute_share.value)


def _split(points: float, acute_share: float) -> TwoCompartments:
    return TwoCompartments(acute=points * acute_share, cumulative=points * (1.0 - acute_share))
