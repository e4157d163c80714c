"""The survey is told of teams of six or more with six answers or more, and nothing hidden can be worked out."""

from collections.abc import Mapping
from datetime import UTC, datetime
from statistics import fmean, stdev

import pytest

from allocation_engine.engine import Engine
from allocation_engine.reporting.foundations import FoundationsReport, report_foundations
from domain.events import DomainEvent
from domain.events.service import FoundationScore, FoundationsSurveyAnswered
from domain.identifiers import TeamId
from domain.vocabulary import Foundation
from tests.planning.conftest import engine
from tests.planning.given import given, worker

__all__ = ["engine"]

BEFORE, DURING = datetime(2025, 9, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = datetime(2026, 8, 1, tzinfo=UTC)
LIVES, WELL = Foundation.LEARNING_ORGANISATION, Foundation.WELLBEING


def answer(team: str, **scores: int) -> DomainEvent:
    told = tuple(FoundationScore(foundation=Foundation(name), score=score) for name, score in scores.items())
    return FoundationsSurveyAnswered(team_id=TeamId(team), scores=told)


def people(engine: Engine, **teams: int) -> None:
    staff = [worker(f"w-{team}-{number}", team=team) for team, size in teams.items() for number in range(size)]
    given(engine, *staff, at=datetime(2025, 1, 6, 9, tzinfo=UTC))


def answers(engine: Engine, at: datetime = DURING, **teams: list[int]) -> None:
    given(engine, *(answer(team, wellbeing=score) for team, scores in teams.items() for score in scores), at=at)


def report(engine: Engine, **practice: float) -> FoundationsReport:
    policy = engine.policy(ASKED).policy
    numbers = {name: getattr(policy.practice, name).model_copy(update={"value": n}) for name, n in practice.items()}
    policy = policy.model_copy(update={"practice": policy.practice.model_copy(update=numbers)})
    return report_foundations(engine.store, policy, ASKED)


def shown(engine: Engine) -> Mapping[str, bool]:
    told = report(engine)
    return {one.team_id or "service": WELL in one.ratings for one in (told.service, *told.teams)}


def test_a_team_of_six_with_six_answers_is_shown_with_mean_spread_number_and_response(engine: Engine) -> None:
    people(engine, t1=8)
    answers(engine, t1=[1, 2, 2, 4, 5, 5])
    (team,) = report(engine).teams
    rating = team.ratings[WELL]
    assert rating.mean == fmean([1, 2, 2, 4, 5, 5])
    assert rating.spread == stdev([1, 2, 2, 4, 5, 5])
    assert (rating.answers, team.answers, team.people, team.response) == (6, 6, 8, 0.75)
    assert team.change == {}


@pytest.mark.parametrize(("size", "number"), [(5, 6), (6, 5), (3, 12)])
def test_a_small_team_or_few_answers_are_not_shown_nor_a_service_that_is_nothing_else(
    engine: Engine, size: int, number: int
) -> None:
    people(engine, t1=size)
    answers(engine, t1=[3] * number)
    told = report(engine)
    assert [(one.answers, one.ratings, one.response) for one in (told.service, *told.teams)] == [(None, {}, None)] * 2


def test_a_hidden_team_cannot_be_worked_out_from_the_service_and_what_is_shown(engine: Engine) -> None:
    people(engine, t1=9, t2=7, t3=6)
    answers(engine, t1=[4] * 9, t2=[3] * 7, t3=[2] * 4)
    assert shown(engine) == {"service": True, "t1": True, "t2": False, "t3": False}
    assert [one.answers for one in report(engine).teams] == [9, None, None]


def test_small_teams_that_are_few_together_take_the_next_with_them(engine: Engine) -> None:
    people(engine, t1=9, t2=7, t3=6, t4=6)
    answers(engine, t1=[4] * 9, t2=[3] * 7, t3=[2] * 2, t4=[2] * 2)
    assert shown(engine) == {"service": True, "t1": True, "t2": False, "t3": False, "t4": False}


def test_two_small_teams_alone_hide_the_service_until_they_are_many_together(engine: Engine) -> None:
    people(engine, t1=6, t2=6)
    answers(engine, t1=[4] * 3, t2=[3] * 2)
    assert shown(engine) == {"service": False, "t1": False, "t2": False}
    answers(engine, DURING.replace(day=9), t2=[3])
    assert shown(engine) == {"service": True, "t1": False, "t2": False}


def test_a_foundation_that_few_of_a_team_rated_is_hidden_by_itself(engine: Engine) -> None:
    people(engine, t1=8, t2=8)
    both = [answer("t1", wellbeing=4, learning_organisation=2)] * 5
    given(engine, *both, *[answer("t1", wellbeing=3)] * 3, *[answer("t2", wellbeing=3)] * 7, at=DURING)
    first, second = report(engine).teams
    assert (set(first.ratings), set(second.ratings)) == ({WELL}, {WELL})
    assert first.answers == 8
    assert set(report(engine).service.ratings) == {WELL}
    assert LIVES not in first.ratings


def test_the_change_is_since_the_half_year_before_where_both_are_shown(engine: Engine) -> None:
    people(engine, t1=8, t2=8)
    answers(engine, BEFORE, t1=[2] * 6, t2=[2] * 7)
    answers(engine, t1=[3, 3, 3, 4, 4, 4], t2=[5] * 7)
    told = report(engine)
    assert [one.change for one in told.teams] == [{WELL: 1.5}, {WELL: 3.0}]
    assert told.service.change[WELL] == pytest.approx(fmean([3, 3, 3, 4, 4, 4] + [5] * 7) - 2)


def test_more_answers_than_people_are_more_than_one_round_and_no_share(engine: Engine) -> None:
    people(engine, t1=6)
    answers(engine, t1=[3] * 8)
    (team,) = report(engine).teams
    assert (team.answers, team.response) == (8, None)


def test_the_half_year_under_way_is_not_told_of(engine: Engine) -> None:
    people(engine, t1=8)
    answers(engine, datetime(2026, 7, 6, 9, tzinfo=UTC), t1=[3] * 8)
    told = report(engine)
    assert (told.teams, told.service.answers, told.service.ratings) == ((), None, {})


def test_a_lower_minimum_of_answers_does_not_uncover_a_small_team(engine: Engine) -> None:
    people(engine, t1=5, t2=8, t3=8)
    answers(engine, t1=[3] * 5, t2=[4] * 8, t3=[2] * 8)
    told = report(engine, survey_minimum=1)
    assert {one.team_id: WELL in one.ratings for one in told.teams} == {"t1": False, "t2": False, "t3": True}


def test_where_a_service_hides_nobody_one_answer_still_has_no_spread_and_is_not_shown(engine: Engine) -> None:
    people(engine, t1=8)
    answers(engine, t1=[3])
    assert report(engine, survey_minimum=1, smallest_group=1).teams[0].ratings == {}
