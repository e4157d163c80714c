"""The report `overview`: its page and its JSON document."""

from collections.abc import Callable, Sequence

from rich.console import Console

from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import TeamOption, asked, heading, require_team, say
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.overview_measures import MEASURES
from allocation_engine.interfaces.report_documents import NO_RANKING, overview_document
from allocation_engine.interfaces.words import day
from allocation_engine.reporting.overview import Figures, Snapshot, TeamFigures, report_overview
from allocation_engine.reporting.posts import read_posts
from domain.alerts import RULES
from domain.load.explain import WHAT_IT_IS


def overview(
    team: TeamOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the service at a glance, beside 4 and 12 weeks ago: people, load, cases, waiting, supervision, alerts.

    Counts, not names. Teams that are too small are not shown, nor what they could be worked out from.
    """
    terminal = Terminal(as_json)
    with asked(store, as_at, known_at) as question:
        if team is not None:
            require_team(team, read_posts(question.store, question.as_at, question.known_at))
        snapshots = report_overview(question.store, question.policy, question.as_at, question.known_at)
    terminal.answer(
        overview_document(question, snapshots, team), lambda console: _page(console, question, snapshots, team)
    )


def _page(console: Console, question: Asked, snapshots: Sequence[Snapshot], team: str | None) -> None:
    heading(console, f"The service at a glance on {question.when}")
    say(console, "People, load, cases and supervision, and what is overdue, beside earlier days by the policy of now.")
    if team is None:
        console.print()
        _over_time(console, "The service", snapshots, _of_service)
        _over_time(console, "Waiting for a worker", snapshots, _of_waiting)
        _over_time(console, "Alerts that nobody has answered", snapshots, _of_alerts)
        _teams(console, question, snapshots[0].teams)
    else:
        console.print()
        _over_time(console, f"Team {team}", snapshots, lambda one: _rows(_figures_of(one, team)))
    say(console, f"{WHAT_IT_IS} {NO_RANKING}")


def _over_time(
    console: Console,
    title: str,
    snapshots: Sequence[Snapshot],
    told: Callable[[Snapshot], Sequence[tuple[str, str]]],
) -> None:
    columns = [dict(told(one)) for one in snapshots]
    rows = [(name, *(column.get(name, "not shown") for column in columns)) for name in columns[0]]
    if not rows:
        say(console, f"{title}: not shown, for too few people.")
    else:
        names = ("", *(day(one.as_at) for one in snapshots))
        console.print(table(title, names, rows, numbers=range(1, len(names))))
    console.print()


def _of_service(one: Snapshot) -> Sequence[tuple[str, str]]:
    return _rows(one.service)


def _of_waiting(one: Snapshot) -> Sequence[tuple[str, str]]:
    waiting = one.waiting
    longest = "-" if waiting.longest_days is None else f"{waiting.longest_days:.0f}"
    return [
        ("Cases waiting", str(waiting.cases)),
        ("Of these urgent", str(waiting.urgent)),
        ("Longest wait, days", longest),
    ]


def _of_alerts(one: Snapshot) -> Sequence[tuple[str, str]]:
    counts = [(rule.title.capitalize(), str(one.open_alerts[rule.code])) for rule in RULES]
    return [*counts, ("Together", str(one.alerts))]


def _rows(figures: Figures | None) -> Sequence[tuple[str, str]]:
    if figures is None:
        return []
    return [(one.name, one.told(figures)) for one in MEASURES]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _figures_of(snapshot: Snapshot, team: str) -> Figures | None:
    return next((one.figures for one in snapshot.teams if one.name == team), None)


def _teams(console: Console, question: Asked, teams: Sequence[TeamFigures]) -> None:
    rows = [
        (
            one.name,
            str(figures.people),
            f"{figures.fte:.1f}",
            str(figures.away),
            str(figures.over_capacity),
            _percent(figures.mean_share),
            _percent(figures.high_risk_share),
            _percent(figures.held_share),
            str(figures.follow_ups_overdue),
            _percent(figures.learned_share),
        )
        for one in teams
        if (figures := one.figures) is not None
    ]
    if rows:
        columns = ("Team", "People", "FTE", "Away", "Over", "Load", "High", "Superv.", "Follow", "Learn")
        console.print(table("Teams now", columns, rows, numbers=range(1, 10)))
        say(
            console,
            "Over: people over capacity. Load: mean share of capacity. High: high risk, of cases of known risk. Superv.: "
            "held of agreed. Follow: follow-ups overdue. Learn: took part in learning.",
        )
    hidden = [one.name for one in teams if one.figures is None]
    if hidden:
        smallest = question.policy.practice.smallest_group.value
        say(
            console,
            f"Not shown: {', '.join(hidden)}. Fewer than {smallest:g} people, or such a team would follow from it.",
        )
    console.print()
