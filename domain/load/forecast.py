"""Load ahead: the mean over a horizon, and what one more case would add to it. Both linear in the cases held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, expm1, fsum

from domain.load.account import LoadAccount
from domain.load.capacity import Capacity, share_present
from domain.load.exposure import CaseProfile, TwoCompartments, expected_incident_rate, held_rate
from domain.load.facts import WorkerHistory
from domain.load.parameters import LoadParameters
from domain.load.recovery import Piece, absences, days, pieces
from domain.vocabulary import AssignmentRole


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a worker's load will run over a horizon, as a linear function of what they hold.

    The mean load over the horizon is ``from_state · L(now) + from_rate · r`` in each compartment; `from_state` is a
    share [1], `from_rate` is in days [day]. No supervision still to come is counted on. `present` is the share of the
    horizon in which the worker is at work, as far as it is recorded.
    """

    from_state: TwoCompartments
    from_rate: TwoCompartments
    present: float

    def mean_load(self, load: TwoCompartments, rate: TwoCompartments) -> float:
        """Give the mean load over the horizon [lp] from the load now [lp] and a constant rate [lp/day]."""
        return (
            self.from_state.acute * load.acute
            + self.from_rate.acute * rate.acute
            + self.from_state.cumulative * load.cumulative
            + self.from_rate.cumulative * rate.cumulative
        )


def outlook(history: WorkerHistory, parameters: LoadParameters, as_at: datetime, horizon_days: float) -> Outlook:
    """Work out a worker's outlook from the facts known at a moment; leave on record runs into the horizon."""
    known = tuple(fact for fact in history if fact.at <= as_at)
    away = absences(known, parameters)
    start = days(as_at)
    spans = list(pieces(away, start, start + horizon_days))
    absent_share = parameters.held_share_when_absent.value
    state_acute, rate_acute = _weights(spans, parameters.acute_time_constant.value, absent_share)
    state_cumulative, rate_cumulative = _weights(spans, parameters.cumulative_time_constant.value, absent_share)
    return Outlook(
        from_state=TwoCompartments(state_acute, state_cumulative),
        from_rate=TwoCompartments(rate_acute, rate_cumulative),
        present=share_present(away, start, start + horizon_days),
    )


def _weights(spans: Sequence[Piece], tau: float, absent_share: float) -> tuple[float, float]:
    """Integrate ``dL/dt = r - m·L/τ`` over the pieces, for a unit of state and for a unit of rate, and take the mean."""
    state, held = 1.0, 0.0
    state_area, rate_area = [], []
    for piece in spans:
        length = piece.end - piece.start
        x = piece.multiplier * length / tau
        window = tau / piece.multiplier * -expm1(-x)
        rate = absent_share if piece.absent else 1.0
        state_area.append(state * window)
        rate_area.append(held * window + rate * tau / piece.multiplier * (length - window))
        held = held * exp(-x) + rate * window
        state *= exp(-x)
    horizon = spans[-1].end - spans[0].start
    return fsum(state_area) / horizon, fsum(rate_area) / horizon


def added_rate(profile: CaseProfile, role: AssignmentRole, parameters: LoadParameters) -> TwoCompartments:
    """Give the mean rate [lp/day] that holding a case adds: the case itself and the incidents to be expected of it."""
    held = held_rate(profile, role, parameters)
    incidents = expected_incident_rate(profile, role, parameters)
    return TwoCompartments(held.acute + incidents.acute, held.cumulative + incidents.cumulative)


def added_load(profile: CaseProfile, role: AssignmentRole, ahead: Outlook, parameters: LoadParameters) -> float:
    """Give what a case would add to a worker's mean load over the horizon [lp], if taken now."""
    return ahead.mean_load(TwoCompartments(0.0, 0.0), added_rate(profile, role, parameters))


def predicted_load(account: LoadAccount, ahead: Outlook, parameters: LoadParameters) -> float:
    """Give a worker's mean load over the horizon [lp] if nothing is added and nothing given up."""
    rates = [added_rate(one.profile, one.role, parameters) for one in account.held]
    total = TwoCompartments(fsum(one.acute for one in rates), fsum(one.cumulative for one in rates))
    return ahead.mean_load(account.load, total)


def capacity_ahead(capacity: Capacity, ahead: Outlook) -> float | None:
    """Give capacity over the horizon [lp], less leave; None where the hours are not known."""
    return None if capacity.points is None else capacity.points * ahead.present
