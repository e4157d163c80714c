"""Supervision of the small service: what is overdue, who has none, what was held, by whom."""

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.posts import Breakdown, Group
from allocation_engine.reporting.supervision import SupervisionReport, report_supervision
from domain.vocabulary import Agency, SupervisionKind
from projections.supervision import Standing
from tests.projections.practice_histories import day
from tests.reporting.practice_service import CHIEF, END, FIELD, NURSE


def report(engine: Engine, at: float = END, since: float = 0, team: str | None = None) -> SupervisionReport:
    return report_supervision(engine.store, engine.example_policy, day(since), day(at), team=team)


def test_each_agreement_stands_as_its_last_session_and_leave_have_it(practice: Engine) -> None:
    standing = {one.agreement.worker_id: (one.standing, one.days_over) for one in report(practice).next_sessions}
    late = dict.fromkeys(FIELD[1:6], (Standing.OVERDUE, 12))
    assert standing == {
        FIELD[0]: (Standing.NOT_YET_DUE, 0),
        **late,
        FIELD[6]: (Standing.ON_RETURN, 0),
        FIELD[7]: (Standing.OVERDUE, 32),
    }
    assert [one.agreement.worker_id for one in report(practice).overdue] == [*FIELD[1:6], FIELD[7]]


def test_who_has_no_agreement_is_named_and_who_left_is_not(practice: Engine) -> None:
    assert report(practice).without_agreement == (NURSE, CHIEF)


def test_sessions_held_stand_against_sessions_agreed_for_everybody_and_for_each_group(practice: Engine) -> None:
    found = report(practice)
    assert found.whole.agreed == pytest.approx((7 * 60 + 46) / 28)
    assert (found.whole.people, found.whole.held, found.whole.beside) == (10, 8, 2)
    assert (found.whole.missed, found.whole.cancelled, found.whole.without) == (1, 0, 2)
    assert (found.whole.agreements, found.whole.overdue) == (8, 6)
    by_group = {one.group: (one.people, one.held, one.beside) for one in found.held}
    assert by_group[Group(Breakdown.TEAM, "t-1")] == (9, 8, 1)
    assert by_group[Group(Breakdown.AGENCY, "health")] == (1, 0, 1)
    assert by_group[Group(Breakdown.ROLE, "supervisor")] == (1, 0, 0)


def test_a_group_session_counts_once_and_a_mean_is_shown_only_of_enough_ratings(practice: Engine) -> None:
    kinds = {one.kind: one for one in report(practice).kinds}
    one_to_one, group = kinds[SupervisionKind.ONE_TO_ONE], kinds[SupervisionKind.GROUP]
    assert (one_to_one.sessions, one_to_one.people, one_to_one.rated, one_to_one.quality) == (8, 7, 7, 4.0)
    assert (group.sessions, group.people, group.hours, group.rated, group.quality) == (1, 2, 1.5, 1, None)


def test_a_mean_needs_enough_people_behind_its_ratings(practice: Engine) -> None:
    found = report(practice, since=20)
    assert [(one.rated, one.quality) for one in found.kinds] == [(0, None), (1, None)]


def test_supervision_across_agencies_counts_attendances(practice: Engine) -> None:
    found = report(practice).between_agencies
    assert [(one.worker_agency, one.supervisor_agency, one.attended, one.is_across) for one in found] == [
        (Agency.HEALTH, Agency.LOCAL_AUTHORITY, 1, True),
        (Agency.LOCAL_AUTHORITY, Agency.LOCAL_AUTHORITY, 9, False),
    ]


def test_supervisors_are_shown_with_what_they_give_and_whether_anybody_supervises_them(practice: Engine) -> None:
    (chief,) = report(practice).supervisors
    assert (chief.worker_id, chief.on_record, chief.supervisees, chief.given, chief.own) == (CHIEF, True, 8, 9, ())


def test_a_team_is_told_of_alone(practice: Engine) -> None:
    found = report(practice, team="t-2")
    assert (found.without_agreement, found.whole.people, found.whole.beside) == ((NURSE,), 1, 1)
    assert [one.quality for one in found.kinds] == [None]


def test_a_day_of_before_is_told_as_it_was(practice: Engine) -> None:
    found = report(practice, at=25)
    assert found.overdue == ()
    assert found.whole.people == 11
