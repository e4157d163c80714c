"""Effects are told of six workers or more, with interval and n; of fewer the answer is that they are too few."""

from datetime import datetime, timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.evaluation import Effect, EvaluationReport, Outcome, report_evaluation
from allocation_engine.reporting.intervals import t_interval
from domain.events import DomainEvent
from domain.events.case import CaseAssigned
from domain.events.practice import FeedbackGiven, LearningAttended, SupervisionHeld
from domain.events.worker import CheckInRecorded, WorkerLeft
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import RiskLevel, SupervisionKind
from projections.evaluation import Activity, Family
from tests.planning.conftest import engine
from tests.planning.given import START, case, given, worker

__all__ = ["engine"]

BEGAN = START - timedelta(days=200)
ONE_TO_ONE, LEARNING = Activity(Family.SUPERVISION, "one_to_one"), Activity(Family.LEARNING, "loss")


def on(day: float) -> datetime:
    return BEGAN + timedelta(days=day)


def report(engine: Engine, since: datetime = BEGAN) -> EvaluationReport:
    return report_evaluation(engine.store, engine.policy(START).policy, since, START)


def effect(told: EvaluationReport, activity: Activity | None, outcome: Outcome) -> Effect:
    (found,) = [one for one in told.effects if (one.activity, one.outcome) == (activity, outcome)]
    return found


def held(worker_id: str, quality: int | None = None) -> DomainEvent:
    return SupervisionHeld(
        supervisor_id=WorkerId("w-s"),
        worker_ids=(WorkerId(worker_id),),
        kind=SupervisionKind.ONE_TO_ONE,
        minutes=60,
        reflective_quality=quality,
    )


def told_before_and_after(engine: Engine, changes: list[int]) -> None:
    """Let each worker attend one session, feel 3 before it and so much more after it."""
    names = [f"w-{number}" for number in range(len(changes))]
    given(engine, *(worker(one) for one in names), at=on(0))
    given(engine, *(CheckInRecorded(worker_id=WorkerId(one), felt_load=3) for one in names), at=on(45))
    given(engine, *(held(one) for one in names), at=on(50))
    after = [
        CheckInRecorded(worker_id=WorkerId(one), felt_load=3 + more) for one, more in zip(names, changes, strict=True)
    ]
    given(engine, *after, at=on(55))


@pytest.mark.parametrize(
    ("values", "half"),
    [([1.0, 3.0], 12.706204736), ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], 1.9633143), ([2.0, 2.0, 2.0], 0.0)],
    ids=["two", "six", "all alike"],
)
def test_the_interval_is_students_t(values: list[float], half: float) -> None:
    mean, interval = t_interval(values)
    assert interval.high - mean == pytest.approx(half, rel=1e-6)
    assert mean - interval.low == pytest.approx(half, rel=1e-6)


def test_six_workers_give_a_change_with_its_interval_and_how_many_it_rests_on(engine: Engine) -> None:
    told_before_and_after(engine, [-2, -1, -1, 0, 0, 1])
    found = effect(report(engine), ONE_TO_ONE, Outcome.FELT_LOAD)
    mean, interval = t_interval([-2, -1, -1, 0, 0, 1])
    assert (found.change, found.interval) == (mean, interval)
    assert (found.workers, found.sessions, found.by_construction) == (6, 6, False)
    assert effect(report(engine), Activity(Family.SUPERVISION), Outcome.FELT_LOAD).change == mean


def test_fewer_workers_are_too_few_to_say_and_their_number_is_told(engine: Engine) -> None:
    told_before_and_after(engine, [-2] * 5)
    found = effect(report(engine), ONE_TO_ONE, Outcome.FELT_LOAD)
    assert (found.change, found.interval, found.workers, found.sessions) == (None, None, 5, 5)


def test_a_worker_with_many_sessions_counts_once(engine: Engine) -> None:
    told_before_and_after(engine, [0] * 6)
    for day in (80, 120, 160):
        for offset, felt in ((-2, 1), (2, 5)):
            given(engine, CheckInRecorded(worker_id=WorkerId("w-0"), felt_load=felt), at=on(day + offset))
        given(engine, held("w-0"), at=on(day))
    found = effect(report(engine), ONE_TO_ONE, Outcome.FELT_LOAD)
    assert (found.workers, found.sessions) == (6, 9)
    assert found.change == pytest.approx(3 / 6)


