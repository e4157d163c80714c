"""What stands behind the overview: the five foundations, equity of heavy cases, and the evaluation of what was done."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.report_words import (
    BY_CONSTRUCTION,
    EFFECT_TITLES,
    EFFECTS_ARE_NOT,
    EQUITY_IS,
    EQUITY_IS_NOT,
    FOUNDATIONS_ARE,
    FOUNDATIONS_ARE_NOT,
    PER_WEEKS,
    TOO_FEW,
    activity_told,
    how_compared,
    period_name,
    slug_in_words,
)
from allocation_engine.interfaces.web.pages.overview import NOT_SHOWN, sub_pages
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.report_filter import read_filter
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.equity import A_FIFTH, Breakdown, report_equity
from allocation_engine.reporting.evaluation import Effect, EvaluationReport, Outcome, report_evaluation
from allocation_engine.reporting.foundations import Rated, report_foundations
from allocation_engine.reporting.intervals import Ratio
from allocation_engine.reporting.posts import read_posts
from domain.vocabulary import Foundation

router = APIRouter()

Team = Annotated[str, Query(max_length=60)]
Weeks = Annotated[str, Query(max_length=4)]
PERCENT = 100.0


@router.get("/overview/foundations")
def foundations(visit: Annotated[Visit, Depends(visitor("overview"))], team: Team = "") -> Response:
    """Show how the organisation is rated: the service and each team in one table, and one of them in full."""
    asked = read_filter(visit, read_posts(visit.engine.store, visit.as_at, visit.known_at), team, "")
    report = report_foundations(visit.engine.store, visit.policy, visit.as_at, visit.known_at)
    one = report.service
    if asked.team is not None:
        nothing = Rated(None, 0, None, {}, {})
        one = next((each for each in report.teams if each.team_id == asked.team), nothing)
    practice = visit.policy.practice
    return page(
        visit,
        "foundations.html",
        f"Five foundations, {period_name(report)}",
        [
            _rated(one, asked.whose),
            _all_rated(visit, (report.service, *report.teams) if report.teams else (), asked.teams),
        ],
        asked=asked,
        pages=sub_pages(visit),
        one=one,
        people_least=practice.smallest_group.value,
        answers_least=practice.survey_minimum.value,
        before=visit.to("/overview/foundations", team=asked.team, as_at=f"{report.period.since:%Y-%m-%d}"),
        what=FOUNDATIONS_ARE,
        not_this=FOUNDATIONS_ARE_NOT,
    )


def _rated(one: Rated, whose: str) -> Table:
    columns = ("Mean, 1 to 5", "Spread", "Scores", "Change since the half-year before")
    table = TableOf(
        "rated",
        f"How {whose} rates the organisation",
        ("Foundation", *(Column(name, figures=True, places=1) for name in columns)),
        dense=True,
    )
    for foundation in Foundation:
        rating, change = one.ratings.get(foundation), one.change.get(foundation)
        if rating is None:
            table.row(words(foundation.value), *(Cell(text=NOT_SHOWN) for _ in columns))
        else:
            moved = Cell(change, text="not known" if change is None else f"{change:+z.1f}")
            table.row(words(foundation.value), rating.mean, rating.spread, rating.answers, moved)
    return table.done


def _all_rated(visit: Visit, listed: Iterable[Rated], teams: Sequence[str]) -> Table:
    table = TableOf(
        "all-rated",
        "Means by team, by id",
        (
            "Team",
            Column("People", figures=True),
            Column("Answers", figures=True),
            Column("Response", figures=True),
            *(Column(words(one.value).capitalize(), figures=True, places=1) for one in Foundation),
        ),
        empty="No answer is on record for this half-year. Answers come without names, from your own system.",
        dense=True,
    )
    for one in listed:
        link = visit.to("/overview/foundations", team=one.team_id) if one.team_id in teams else None
        response = Cell(one.response, text="not known" if one.response is None else f"{one.response:.0%}")
        hidden = Cell(text=NOT_SHOWN)
        table.row(
            Cell(one.team_id, text=one.team_id or "the whole service", link=link),
            one.people,
            hidden if one.answers is None else one.answers,
            hidden if one.answers is None else response,
            *(
                Cell(text=NOT_SHOWN) if foundation not in one.ratings else one.ratings[foundation].mean
                for foundation in Foundation
            ),
        )
    return table.done


@router.get("/overview/equity")
def equity(visit: Annotated[Visit, Depends(visitor("overview"))], weeks: Weeks = "") -> Response:
    """Show who received the heavy cases, group by group, for the hours they work; and who holds them now."""
    practice = visit.policy.practice
    posts = read_posts(visit.engine.store, visit.as_at, visit.known_at)
    asked = read_filter(visit, posts, "", weeks, practice.learning_period)
    report = report_equity(visit.engine.store, visit.policy, asked.since or visit.as_at, visit.as_at, visit.known_at)
    return page(
        visit,
        "equity.html",
        "Equity of heavy cases",
        [_equity_table(one, practice.smallest_group.value) for one in report.breakdowns],
        asked=asked,
        pages=sub_pages(visit),
        report=report,
        keys=[one.dimension.value for one in report.breakdowns],
        a_fifth=A_FIFTH,
        smallest=practice.smallest_group.value,
        what=EQUITY_IS,
        not_this=EQUITY_IS_NOT,
    )


def _equity_table(one: Breakdown, smallest: float) -> Table:
    hidden = ", ".join(words(name) for name in one.hidden)
    told = f"Not shown: {hidden}. Fewer than {smallest:g} people, or such a group would follow from it."
    table = TableOf(
        one.dimension.value,
        f"By {words(one.dimension.value)}",
        (
            "Group",
            Column("People", figures=True),
            Column("Heavy cases", figures=True),
            Column(f"In {PER_WEEKS} weeks of full time", figures=True, places=2),
            *(
                Column(f"{of}: {name}", figures=True, places=2)
                for of in ("Heavy", "Points")
                for name in ("ratio", "95 % from", "to")
            ),
        ),
        empty=told if one.hidden else "Nobody whose role holds cases was in post in this time.",
        note=told if one.hidden else "",
        dense=True,
    )
    for group in one.shown:
        rate = PER_WEEKS * group.heavy / group.fte_weeks if group.fte_weeks else None
        ratios = (*_ratio(group.heavy_ratio), *_ratio(group.points_ratio))
        table.row(Cell(text=words(group.name)), group.people, group.heavy, rate, *ratios)
    return table.done


def _ratio(one: Ratio | None) -> tuple[Cell, Cell, Cell]:
    """Give a ratio and its interval, also in a file never the one without the other."""
    if one is None:
        return Cell(text="nobody else"), Cell(text="none"), Cell(text="none")
    high = Cell(one.high, text="no limit" if one.high is None else None)
    return Cell(one.ratio), Cell(one.low), high


@router.get("/overview/evaluation")
def evaluation(visit: Annotated[Visit, Depends(visitor("overview"))], weeks: Weeks = "") -> Response:
    """Show what changed around supervision and learning, each worker beside themselves, never a bare number."""
    practice = visit.policy.practice
    posts = read_posts(visit.engine.store, visit.as_at, visit.known_at)
    asked = read_filter(visit, posts, "", weeks, practice.learning_period)
    report = report_evaluation(
        visit.engine.store, visit.policy, asked.since or visit.as_at, visit.as_at, visit.known_at
    )
    outcomes = [
        _effects(outcome.value.replace("_", "-"), EFFECT_TITLES[outcome], own)
        for outcome in Outcome
        if (own := [one for one in report.effects if one.outcome is outcome])
    ]
    over_time = f"Reflective quality over time: since {day(report.middle)} less before"
    return page(
        visit,
        "evaluation.html",
        "Evaluation of supervision and learning",
        [*outcomes, _effects("quality-over-time", over_time, report.quality_over_time), _ratings(report)],
        asked=asked,
        pages=sub_pages(visit),
        keys=[one.key for one in outcomes],
        report=report,
        any_session=any(one.activity is not None for one in report.effects),
        what=how_compared(practice),
        not_this=EFFECTS_ARE_NOT,
    )


def _effects(key: str, caption: str, effects: Iterable[Effect]) -> Table:
    listed = list(effects)
    table = TableOf(
        key,
        caption,
        (
            "Activity",
            Column("Change", figures=True, places=2),
            Column("95 % from", figures=True, places=2),
            Column("to", figures=True, places=2),
            Column("Workers", figures=True),
            Column("Sessions", figures=True),
        ),
        empty="No session that was rated is on record in this time.",
        note=f"* {BY_CONSTRUCTION}." if any(one.by_construction for one in listed) else "",
        dense=True,
    )
    for one in listed:
        scale = PERCENT if one.outcome is Outcome.LOAD_SHARE else 1.0
        name = activity_told(one) + ("*" if one.by_construction else "")
        if one.change is None or one.interval is None:
            told = (Cell(text=TOO_FEW), Cell(text="none"), Cell(text="none"))
        else:
            change, low, high = (value * scale for value in (one.change, one.interval.low, one.interval.high))
            told = (_signed(change), _signed(low), _signed(high))
        table.row(Cell(text=name), *told, one.workers, one.sessions)
    return table.done


def _signed(value: float) -> Cell:
    return Cell(value, text=f"{value:+z.2f}")


def _ratings(report: EvaluationReport) -> Table:
    table = TableOf(
        "ratings",
        "Ratings by activity, 1 to 5",
        ("Activity", Column("Mean", figures=True, places=1), Column("Ratings", figures=True)),
        empty="No activity was rated in this time, or no rating is on record.",
        dense=True,
    )
    for one in report.rated:
        hidden = one.mean is None
        table.row(
            slug_in_words(one.activity),
            Cell(one.mean, text=NOT_SHOWN if hidden else None),
            Cell(one.ratings, text=NOT_SHOWN if hidden else None),
        )
    return table.done
