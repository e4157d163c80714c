"""What a worker took part in over a period."""

from domain.events.practice import LearningAttended, PeerSupportHeld, ServiceDevelopmentJoined
from domain.events.worker import WorkerSkillGained
from domain.vocabulary import SupervisionKind
from projections import LEARNING
from projections.learning import Activity, SkillGained, TakenPart, learning
from tests.projections.drawn_histories import rows_of
from tests.projections.practice_histories import CHIEF, A, B, day, session, told

HISTORY = told(
    (1, LearningAttended(worker_id=A, topic="county-lines", hours=6.5)),
    (2, PeerSupportHeld(worker_ids=(A, B), minutes=45)),
    (3, session(A, B, kind=SupervisionKind.GROUP, minutes=90)),
    (4, session(A)),
    (5, ServiceDevelopmentJoined(worker_id=A, activity="practice-guide-review")),
    (6, WorkerSkillGained(worker_id=A, skill="county-lines")),
)


def test_learning_peer_support_group_supervision_and_service_development_count_one_to_one_does_not() -> None:
    found = learning(rows_of(LEARNING, HISTORY), day(0), day(10))
    assert found[A].taken_part == (
        TakenPart(day(1), Activity.LEARNING, "county-lines", 6.5),
        TakenPart(day(2), Activity.PEER_SUPPORT, None, 0.75),
        TakenPart(day(3), Activity.GROUP_SUPERVISION, None, 1.5),
        TakenPart(day(5), Activity.SERVICE_DEVELOPMENT, "practice-guide-review", None),
    )
    assert found[A].skills == (SkillGained(day(6), "county-lines"),)
    assert found[A].activities == set(Activity)
    assert found[B].activities == {Activity.PEER_SUPPORT, Activity.GROUP_SUPERVISION}


def test_who_gives_group_supervision_did_not_take_part_in_it() -> None:
    assert learning(rows_of(LEARNING, HISTORY), day(0), day(10))[CHIEF].taken_part == ()


def test_a_period_begins_after_its_first_moment_and_ends_with_its_last() -> None:
    found = learning(rows_of(LEARNING, HISTORY), day(1), day(3))
    assert [one.at for one in found[A].taken_part] == [day(2), day(3)]


def test_what_was_recorded_later_was_not_known_then() -> None:
    late = told((1, LearningAttended(worker_id=A, topic="county-lines", hours=3)), recorded=20)
    rows = rows_of(LEARNING, late)
    assert learning(rows, day(0), day(10), day(10))[A].taken_part == ()
    assert len(learning(rows, day(0), day(10))[A].taken_part) == 1
