"""Learning in the small service: access by group, and needs that few have the skill for."""

from allocation_engine.engine import Engine
from allocation_engine.reporting.learning import LearningReport, own_learning, report_learning
from allocation_engine.reporting.posts import Breakdown, Group
from domain.identifiers import WorkerId
from projections.learning import Activity
from tests.projections.practice_histories import day
from tests.reporting.practice_service import END, FIELD, NURSE


def report(engine: Engine, at: float = END, since: float = 0, team: str | None = None) -> LearningReport:
    return report_learning(engine.store, engine.example_policy, day(since), day(at), team=team)


def test_access_is_the_share_of_those_in_post_who_took_part_at_least_once(practice: Engine) -> None:
    everybody = report(practice).access[0]
    assert (everybody.group, everybody.people) == (None, 10)
    assert everybody.shares == {
        Activity.LEARNING: 0.4,
        Activity.PEER_SUPPORT: 0.0,
        Activity.GROUP_SUPERVISION: 0.2,
        Activity.SERVICE_DEVELOPMENT: 0.0,
    }


def test_a_small_group_is_hidden_and_so_is_the_one_that_would_give_it_away(practice: Engine) -> None:
    shown = {one.group: one.shares is not None for one in report(practice).access}
    assert not any(shown[Group(Breakdown.TEAM, team)] for team in ("t-1", "t-2"))
    assert not shown[Group(Breakdown.ROLE, "social_worker")]
    assert shown[Group(Breakdown.HOURS, "full time")]
    assert shown[Group(Breakdown.STAGE, "experienced")]


def test_of_one_team_only_its_own_row_is_told(practice: Engine) -> None:
    assert [(one.group, one.shares) for one in report(practice, team="t-1").access] == [
        (Group(Breakdown.TEAM, "t-1"), None)
    ]


def test_a_need_that_one_worker_or_nobody_has_the_skill_for_is_named_where_it_is(practice: Engine) -> None:
    thin = [(one.team, one.need, one.cases, one.workers) for one in report(practice).thinly_covered]
    assert thin == [
        (None, "cce-direct-work", 1, (FIELD[1],)),
        (None, "missing-return", 1, ()),
        ("t-1", "cce-direct-work", 1, (FIELD[1],)),
    ]
    assert [one.team for one in report(practice, team="t-1").needs] == ["t-1"]
    assert report(practice, team="t-2").needs == ()


def test_skills_gained_stand_beside_the_cases_that_need_them(practice: Engine) -> None:
    assert [(one.skill, one.workers, one.cases) for one in report(practice).skills_gained] == [
        ("cce-direct-work", 1, 1)
    ]
    assert report(practice, since=6).skills_gained == ()


def test_a_worker_reads_what_they_took_part_in_themselves(practice: Engine) -> None:
    own = own_learning(practice.store, FIELD[1], day(0), day(END))
    assert [one.topic for one in own.taken_part] == ["cce-direct-work"]
    assert [one.skill for one in own.skills] == ["cce-direct-work"]
    assert len(own_learning(practice.store, NURSE, day(0), day(END)).taken_part) == 1
    assert own_learning(practice.store, WorkerId("w-99"), day(0), day(END)).taken_part == ()
