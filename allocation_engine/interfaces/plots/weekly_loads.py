"""The picture of a team or a service by week: load as a share of capacity, in rows by id."""

from math import ceil, nan

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from allocation_engine.interfaces.plots.colours import INK, NO_FIGURE, NO_FIGURE_HATCH, TOP_OF_SCALE, scale
from allocation_engine.interfaces.plots.sheet import EDGE, LINE_SIZE, Form, Sheet, Words, own_settings, widest, width_of
from allocation_engine.interfaces.plots.time_axis import day
from allocation_engine.reporting.weekly_loads import NotShown, RowsAre, WeeklyLoads

ROW_HEIGHT = 0.235
WIDEST_CELL, NARROWEST_CELL, CELLS_WIDTH = 0.36, 0.07, 15.0
FIGURE_SIZE = 6.5
AXIS_HEIGHT, BAR_HEIGHT, KEY_HEIGHT = 0.5, 0.14, 0.6
NAME_GAP = 0.1
AWAY_SIZE, NARROWEST_WITH_DOT = 2.6, 0.15
DARK = 0.45
"""Below this lightness [1] of a cell its figure is written in white."""

EMPTY: dict[NotShown, tuple[str, str, str | None]] = {
    NotShown.HOURS_NOT_KNOWN: ("Hours not recorded: capacity not known", NO_FIGURE, "////"),
    NotShown.FEWER_THAN_SMALLEST_GROUP: ("Fewer than {smallest} people: not shown", NO_FIGURE, "xxxx"),
    NotShown.IN_ANOTHER_TEAM: ("In another team", NO_FIGURE, "...."),
    NotShown.NOT_IN_POST: ("Not in post", NO_FIGURE, None),
}
"""What a cell without a share says in the key, its colour and its hatching."""


def picture_of_weeks(loads: WeeklyLoads, form: Form) -> bytes:
    """Draw load by week as a share of capacity."""
    with own_settings():
        return _sheet(loads).as_bytes(form)


def _sheet(loads: WeeklyLoads) -> Sheet:
    words = _words(loads)
    weeks, rows = len(loads.weeks), max(1, len(loads.rows))
    cell = max(NARROWEST_CELL, min(WIDEST_CELL, CELLS_WIDTH / weeks))
    left = EDGE + widest([row.row_id for row in loads.rows], LINE_SIZE) + NAME_GAP
    width = max(left + cell * weeks + EDGE, words.width)
    bottom = words.foot_height + KEY_HEIGHT + AXIS_HEIGHT
    sheet = Sheet(width, bottom + ROW_HEIGHT * rows + words.head_height, words)
    axes = sheet.axes(left, bottom, cell * weeks, ROW_HEIGHT * rows)
    _draw_cells(axes, loads, cell)
    _mark_weeks(axes, loads, cell)
    _draw_key(sheet, loads, words.foot_height, dotted=cell >= NARROWEST_WITH_DOT)
    return sheet


def _words(loads: WeeklyLoads) -> Words:
    whose = "whole service" if loads.team_id is None else f"team {loads.team_id}"
    by = " by team" if loads.rows_are is RowsAre.TEAMS else ""
    known = "" if loads.known_at is None else f", as known on {day(loads.known_at)}"
    foot: tuple[str, ...] = ("Rows are in order of id: nobody is ranked.",)
    if loads.rows_are is RowsAre.TEAMS:
        foot = (
            "A team's share is all its load over all its capacity: a worker in it may stand above their own.",
            "Workers without recorded hours are left out. Rows are in order of id.",
        )
    return Words(
        title=f"Load by week, {whose}{by}",
        lines=(
            f"Load (lp) as a share of capacity (lp), in per cent. Policy set {loads.policy_set_id}.",
            f"Weeks by their Monday, each read at its end; the last on {day(loads.as_at)}{known}.",
        ),
        foot=(loads.note, *foot),
    )


