"""Capacity: hours and stage, and no figure where the hours are not known."""

import pytest

from domain.events.worker import WorkerHoursChanged, WorkerLeft, WorkerRegistered, WorkerStageChanged
from domain.load import capacity_at
from domain.vocabulary import CareerStage
from tests.domain.load.service_history import PARAMETERS, W1, Happened, account_on, facts_of, recorded


def test_full_time_and_experienced_is_one_hundred_points() -> None:
    joined = Happened(0, WorkerRegistered(worker_id=W1, fte=1.0, stage=CareerStage.EXPERIENCED))
    account = account_on(1, [joined])
    assert account.capacity == 100
    assert account.headroom == 100
    assert account.gaps == ()


def test_newly_qualified_and_part_time_is_nine_tenths_of_the_hours() -> None:
    joined = Happened(0, WorkerRegistered(worker_id=W1, fte=0.5, stage=CareerStage.NEWLY_QUALIFIED))
    assert account_on(1, [joined]).capacity == pytest.approx(45)


def test_hours_and_stage_hold_from_the_day_they_changed() -> None:
    joined = Happened(0, WorkerRegistered(worker_id=W1, fte=1.0, stage=CareerStage.NEWLY_QUALIFIED))
    fewer = Happened(5, WorkerHoursChanged(worker_id=W1, fte=0.6))
    grown = Happened(9, WorkerStageChanged(worker_id=W1, stage=CareerStage.EXPERIENCED))
    history = [joined, fewer, grown]
    assert [account_on(day, history).capacity for day in (4, 5, 9)] == pytest.approx([90, 54, 60])


def test_a_worker_with_no_recorded_hours_has_no_capacity_and_no_headroom() -> None:
    account = account_on(1, [Happened(0, WorkerRegistered(worker_id=W1, stage=CareerStage.ADVANCED))])
    assert account.capacity is None
    assert account.headroom is None
    assert account.gaps == ("hours not recorded, so capacity is not known",)


def test_an_unrecorded_stage_counts_at_the_policys_value_and_is_named() -> None:
    account = account_on(1, [Happened(0, WorkerRegistered(worker_id=W1, fte=1.0))])
    assert account.capacity == pytest.approx(90)
    assert account.gaps == ("career stage not recorded, capacity counted at the policy's value for unknown",)


def test_hours_assumed_for_a_plan_are_named_as_a_gap_and_never_replace_recorded_ones() -> None:
    unknown, _ = facts_of(recorded([Happened(0, WorkerRegistered(worker_id=W1))]))
    planned = capacity_at(unknown, PARAMETERS, assumed_fte=0.8)
    assert planned.points == pytest.approx(72)
    assert planned.gaps[0] == "hours not recorded, planned as 0.8 of full time"
    known, _ = facts_of(recorded([Happened(0, WorkerRegistered(worker_id=W1, fte=0.4))]))
    assert capacity_at(known, PARAMETERS, assumed_fte=0.8).points == pytest.approx(36)


def test_who_left_has_no_capacity_until_hours_are_recorded_anew() -> None:
    joined = Happened(0, WorkerRegistered(worker_id=W1, fte=1.0, stage=CareerStage.EXPERIENCED))
    left = Happened(5, WorkerLeft(worker_id=W1))
    back = Happened(9, WorkerRegistered(worker_id=W1, stage=CareerStage.ADVANCED))
    hours = Happened(10, WorkerHoursChanged(worker_id=W1, fte=0.5))
    history = [joined, left, back, hours]
    assert [account_on(day, history).capacity for day in (4, 5, 9, 10)] == [100, None, None, 50]
