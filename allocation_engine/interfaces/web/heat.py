"""Load week by week as a table in steps of colour; each cell says its figure, so that nothing hangs on the colour."""

from collections.abc import Callable

from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.reporting import weekly_loads as weekly
from allocation_engine.reporting.weekly_loads import NotShown, RowsAre, WeeklyLoads

STEPS = (0.5, 0.7, 0.85, 1.0, 1.15)
"""Shares of capacity at which the colour changes [1]: the fourth is capacity itself."""

WHY_NOT = {
    NotShown.NOT_IN_POST: "",
    NotShown.IN_ANOTHER_TEAM: "",
    NotShown.HOURS_NOT_KNOWN: "hours?",
    NotShown.FEWER_THAN_SMALLEST_GROUP: "few",
}


def heat_table(loads: WeeklyLoads, link: Callable[[str], str | None]) -> Table:
    """Give the weeks as a table; `link` leads from a row to what is behind it."""
    whose = "worker" if loads.rows_are is RowsAre.WORKERS else "team"
    table = TableOf(
        "weeks",
        f"Load as a share of capacity, by {whose} and week",
        (whose.capitalize(), *(Column(f"{week.monday:%d %b}", figures=True) for week in loads.weeks)),
        empty="There is nobody to show weeks of yet.",
        note=(
            "Each column is a week by its Monday, read at its end; the last one is not over. An 'a' stands where the worker was "
            "away, 'hours?' where hours are not recorded, 'few' where a team is too small to be shown."
        ),
        dense=True,
        css="desk-heatmap",
    )
    for row in loads.rows:
        table.row(Cell(row.row_id, link=link(row.row_id)), *(_cell(one) for one in row.cells))
    return table.done


def step_of(share: float) -> int:
    """Give the step of colour of a share of capacity."""
    return sum(share >= edge for edge in STEPS)


def _cell(one: weekly.Cell) -> Cell:
    if one.share is None:
        return Cell(None, text=WHY_NOT[one.not_shown] if one.not_shown else "", css="desk-heat desk-heat--none")
    away = " a" if one.is_away else ""
    return Cell(one.share, text=f"{one.share:.0%}{away}", css=f"desk-heat desk-heat--{step_of(one.share)}")
