"""Pages about a policy set: its numbers with their sources, what differs from another, and who adopted what."""

from collections.abc import Iterable
from itertools import groupby
from textwrap import fill

from rich.console import Console

from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.policy_words import counted, kind_in_words, said, unit_after
from allocation_engine.interfaces.words import day, figure
from allocation_engine.planning.policy_differences import Difference, of_values, rules_of
from allocation_engine.planning.policy_in_force import Adoption, PolicyInForce
from domain.load import Coefficient
from domain.policy.policy_set import PolicySet

WIDTH = 80
INDENT = " " * 4


def named(now: PolicyInForce) -> str:
    """Name the set in force, and say whether anybody adopted it."""
    how = "" if now.adopted else " (the shipped example; nobody has adopted a policy set for that day)"
    return f"{now.policy.policy_set_id}{how}"


def policy_page(console: Console, policy: PolicySet, standing: str) -> None:
    """Print every number with unit, kind and source; numbers of one source stand together above it."""
    console.print(policy.policy_set_id, style="bold")
    console.print(fill(policy.title, WIDTH), markup=False)
    console.print(fill(standing, WIDTH), markup=False)
    console.print(fill(f"{counted(policy)} A number with no unit is a ratio.", WIDTH) + "\n")
    numbers = list(policy.coefficients())
    width = max(len(place) for place, _ in numbers)
    for source, group in groupby(numbers, key=lambda one: one[1].source):
        for place, number in group:
            console.print(_line(place, number, width), markup=False)
        console.print(paragraph(source), markup=False)
    console.print("\nRules that are no number")
    for place, value in rules_of(policy):
        console.print(f"{place}\n{paragraph(said(value))}", markup=False)


def _line(place: str, number: Coefficient, width: int) -> str:
    return f"{place:<{width}} {number.value:>9g}{unit_after(number.unit):<7} {kind_in_words(number.kind)}"


def paragraph(text: str) -> str:
    """Set a text below what it is about."""
    return fill(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)


def differences_page(console: Console, found: tuple[Difference, ...], old: str, new: str) -> None:
    """Print which values and rules differ, and say how often kind or source read otherwise."""
    values = of_values(found)
    rows = [(_where(one), said(one.old), said(one.new), one.unit) for one in values]
    if rows:
        console.print(table("Values that differ", ("Place", old, new, "Unit"), rows, numbers=(1, 2)))
    else:
        console.print("No value differs.")
    for aspect in ("kind", "source"):
        places = [one.place for one in found if one.aspect == aspect]
        if places:
            console.print(
                f"\nThe {aspect} reads otherwise at {len(places)} {'place' if len(places) == 1 else 'places'}:"
            )
            console.print(paragraph(", ".join(places)), markup=False)


def _where(one: Difference) -> str:
    return f"{one.place} (unit)" if one.aspect == "unit" else one.place


def history_page(console: Console, rows: Iterable[tuple[Adoption, str, int | None]]) -> None:
    """Print every adoption, oldest first: when, by whom, from when, what became of it, how many values it changed."""
    lines = [
        (
            day(one.adopted_at),
            one.event.adopted_by,
            one.event.policy_set_id,
            day(one.event.effective_from),
            how,
            figure(changed),
        )
        for one, how, changed in rows
    ]
    if not lines:
        console.print("Nobody has adopted a policy set: the shipped example holds. See `policy adopt`.")
        return
    columns = ("Adopted", "By", "Policy set", "Effective from", "Standing", "Values changed")
    console.print(table("Policy sets adopted", columns, lines, numbers=(5,)))
