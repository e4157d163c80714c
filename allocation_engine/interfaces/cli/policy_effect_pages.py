"""Pages about what a policy set does: a past period under another one, and how much each number matters."""

from collections.abc import Sequence
from textwrap import fill

from rich.console import Console

from allocation_engine.interfaces.cli.policy_pages import WIDTH, differences_page, paragraph
from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.policy_words import kind_in_words, unit_after
from allocation_engine.interfaces.words import dated, day, figure
from allocation_engine.planning.load_book import Standing
from allocation_engine.planning.policy_replay import PolicyComparison, Stretch, Totals, Week
from allocation_engine.planning.policy_sensitivity import Effect, PolicySensitivity
from allocation_engine.planning.policy_variation import LOAD
from domain.identifiers import WorkerId
from domain.load import CoefficientKind
from domain.load.explain import WHAT_IT_IS

SUPPRESSED = "few"
LEAST_SHOWN = 0.005
"""Percentage points: what is less would be printed as nought."""


def comparison_page(console: Console, found: PolicyComparison) -> None:
    """Print a period week by week, each worker at its end by id, and which numbers differ."""
    group = "" if found.team is None else f", team {found.team}"
    console.print(
        f"[bold]{day(found.weeks[0].at)} to {dated(found.end.at, found.known_at)}, under two policies[/bold]{group}\n",
        highlight=False,
    )
    console.print(fill(f"A: in force then: {'; then '.join(map(_stretch, found.stretches))}.", WIDTH), markup=False)
    console.print(fill(f"B: {found.policy_set_id}, {found.title}. Nothing is stored.", WIDTH) + "\n", markup=False)
    console.print(_weeks(found))
    for sentence in _below_weeks(found):
        console.print(fill(sentence, WIDTH))
    console.print()
    _workers(console, found.end)
    for stretch in found.stretches:
        console.print(f"\nFrom {day(stretch.since)}, {stretch.policy_set_id} (A) and {found.policy_set_id} (B):")
        differences_page(console, stretch.differences, "A", "B")
    console.print("\n" + fill(f"{WHAT_IT_IS} Numbers outside load bear on proposals and reports only.", WIDTH))


def _stretch(one: Stretch) -> str:
    how = "" if one.adopted else " (the shipped example, adopted by nobody)"
    return f"{one.policy_set_id}{how} from {day(one.since)}"


def _weeks(found: PolicyComparison) -> object:
    rows = [(day(week.at), str(week.a.workers), *_pairs(week.a, week.b)) for week in found.weeks]
    columns = ("Day", "Workers", "Over A", "Over B", "Load A", "Load B", "Share A", "Share B")
    return table("Workers over capacity, mean load (lp), mean share of capacity", columns, rows, numbers=range(1, 8))


def _pairs(a: Totals, b: Totals) -> tuple[str, ...]:
    if a.over is None or b.over is None:
        return (SUPPRESSED,) * 6
    loads = (figure(a.mean_load, 1), figure(b.mean_load, 1))
    return (str(a.over), str(b.over), *loads, percent(a.mean_share), percent(b.mean_share))


def percent(share: float | None) -> str:
    """Write a share."""
    return "not known" if share is None else f"{share:.1%}"


def _below_weeks(found: PolicyComparison) -> list[str]:
    told = []
    unknown = max(week.a.hours_not_known for week in found.weeks)
    if unknown:
        told.append(
            f"Counted apart: workers whose hours are not known, up to {unknown} at one time. They have no capacity "
            "figure, and are neither over capacity nor below it."
        )
    if any(week.a.over is None for week in found.weeks):
        told.append(f"{SUPPRESSED}: fewer than {found.end.smallest_group:g} workers are not spoken of together.")
    return told


