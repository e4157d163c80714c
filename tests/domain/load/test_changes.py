"""What changed in a load since a day, and why."""

from math import fsum

import pytest
from hypothesis import given, settings

from domain.events.base import DomainEvent
from domain.events.case import CaseAssigned, CaseReassigned, CaseReferred, CaseRiskReassessed, CaseUnassigned
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, Exposure, SupervisionHeld
from domain.events.worker import WorkerAbsenceStarted, WorkerHoursChanged, WorkerLeft, WorkerRegistered
from domain.identifiers import IncidentId
from domain.load import Changes, KindOfChange, SessionsSince, SourceOfLoad, changes_between, sessions_since
from domain.load.explain import reasons_for_change, sessions_sentence
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    CareerStage,
    ExposureRoute,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
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
from tests.domain.load.strategies import any_histories
from tests.domain.load.strategies import days as any_day

CO_WORKER = AssignmentRole.CO_WORKER
REGISTERED = Happened(0, WorkerRegistered(worker_id=W1, fte=1.0, stage=CareerStage.EXPERIENCED))


def taken(day: float, case_id: str, role: AssignmentRole = AssignmentRole.PRIMARY) -> Happened:
    return Happened(day, CaseAssigned(case_id=case_id, worker_id=W1, role=role))


def incident(day: float, incident_id: str = "i-1", *routes: ExposureRoute) -> Happened:
    event = CriticalIncidentRecorded(
        incident_id=IncidentId(incident_id),
        kind=IncidentKind.VIOLENCE_DISCLOSED,
        severity=Severity.SERIOUS,
        exposures=tuple(Exposure(worker_id=W1, route=route) for route in routes or (ExposureRoute.DIRECT,)),
    )
    return Happened(day, event)


def session(day: float, kind: SupervisionKind = SupervisionKind.ONE_TO_ONE) -> Happened:
    return Happened(day, SupervisionHeld(supervisor_id=W2, worker_ids=(W1,), kind=kind, minutes=60))


def changes(since: float, day: float, *history: Happened) -> Changes:
    return changes_between(account_on(since, history), account_on(day, history))


def told(since: float, day: float, *history: Happened) -> tuple[str, ...]:
    """Give the sentences after the first, which says the totals."""
    return reasons_for_change(changes(since, day, *history))[1:]


@settings(deadline=None, max_examples=100)
@given(any_histories, any_day, any_day)
def test_the_changes_add_up_to_the_change_of_the_load(history: list[Happened], one: float, other: float) -> None:
    found = changes(min(one, other), max(one, other), *history)
    parts = [part.load for part in found.parts]
    assert fsum(part.acute for part in parts) == pytest.approx(found.load.acute, rel=1e-9, abs=1e-9)
    assert fsum(part.cumulative for part in parts) == pytest.approx(found.load.cumulative, rel=1e-9, abs=1e-9)
    sizes = [abs(part.total) for part in parts]
    assert sizes == sorted(sizes, reverse=True)
    assert len(reasons_for_change(found, most=1_000)) >= 1 + len(found.parts)


@settings(deadline=None, max_examples=30)
@given(any_histories, any_day)
def test_between_an_account_and_itself_nothing_changed(history: list[Happened], day: float) -> None:
    account = account_on(day, history)
    found = changes_between(account, account)
    assert found.parts == ()
    assert found.load.total == 0
    assert len(reasons_for_change(found)) == 1


def test_the_first_sentence_says_from_what_to_what() -> None:
    assert reasons_for_change(changes(1, 8, incident(0)))[0] == (
        "Load went from 9.0 lp on 03 Mar 2026 to 4.7 lp on 10 Mar 2026 (-3.8 acute, -0.4 cumulative)."
    )


def test_a_case_taken_on_is_new_and_one_held_on_grew() -> None:
    assert told(7, 14, taken(0, C1), taken(8, C2)) == (
        "Case c-2 was taken on 10 Mar 2026 and adds 1.9 lp.",
        "Case c-1 weighs 1.0 lp more.",
    )


def test_a_case_taken_and_given_up_since_still_adds() -> None:
    gone = Happened(10, CaseUnassigned(case_id=C2, worker_id=W1))
    assert told(7, 14, taken(8, C2), gone) == (
        "Case c-2 was taken on 10 Mar 2026, is held no longer and still adds 0.5 lp.",
    )


def test_an_incident_eases_and_a_new_one_adds() -> None:
    assert told(2, 9, incident(0), incident(8, "i-2")) == (
        "Incident i-2 on 10 Mar 2026 adds 9.0 lp.",
        "Incident i-1 has eased by 3.8 lp.",
    )


def test_a_case_given_up_is_said_to_be_no_longer_held_and_has_mostly_eased() -> None:
    passed = Happened(8, CaseReassigned(case_id=C1, from_worker_id=W1, to_worker_id=W2))
    (gone,) = told(7, 28, taken(0, C1), passed)
    assert gone == "Case c-1 is no longer held and weighs 1.6 lp less."
    (grown_meanwhile,) = told(1, 9, taken(0, C1), passed)
    assert grown_meanwhile == "Case c-1 is no longer held and weighs 1.6 lp more."


