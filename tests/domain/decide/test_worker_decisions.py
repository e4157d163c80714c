"""What may happen to a worker's post."""

from functools import reduce

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from domain.decide.worker import decide_worker
from domain.events.worker import (
    CapacityConcernAnswered,
    CapacityConcernRaised,
    CheckInRecorded,
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerEvent,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerMovedTeam,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)
from domain.evolve.worker import WorkerState, evolve_worker
from domain.identifiers import PersonId, TeamId, WorkerId
from domain.vocabulary import AbsenceKind, CareerStage
from tests.domain.decide.given_when_then import accepted, on_day, refused

W1 = WorkerId("w-1")
JOINED = WorkerRegistered(worker_id=W1, team_id=TeamId("t-1"), fte=0.8, skills=("direct-work",))
LEFT = WorkerLeft(worker_id=W1)
AWAY = WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.SICKNESS)
BACK = WorkerAbsenceEnded(worker_id=W1)
RAISED = CapacityConcernRaised(worker_id=W1)
ANSWERED = CapacityConcernAnswered(worker_id=W1, answered_by=PersonId("m-1"))
MOVED = WorkerMovedTeam(worker_id=W1, team_id=TeamId("t-2"))
HOURS = WorkerHoursChanged(worker_id=W1, fte=0.5)
STAGE = WorkerStageChanged(worker_id=W1, stage=CareerStage.ADVANCED)
SKILL = WorkerSkillGained(worker_id=W1, skill="polish-speaking")
CHECK_IN = CheckInRecorded(worker_id=W1, felt_load=5)
ALL: tuple[WorkerEvent, ...] = (*(JOINED, LEFT, AWAY, BACK, RAISED, ANSWERED, MOVED, HOURS, STAGE, SKILL, CHECK_IN),)


def given(*events: WorkerEvent) -> WorkerState:
    """Fold events a day apart."""
    dated = zip(events, map(on_day, range(len(events))), strict=True)
    return reduce(lambda state, one: evolve_worker(state, *one), dated, WorkerState(W1))


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (given(), JOINED),
        (given(JOINED, LEFT), JOINED),
        (given(JOINED, AWAY), BACK),
        (given(JOINED, AWAY), AWAY),
        (given(JOINED), MOVED),
        (given(JOINED, RAISED), ANSWERED),
        *((given(JOINED), event) for event in (AWAY, HOURS, STAGE, LEFT, SKILL, CHECK_IN, RAISED)),
    ],
)
def test_what_may_happen_to_a_post_is_accepted_as_it_is(state: WorkerState, event: WorkerEvent) -> None:
    accepted(decide_worker(state, event), event)


@pytest.mark.parametrize(
    ("state", "event", "code", "words"),
    [
        (given(JOINED), JOINED, "already_registered", "is registered already"),
        (given(JOINED), BACK, "not_away", "is not away"),
        (given(JOINED, AWAY, BACK), BACK, "not_away", "is not away"),
        (given(JOINED, MOVED), MOVED, "same_team", "in that team already"),
        (given(JOINED), ANSWERED, "no_concern", "no capacity concern open"),
        (given(JOINED, RAISED, ANSWERED), ANSWERED, "no_concern", "no capacity concern open"),
    ],
)
def test_what_would_leave_a_gap_or_an_overlap_in_a_post_is_refused(
    state: WorkerState, event: WorkerEvent, code: str, words: str
) -> None:
    refused(decide_worker(state, event), code, "worker w-1", words)


@pytest.mark.parametrize("event", [one for one in ALL if one is not JOINED], ids=lambda event: event.wire_name)
@pytest.mark.parametrize("state", [given(), given(JOINED, LEFT)], ids=["unknown", "left"])
def test_nothing_happens_to_a_worker_who_is_not_employed(state: WorkerState, event: WorkerEvent) -> None:
    refused(decide_worker(state, event), "not_employed", "worker w-1", "not registered, or has left")


def test_the_state_holds_what_was_last_said_of_the_worker() -> None:
    state = given(JOINED, HOURS, STAGE, MOVED, SKILL, CHECK_IN, RAISED)
    assert (state.fte, state.stage, state.team_id) == (0.5, CareerStage.ADVANCED, "t-2")
    assert state.skills == {"direct-work", "polish-speaking"}
    assert state.concern_open
    assert state.is_employed


def test_what_was_agreed_for_a_former_post_does_not_hold_for_the_next() -> None:
    state = given(JOINED, STAGE, AWAY, LEFT, WorkerRegistered(worker_id=W1))
    assert (state.fte, state.stage, state.away, state.is_employed) == (None, None, None, True)


def test_a_worker_is_away_until_the_expected_day_or_for_an_unknown_time() -> None:
    until_5 = WorkerAbsenceStarted(worker_id=W1, kind=AbsenceKind.ANNUAL_LEAVE, expected_until=on_day(5))
    assert given(JOINED, until_5).is_away(on_day(4))
    assert not given(JOINED, until_5).is_away(on_day(5))
    assert given(JOINED, AWAY).is_away(on_day(500))
    assert not given(JOINED).is_away(on_day(1))


@settings(deadline=None, max_examples=100)
@given_any(st.lists(st.sampled_from(ALL), max_size=20))
def test_folding_never_raises_whatever_the_order_of_events(events: list[WorkerEvent]) -> None:
    state = given(*events)
    assert state.worker_id == W1
    assert state.is_employed == (JOINED in events and _last(events, JOINED) > _last(events, LEFT))


def _last(events: list[WorkerEvent], event: WorkerEvent) -> int:
    return max((place for place, one in enumerate(events) if one is event), default=-1)
