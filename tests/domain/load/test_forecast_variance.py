"""How far the incidents to come spread a load ahead."""

from collections.abc import Callable
from math import fsum, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.case import CaseAssigned, CaseReferred
from domain.events.worker import WorkerAbsenceStarted
from domain.load import (
    CaseProfile,
    Forecast,
    LoadAccount,
    LoadParameters,
    Outlook,
    added_variance,
    load_ahead,
    outlook,
    outlook_at,
    predicted_load,
)
from domain.load.explain import forecast_sentence
from domain.load.exposure import squared_incident_points
from domain.vocabulary import AbsenceKind, AssignmentRole, HarmType, RiskLevel
from tests.domain.load.service_history import C1, C2, PARAMETERS, W1, Happened, account_on, facts_of, on_day, recorded
from tests.domain.load.simulated_incidents import MIX, Setting, draw_path, sample_of
from tests.domain.load.strategies import any_histories, case_profiles
from tests.domain.load.test_four_uses import partly_reached_when_away

HORIZON = 28.0
PARTLY = partly_reached_when_away(PARAMETERS)
VERY_HIGH = CaseProfile((HarmType.GANGS,), RiskLevel.VERY_HIGH)
PRIMARY, CO_WORKER = AssignmentRole.PRIMARY, AssignmentRole.CO_WORKER

LEAVE = WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=on_day(40))
HOLDS_TWO = [
    Happened(0, CaseReferred(case_id=C1, harm_types=(HarmType.GANGS,), risk=RiskLevel.VERY_HIGH)),
    Happened(0, CaseReferred(case_id=C2, harm_types=(HarmType.MISSING,), risk=RiskLevel.MEDIUM)),
    Happened(0, CaseAssigned(case_id=C1, worker_id=W1)),
    Happened(0, CaseAssigned(case_id=C2, worker_id=W1, role=CO_WORKER)),
]
GOES_ON_LEAVE = Happened(30, LEAVE)
"""Ten days of leave that begin on day 30: looked at from then, the horizon holds leave and work."""


def account_and_outlooks(parameters: LoadParameters) -> tuple[LoadAccount, Outlook, Outlook]:
    history = [*HOLDS_TWO, GOES_ON_LEAVE]
    facts, _ = facts_of(recorded(history))
    now = on_day(30)
    return (
        account_on(30, history, parameters=parameters),
        outlook(facts, parameters, now, HORIZON),
        outlook_at(facts, parameters, now, HORIZON),
    )


def forecast_agrees_with_simulation(paths: int) -> None:
    account, over_horizon, at_end = account_and_outlooks(PARTLY)
    frequencies = PARTLY.expected_incidents
    co_worker = PARTLY.co_worker_share.value
    setting = Setting(
        acute=account.load.acute,
        cumulative=account.load.cumulative,
        held_points=11 * 1.2 + co_worker * 5 * 1.1,
        incidents_a_day=frequencies[RiskLevel.VERY_HIGH].value + co_worker * frequencies[RiskLevel.MEDIUM].value,
        horizon=HORIZON,
        leave=(0.0, 10.0),
        leave_multiplier=1.5,
        share_when_absent=0.3,
        held_acute_share=0.4,
        incident_acute_share=0.7,
        taus=(7.0, 42.0),
    )
    random = Random(20261123)
    drawn = [draw_path(setting, random) for _ in range(paths)]
    for looking, values in (
        (over_horizon, [path.mean for path in drawn]),
        (at_end, [path.end for path in drawn]),
    ):
        ahead, found = load_ahead(account, looking, PARTLY), sample_of(values)
        assert abs(ahead.mean - found.mean) < 3 * found.mean_error
        assert abs(ahead.standard_deviation**2 - found.variance) < 3 * found.variance_error
        assert min(values) == pytest.approx(ahead.without_incidents, rel=1e-9)
        assert sum(value > ahead.high for value in values) < paths / 5


def test_mean_and_variance_are_those_of_many_simulated_futures() -> None:
    forecast_agrees_with_simulation(paths=6_000)


@pytest.mark.campaign
def test_mean_and_variance_are_those_of_very_many_simulated_futures() -> None:
    forecast_agrees_with_simulation(paths=400_000)


def test_the_spread_of_incident_points_is_that_of_the_mix_its_source_names() -> None:
    assert [points for points, _ in MIX] == [one.value for one in PARAMETERS.incident_points.values()]
    mean = fsum(points * often for points, often in MIX)
    assert fsum(often for _, often in MIX) == pytest.approx(1)
    assert PARAMETERS.expected_incident_points.value == pytest.approx(mean)
    variance = fsum(points**2 * often for points, often in MIX) - mean**2
    assert PARAMETERS.expected_incident_points_sd.value == pytest.approx(sqrt(variance))
    assert squared_incident_points(PARAMETERS) == pytest.approx(fsum(points**2 * often for points, often in MIX))


