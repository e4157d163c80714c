"""Commands about what a policy set does: compare, sensitivity. Neither stores anything."""

from math import nan
from typing import Annotated

import typer

from allocation_engine.bootstrap import read_policy
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces import policy_documents
from allocation_engine.interfaces.cli import policy_effect_pages
from allocation_engine.interfaces.cli.options import (
    AsAtOption,
    JsonOption,
    KnownAtOption,
    PolicyFileArgument,
    PolicyFileOption,
    StoreOption,
    existing_engine,
)
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.moments import asked_about, beginning, moment
from allocation_engine.planning.policy_replay import PolicyComparison, compare_policies
from allocation_engine.planning.policy_sensitivity import PolicySensitivity, policy_sensitivity
from domain.load import CoefficientKind

TeamOption = Annotated[str | None, typer.Option("--team", metavar="ID", help="Only this team.", show_default=False)]


def compare(
    file: PolicyFileArgument,
    start: Annotated[str, typer.Option("--from", metavar="DAY", help="First day of the period.", show_default=False)],
    end: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day of the period.", show_default=False)],
    team: TeamOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a past period under the policy set in a file (B), beside the one that was in force then (A).

    For every Monday and the last day: how many workers were over capacity, mean
    load and mean share of capacity, under each. For the last day, every worker
    whose figures differ, in order of id. Nothing is stored.
    """
    terminal = Terminal(as_json)
    other = read_policy(file)
    with existing_engine(store) as engine, terminal.progress() as progress:
        first, last = beginning(start, "--from"), min(moment(end, "--to") or engine.clock(), engine.clock())
        if first > last and first > engine.clock():
            raise SettingsError("--from", f"{start} lies ahead, and a replay looks back")
        task = progress.add_task("Replaying", total=None)
        found = compare_policies(
            engine.store,
            other,
            engine.example_policy,
            first,
            last,
            team=team,
            known_at=moment(known_at, "--known-at"),
            on_worker=lambda done, of: progress.update(task, completed=done, total=of),
        )
    _somebody(found, team)
    terminal.answer(
        policy_documents.comparison_document(found),
        lambda console: policy_effect_pages.comparison_page(console, found),
    )


def _somebody(found: PolicyComparison | PolicySensitivity, team: str | None) -> None:
    """Refuse a team that nobody is in: its page would be empty, and a slip of the pen would not show."""
    if isinstance(found, PolicySensitivity):
        nobody = not found.workers and not found.hours_not_known
    else:
        nobody = not any(week.workers for week in found.weeks)
    if team is not None and nobody:
        raise SettingsError("--team", f"nobody is in a team {team} at that time")


def sensitivity(
    change: Annotated[
        str, typer.Option("--change", metavar="PERCENT", help="By how much of itself each number is varied.")
    ] = "20%",
    every: Annotated[
        bool, typer.Option("--all", help="Vary the published and locally agreed numbers too, not only the assumed.")
    ] = False,
    file: PolicyFileOption = None,
    team: TeamOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Vary each number of the load policy down and up: how far would shares and their order change.

    The table is about the numbers, not about people: it says which of them
    deserve a local agreement first. No worker is named in it, and the order of
    workers is never shown.
    """
    terminal = Terminal(as_json)
    share = _share_of(change)
    if not 0 < share < 1:
        raise SettingsError("--change", f"cannot take {change!r}; write a percentage above 0% and below 100%, as 20%")
    kinds = frozenset(CoefficientKind) if every else frozenset({CoefficientKind.ASSUMPTION})
    with existing_engine(store) as engine, terminal.progress() as progress:
        at = asked_about(moment(as_at), engine.clock())
        known = moment(known_at, "--known-at")
        varied = engine.policy(at, known).policy if file is None else read_policy(file)
        task = progress.add_task("Varying each number", total=None)
        found = policy_sensitivity(
            engine.store,
            varied,
            at,
            change=share,
            kinds=kinds,
            team=team,
            known_at=known,
            on_number=lambda done, of: progress.update(task, completed=done, total=of),
        )
    _somebody(found, team)
    terminal.answer(
        policy_documents.sensitivity_document(found),
        lambda console: policy_effect_pages.sensitivity_page(console, found),
    )


def _share_of(change: str) -> float:
    """Read a percentage; NaN for what is none. The sign is asked for, since 0.2 might mean either."""
    try:
        return float(change.removesuffix("%")) / 100 if change.endswith("%") else nan
    except ValueError:
        return nan
