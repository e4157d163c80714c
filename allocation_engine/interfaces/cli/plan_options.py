"""What a plan is asked for, beyond the rules in force, and how long to look for it: options of every command that solves."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from math import isfinite
from typing import Annotated

import typer

from allocation_engine.errors import SettingsError
from allocation_engine.optimiser import Limits
from allocation_engine.optimiser.solve import DEFAULT_EFFORT
from allocation_engine.planning import Question, Search
from domain.events.worker import MAX_FTE
from domain.identifiers import TeamId

LARGEST_LIMIT = 10.0
"""A limit on load above ten times capacity [1] limits nothing: somebody has written per cent."""

MOST_DEVIATIONS = 10.0
"""Standard deviations above the mean of which, whatever is ahead, a hundredth at most lies further (Cantelli)."""


def finite(value: float | None) -> float | None:
    """Refuse what reads as a number and is none that can be planned with."""
    if value is not None and not isfinite(value):
        raise typer.BadParameter(f"{value} is not a number to plan with")
    return value


EffortOption = Annotated[
    float | None,
    typer.Option(
        "--effort",
        metavar="NUMBER",
        help=f"How much to search, in the solver's own seconds: the same on every machine. Default: {DEFAULT_EFFORT:g}.",
        min=0.1,
        callback=finite,
        show_default=False,
    ),
]
SecondsOption = Annotated[
    float | None,
    typer.Option(
        "--seconds",
        metavar="NUMBER",
        help="Stop the search after so many seconds by the clock, with the best plan so far.",
        min=0.1,
        callback=finite,
        show_default=False,
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Do not show how far the search has come.")]


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """What a plan is asked for, beyond the rules in force."""

    team: Annotated[
        str | None,
        typer.Option("--team", metavar="ID", help="Plan with workers of this team only.", show_default=False),
    ] = None
    assume_fte: Annotated[
        float | None,
        typer.Option(
            "--assume-fte",
            metavar="SHARE",
            help="Plan with this share of full time for workers whose hours are not recorded; without it they are given "
            "nothing. A proposal names it as an assumption.",
            min=0.05,
            max=MAX_FTE,
            show_default=False,
        ),
    ] = None
    load_limit: Annotated[
        float | None,
        typer.Option(
            "--load-limit",
            metavar="RATIO",
            help="Bring nobody past this load ahead over capacity: 0.9 is 90 %.",
            min=0.01,
            max=LARGEST_LIMIT,
            show_default=False,
        ),
    ] = None
    deviations: Annotated[
        float | None,
        typer.Option(
            "--deviations",
            metavar="Z",
            help="Hold against --load-limit so many standard deviations of the load ahead above its mean, not the mean "
            "alone.",
            min=0.0,
            max=MOST_DEVIATIONS,
            show_default=False,
        ),
    ] = None
    one_area: Annotated[
        bool, typer.Option("--one-area", help="Let all cases of whoever receives one lie in one area.")
    ] = False

    def question(self) -> Question:
        """Give what is asked; deviations without a limit against which to hold them are refused."""
        if self.deviations is not None and self.load_limit is None:
            raise SettingsError("--deviations", "give a --load-limit with it, such as --load-limit 0.9")
        return Question(
            team_id=None if self.team is None else TeamId(self.team),
            assumed_fte=self.assume_fte,
            load_limit=self.load_limit,
            deviations_above=self.deviations or 0.0,
            one_area=self.one_area,
        )


@dataclass(frozen=True, kw_only=True)
class SearchOptions:
    """How long to look for a plan, and whether to show how far the search has come."""

    effort: EffortOption = None
    seconds: SecondsOption = None
    quiet: QuietOption = False

    def search(self) -> Search:
        """Give the search that is asked for."""
        effort = DEFAULT_EFFORT if self.effort is None else self.effort
        return Search(effort=effort, limits=Limits(seconds=self.seconds))


def given(options: PlanOptions | SearchOptions) -> Iterator[str]:
    """Name the options that are not at their default, but for --quiet, which asks nothing of a plan."""
    for field in fields(options):
        if field.name != "quiet" and getattr(options, field.name) != field.default:
            yield f"--{field.name.replace('_', '-')}"