def test_a_case_held_through_leave_eases() -> None:
    leave = Happened(10, WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE))
    assert told(10, 17, taken(0, C1, CO_WORKER), leave) == ("Case c-1 (as co-worker) has eased by 0.8 lp.",)


def test_a_risk_that_rose_makes_the_case_grow() -> None:
    risen = Happened(28, CaseRiskReassessed(case_id=C1, risk=RiskLevel.VERY_HIGH))
    opened = Happened(0, CaseReferred(case_id=C1, risk=RiskLevel.LOW))
    (before,) = changes(28, 35, opened, taken(0, C1)).parts
    (after,) = changes(28, 35, opened, taken(0, C1), risen).parts
    assert before.kind is after.kind is KindOfChange.GREW
    assert after.load.total > 5 * before.load.total


def test_supervision_given_is_named_by_its_day() -> None:
    given_to_other = SupervisionHeld(supervisor_id=W1, worker_ids=(W2,), kind=SupervisionKind.ONE_TO_ONE, minutes=60)
    assert told(0, 1, Happened(1, given_to_other)) == ("Supervision given on 03 Mar 2026 adds 0.5 lp.",)
    assert told(1, 15, Happened(1, given_to_other)) == ("Supervision given on 03 Mar 2026 has eased by 0.3 lp.",)


def test_what_was_retracted_in_between_is_said_to_be_off_the_record() -> None:
    with_it, without = account_on(7, [incident(0), taken(0, C1)]), account_on(7, [taken(0, C1)])
    found = changes_between(with_it, without)
    assert [part.kind for part in found.parts] == [KindOfChange.OFF_THE_RECORD]
    assert reasons_for_change(found)[1:] == ("Incident i-1 is no longer on record: 5.1 lp less.",)


def test_an_incident_heard_of_on_two_routes_is_one_incident() -> None:
    history = [incident(0, "i-1", ExposureRoute.DIRECT, ExposureRoute.TEAM_HEARD)]
    (part,) = changes(-1, 0, *history).parts
    assert part.source is SourceOfLoad.INCIDENT
    assert part.load.total == pytest.approx(12)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (1.0, 0.6, "Capacity went from 100.0 to 60.0 lp."),
        (None, 0.6, "Capacity, not known before, is 60.0 lp now."),
    ],
)
def test_a_change_of_capacity_is_said(before: float | None, after: float, sentence: str) -> None:
    start = Happened(0, WorkerRegistered(worker_id=W1, fte=before, stage=CareerStage.EXPERIENCED))
    found = changes(1, 9, start, Happened(5, WorkerHoursChanged(worker_id=W1, fte=after)))
    assert reasons_for_change(found)[1:] == (sentence,)
    assert found.capacity == (None if before is None else pytest.approx(-40))


def test_a_capacity_no_longer_known_is_said() -> None:
    found = changes(1, 9, REGISTERED, Happened(5, WorkerLeft(worker_id=W1)))
    assert reasons_for_change(found)[1:] == ("Capacity, 100.0 lp before, is not known now.",)
    assert found.capacity is None


def test_the_smaller_changes_are_summed_in_one_sentence() -> None:
    found = changes(0, 14, taken(1, C1), taken(2, C2), taken(3, C3))
    assert reasons_for_change(found, most=2)[-1] == "1 smaller change comes to +2.7 lp."
    assert reasons_for_change(found, most=1)[-1] == "2 smaller changes come to +5.6 lp."


def sessions(since: float, day: float, *history: Happened) -> SessionsSince:
    facts, cases = facts_of(recorded(history))
    return sessions_since(on_day(since), account_on(day, history), facts, cases, PARAMETERS)


def test_what_the_sessions_since_took_off_is_the_account_without_them_less_the_account() -> None:
    base = [incident(0), taken(0, C1), session(3)]
    found = sessions(7, 21, *base, session(8), session(15), session(30))
    assert found.sessions == 2
    assert found.without == account_on(21, base).load
    assert found.eased.acute > 0
    assert found.eased.cumulative > 0
    assert sessions_sentence(on_day(7), found) == (
        f"2 sessions since 09 Mar 2026 took {found.eased.total:.1f} lp off by this account: without, the load would "
        f"stand at {found.without.total:.1f} lp."
    )


def test_one_session_is_told_as_one() -> None:
    assert sessions_sentence(on_day(0), sessions(0, 9, incident(0), session(5))).startswith("1 session since 02 Mar")


@pytest.mark.parametrize(
    "useless", [DebriefHeld(incident_id=IncidentId("i-1"), worker_ids=(W1,)), session(0, SupervisionKind.CASE).event]
)
def test_a_session_that_gave_no_relief_is_not_counted(useless: DomainEvent) -> None:
    found = sessions(6, 9, incident(0), session(5), Happened(7, useless))
    assert (found.sessions, found.eased.total) == (0, 0)
    assert sessions_sentence(on_day(6), found) == "No session since 08 Mar 2026 eased the load."
