"""Events as marks in lanes under a timeline, one lane a kind: many marks never lie on the lines or on each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from allocation_engine.interfaces.plots.colours import CUMULATIVE, OVER, PALE_INK, RULE
from allocation_engine.interfaces.plots.sheet import POINTS_PER_INCH
from allocation_engine.reporting.markers import Marker, MarkerKind
from domain.load.recovery import days

LANE_HEIGHT = 0.27
NAME_PAD = 8.0
"""Room [pt] between a lane's name and its beginning: a mark there stands half outside."""
MARK_SIZE, NUMBER_SIZE, NUMBER_WIDTH = 9.0, 7.0, 9.5
"""Sizes [pt]: of a mark, and of the number of events beside it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of event is named and drawn."""

    name: str
    shape: str
    colour: str


LOOKS: dict[MarkerKind, Look] = {
    MarkerKind.INCIDENT: Look("Incident", "D", OVER),
    MarkerKind.RISK_RAISED: Look("Risk raised", "^", "#b8860b"),
    MarkerKind.CASE_TAKEN: Look("Case taken", ">", CUMULATIVE),
    MarkerKind.CASE_GIVEN_UP: Look("Case given up", "<", PALE_INK),
    MarkerKind.SUPERVISION_HELD: Look("Supervision held", "o", "#007a5a"),
    MarkerKind.SUPERVISION_GIVEN: Look("Supervision given", "s", "#9a4f7d"),
    MarkerKind.PEER_SUPPORT: Look("Peer support", "h", "#007a5a"),
    MarkerKind.DEBRIEF: Look("Debrief", "p", PALE_INK),
}
FIRST_LANE = "Over capacity"


def lane_names(markers: Sequence[Marker]) -> list[str]:
    """Name the lanes from the top: time over capacity, then a lane for every kind of event that happened."""
    return [FIRST_LANE, *(_named(kind, markers) for kind in _kinds(markers))]


def draw_lanes(axes: Axes, markers: Sequence[Marker], over: Sequence[tuple[float, float]], width: float) -> None:
    """Draw the lanes.

    Parameters
    ----------
    over
        Stretches of time over capacity, start and length [day].
    width
        Width of the axes [in]: marks that would touch are drawn as one with their number.
    """
    kinds = _kinds(markers)
    names = lane_names(markers)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, pad=NAME_PAD)
    for edge in ("top", "left", "right"):
        axes.spines[edge].set_visible(False)
    for lane in range(len(names)):
        axes.axhline(lane, color=RULE, linewidth=0.8, zorder=0)
    if over:
        axes.broken_barh(list(over), (-0.22, 0.44), facecolors=OVER, edgecolors=OVER, linewidth=0.8)
    low, high = axes.get_xlim()
    points = (high - low) / width / POINTS_PER_INCH
    for lane, kind in enumerate(kinds, start=1):
        look = LOOKS[kind]
        for at, number in bunches(
            [days(one.at) for one in markers if one.kind is kind], (MARK_SIZE + NUMBER_WIDTH) * points
        ):
            axes.plot(
                [at],
                [lane],
                look.shape,
                color=look.colour,
                markersize=MARK_SIZE,
                markeredgecolor="white",
                markeredgewidth=0.6,
                clip_on=False,
                zorder=3,
            )
            if number > 1:
                beside = at + 0.62 * MARK_SIZE * points
                axes.text(
                    beside, lane, str(number), fontsize=NUMBER_SIZE, verticalalignment="center_baseline", zorder=4
                )


def bunches(moments: Sequence[float], apart: float) -> list[tuple[float, int]]:
    """Gather moments that lie closer than this to the first of their bunch; give each bunch's first and number."""
    found: list[tuple[float, int]] = []
    for moment in sorted(moments):
        if found and moment - found[-1][0] < apart:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((moment, 1))
    return found


def _kinds(markers: Sequence[Marker]) -> list[MarkerKind]:
    there = {one.kind for one in markers}
    return [kind for kind in LOOKS if kind in there]


def _named(kind: MarkerKind, markers: Sequence[Marker]) -> str:
    return f"{LOOKS[kind].name} ({sum(one.kind is kind for one in markers)})"
