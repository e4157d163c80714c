"""Colours that readers with any colour vision can tell apart, after Okabe and Ito; and the scale about full capacity."""

from functools import cache

from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

INK = "#222222"
PALE_INK = "#5a5a5a"
RULE = "#d9d9d9"
AWAY = "#e6e6e6"
NO_FIGURE = "#e9e9e9"
NO_FIGURE_HATCH = "#a8a8a8"
NOT_IN_POST_HATCH = "#d2d2d2"

CUMULATIVE = "#0072b2"
ACUTE = "#7cc4ee"
OVER = "#d55e00"

TOP_OF_SCALE = 2.0
"""Share of capacity [1] at which the scale ends; what lies above keeps its last colour and its figure."""


@cache
def scale() -> tuple[LinearSegmentedColormap, TwoSlopeNorm]:
    """Give the scale of load as a share of capacity: blue below, near white at capacity, orange to brown above.

    It is darkest where most is carried: a light load must not catch the eye as a heavy one does.
    """
    below = ("#5a9bd0", "#9cc5e4", "#d3e4f1")
    above = ("#f6b273", "#d55e00", "#7a3000")
    colours = LinearSegmentedColormap.from_list("about_capacity", [*below, "#f7f6f2", *above])
    return colours, TwoSlopeNorm(1.0, 0.0, TOP_OF_SCALE)
