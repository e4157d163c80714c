"""How a worker's load will run, as a function of what they hold: linear in the mean, and linear in the variance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, expm1

from domain.load.capacity import share_present
from domain.load.exposure import TwoCompartments
from domain.load.facts import WorkerHistory
from domain.load.parameters import LoadParameters
from domain.load.recovery import Piece, absences, days, pieces


@dataclass(frozen=True, slots=True)
class Pairs:
    """A symmetric two by two table over the compartments: acute with acute, across, cumulative with cumulative."""

    acute: float
    across: float
    cumulative: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a worker's load will run, of which no supervision still to come is counted on.

    The load looked for, a mean over the horizon (`outlook`) or that of one moment ahead (`outlook_at`), is in each
    compartment ``from_state_k · L_k(now) + from_rate_k · r_k``. With G_k(s) [1] what a point that comes at s adds to
    it and h(s) [1] the share of what comes that reaches the worker:

    Attributes
    ----------
    from_state
        ``G_k(now)`` [1].
    from_rate
        ``∫ h(s) · G_k(s) ds`` [day].
    from_pairs
        ``∫ h(s) · G_j(s) · G_k(s) ds`` [day]: what incidents to come spread (Campbell's theorem).
    present
        The share [1] of the time ahead in which the worker is at work, as far as it is recorded.
    """

    from_state: TwoCompartments
    from_rate: TwoCompartments
    from_pairs: Pairs
    present: float

    def mean_load(self, load: TwoCompartments, rate: TwoCompartments) -> float:
        """Give the load looked for [lp] from the load now [lp] and a constant rate [lp/day]."""
        return (
            self.from_state.acute * load.acute
            + self.from_rate.acute * rate.acute
            + self.from_state.cumulative * load.cumulative
            + self.from_rate.cumulative * rate.cumulative
        )

    def spread(self, acute_share: float) -> float:
        """Give the variance for each squared point of incidents a day [day], of which a share [1] is acute.

        The two parts of one incident come together, so they are perfectly correlated: ``∫ h · (q·G_a + (1-q)·G_c)² ds``.
        """
        rest = 1.0 - acute_share
        return (
            acute_share**2 * self.from_pairs.acute
            + 2.0 * acute_share * rest * self.from_pairs.across
            + rest**2 * self.from_pairs.cumulative
        )


def outlook(history: WorkerHistory, parameters: LoadParameters, as_at: datetime, horizon_days: float) -> Outlook:
    """Work out the outlook on a worker's mean load over a horizon from the facts known at a moment.

    Leave on record runs into the horizon. With H the horizon [day], ``G_k(s) = 1/H · ∫ exp(-(R_k(u) - R_k(s))) du``
    from s to its end.

    Parameters
    ----------
    history
        The worker's facts; those after `as_at` do not count.
    parameters
        The time constants τ_k [day], `held_share_when_absent` and `recovery_multiplier` [1].
    as_at
        Now.
    horizon_days
        The horizon H [day], above zero.
    """
    return _looking(history, parameters, as_at, horizon_days, gathering=True)


def outlook_at(history: WorkerHistory, parameters: LoadParameters, as_at: datetime, days_ahead: float) -> Outlook:
    """Work out the outlook on a worker's load at one moment ahead: ``G_k(s) = exp(-(R_k(t) - R_k(s)))``.

    Parameters
    ----------
    history, parameters, as_at
        As for `outlook`.
    days_ahead
        How far ahead the moment t lies [day], above zero.
    """
    return _looking(history, parameters, as_at, days_ahead, gathering=False)


def _looking(
    history: WorkerHistory, parameters: LoadParameters, as_at: datetime, ahead: float, *, gathering: bool
) -> Outlook:
    known = tuple(fact for fact in history if fact.at <= as_at)
    away = absences(known, parameters)
    start = days(as_at)
    back = _LookingBack(parameters, gathering=gathering)
    back.over(list(pieces(away, start, start + ahead)))
    scale = 1.0 / ahead if gathering else 1.0
    return Outlook(
        from_state=TwoCompartments(*back.gain).times(scale),
        from_rate=TwoCompartments(*back.rate).times(scale),
        from_pairs=Pairs(*(one * scale**2 for one in back.pairs)),
        present=share_present(away, start, start + ahead),
    )


class _LookingBack:
    """Runs from the end of the time ahead to now, and keeps what a point at that moment comes to by the end.

    Within a piece, y days before its end, ``G_k(y) = G_k(end) · d_k(y) + w_k · (1 - d_k(y))`` with
    ``d_k(y) = exp(-x_k·y)`` and ``x_k = m/τ_k``: what is gathered in the piece tends to ``w_k = 1/x_k`` (nothing, where
    only the end counts). All integrals of G and of its products are then differences of
    ``E(x) = ∫ exp(-x·y) dy = (1 - exp(-x·l)) / x`` over the piece's length l.
    """

    def __init__(self, parameters: LoadParameters, *, gathering: bool) -> None:
        self._taus = (parameters.acute_time_constant.value, parameters.cumulative_time_constant.value)
        self._absent_share = parameters.held_share_when_absent.value
        self._gathering = gathering
        self.gain = [0.0, 0.0] if gathering else [1.0, 1.0]
        self.rate = [0.0, 0.0]
        self.pairs = [0.0, 0.0, 0.0]

    def over(self, spans: Sequence[Piece]) -> None:
        """Run over the pieces from the last to the first."""
        for piece in reversed(spans):
            speeds = [piece.multiplier / tau for tau in self._taus]
            tends_to = [1.0 / x if self._gathering else 0.0 for x in speeds]
            length = piece.end - piece.start
            share = self._absent_share if piece.absent else 1.0
            for place, (j, k) in enumerate(((0, 0), (0, 1), (1, 1))):
                self.pairs[place] += share * self._product(j, k, speeds, tends_to, length)
            for k, (x, w) in enumerate(zip(speeds, tends_to, strict=True)):
                window = _window(x, length)
                self.rate[k] += share * (self.gain[k] * window + w * (length - window))
                self.gain[k] = self.gain[k] * exp(-x * length) - w * expm1(-x * length)

    def _product(self, j: int, k: int, speeds: Sequence[float], tends_to: Sequence[float], length: float) -> float:
        of_j, of_k = _window(speeds[j], length), _window(speeds[k], length)
        both = _window(speeds[j] + speeds[k], length)
        gathered = tends_to[j] * tends_to[k] * (length - of_j - of_k + both)
        return (
            self.gain[j] * self.gain[k] * both
            + self.gain[j] * tends_to[k] * (of_j - both)
            + self.gain[k] * tends_to[j] * (of_k - both)
            + max(0.0, gathered)  # over a few seconds the difference is all rounding, and may fall below zero
        )


def _window(x: float, length: float) -> float:
    return -expm1(-x * length) / x
