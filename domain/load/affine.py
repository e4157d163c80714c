"""Every step of the model is an affine map of (acute, cumulative, 1): the steps of time, of a session and of an impulse.

Affine maps compose, and composing them is associative. So a course of events may be folded one by one, in blocks, or
summed up once and applied to many workers' states, always with the same answer.
"""

from dataclasses import dataclass
from math import exp, expm1

from domain.load.exposure import NOTHING, TwoCompartments
from domain.load.parameters import LoadParameters
from domain.load.recovery import ReliefStep


@dataclass(frozen=True, slots=True)
class AffineStep:
    """``L_k -> keeps_k · L_k + adds_k``: the share of the load that a step keeps [1] and what it adds [lp].

    The compartments do not feed each other, so the matrix of the map is diagonal but for its last column.
    """

    keeps: TwoCompartments
    adds: TwoCompartments

    def of(self, load: TwoCompartments) -> TwoCompartments:
        """Take the step from a load [lp]."""
        return TwoCompartments(
            self.keeps.acute * load.acute + self.adds.acute,
            self.keeps.cumulative * load.cumulative + self.adds.cumulative,
        )

    def then(self, later: "AffineStep") -> "AffineStep":
        """Compose with the step that comes after: ``a.then(b).of(L) = b.of(a.of(L))``."""
        keeps = TwoCompartments(self.keeps.acute * later.keeps.acute, self.keeps.cumulative * later.keeps.cumulative)
        return AffineStep(keeps, later.of(self.adds))


STANDSTILL = AffineStep(TwoCompartments(1.0, 1.0), NOTHING)
"""The step that changes nothing."""


def passing_of_time(length: float, multiplier: float, rate: TwoCompartments, parameters: LoadParameters) -> AffineStep:
    """Give the step over a stretch of time with one recovery speed and one rate.

    Solves ``dL_k/dt = r_k - m · L_k / τ_k`` exactly: it keeps ``exp(-m·Δ/τ_k)`` and adds
    ``r_k · τ_k/m · (1 - exp(-m·Δ/τ_k))``.

    Parameters
    ----------
    length
        Length of the stretch Δ [day], not below zero.
    multiplier
        Recovery speed m [1] throughout.
    rate
        What reaches the worker, r_k [lp/day].
    parameters
        `acute_time_constant` and `cumulative_time_constant` τ_k [day].

    References
    ----------
    .. [1] E. W. Banister and T. W. Calvert (1980), "Planning for future performance", Can J Appl Sport Sci
       5(3):170-176: two first-order compartments fed by impulses. Taken over as a form of account, not as a finding.
    """
    acute = _window(length, multiplier, parameters.acute_time_constant.value)
    cumulative = _window(length, multiplier, parameters.cumulative_time_constant.value)
    return AffineStep(
        keeps=TwoCompartments(acute[0], cumulative[0]),
        adds=TwoCompartments(rate.acute * acute[1], rate.cumulative * cumulative[1]),
    )


def _window(length: float, multiplier: float, tau: float) -> tuple[float, float]:
    x = multiplier * length / tau
    return exp(-x), tau / multiplier * -expm1(-x)


def session(advance: ReliefStep) -> AffineStep:
    """Give the step of a session: the clock's advance ρ_k [1] keeps ``exp(-ρ_k)`` of what was there."""
    return AffineStep(TwoCompartments(exp(-advance.acute), exp(-advance.cumulative)), NOTHING)


def impulse(points: TwoCompartments) -> AffineStep:
    """Give the step of an impulse a_k [lp]: all is kept and the points are added."""
    return AffineStep(TwoCompartments(1.0, 1.0), points)
