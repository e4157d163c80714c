"""The picture of a frontier: balance against match, a line for each number of cases that do not go back to who knows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from allocation_engine.interfaces.plots.frame import key_above, open_frame
from allocation_engine.interfaces.plots.sheet import EDGE, Form, Sheet, Words, own_settings
from allocation_engine.interfaces.plots.time_axis import day
from allocation_engine.optimiser.choices import Frontier, FrontierPoint
from domain.load.explain import WHAT_IT_IS

PLOT_WIDTH, PLOT_HEIGHT = 6.4, 3.9
LEFT, AXIS_HEIGHT, KEY_HEIGHT = 1.0, 0.55, 0.3
LINES: tuple[tuple[str, str], ...] = (
    ("#0072b2", "o"),
    ("#d55e00", "s"),
    ("#009e73", "^"),
    ("#cc79a7", "D"),
    ("#56b4e9", "v"),
)
"""Colour and mark of a line, told apart with any colour vision; the last stands for all further ones."""


def picture_of_frontier(frontier: Frontier, policy_set_id: str, as_at: datetime, form: Form) -> bytes:
    """Draw a frontier."""
    with own_settings():
        return _sheet(frontier, policy_set_id, as_at).as_bytes(form)


def _sheet(frontier: Frontier, policy_set_id: str, as_at: datetime) -> Sheet:
    words = _words(frontier, policy_set_id, as_at)
    width = max(EDGE + LEFT + PLOT_WIDTH + EDGE, words.width)
    bottom = words.foot_height + AXIS_HEIGHT
    sheet = Sheet(width, bottom + PLOT_HEIGHT + KEY_HEIGHT + words.head_height, words)
    axes = sheet.axes(EDGE + LEFT, bottom, width - 2 * EDGE - LEFT, PLOT_HEIGHT)
    _draw(axes, frontier)
    return sheet


def _words(frontier: Frontier, policy_set_id: str, as_at: datetime) -> Words:
    others = "There are no others." if frontier.complete else "There may be others between them."
    return Words(
        title="Balance, match and continuity",
        lines=(
            f"{day(as_at)}. Each mark is a plan of which none is better at one without being worse at another.",
            f"Load (lp) as a share of capacity (lp), policy set {policy_set_id}. {others}",
        ),
        foot=(
            WHAT_IT_IS,
            "Balance is how even load is shared. Match: points of area and language that are not met.",
            "Continuity: cases that could go back to somebody who knows them and do not. Least is best.",
        ),
    )


def _draw(axes: Axes, frontier: Frontier) -> None:
    handles = []
    for (colour, mark), label, points in _lines(frontier.points):
        at = sorted((one.mismatch, one.balance) for one in points)
        line: Literal["none", "solid"] = "none" if len({one.discontinuity for one in points}) > 1 else "solid"
        handles.append(Line2D([], [], color=colour, marker=mark, linewidth=1.2, linestyle=line, label=label))
        axes.plot(
            [match for match, _ in at],
            [balance for _, balance in at],
            color=colour,
            marker=mark,
            markersize=6,
            linewidth=1.2,
            linestyle=line,
        )
    axes.set_xlabel("match: points of area and language not met")
    axes.set_ylabel("unevenness of load" if "squared" in frontier.balance else "heaviest load")
    axes.margins(0.06)
    axes.ticklabel_format(style="plain", useOffset=False)
    low, high = axes.get_xlim()
    axes.set_xticks(_within(MaxNLocator(nbins=8, integer=True), low, high))
    axes.set_xlim(low, high)
    low, high = axes.get_ylim()
    axes.set_yticks(_within(MaxNLocator(nbins=6), low, high))
    axes.set_ylim(low, high)
    open_frame(axes, "both")
    if not frontier.points:
        axes.text(0.5, 0.5, "There is no plan.", transform=axes.transAxes, horizontalalignment="center")
        return
    key_above(axes, handles)


def _within(locator: MaxNLocator, low: float, high: float) -> list[float]:
    return [float(tick) for tick in locator.tick_values(low, high) if low <= tick <= high]


def _lines(points: Sequence[FrontierPoint]) -> list[tuple[tuple[str, str], str, list[FrontierPoint]]]:
    """Give the points by their number of discontinuity, fewest first, the most in one line together."""
    numbers = sorted({one.discontinuity for one in points})
    found = []
    for place, number in enumerate(numbers[: len(LINES)]):
        last = place == len(LINES) - 1 and len(numbers) > len(LINES)
        here = [one for one in points if one.discontinuity == number or (last and one.discontinuity > number)]
        first = "continuity " if place == 0 else ""
        found.append((LINES[place], f"{first}{number}{' or more' if last else ''}", here))
    return found
