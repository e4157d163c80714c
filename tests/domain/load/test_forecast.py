"""The load ahead, in closed form against the account run forward."""

from collections.abc import Sequence
from math import exp, fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.case import CaseAssigned, CaseReferred
from domain.events.worker import WorkerAbsenceStarted, WorkerRegistered
from domain.identifiers import CaseId
from domain.load import (
    CaseProfile,
    LoadParameters,
    Outlook,
    TwoCompartments,
    added_load,
    capacity_ahead,
    capacity_at,
    load_account,
    outlook,
    predicted_load,
)
from domain.load.exposure import expected_incident_rate, held_rate
from domain.vocabulary import AbsenceKind, AssignmentRole, CareerStage, HarmType, RiskLevel
from tests.domain.load.service_history import C1, PARAMETERS, W1, Happened, account_on, facts_of, on_day, recorded
from tests.domain.load.strategies import perhaps_harms, risks, roles, service_histories

NOW, HORIZON = 60.25, 28
"""Now is after the last day of the histories, so that nothing else happens in the moment in which a case is added."""
NO_INCIDENTS = PARAMETERS.model_copy(
    update={"expected_incident_points": PARAMETERS.expected_incident_points.model_copy(update={"value": 0.0})}
)
profiles = st.builds(CaseProfile, perhaps_harms, st.none() | risks)


def ahead_of(history: Sequence[Happened], parameters: LoadParameters = PARAMETERS) -> Outlook:
    facts, _ = facts_of(recorded(history))
    return outlook(facts, parameters, on_day(NOW), HORIZON)


def predicted(history: Sequence[Happened], parameters: LoadParameters = PARAMETERS) -> float:
    account = account_on(NOW, history, parameters=parameters)
    return predicted_load(account, ahead_of(history, parameters), parameters)


def mean_run_forward(history: Sequence[Happened]) -> float:
    """Draw up the account again and again over the horizon, and take the mean by Simpson's rule per quarter of a day."""
    facts, cases = facts_of(recorded(history))
    steps = HORIZON * 8
    loads = [
        load_account(W1, facts, cases, NO_INCIDENTS, on_day(NOW + step / 8)).load.total for step in range(steps + 1)
    ]
    weights = [1, *(4 if step % 2 else 2 for step in range(1, steps)), 1]
    return fsum(weight * load for weight, load in zip(weights, loads, strict=True)) / (3 * steps)


@settings(deadline=None, max_examples=25)
@given(service_histories)
def test_the_predicted_load_is_the_mean_of_the_account_run_forward(history: list[Happened]) -> None:
    assert predicted(history, NO_INCIDENTS) == pytest.approx(mean_run_forward(history), rel=1e-7, abs=1e-9)


@settings(deadline=None, max_examples=100)
@given(service_histories, profiles, roles)
def test_added_load_is_what_the_predicted_load_grows_by(
    history: list[Happened], profile: CaseProfile, role: AssignmentRole
) -> None:
    new = CaseId("c-new")
    referred = CaseReferred(case_id=new, harm_types=profile.harm_types, risk=profile.risk)
    with_case = [
        *history,
        Happened(NOW, referred),
        Happened(NOW, CaseAssigned(case_id=new, worker_id=W1, role=role)),
    ]
    grown = predicted(with_case) - predicted(history)
    assert added_load(profile, role, ahead_of(history), PARAMETERS) == pytest.approx(grown, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(service_histories)
def test_incidents_to_be_expected_add_their_mean_to_the_prediction(history: list[Happened]) -> None:
    held = account_on(NOW, history).held
    rates = [expected_incident_rate(one.profile, one.role, PARAMETERS) for one in held]
    total = TwoCompartments(fsum(one.acute for one in rates), fsum(one.cumulative for one in rates))
    theirs = ahead_of(history).mean_load(TwoCompartments(0, 0), total)
    assert predicted(history) == pytest.approx(predicted(history, NO_INCIDENTS) + theirs, rel=1e-9, abs=1e-9)


def test_a_rate_with_no_leave_tends_to_its_points_as_written_in_the_books() -> None:
    rate = held_rate(CaseProfile((HarmType.GANGS,), RiskLevel.HIGH), AssignmentRole.PRIMARY, PARAMETERS)
    ahead = ahead_of([])
    mean = sum(
        part * tau * (1 - tau / HORIZON * (1 - exp(-HORIZON / tau)))
        for part, tau in ((rate.acute, 7.0), (rate.cumulative, 42.0))
    )
    assert ahead.mean_load(TwoCompartments(0, 0), rate) == pytest.approx(mean, rel=1e-12)


def on_leave(start: float, until: float | None) -> Happened:
    expected = None if until is None else on_day(until)
    leave = WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=expected)
    return Happened(start, leave)


@pytest.mark.parametrize(("until", "present"), [(None, 0), (NOW + 100, 0), (NOW + 7, 0.75), (NOW, 1), (NOW - 5, 1)])
def test_leave_on_record_takes_its_share_of_the_horizon(until: float | None, present: float) -> None:
    registered = Happened(0, WorkerRegistered(worker_id=W1, fte=0.8, stage=CareerStage.EXPERIENCED))
    history = [registered, on_leave(NOW - 10, until)]
    ahead = ahead_of(history)
    assert ahead.present == pytest.approx(present)
    capacity = capacity_at(facts_of(recorded(history))[0], PARAMETERS)
    assert capacity_ahead(capacity, ahead) == pytest.approx(80 * present)


def test_capacity_ahead_is_not_known_where_the_hours_are_not() -> None:
    assert capacity_ahead(capacity_at((), PARAMETERS), ahead_of([])) is None


def test_a_worker_on_leave_throughout_gains_nothing_from_a_case_meanwhile() -> None:
    ahead = ahead_of([on_leave(NOW - 1, None)])
    assert added_load(CaseProfile(None, None), AssignmentRole.PRIMARY, ahead, PARAMETERS) == 0


def test_leave_recorded_after_the_moment_does_not_count() -> None:
    assert ahead_of([on_leave(NOW + 1, NOW + 20)]).present == 1


@given(profiles)
def test_a_co_worker_is_expected_to_carry_the_co_workers_share(profile: CaseProfile) -> None:
    ahead, share = ahead_of([]), PARAMETERS.co_worker_share.value
    as_primary = added_load(profile, AssignmentRole.PRIMARY, ahead, PARAMETERS)
    assert as_primary > 0
    assert added_load(profile, AssignmentRole.CO_WORKER, ahead, PARAMETERS) == pytest.approx(share * as_primary)


def test_a_case_is_predicted_only_for_who_holds_it() -> None:
    assert predicted([Happened(0, CaseReferred(case_id=C1, risk=RiskLevel.HIGH))]) == 0
