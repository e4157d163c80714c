"""What may be recorded of practice."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.decide.practice import decide_practice
from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    Exposure,
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    PeerSupportHeld,
    PracticeEvent,
    ServiceDevelopmentJoined,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.evolve.practice import OpenFollowUp, PracticeState, evolve_practice
from domain.identifiers import IncidentId, PersonId, WorkerId
from domain.vocabulary import ExposureRoute, FollowUpDue, IncidentKind, Severity, SupervisionKind
from tests.domain.decide.given_when_then import accepted, on_day, refused

W1, W2, W3 = WorkerId("w-1"), WorkerId("w-2"), WorkerId("w-3")
INCIDENT = IncidentId("i-1")
ONE_TO_ONE = SupervisionKind.ONE_TO_ONE


def incident(severity: Severity = Severity.SERIOUS, *workers: WorkerId) -> CriticalIncidentRecorded:
    heard = (Exposure(worker_id=W3, route=ExposureRoute.TEAM_HEARD),)
    return CriticalIncidentRecorded(
        incident_id=INCIDENT,
        kind=IncidentKind.THREAT_TO_WORKER,
        severity=severity,
        exposures=tuple(Exposure(worker_id=one, route=ExposureRoute.DIRECT) for one in workers or (W1,)) + heard,
    )


def followed_up(due: FollowUpDue = FollowUpDue.HOURS_72, worker_id: WorkerId = W1) -> FollowUpCompleted:
    return FollowUpCompleted(incident_id=INCIDENT, worker_id=worker_id, due=due, completed_by=PersonId("m-1"))


def debrief(*workers: WorkerId) -> DebriefHeld:
    return DebriefHeld(incident_id=INCIDENT, worker_ids=workers)


def held(supervisor: WorkerId, *workers: WorkerId) -> SupervisionHeld:
    return SupervisionHeld(supervisor_id=supervisor, worker_ids=workers, kind=SupervisionKind.GROUP, minutes=60)


def agreed(worker: WorkerId, supervisor: WorkerId) -> SupervisionAgreed:
    return SupervisionAgreed(worker_id=worker, supervisor_id=supervisor, kind=ONE_TO_ONE, every_days=28)


def missed(worker: WorkerId, supervisor: WorkerId) -> SupervisionMissed:
    return SupervisionMissed(worker_id=worker, supervisor_id=supervisor, kind=ONE_TO_ONE)


def cancelled(worker: WorkerId, supervisor: WorkerId) -> SupervisionCancelled:
    return SupervisionCancelled(worker_id=worker, supervisor_id=supervisor, kind=ONE_TO_ONE)


def peers(*workers: WorkerId) -> PeerSupportHeld:
    return PeerSupportHeld(worker_ids=workers, minutes=30)


LEARNING = LearningAttended(worker_id=W1, topic="trauma", hours=3)
DEVELOPMENT = ServiceDevelopmentJoined(worker_id=W1, activity="forum")
FEEDBACK = FeedbackGiven(worker_id=W1, activity="forum", rating=4)


def given(*events: PracticeEvent) -> PracticeState:
    """Fold events a day apart."""
    dated = zip(events, map(on_day, range(len(events))), strict=True)
    return reduce(lambda state, one: evolve_practice(state, *one), dated, PracticeState())


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (given(), incident()),
        (given(incident()), followed_up()),
        (given(incident(), followed_up()), followed_up(FollowUpDue.DAYS_28)),
        (given(incident()), debrief(W1, W2)),
        *((given(), event) for event in (held(W3, W1, W2), agreed(W1, W3), missed(W1, W3), cancelled(W1, W3))),
        *((given(), event) for event in (peers(W1, W2), LEARNING, DEVELOPMENT, FEEDBACK)),
    ],
)
def test_what_practice_may_record_is_accepted_as_it_is(state: PracticeState, event: PracticeEvent) -> None:
    accepted(decide_practice(state, event), event)


@pytest.mark.parametrize(
    ("state", "event", "code", "words"),
    [
        (given(incident()), incident(), "incident_known", "incident i-1 is on record already"),
        (given(), incident(Severity.SEVERE, W1, W1), "exposed_twice", "by one route only"),
        (given(), incident(Severity.SEVERE, W3), "exposed_twice", "by one route only"),
        (given(), followed_up(), "no_follow_up", "for worker w-1 after incident i-1"),
        (given(incident(), followed_up()), followed_up(), "no_follow_up", "worker w-1"),
        (given(incident()), followed_up(worker_id=W2), "no_follow_up", "worker w-2"),
        (given(incident(Severity.MODERATE)), followed_up(), "no_follow_up", "worker w-1"),
        (given(), debrief(W1), "no_incident", "incident i-1 is not on record"),
        (given(incident()), debrief(W1, W1), "named_twice", "name each one time"),
        (given(), held(W3, W1, W3), "self_supervision", "nobody supervises themselves"),
        (given(), held(W3, W1, W1), "named_twice", "name each one time"),
        (given(), peers(W1, W1), "named_twice", "name each one time"),
        (given(), agreed(W1, W1), "self_supervision", "nobody supervises themselves"),
        (given(), missed(W1, W1), "self_supervision", "nobody supervises themselves"),
        (given(), cancelled(W1, W1), "self_supervision", "nobody supervises themselves"),
    ],
)
def test_what_practice_cannot_record_is_refused_with_its_rule(
    state: PracticeState, event: PracticeEvent, code: str, words: str
) -> None:
    refused(decide_practice(state, event), code, words)


@pytest.mark.parametrize("severity", [Severity.SERIOUS, Severity.SEVERE])
def test_a_serious_incident_opens_both_follow_ups_for_who_was_closer_than_hearing_of_it(severity: Severity) -> None:
    assert given(incident(severity)).follow_ups == (
        OpenFollowUp(INCIDENT, W1, FollowUpDue.HOURS_72, on_day(0) + timedelta(hours=72)),
        OpenFollowUp(INCIDENT, W1, FollowUpDue.DAYS_28, on_day(0) + timedelta(days=28)),
    )


def test_a_moderate_incident_opens_none() -> None:
    assert given(incident(Severity.MODERATE)).follow_ups == ()


def test_only_a_completed_follow_up_closes_one_and_no_debrief_does() -> None:
    assert len(given(incident(), debrief(W1)).follow_ups) == 2
    (left,) = given(incident(), followed_up()).follow_ups
    assert left.due is FollowUpDue.DAYS_28


def test_an_agreement_holds_until_another_is_made_for_the_same_kind() -> None:
    assert given(agreed(W1, W2), agreed(W1, W3)).agreements == {(W1, ONE_TO_ONE): W3}


ALL: tuple[PracticeEvent, ...] = (
    *(incident(), followed_up(), debrief(W1), held(W3, W1), agreed(W1, W3), missed(W1, W3), cancelled(W1, W3)),
    *(peers(W1, W2), LEARNING, DEVELOPMENT, FEEDBACK),
)


@settings(deadline=None, max_examples=100)
@given_any(st.lists(st.sampled_from(ALL), max_size=20))
def test_folding_never_raises_whatever_the_order_of_events(events: list[PracticeEvent]) -> None:
    state = given(*events)
    assert (INCIDENT in state.incidents) == any(isinstance(one, CriticalIncidentRecorded) for one in events)