@settings(deadline=None, max_examples=25)
@given(
    any_histories,
    st.sampled_from([1.0, 7.0, 28.0]),
    st.sampled_from([outlook, outlook_at]),
    st.sampled_from([0.0, 0.7, 1.0]),
)
def test_the_spread_is_the_squared_effect_of_a_point_at_every_moment_summed_up(
    history: list[Happened],
    horizon: float,
    look: Callable[..., Outlook],
    acute_share: float,
) -> None:
    """Simpson's rule per quarter of a day over ``h(s) · G(s)²``, with G(s) the effect of a point that is there at s."""
    now = 60.25
    facts, _ = facts_of(recorded(history))
    over_horizon = look is outlook

    def squared(after: float, side: float) -> float:
        left = horizon - after
        if left == 0:
            return 0.0 if over_horizon else reached(after + side)
        state = look(facts, PARTLY, on_day(now + after), left).from_state
        gain = acute_share * state.acute + (1 - acute_share) * state.cumulative
        return (gain * (left / horizon if over_horizon else 1)) ** 2 * reached(after + side)

    def reached(after: float) -> float:
        return 1.0 if outlook(facts, PARTLY, on_day(now + after), 1e-6).present > 0.5 else 0.3

    quarters = [quarter / 4 for quarter in range(int(horizon * 4))]
    area = fsum((squared(at, 0.001) + 4 * squared(at + 0.125, 0) + squared(at + 0.25, -0.001)) / 24 for at in quarters)
    assert look(facts, PARTLY, on_day(now), horizon).spread(acute_share) == pytest.approx(area, rel=1e-5)


@given(case_profiles)
def test_variance_is_additive_over_cases_and_a_co_worker_has_a_share_of_it(profile: CaseProfile) -> None:
    account, ahead, _ = account_and_outlooks(PARAMETERS)
    of_cases = fsum(added_variance(one.profile, one.role, ahead, PARAMETERS) for one in account.held)
    assert load_ahead(account, ahead, PARAMETERS).standard_deviation == pytest.approx(sqrt(of_cases))
    as_primary = added_variance(profile, PRIMARY, ahead, PARAMETERS)
    assert added_variance(profile, CO_WORKER, ahead, PARAMETERS) == pytest.approx(0.5 * as_primary)
    assert 0 < as_primary <= added_variance(VERY_HIGH, PRIMARY, ahead, PARAMETERS)


def test_the_two_parts_of_an_incident_come_together_so_they_spread_more_than_apart() -> None:
    _, ahead, at_end = account_and_outlooks(PARAMETERS)
    for looking in (ahead, at_end):
        pairs = looking.from_pairs
        apart = 0.7**2 * pairs.acute + 0.3**2 * pairs.cumulative
        in_step = (0.7 * sqrt(pairs.acute) + 0.3 * sqrt(pairs.cumulative)) ** 2
        assert apart < looking.spread(0.7) <= in_step


@pytest.mark.parametrize("horizon", [1 / 86_400, 1e-4, 0.01])
def test_however_short_the_time_ahead_the_spread_is_never_below_zero(horizon: float) -> None:
    ahead = outlook((), PARAMETERS, on_day(30), horizon)
    assert min(ahead.from_pairs.acute, ahead.from_pairs.across, ahead.from_pairs.cumulative) >= 0
    assert ahead.spread(0.7) == pytest.approx(horizon / 3, rel=1e-2, abs=1e-5)


def test_who_holds_nothing_has_a_certain_forecast() -> None:
    account = account_on(30, [])
    ahead = outlook((), PARAMETERS, on_day(30), HORIZON)
    assert load_ahead(account, ahead, PARAMETERS) == Forecast(0.0, 0.0, 0.0)


def test_a_forecast_ranges_from_no_incident_to_two_deviations_above_its_mean() -> None:
    account, ahead, _ = account_and_outlooks(PARAMETERS)
    found = load_ahead(account, ahead, PARAMETERS)
    assert found.without_incidents < found.mean == predicted_load(account, ahead, PARAMETERS) < found.high
    assert found.high == pytest.approx(found.mean + 2 * found.standard_deviation)


def test_a_forecast_is_told_with_its_range_and_what_it_rests_on() -> None:
    assert forecast_sentence(Forecast(40.25, 41.5, 3.0), "over the next 28 days") == (
        "Load over the next 28 days is forecast at 41.5 lp, give or take 3.0 lp (one standard deviation): 40.2 lp if "
        "no incident happens, and above 47.5 lp in one future of five at most, if incidents come as often as the "
        "policy expects and nothing is taken on or given up."
    )
