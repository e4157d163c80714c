"""How axes are finished: a grid behind what is drawn, open at the top and right, and the key in a line above."""

from collections.abc import Sequence
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from allocation_engine.interfaces.plots.colours import INK, RULE
from allocation_engine.interfaces.plots.sheet import LINE_SIZE


def open_frame(axes: Axes, grid: Literal["both", "y"]) -> None:
    """Draw a grid along these axes behind everything, and no line at the top and right."""
    axes.grid(axis=grid, color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)


def key_above(axes: Axes, handles: Sequence[Artist]) -> None:
    """Put the key above the axes, all of it in one line."""
    axes.legend(
        handles=list(handles),
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        borderaxespad=0.3,
        borderpad=0.0,
        ncols=len(handles),
        frameon=False,
        fontsize=LINE_SIZE,
        labelcolor=INK,
        columnspacing=1.6,
        handlelength=1.8,
    )