def _workers(console: Console, end: Week) -> None:
    differing = [one for one in end.workers if one.a != one.b]
    if not differing:
        console.print(f"On {day(end.at)} no worker's figures differ.")
        return
    rows = [
        (
            one.worker_id,
            *(figure(value, 1) for value in (one.a.load, one.b.load, one.a.capacity, one.b.capacity)),
            *(percent(share) for share in (one.a.share, one.b.share)),
            _change(one.a, one.b),
        )
        for one in differing
    ]
    columns = ("Worker", "Load A", "Load B", "Cap. A", "Cap. B", "Share A", "Share B", "Change")
    title = f"What differs on {day(end.at)}, by worker (lp; change in points)"
    console.print(table(title, columns, rows, numbers=range(1, 8)))
    if len(differing) < len(end.workers):
        console.print(f"The other {len(end.workers) - len(differing)} stand the same under both.")
    _over_under_one(console, "A", [one.worker_id for one in differing if one.a.is_over and not one.b.is_over])
    _over_under_one(console, "B", [one.worker_id for one in differing if one.b.is_over and not one.a.is_over])


def _over_under_one(console: Console, which: str, workers: Sequence[WorkerId]) -> None:
    if workers:
        console.print(f"\nOver capacity only under {which}: {len(workers)}")
        console.print(paragraph(", ".join(workers)))


def _change(a: Standing, b: Standing) -> str:
    if a.share is None or b.share is None:
        return "not known"
    return f"{(b.share - a.share) * 100:+z.1f}"


def sensitivity_page(console: Console, found: PolicySensitivity) -> None:
    """Print one table of numbers, those that move the order most first; below it those that move nothing."""
    group = "" if found.team is None else f", team {found.team}"
    console.print(
        f"[bold]How much each number of {found.policy_set_id} matters[/bold], on {dated(found.as_at, found.known_at)}{group}\n"
    )
    if found.too_few:
        told = f"Too few to say: {found.workers} workers with known hours, and fewer than {found.smallest_group:g} are not spoken of together."
        console.print(fill(told, WIDTH))
        return
    moving = [one for one in found.effects if one.largest_change >= LEAST_SHOWN]
    rows = [
        (
            one.place.removeprefix(LOAD)
            + ("" if one.number.kind is CoefficientKind.ASSUMPTION else f" ({kind_in_words(one.number.kind)})"),
            f"{one.number.value:g}{unit_after(one.number.unit)}",
            f"{one.largest_change:.2f}",
            str(one.crossings),
            "" if one.order is None else f"{one.order:.3f}",
        )
        for one in moving
    ]
    columns = ("Number", "Value", "Shift", "Cross", "Order")
    console.print(table(f"Each lowered and raised by {found.change * 100:.4g}%", columns, rows, numbers=range(1, 5)))
    console.print("\n" + fill(_legend(found), WIDTH))
    _not_moving(console, found.effects)
    console.print("\n" + fill(WHAT_IT_IS, WIDTH))


def _legend(found: PolicySensitivity) -> str:
    unknown = "" if not found.hours_not_known else f" {found.hours_not_known} without known hours are left out."
    return (
        f"Of {found.workers} workers.{unknown} Shift: the largest change in any worker's share of capacity, in percentage "
        "points. Cross: workers who come to be over capacity, or no longer are. Order: Kendall's tau-b between the order "
        "of shares before and after: 1 is the same order, at 0.9 one pair of workers in twenty has changed places. Places "
        "stand under load; a number with no unit is a ratio."
    )


def _not_moving(console: Console, effects: tuple[Effect, ...]) -> None:
    still = [one for one in effects if one.largest_change < LEAST_SHOWN]
    unread = [one.place.removeprefix(LOAD) for one in still if not one.touched]
    read = [one.place.removeprefix(LOAD) for one in still if one.touched and one.tried]
    for told, places in (
        ("Enter nobody's account on that day", unread),
        ("Change nothing that would show", read),
    ):
        if places:
            console.print(f"\n{told}:")
            console.print(paragraph(", ".join(places)))
    untried = [f"{one.place.removeprefix(LOAD)} ({'; '.join(one.not_tried)})" for one in effects if one.not_tried]
    if untried:
        console.print("\nNot tried in both directions:")
        for one in untried:
            console.print(paragraph(one), markup=False)
