"""Follow-ups of the small service after its one serious incident, which three were close to."""

from allocation_engine.engine import Engine
from allocation_engine.reporting.follow_ups import FollowUpReport, report_follow_ups
from domain.vocabulary import FollowUpDue
from tests.projections.practice_histories import day
from tests.reporting.practice_service import END, FIELD, LEFT


def report(engine: Engine, at: float = END, since: float = 0, team: str | None = None) -> FollowUpReport:
    return report_follow_ups(engine.store, day(since), day(at), team=team)


def test_what_is_owed_is_listed_by_worker_and_what_those_who_left_were_owed_too(practice: Engine) -> None:
    found = report(practice)
    owed = [(one.worker_id, one.due, one.days_over) for one in found.overdue]
    assert owed == [
        (FIELD[0], FollowUpDue.DAYS_28, 22),
        (FIELD[1], FollowUpDue.DAYS_28, 22),
        (LEFT, FollowUpDue.HOURS_72, 47),
        (LEFT, FollowUpDue.DAYS_28, 22),
    ]
    assert [found.has_left(one) for one in (FIELD[0], LEFT)] == [False, True]


def test_what_fell_due_is_in_time_late_or_still_open(practice: Engine) -> None:
    found = report(practice)
    assert [(one.due, one.fell_due, one.in_time, one.late, one.overdue) for one in found.outcomes] == [
        (FollowUpDue.HOURS_72, 3, 1, 1, 1),
        (FollowUpDue.DAYS_28, 3, 0, 0, 3),
    ]
    assert [one.fell_due for one in report(practice, since=13).outcomes] == [0, 3]


def test_what_is_not_due_yet_is_open_and_not_overdue(practice: Engine) -> None:
    found = report(practice, at=20)
    assert (len(found.open), len(found.overdue)) == (4, 1)


def test_debriefs_are_counted_and_their_lack_is_named(practice: Engine) -> None:
    found = report(practice)
    assert found.debriefed == 1
    assert [one.worker_id for one in found.no_debrief] == [FIELD[1], LEFT]
    assert report(practice, since=10).no_debrief == ()


def test_a_team_without_incidents_has_nothing_open(practice: Engine) -> None:
    assert report(practice, team="t-2").open == ()
    assert len(report(practice, team="t-1").open) == 4
