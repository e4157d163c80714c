"""Answers to the foundations survey are kept by team and told of in half-years that are over."""

from datetime import UTC, datetime

import pytest

from domain.events import EventRecord
from domain.events.service import FoundationScore, FoundationsSurveyAnswered
from domain.identifiers import TeamId
from domain.vocabulary import Foundation
from projections import FOUNDATIONS
from projections.foundations import HalfYear, survey_answers
from tests.projections.drawn_histories import record, rows_of
from tests.projections.test_drawn_histories import retraction


def answer(number: int, at: datetime, team: str = "t-1", **scores: int) -> EventRecord:
    given = tuple(FoundationScore(foundation=Foundation(name), score=score) for name, score in scores.items())
    return record(number, FoundationsSurveyAnswered(team_id=TeamId(team), scores=given), at)


@pytest.mark.parametrize(
    ("as_at", "period"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), HalfYear(2025, 2)),
        (datetime(2026, 6, 30, 23, 59, tzinfo=UTC), HalfYear(2025, 2)),
        (datetime(2026, 7, 1, tzinfo=UTC), HalfYear(2026, 1)),
        (datetime(2026, 12, 31, tzinfo=UTC), HalfYear(2026, 1)),
    ],
)
def test_the_half_year_that_is_told_of_is_the_last_that_is_over(as_at: datetime, period: HalfYear) -> None:
    assert HalfYear.last_over(as_at) == period
    assert period.until <= as_at < period.next.until


@pytest.mark.parametrize("period", [HalfYear(2025, 1), HalfYear(2025, 2)])
def test_half_years_follow_one_another_without_a_gap(period: HalfYear) -> None:
    assert period.until == period.next.since
    assert period.next.previous == period
    assert period.previous.next == period


def test_answers_are_those_of_the_half_year_by_team_its_first_moment_included_and_its_end_not() -> None:
    period = HalfYear(2026, 1)
    rows = rows_of(
        FOUNDATIONS,
        [
            answer(1, period.since, wellbeing=1),
            answer(2, period.until, wellbeing=5),
            answer(3, datetime(2026, 3, 2, tzinfo=UTC), team="t-2", wellbeing=2, appreciation=4),
        ],
    )
    found = survey_answers(rows, period)
    assert list(found) == ["t-1", "t-2"]
    assert [dict(one.scores) for one in found[TeamId("t-1")]] == [{Foundation.WELLBEING: 1}]
    assert [dict(one.scores) for one in found[TeamId("t-2")]] == [{Foundation.WELLBEING: 2, Foundation.APPRECIATION: 4}]
    assert list(survey_answers(rows, period.next)) == ["t-1"]
    assert survey_answers(rows, period.previous) == {}


def test_a_retracted_answer_counts_no_more_but_was_known_then() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    given = answer(1, at, wellbeing=3)
    rows = rows_of(FOUNDATIONS, [given, retraction(2, given)])
    assert survey_answers(rows, HalfYear(2026, 1)) == {}
    assert list(survey_answers(rows, HalfYear(2026, 1), known_at=at)) == ["t-1"]
