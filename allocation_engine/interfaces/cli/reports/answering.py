"""What reports share: the moment they are asked about, the engine and the policy of that moment, and how they speak."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from textwrap import fill
from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import existing_engine
from allocation_engine.interfaces.moments import asked_about, beginning, moment
from allocation_engine.reporting.posts import Posts, in_post
from domain.identifiers import WorkerId
from domain.load.parameters import Coefficient

WIDTH = 80

TeamOption = Annotated[str | None, typer.Option("--team", metavar="ID", help="Only this team.", show_default=False)]
WorkerOption = Annotated[
    str | None, typer.Option("--worker", metavar="ID", help="One worker's own record.", show_default=False)
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DAY",
        help="The day or moment from which to count. Default: as far back as the policy set says.",
        show_default=False,
    ),
]


def beginning_of(question: Asked, text: str | None, period: Coefficient) -> datetime:
    """Read the beginning of a period, by default so many days back [day]."""
    start = question.as_at - timedelta(days=period.value) if text is None else beginning(text, "--since")
    if start >= question.as_at:
        raise SettingsError("--since", f"{start:%Y-%m-%d} is not before the day asked about; give an earlier one")
    return start


@contextmanager
def asked(store: str | None, as_at: str | None, known_at: str | None) -> Iterator[Asked]:
    """Open the engine and read the moment that a report is asked about."""
    with existing_engine(store) as engine:
        at = asked_about(moment(as_at), engine.clock())
        known = moment(known_at, option="--known-at")
        yield Asked(engine, at, known, engine.policy(at, known).policy)


def require_team(team: str | None, posts: Posts) -> None:
    """Refuse a team that nobody was in on the day asked about: an empty report would say that all is well."""
    if team is not None and not in_post(posts, team):
        raise SettingsError("--team", f"nobody is in a team {team} on that day")


def require_worker(worker: str, posts: Posts) -> WorkerId:
    """Give the id of a worker whom the record knows by that day, or say that there is none."""
    if worker not in posts:
        raise SettingsError("--worker", f"nobody with the id {worker} is on record by that day; `load` lists who is")
    return WorkerId(worker)


def say(console: Console, text: str) -> None:
    """Print a paragraph."""
    paragraph = fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    console.print(paragraph, markup=False)


def heading(console: Console, text: str) -> None:
    """Print the heading of a page."""
    console.print(fill(text, WIDTH), style="bold", markup=False)
