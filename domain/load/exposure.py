"""The terms of exposure: what a held case, an incident and a supervision given put on a worker."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum

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

    def __add__(self, other: "TwoCompartments") -> "TwoCompartments":
        return TwoCompartments(self.acute + other.acute, self.cumulative + other.cumulative)

    def __sub__(self, other: "TwoCompartments") -> "TwoCompartments":
        return TwoCompartments(self.acute - other.acute, self.cumulative - other.cumulative)

    def times(self, share: float) -> "TwoCompartments":
        """Give a share [1] of both."""
        return TwoCompartments(self.acute * share, self.cumulative * share)


NOTHING = TwoCompartments(0.0, 0.0)


def sum_of(parts: Iterable[TwoCompartments]) -> TwoCompartments:
    """Add up parts exactly, whatever their order."""
    listed = tuple(parts)
    return TwoCompartments(fsum(one.acute for one in listed), fsum(one.cumulative for one in listed))


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

    References
    ----------
    .. [1] The Department for Education states that there is no national scheme for weighting cases, so the form (the
       heaviest harm counts whole, each further one a little) is this project's own and the numbers are local policy.
    """
    points = parameters.held_points[profile.risk or KnownOr.UNKNOWN].value
    if profile.harm_types is None:
        return points * parameters.harm_factor[KnownOr.UNKNOWN].value
    harms = set(profile.harm_types)
    if not harms:
        return points
    heaviest = max(parameters.harm_factor[harm].value for harm in harms)
    return points * (heaviest + parameters.additional_harm.value * (len(harms) - 1))


def role_share(role: AssignmentRole, parameters: LoadParameters) -> float:
    """Give the share s [1] of a case that reaches its holder: 1 for the primary worker, `co_worker_share` beside them."""
    return 1.0 if role is AssignmentRole.PRIMARY else parameters.co_worker_share.value


def held_rate(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> TwoCompartments:
    """Give the rate r_c,k [lp/day] at which a held case adds to each compartment.

    ``r_c,k = α_k · s(role) · p_c / τ_k``, so that with no relief and no leave the compartment tends to
    ``r_c,k · τ_k`` and both together to the case's points.

    Parameters
    ----------
    profile
        What gives the points p_c [lp] (`case_points`).
    role
        What gives the share s [1] (`role_share`).
    parameters
        `held_acute_share` α [1] (the cumulative share is the rest), and the time constants τ_k [day].

    References
    ----------
    .. [1] E. W. Banister and T. W. Calvert (1980), Can J Appl Sport Sci 5(3):170-176, for the two compartments.
    """
    points = case_points(profile, parameters) * role_share(role, parameters)
    acute = parameters.held_acute_share.value
    return TwoCompartments(
        acute=acute * points / parameters.acute_time_constant.value,
        cumulative=(1.0 - acute) * points / parameters.cumulative_time_constant.value,
    )


def incident_impulse(exposed: Exposed, parameters: LoadParameters) -> TwoCompartments:
    """Give the load a_i,k [lp] that an incident adds at once.

    ``a_i,k = q_k · p(severity) · g(kind) · w(route)``

    Parameters
    ----------
    exposed
        Severity and kind of the incident, and the route by which this worker came to carry it.
    parameters
        `incident_points` p [lp], `incident_kind_factor` g [1], `route_share` w [1], `incident_acute_share` q [1] (the
        cumulative share is the rest).

    References
    ----------
    .. [1] Eaton and Holmes (2017), Principle 6: what team members hear about counts too. That it does is theirs; by
       how much is the policy set's assumption.
    """
    points = (
        parameters.incident_points[exposed.severity].value
        * parameters.incident_kind_factor[exposed.kind].value
        * parameters.route_share[exposed.route].value
    )
    return _split(points, parameters.incident_acute_share.value)


def supervision_given_impulse(given: SupervisionGiven, parameters: LoadParameters) -> TwoCompartments:
    """Give the load a_i,k [lp] that supervising adds to the supervisor: ``a_i,k = v_k · p_s · n``.

    Parameters
    ----------
    given
        The session, with the number n of supervisees in it.
    parameters
        `supervision_given_points` p_s [lp] a supervisee, `supervision_given_acute_share` v [1] (the cumulative share
        is the rest).

    References
    ----------
    .. [1] Eaton and Holmes (2017), Principle 6: supervisors and managers have needs as well. The size is assumed.
    """
    points = parameters.supervision_given_points.value * given.supervisees
    return _split(points, parameters.supervision_given_acute_share.value)


def expected_incident_frequency(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> float:
    """Give how often an incident of a held case is expected to reach its holder, ``λ_c = s(role) · λ(risk)`` [1/day].

    Incidents of a case are taken as a Poisson process. A co-worker meets a share of them, each at its full weight: of
    the two readings of a share (fewer, or lighter) this one spreads wider.

    Parameters
    ----------
    profile
        Risk, with a value of its own for unknown.
    role
        What gives the share s [1] (`role_share`).
    parameters
        `expected_incidents` λ [1/day].
    """
    return parameters.expected_incidents[profile.risk or KnownOr.UNKNOWN].value * role_share(role, parameters)


def expected_incident_rate(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> TwoCompartments:
    """Give the mean load [lp/day] of incidents still to come from a held case: ``λ_c · μ · q_k``.

    Parameters
    ----------
    profile, role
        As for `expected_incident_frequency` λ_c [1/day].
    parameters
        `expected_incident_points` μ [lp], `incident_acute_share` q [1].
    """
    rate = expected_incident_frequency(profile, role, parameters)
    return _split(rate * parameters.expected_incident_points.value, parameters.incident_acute_share.value)


def squared_incident_points(parameters: LoadParameters) -> float:
    """Give the mean square of the points of an incident still to come: ``E[M²] = μ² + σ_M²`` [lp²].

    Parameters
    ----------
    parameters
        `expected_incident_points` μ [lp] and `expected_incident_points_sd` σ_M [lp].
    """
    return parameters.expected_incident_points.value**2 + parameters.expected_incident_points_sd.value**2


def _split(points: float, acute_share: float) -> TwoCompartments:
    return TwoCompartments(acute=points * acute_share, cumulative=points * (1.0 - acute_share))
