"""The report `learning`: its page and its JSON document, of one worker and of groups."""

from collections.abc import Iterable

from pydantic import JsonValue
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import (
    SinceOption,
    TeamOption,
    WorkerOption,
    asked,
    beginning_of,
    heading,
    require_team,
    require_worker,
    say,
)
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.report_words import ACCESS_IS_NOT
from allocation_engine.interfaces.words import day, figure, words
from allocation_engine.reporting.learning import (
    Access,
    LearningReport,
    NeedCovered,
    own_learning,
    report_learning,
)
from allocation_engine.reporting.posts import read_posts
from projections.learning import Activity, WorkerLearning

HEADINGS = {
    Activity.LEARNING: "Learning",
    Activity.PEER_SUPPORT: "Peers",
    Activity.GROUP_SUPERVISION: "Group",
    Activity.SERVICE_DEVELOPMENT: "Service",
}


def learning(
    worker: WorkerOption = None,
    team: TeamOption = None,
    since: SinceOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who has access to learning and support, and which needs of open cases lack a skill; --worker: one's own."""
    terminal = Terminal(as_json)
    if worker is not None and team is not None:
        raise SettingsError("--worker", "give either --worker or --team")
    with asked(store, as_at, known_at) as question:
        start = beginning_of(question, since, question.policy.practice.learning_period)
        if worker is not None:
            who = require_worker(worker, read_posts(question.store, question.as_at, question.known_at))
            own = own_learning(question.store, who, start, question.as_at, question.known_at)
            terminal.answer(_own_document(question, own), lambda console: _own_page(console, question, own))
            return
        report = report_learning(question.store, question.policy, start, question.as_at, question.known_at, team)
    require_team(team, report.posts)
    terminal.answer(_document(question, report), lambda console: _page(console, question, report))


def _own_document(question: Asked, own: WorkerLearning) -> JsonValue:
    return {
        **question.document(),
        "worker_id": own.worker_id,
        "note": ACCESS_IS_NOT,
        "taken_part": [
            {"at": one.at.isoformat(), "activity": one.activity.value, "topic": one.topic, "hours": one.hours}
            for one in own.taken_part
        ],
        "skills_gained": [{"at": one.at.isoformat(), "skill": one.skill} for one in own.skills],
    }


def _document(question: Asked, report: LearningReport) -> JsonValue:
    return {
        **question.document(),
        "since": report.since.isoformat(),
        "team": report.team,
        "note": ACCESS_IS_NOT,
        "access": [
            {
                "by": None if one.group is None else one.group.by.value,
                "group": None if one.group is None else one.group.name,
                "people": one.people,
                "shares": None if one.shares is None else {what.value: part for what, part in one.shares.items()},
            }
            for one in report.access
        ],
        "needs": [_need_document(one) for one in report.needs],
        "skills_gained": [
            {"skill": one.skill, "workers": one.workers, "open_cases": one.cases} for one in report.skills_gained
        ],
    }


def _need_document(one: NeedCovered) -> dict[str, JsonValue]:
    return {
        "team_id": one.team,
        "need": one.need,
        "open_cases": one.cases,
        "workers": [*one.workers],
        "away": [*sorted(one.away)],
    }


def _own_page(console: Console, question: Asked, own: WorkerLearning) -> None:
    heading(console, f"Learning and support of {own.worker_id} up to {question.when}")
    rows = [
        (
            day(one.at),
            words(one.activity),
            "" if one.topic is None else one.topic.replace("-", " "),
            "" if one.hours is None else figure(one.hours, 1),
        )
        for one in own.taken_part
    ]
    if rows:
        console.print(table("Taken part", ("Day", "What", "Topic", "Hours"), rows, numbers=(3,)))
    else:
        say(console, "Nothing on record in this period.")
    console.print()
    if own.skills:
        say(console, "Skills gained: " + ", ".join(f"{one.skill} ({day(one.at)})" for one in own.skills) + ".")
        console.print()
    say(console, ACCESS_IS_NOT)


def _page(console: Console, question: Asked, report: LearningReport) -> None:
    whose = "everybody in post" if report.team is None else f"team {report.team}"
    heading(console, f"Learning and support of {whose} since {day(report.since)}, on {question.when}")
    console.print()
    _access_page(console, question, report.access)
    _needs_page(console, report)
    say(console, ACCESS_IS_NOT)


def _access_page(console: Console, question: Asked, access: Iterable[Access]) -> None:
    rows = []
    for one in access:
        name = "everybody" if one.group is None else f"{one.group.by.value}: {words(one.group.name)}"
        shares = ["-"] * len(Activity) if one.shares is None else [f"{one.shares[a]:.0%}" for a in Activity]
        rows.append((name, str(one.people), *shares))
    columns = ("Group", "People", *(HEADINGS[activity] for activity in Activity))
    title = "Share of people who took part at least once"
    console.print(table(title, columns, rows, numbers=range(1, 2 + len(Activity))))
    smallest = question.policy.practice.smallest_group.value
    say(
        console,
        "Learning attended, peer support, group supervision and service development. Not shown (-): groups of fewer than "
        f"{smallest:g}, and those from which such a group could be worked out. Who joined in the period had less time to "
        "take part.",
    )
    console.print()


def _needs_page(console: Console, report: LearningReport) -> None:
    rows = [
        (
            one.team or "service",
            one.need.replace("-", " "),
            str(one.cases),
            ", ".join(f"{who} (away)" if who in one.away else who for who in one.workers) or "nobody",
        )
        for one in report.thinly_covered
    ]
    if rows:
        title = "Needs of open cases for which nobody or one worker has the skill"
        console.print(table(title, ("Where", "Need", "Cases", "Who has the skill"), rows, numbers=(2,)))
    else:
        say(console, "For every need of an open case, two workers or more have the skill.")
    console.print()
    if report.skills_gained:
        gained = [(one.skill.replace("-", " "), str(one.workers), str(one.cases)) for one in report.skills_gained]
        columns = ("Skill", "Gained by", "Open cases that need it")
        console.print(table(f"Skills gained since {day(report.since)}", columns, gained, numbers=(1, 2)))
        console.print()
