"""What holds of any account, whatever happened."""

from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.base import DomainEvent
from domain.events.case import CaseAssigned, CaseReferred, CaseUnassigned
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, Exposure, SupervisionHeld
from domain.events.worker import WorkerHoursChanged
from domain.identifiers import IncidentId
from domain.load import CaseProfile, SourceOfLoad, case_points, load_account
from domain.load.recovery import relief_steps
from domain.vocabulary import ExposureRoute, HarmType, IncidentKind, RiskLevel, Severity, SupervisionKind
from tests.domain.load.service_history import (
    C1,
    C2,
    C3,
    PARAMETERS,
    W1,
    W2,
    Happened,
    account_on,
    facts_of,
    on_day,
    recorded,
)
from tests.domain.load.strategies import LAST_DAY, days, happenings, incidents, relief_events, service_histories

any_history = settings(deadline=None, max_examples=60)
sessions = happenings(relief_events, 6)


@any_history
@given(service_histories, days)
def test_the_contributions_add_up_to_the_load(history: list[Happened], day: float) -> None:
    account = account_on(day, history)
    parts = [one.load for one in account.contributions]
    assert fsum(part.acute for part in parts) == pytest.approx(account.load.acute, rel=1e-9)
    assert fsum(part.cumulative for part in parts) == pytest.approx(account.load.cumulative, rel=1e-9)
    assert account.load.total == pytest.approx(fsum(part.total for part in parts), rel=1e-9)
    assert [part.total for part in parts] == sorted((part.total for part in parts), reverse=True)
    assert all(part.acute >= 0 and part.cumulative >= 0 for part in parts)


@any_history
@given(service_histories, st.floats(0.01, 100), st.floats(0.01, 100))
def test_load_falls_with_time_when_nothing_is_held_and_nothing_happens(
    history: list[Happened], soon: float, later: float
) -> None:
    gone = [*history, *(Happened(60, CaseUnassigned(case_id=case, worker_id=W1)) for case in (C1, C2, C3))]
    account = account_on(60, gone)
    if account.held:  # as a co-worker: that goes on
        return
    then, after = account_on(60 + soon, gone).load, account_on(60 + soon + later, gone).load
    if account.load.total == 0:
        assert then.total == after.total == 0
    else:
        assert account.load.total > then.total > after.total
        assert account.load.acute >= then.acute >= after.acute


@any_history
@given(service_histories)
def test_load_is_additive_over_cases_and_events(history: list[Happened]) -> None:
    whole = account_on(60, history)
    facts, cases = facts_of(recorded(history))
    for one in whole.contributions:
        if one.source is not SourceOfLoad.HELD_CASE:
            continue
        others = {f"case:{case}" for case in (C1, C2, C3) if case != one.subject}
        alone = account_on(60, [each for each in history if not others & each.event.tags()])
        matching = [part.load.total for part in alone.contributions if part.subject == one.subject]
        assert sum(matching) == pytest.approx(
            sum(part.load.total for part in whole.contributions if part.subject == one.subject), rel=1e-9
        )
    assert whole == load_account(W1, facts, cases, PARAMETERS, on_day(60))


@any_history
@given(service_histories, st.randoms(use_true_random=False))
def test_the_order_in_which_news_arrives_does_not_matter(history: list[Happened], random: object) -> None:
    records = list(recorded(history))
    in_order = facts_of(records)
    random.shuffle(records)  # type: ignore[attr-defined]
    assert facts_of(records) == in_order


@any_history
@given(happenings(incidents, 6), sessions, st.builds(Happened, days, relief_events), st.floats(120, 240))
def test_a_further_session_never_raises_what_came_before_it(
    exposures: list[Happened], helped: list[Happened], further: Happened, until: float
) -> None:
    # After all exposures: a session at the very moment of an incident is no help with it, but counts as close to the next.
    after = LAST_DAY + 0.25
    later = [Happened(one.day + after, one.event) for one in helped]
    more = [*later, Happened(further.day + after, further.event)]
    without, with_it = account_on(until, [*exposures, *later]).load, account_on(until, [*exposures, *more]).load
    assert with_it.acute <= without.acute * (1 + 1e-12)
    assert with_it.cumulative <= without.cumulative * (1 + 1e-12)


@any_history
@given(happenings(relief_events, 40))
def test_the_relief_of_a_stretch_of_time_is_bounded_however_many_sessions_it_holds(helped: list[Happened]) -> None:
    steps = relief_steps(facts_of(recorded(helped))[0], PARAMETERS)
    spacing = PARAMETERS.relief_spacing.value
    strongest = max(relief.acute.value for relief in PARAMETERS.relief.values())
    assert all(step.acute >= 0 and step.cumulative >= 0 for step in steps)
    assert sum(step.acute for step in steps) <= strongest * (1 + 60 / spacing) + 1e-12


