"""Learning and peer support: which groups had access, which needs of open cases lack a skill, and one worker's own part."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import RedirectResponse, Response

from allocation_engine.interfaces.report_words import ACCESS_IS_NOT
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.report_filter import ReportFilter, read_filter
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.learning import Access, LearningReport, NeedCovered, own_learning, report_learning
from allocation_engine.reporting.posts import Breakdown, in_post, read_posts
from projections.learning import Activity

router = APIRouter()

HEADINGS = {
    Activity.LEARNING: "Learning attended",
    Activity.PEER_SUPPORT: "Peer support",
    Activity.GROUP_SUPERVISION: "Group supervision",
    Activity.SERVICE_DEVELOPMENT: "Service development",
}
SHARES = tuple(Column(name, figures=True) for name in HEADINGS.values())

Weeks = Annotated[str, Query(max_length=4)]


@router.get("/learning")
def learning(
    visit: Annotated[Visit, Depends(visitor("learning"))],
    team: Annotated[str, Query(max_length=60)] = "",
    weeks: Weeks = "",
    worker: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """Show access by group and needs beside skills; where a worker is chosen, lead to their own part."""
    if worker:
        return RedirectResponse(visit.to(f"/learning/{visit.worker(worker)}", weeks=weeks), 303)
    posts = read_posts(visit.engine.store, visit.as_at, visit.known_at)
    practice = visit.policy.practice
    asked = read_filter(visit, posts, team, weeks, practice.learning_period)
    since = asked.since or visit.as_at
    report = report_learning(visit.engine.store, visit.policy, since, visit.as_at, visit.known_at, asked.team)
    whole = next((one for one in report.access if one.group is None or asked.team is not None), None)
    return page(
        visit,
        "learning.html",
        "Learning and peer support" if asked.team is None else f"Learning and peer support in team {asked.team}",
        [
            _access(visit, asked, report.access),
            _needs(visit, asked, report, "thin", "Needs for which nobody or one worker has the skill", thin=True),
            _needs(visit, asked, report, "needs", "All needs of open cases", thin=False),
            _gained(report),
        ],
        asked=asked,
        since=since,
        whole=None if whole is None or whole.shares is None else [(HEADINGS[a], whole.shares[a]) for a in Activity],
        nobody=sum(not one.workers for one in report.needs),
        one_only=sum(len(one.workers) == 1 for one in report.needs),
        smallest=practice.smallest_group.value,
        workers=[who for who, post in in_post(posts, asked.team).items() if visit.sees(who, post.team_id)],
        not_this=ACCESS_IS_NOT,
    )


def _access(visit: Visit, asked: ReportFilter, access: Iterable[Access]) -> Table:
    table = TableOf(
        "access",
        "Share of people who took part at least once",
        ("Group", Column("People", figures=True), *SHARES),
        empty="Nobody is in post here.",
        dense=True,
    )
    for one in access:
        cells = (
            [Cell(text="not shown")] * len(Activity)
            if one.shares is None
            else [Cell(one.shares[activity], text=f"{one.shares[activity]:.0%}") for activity in Activity]
        )
        table.row(_group(visit, asked, one), one.people, *cells)
    return table.done


def _group(visit: Visit, asked: ReportFilter, one: Access) -> Cell:
    if one.group is None:
        return Cell(text="everybody")
    is_team = one.group.by is Breakdown.TEAM and one.group.name in asked.teams
    link = visit.to("/learning", team=one.group.name, weeks=asked.weeks) if is_team else None
    return Cell(text=f"{one.group.by.value}: {words(one.group.name)}", link=link)


def _needs(visit: Visit, asked: ReportFilter, report: LearningReport, key: str, caption: str, *, thin: bool) -> Table:
    table = TableOf(
        key,
        caption,
        ("Where", "Need", Column("Open cases", figures=True), "Who has the skill"),
        empty=(
            "For every need of an open case two workers or more have the skill, or no need is recorded."
            if thin
            else "No need of an open case is recorded. Needs come with the referral, from your own system."
        ),
        dense=True,
    )
    for one in report.thinly_covered if thin else report.needs:
        link = visit.to("/learning", team=one.team, weeks=asked.weeks) if one.team in asked.teams else None
        where = Cell(one.team, text=one.team or "the whole service", link=link)
        table.row(where, one.need.replace("-", " "), one.cases, Cell(text=_able(visit, report, one)))
    return table.done


def _able(visit: Visit, report: LearningReport, one: NeedCovered) -> str:
    """Say who has the skill: by id to whoever may see all of them, as a number to others."""
    if not one.workers:
        return "nobody"
    if all(visit.sees(who, report.posts[who].team_id) for who in one.workers):
        return ", ".join(f"{who} (away)" if who in one.away else who for who in one.workers)
    away = f", {len(one.away)} away" if one.away else ""
    return f"{len(one.workers)} {'worker' if len(one.workers) == 1 else 'workers'}{away}"


def _gained(report: LearningReport) -> Table:
    table = TableOf(
        "gained",
        f"Skills gained since {day(report.since)}",
        ("Skill", Column("Gained by", figures=True), Column("Open cases that need it", figures=True)),
        empty="No skill was gained in this time, or none is on record.",
        dense=True,
    )
    for one in report.skills_gained:
        table.row(one.skill.replace("-", " "), one.workers, one.cases)
    return table.done


@router.get("/learning/{worker_id}")
def own(visit: Annotated[Visit, Depends(visitor("learning"))], worker_id: str, weeks: Weeks = "") -> Response:
    """Show what one worker took part in, to whoever may see their account. Each reading is logged."""
    who = visit.worker(worker_id)
    visit.log_reading([who])
    period = visit.policy.practice.learning_period
    asked = read_filter(visit, visit.situation.workers, visit.situation.workers[who].team_id, weeks, period)
    since = asked.since or visit.as_at
    found = own_learning(visit.engine.store, who, since, visit.as_at, visit.known_at)
    table = TableOf(
        "part",
        f"What they took part in since {day(since)}",
        ("Day", "What", "Topic", Column("Hours", figures=True, places=1)),
        empty="Nothing is on record in this time. It comes from your own system: learning attended, peer support, and so on.",
    )
    for one in found.taken_part:
        topic = "none" if one.topic is None else one.topic.replace("-", " ")
        table.row(one.at, words(one.activity), Cell(text=topic), Cell(one.hours))
    skills = TableOf("skills", "Skills gained", ("Skill", "Day"), empty="No skill was gained in this time.")
    for gained in found.skills:
        skills.row(gained.skill.replace("-", " "), gained.at)
    return page(
        visit,
        "learning_own.html",
        f"Learning and support of {who}",
        [table.done, skills.done],
        who=who,
        asked=asked,
        not_this=ACCESS_IS_NOT,
    )