def _draw_cells(axes: Axes, loads: WeeklyLoads, width: float) -> None:
    colours, norm = scale()
    shares = np.array([[nan if one.share is None else one.share for one in row.cells] for row in loads.rows])
    axes.set_xlim(0, len(loads.weeks))
    axes.set_ylim(max(1, len(loads.rows)), 0)
    if not loads.rows:
        axes.text(0, 0.5, "Nobody was in post.", verticalalignment="center")
    else:
        thin = 0.8 if width > 2 * NARROWEST_CELL else 0.0
        axes.pcolormesh(shares, cmap=colours, norm=norm, edgecolors="white", linewidth=thin)
    written = 0.9 * width > width_of("100", FIGURE_SIZE)
    for down, row in enumerate(loads.rows):
        for along, one in enumerate(row.cells):
            if one.not_shown is not None:
                _draw_empty(axes, along, down, one.not_shown)
            elif written and one.share is not None:
                _write_share(axes, along, down, one.share)
    if width >= NARROWEST_WITH_DOT:
        _mark_away(axes, loads)
    axes.set_yticks([place + 0.5 for place in range(len(loads.rows))], [row.row_id for row in loads.rows])
    axes.tick_params(axis="y", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _draw_empty(axes: Axes, along: int, down: int, why: NotShown) -> None:
    _, colour, hatch = EMPTY[why]
    axes.add_patch(
        Rectangle((along, down), 1, 1, facecolor=colour, edgecolor=NO_FIGURE_HATCH, hatch=hatch, linewidth=0)
    )


def _write_share(axes: Axes, along: int, down: int, share: float) -> None:
    axes.text(
        along + 0.5,
        down + 0.5,
        f"{share * 100:.0f}",
        fontsize=FIGURE_SIZE,
        color="white" if _lightness(share) < DARK else INK,
        horizontalalignment="center",
        verticalalignment="center_baseline",
    )


def _mark_away(axes: Axes, loads: WeeklyLoads) -> None:
    """Put a dot in the corner of every cell of a worker who was away: the load eases and the figure says little."""
    dots: dict[str, list[tuple[float, float]]] = {"white": [], INK: []}
    for down, row in enumerate(loads.rows):
        for along, one in enumerate(row.cells):
            if one.is_away:
                dark = one.share is not None and _lightness(one.share) < DARK
                dots["white" if dark else INK].append((along + 0.86, down + 0.2))
    for colour, places in dots.items():
        across, along_down = [x for x, _ in places], [y for _, y in places]
        axes.plot(across, along_down, "o", color=colour, markersize=AWAY_SIZE, markeredgewidth=0)


def _lightness(share: float) -> float:
    colours, norm = scale()
    red, green, blue, _ = colours(float(norm(share)))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mark_weeks(axes: Axes, loads: WeeklyLoads, width: float) -> None:
    """Write the Mondays that there is room for; the year where it begins and at first."""
    every = max(1, ceil(1.15 * width_of("00 Mmm", LINE_SIZE - 1.5) / width))
    chosen = range(0, len(loads.weeks), every)
    labels = []
    for place in chosen:
        monday = loads.weeks[place].monday
        begins = place == 0 or loads.weeks[place - every].monday.year != monday.year
        labels.append(f"{monday:%d %b}\n{monday:%Y}" if begins else f"{monday:%d %b}")
    axes.set_xticks([place + 0.5 for place in chosen], labels, fontsize=LINE_SIZE - 1.5)
    axes.tick_params(axis="x", length=3)


def _draw_key(sheet: Sheet, loads: WeeklyLoads, bottom: float, *, dotted: bool) -> None:
    """Draw the scale, and beside it what the cells without a share mean."""
    colours, norm = scale()
    long = 2.4
    bar = sheet.axes(EDGE, bottom + KEY_HEIGHT - 0.3, long, BAR_HEIGHT)
    drawn = sheet.figure.colorbar(
        ScalarMappable(norm, colours), cax=bar, orientation="horizontal", extend="max", spacing="proportional"
    )
    marks = [0.0, 0.5, 1.0, 1.5, TOP_OF_SCALE]
    drawn.set_ticks(marks, labels=[f"{mark:.0%}" for mark in marks])
    drawn.ax.tick_params(labelsize=LINE_SIZE - 1.5, length=2)
    there = [why for why in EMPTY if any(one.not_shown is why for row in loads.rows for one in row.cells)]
    handles: list[Artist] = []
    if dotted and any(one.is_away for row in loads.rows for one in row.cells):
        handles.append(Line2D([], [], color=INK, marker="o", linestyle="", markersize=AWAY_SIZE, label="Away"))
    for why in there:
        text, colour, hatch = EMPTY[why]
        handles.append(
            Patch(
                facecolor=colour,
                edgecolor=NO_FIGURE_HATCH,
                hatch=hatch,
                linewidth=0,
                label=text.format(smallest=loads.smallest_group),
            )
        )
    if handles:
        bar.legend(
            handles=handles,
            loc="center left",
            bbox_to_anchor=(1.12, 0.5),
            frameon=False,
            ncols=3,
            fontsize=LINE_SIZE - 1.0,
        )