def test_a_weak_session_just_before_a_strong_one_takes_nothing_from_it() -> None:
    def load_after(*kinds: SupervisionKind) -> float:
        held = [
            Happened(10 + number / 24, SupervisionHeld(supervisor_id=W2, worker_ids=(W1,), kind=kind, minutes=60))
            for number, kind in enumerate(kinds)
        ]
        return account_on(20, [Happened(0, serious_incident()), *held]).load.total

    strong_alone = load_after(SupervisionKind.ONE_TO_ONE)
    both = load_after(SupervisionKind.CASE, SupervisionKind.ONE_TO_ONE)
    assert both == pytest.approx(strong_alone, rel=1e-3)
    assert both < strong_alone


@any_history
@given(service_histories, days)
def test_a_debrief_relieves_nothing(history: list[Happened], day: float) -> None:
    debrief = Happened(day, DebriefHeld(incident_id=IncidentId("i-1"), worker_ids=(W1,)))
    with_it, without = account_on(60, [*history, debrief]).load, account_on(60, history).load
    assert with_it.acute == pytest.approx(without.acute, rel=1e-12)
    assert with_it.cumulative == pytest.approx(without.cumulative, rel=1e-12)


def serious_incident(severity: Severity = Severity.SERIOUS) -> DomainEvent:
    return CriticalIncidentRecorded(
        incident_id=IncidentId("i-1"),
        kind=IncidentKind.VIOLENCE_DISCLOSED,
        severity=severity,
        exposures=(Exposure(worker_id=W1, route=ExposureRoute.DIRECT),),
    )


@given(st.sampled_from([None, *RiskLevel]), st.none() | st.lists(st.sampled_from(HarmType)).map(tuple))
def test_a_case_never_weighs_nothing_also_where_nothing_is_known(
    risk: RiskLevel | None, harms: tuple[HarmType, ...] | None
) -> None:
    assert case_points(CaseProfile(harms, risk), PARAMETERS) > 0


@given(st.lists(st.sampled_from(HarmType)), st.sampled_from(HarmType), st.sampled_from(list(RiskLevel)[:-1]))
def test_a_case_weighs_no_less_with_a_further_harm_and_more_at_a_higher_risk(
    harms: list[HarmType], further: HarmType, risk: RiskLevel
) -> None:
    order = list(RiskLevel)
    higher = order[order.index(risk) + 1]
    points = case_points(CaseProfile(tuple(harms), risk), PARAMETERS)
    assert case_points(CaseProfile((*harms, further), risk), PARAMETERS) >= points
    assert case_points(CaseProfile(tuple(harms), higher), PARAMETERS) > points
    if further not in harms:
        assert case_points(CaseProfile((*harms, further), risk), PARAMETERS) > points


def test_the_same_harm_named_twice_counts_once() -> None:
    once = CaseProfile((HarmType.GANGS,), RiskLevel.HIGH)
    twice = CaseProfile((HarmType.GANGS, HarmType.GANGS), RiskLevel.HIGH)
    assert case_points(once, PARAMETERS) == case_points(twice, PARAMETERS)


@given(st.floats(0, 200))
def test_a_heavier_incident_never_weighs_less(days_after: float) -> None:
    loads = [account_on(days_after, [Happened(0, serious_incident(severity))]).load.total for severity in Severity]
    assert loads == sorted(loads)
    assert loads[0] < loads[-1]


@pytest.mark.parametrize("day", [-1.0, 0.0])
def test_before_anything_happened_there_is_no_load_and_no_capacity_figure(day: float) -> None:
    account = account_on(day, [Happened(0.5, WorkerHoursChanged(worker_id=W1, fte=1.0))])
    assert account.load.total == 0
    assert account.capacity is None
    assert account.headroom is None
    assert account.contributions == ()
    assert account.held == ()


def test_a_case_held_for_no_time_yet_is_held_and_adds_nothing_yet() -> None:
    taken = [Happened(0, CaseReferred(case_id=C1)), Happened(0, CaseAssigned(case_id=C1, worker_id=W1))]
    account = account_on(0, taken)
    assert account.load.total == 0
    assert [one.case_id for one in account.held] == [C1]
    assert account_on(1, taken).load.total > 0


def test_a_long_history_is_accounted_for_in_one_pass() -> None:
    held = [
        Happened(day, SupervisionHeld(supervisor_id=W2, worker_ids=(W1,), kind=SupervisionKind.PEER, minutes=30))
        for day in range(2_000)
    ]
    first = Happened(0, CaseAssigned(case_id=C1, worker_id=W1))
    account = account_on(2_000, [first, *held])
    assert account.contributions[0].since == on_day(0)
    assert 0 < account.load.total < account.contributions[0].initial
