"""A generated service gives every read model of Principle 6 something true to show."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import correlation, mean
from typing import TypeVar

import pytest

from allocation_engine.bootstrap import example_policy
from allocation_engine.interfaces.generator import ServiceShape, generate
from domain.events import EventRecord
from domain.events.base import DomainEvent
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.practice import (
    CriticalIncidentRecorded,
    FeedbackGiven,
    FollowUpCompleted,
    LearningAttended,
    SupervisionAgreed,
    SupervisionHeld,
)
from domain.events.service import FoundationsSurveyAnswered, PolicyAdopted, TeamClosed
from domain.events.worker import CheckInRecorded, WorkerMovedTeam, WorkerRegistered
from domain.vocabulary import Agency, FollowUpDue, Foundation, RetractionReason, Role, Severity, SupervisionKind

Kind = TypeVar("Kind", bound=DomainEvent)

ENDS_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SHAPE = ServiceShape(ends_at=ENDS_AT, workers=96, weeks=78)


@pytest.fixture(scope="module")
def records() -> list[EventRecord]:
    return list(generate(SHAPE, seed=5))


def of(records: list[EventRecord], kind: type[Kind]) -> Iterator[tuple[Kind, datetime]]:
    return ((one.event, one.envelope.occurred_at) for one in records if isinstance(one.event, kind))


def test_a_policy_set_that_is_given_is_adopted_before_anything_else_and_changes_nothing_else() -> None:
    policy = example_policy()
    shape = ServiceShape(ends_at=ENDS_AT, workers=6, weeks=6)
    first, *others = generate(shape, seed=1, policy=policy)
    assert isinstance(first.event, PolicyAdopted)
    assert first.event.content == policy.to_mapping()
    assert first.event.effective_from == first.envelope.occurred_at
    assert [one.event for one in others] == [one.event for one in generate(shape, seed=1)]


def test_teams_are_surveyed_about_twice_a_year_and_not_everybody_answers(records: list[EventRecord]) -> None:
    answers = list(of(records, FoundationsSurveyAnswered))
    rounds_of_all = SHAPE.workers * 78 / 26
    assert 0.3 * rounds_of_all < len(answers) < 0.8 * rounds_of_all
    assert {score.foundation for event, _ in answers for score in event.scores} == set(Foundation)
    assert {score.score for event, _ in answers for score in event.scores} == {1, 2, 3, 4, 5}


def test_some_workers_check_in_most_weeks_and_others_never(records: list[EventRecord]) -> None:
    made = Counter(event.worker_id for event, _ in of(records, CheckInRecorded))
    registered = {event.worker_id for event, _ in of(records, WorkerRegistered)}
    assert 0.25 < len(made) / len(registered) < 0.45
    assert mean(sorted(made.values())[len(made) // 2 :]) > 0.5 * SHAPE.weeks


def test_a_check_in_follows_what_was_carried_but_only_loosely(records: list[EventRecord]) -> None:
    heard: dict[str, list[datetime]] = defaultdict(list)
    for event, at in of(records, CriticalIncidentRecorded):
        for exposure in event.exposures:
            heard[exposure.worker_id].append(at)
    felt, recently = [], []
    for told, at in of(records, CheckInRecorded):
        felt.append(float(told.felt_load))
        recently.append(float(sum(at - timedelta(days=14) < one <= at for one in heard[told.worker_id])))
    assert 0.1 < correlation(felt, recently) < 0.6


def test_learning_and_supervision_are_rated(records: list[EventRecord]) -> None:
    rated = Counter(event.activity for event, _ in of(records, FeedbackGiven))
    assert {"supervision-one-to-one", "supervision-group", "supervision-case"} < set(rated)
    assert {event.topic for event, _ in of(records, LearningAttended)} <= set(rated)


def test_part_time_workers_get_to_less_learning(records: list[EventRecord]) -> None:
    hours = Counter[str]()
    for event, _ in of(records, LearningAttended):
        hours[event.worker_id] += round(event.hours)
    first_day = [event for event, at in of(records, WorkerRegistered) if at == records[0].envelope.occurred_at]
    part_time = mean(hours[event.worker_id] for event in first_day if (event.fte or 0) < 1)
    assert part_time < 0.8 * mean(hours[event.worker_id] for event in first_day if event.fte == 1)


def test_a_supervisor_has_a_supervisor_too(records: list[EventRecord]) -> None:
    roles = {event.worker_id: event.role for event, _ in of(records, WorkerRegistered)}
    supervised = {event.worker_id for event, _ in of(records, SupervisionAgreed)}
    held = [event for event, _ in of(records, SupervisionHeld) if roles[event.supervisor_id] is Role.TEAM_MANAGER]
    assert {worker for worker, role in roles.items() if role is Role.SUPERVISOR} <= supervised
    assert held
    assert all(roles[worker_id] is Role.SUPERVISOR for event in held for worker_id in event.worker_ids)


def test_some_workers_go_months_without_one_to_one_supervision(records: list[EventRecord]) -> None:
    held: dict[str, list[datetime]] = defaultdict(list)
    for event, at in of(records, SupervisionHeld):
        if event.kind is SupervisionKind.ONE_TO_ONE:
            held[event.worker_ids[0]].append(at)
    longest = [
        max((later - earlier for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)), default=None)
        for times in held.values()
    ]
    overlong = sum(gap is not None and gap > timedelta(days=84) for gap in longest)
    assert 0.05 < overlong / len(longest) < 0.8


def test_follow_ups_come_in_time_late_and_never(records: list[EventRecord]) -> None:
    incidents = {
        event.incident_id: at
        for event, at in of(records, CriticalIncidentRecorded)
        if event.severity is not Severity.MODERATE
    }
    took = {
        event.incident_id: at - incidents[event.incident_id]
        for event, at in of(records, FollowUpCompleted)
        if event.due is FollowUpDue.HOURS_72 and event.incident_id in incidents
    }
    assert sum(took[one] <= timedelta(hours=72) for one in took) > 0.3 * len(incidents)
    assert any(took[one] > timedelta(hours=72) for one in took)
    assert len(took) < len(incidents)


def test_there_are_teams_of_several_agencies_and_one_is_closed(records: list[EventRecord]) -> None:
    social_workers = Counter(
        event.agency for event, _ in of(records, WorkerRegistered) if event.role == "social_worker"
    )
    assert {Agency.LOCAL_AUTHORITY, Agency.YOUTH_JUSTICE, Agency.HEALTH} == set(social_workers)
    closed = [event.team_id for event, _ in of(records, TeamClosed)]
    assert len(closed) == 1
    assert len(list(of(records, WorkerMovedTeam))) >= 4


def test_a_small_share_is_corrected_or_retracted_within_weeks(records: list[EventRecord]) -> None:
    by_id = {one.envelope.event_id: one for one in records}
    corrections = [one for one in records if isinstance(one.event, EventCorrected | EventRetracted)]
    assert 0.002 < len(corrections) / len(records) < 0.02
    for one in corrections:
        assert isinstance(one.event, EventCorrected | EventRetracted)
        target = by_id[one.event.target_event_id]
        assert timedelta(0) < one.envelope.recorded_at - target.envelope.recorded_at < timedelta(days=35)
        if isinstance(one.event, EventRetracted):
            assert one.event.reason is RetractionReason.DUPLICATE
            assert any(other.event == target.event and other is not target for other in records)


def test_some_news_is_hours_late_and_some_is_weeks_late(records: list[EventRecord]) -> None:
    late = [one.envelope.recorded_at - one.envelope.occurred_at for one in records]
    assert any(timedelta(0) < one < timedelta(days=1) for one in late)
    assert any(one > timedelta(days=14) for one in late)