def test_who_left_is_counted_as_well(engine: Engine) -> None:
    told_before_and_after(engine, [-1] * 6)
    given(engine, WorkerLeft(worker_id=WorkerId("w-0")), at=on(60))
    assert effect(report(engine), ONE_TO_ONE, Outcome.FELT_LOAD).workers == 6


def test_sessions_of_before_the_period_are_left_out_and_what_is_felt_before_it_is_not(engine: Engine) -> None:
    told_before_and_after(engine, [-1] * 6)
    assert effect(report(engine, on(48)), ONE_TO_ONE, Outcome.FELT_LOAD).workers == 6
    assert [one for one in report(engine, on(51)).effects if one.activity is not None] == []


def test_a_load_that_the_model_itself_relieves_is_marked_and_one_that_it_does_not_is_not(engine: Engine) -> None:
    told_before_and_after(engine, [0] * 6)
    learned = [LearningAttended(worker_id=WorkerId(f"w-{number}"), topic="loss", hours=3) for number in range(6)]
    given(engine, *learned, at=on(90))
    told = report(engine)
    assert effect(told, ONE_TO_ONE, Outcome.LOAD_SHARE).by_construction
    assert not effect(told, LEARNING, Outcome.LOAD_SHARE).by_construction
    assert not effect(told, None, Outcome.LOAD_SHARE).by_construction


def test_a_load_that_rises_anyway_rises_around_any_day_as_well(engine: Engine) -> None:
    told_before_and_after(engine, [0] * 6)
    for number in range(6):
        given(engine, case(f"c-{number}", RiskLevel.HIGH), at=on(80 + number / 100))
        taken = CaseAssigned(case_id=CaseId(f"c-{number}"), worker_id=WorkerId(f"w-{number}"))
        given(engine, taken, at=on(81 + number / 100))
    learned = [LearningAttended(worker_id=WorkerId(f"w-{number}"), topic="loss", hours=3) for number in range(6)]
    given(engine, *learned, at=on(90))
    told = report(engine)
    change, ordinary = (effect(told, one, Outcome.LOAD_SHARE).change for one in (LEARNING, None))
    assert change is not None
    assert ordinary is not None
    assert change > ordinary > 0


def test_quality_over_time_sets_each_workers_later_ratings_against_their_earlier_ones(engine: Engine) -> None:
    names = [f"w-{number}" for number in range(6)]
    given(engine, *(worker(one) for one in names), at=on(0))
    given(engine, *(held(one, 2) for one in names), at=on(20))
    given(engine, *(held(one, 4) for one in names), at=on(150))
    given(engine, worker("w-9"), held("w-9", 5), at=on(160))
    told = {one.activity: one for one in report(engine).quality_over_time}
    assert (told[ONE_TO_ONE].change, told[ONE_TO_ONE].workers, told[ONE_TO_ONE].sessions) == (2.0, 6, 12)
    assert Outcome.REFLECTIVE_QUALITY not in {
        one.outcome for one in report(engine).effects if one.activity and one.activity.family is Family.SUPERVISION
    }


def test_a_mean_rating_is_shown_of_enough_ratings_by_enough_people(engine: Engine) -> None:
    names = [WorkerId(f"w-{number}") for number in range(6)]
    given(engine, *(worker(one) for one in names), at=on(0))
    given(engine, *(FeedbackGiven(worker_id=one, activity="loss", rating=4) for one in names), at=on(9))
    given(engine, *[FeedbackGiven(worker_id=names[0], activity="often", rating=1)] * 7, at=on(10))
    given(engine, *(FeedbackGiven(worker_id=one, activity="few", rating=4) for one in names[:5]), at=on(11))
    assert [(one.activity, one.ratings, one.mean) for one in report(engine).rated] == [
        ("few", None, None),
        ("loss", 6, 4.0),
        ("often", None, None),
    ]
