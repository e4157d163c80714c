"""The picture of one worker's load through time: both compartments stacked, against capacity, with what happened below."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import nan

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from allocation_engine.interfaces.plots.colours import (
    ACUTE,
    AWAY,
    CUMULATIVE,
    INK,
    NO_FIGURE_HATCH,
    NOT_IN_POST_HATCH,
    OVER,
)
from allocation_engine.interfaces.plots.frame import key_above, open_frame
from allocation_engine.interfaces.plots.lanes import LANE_HEIGHT, NAME_PAD, draw_lanes, lane_names
from allocation_engine.interfaces.plots.sheet import (
    EDGE,
    LINE_SIZE,
    POINTS_PER_INCH,
    Form,
    Sheet,
    Words,
    own_settings,
    widest,
)
from allocation_engine.interfaces.plots.time_axis import day, put_days_on
from allocation_engine.reporting.timeline import LoadPoint, Stretch, WorkerTimeline
from domain.load.recovery import days

PLOT_WIDTH, PLOT_HEIGHT = 9.2, 3.7
LEGEND_HEIGHT, AXIS_HEIGHT, GAP = 0.32, 0.5, 0.12
NAME_GAP = 0.04 + NAME_PAD / POINTS_PER_INCH
OVER_HATCH = "///"
LEAST_TOP = 20.0
"""The upright axis reaches at least so high [lp]: a small load must not look like a large one."""


def picture_of_timeline(timeline: WorkerTimeline, form: Form) -> bytes:
    """Draw a worker's timeline."""
    with own_settings():
        return _sheet(timeline).as_bytes(form)


def _sheet(timeline: WorkerTimeline) -> Sheet:
    words = _words(timeline)
    names = lane_names(timeline.markers)
    left = EDGE + max(widest(names, LINE_SIZE) + NAME_GAP, 0.6)
    lanes = LANE_HEIGHT * len(names)
    width = max(left + PLOT_WIDTH + EDGE, words.width)
    plot_width = width - left - EDGE
    bottom = words.foot_height + AXIS_HEIGHT
    height = bottom + lanes + GAP + PLOT_HEIGHT + LEGEND_HEIGHT + words.head_height
    sheet = Sheet(width, height, words)
    upper = sheet.axes(left, bottom + lanes + GAP, plot_width, PLOT_HEIGHT)
    lower = sheet.axes(left, bottom, plot_width, lanes)
    put_days_on(upper, timeline.since, timeline.as_at)
    put_days_on(lower, timeline.since, timeline.as_at)
    upper.tick_params(axis="x", labelbottom=False)
    lower.xaxis.set_tick_params(length=3)
    _draw_load(upper, timeline)
    over = [(days(one.start), days(one.end) - days(one.start)) for one in timeline.over_capacity]
    draw_lanes(lower, timeline.markers, over, plot_width)
    _legend(upper, timeline)
    return sheet


def _words(timeline: WorkerTimeline) -> Words:
    known = "" if timeline.known_at is None else f", as known on {day(timeline.known_at)}"
    time = f"{day(timeline.since)} to {day(timeline.as_at)}{known}"
    return Words(
        title=f"Load of {timeline.worker_id}",
        lines=(
            f"{time}, in load points (lp). Policy set {timeline.policy_set_id}.",
            _last_figure(timeline),
        ),
        foot=(timeline.note, "A number on a mark: so many events there. Absences are shown without their reason."),
    )


def _last_figure(timeline: WorkerTimeline) -> str:
    if not timeline.points:
        return "Nothing is on record in this time."
    last = timeline.points[-1]
    capacity = "capacity not known" if last.capacity is None else f"capacity {last.capacity:.0f} lp"
    if timeline.not_in_post and timeline.not_in_post[-1].end == last.at:
        capacity = "not in post"
    return (
        f"On {day(last.at)}: {last.acute:.1f} acute and {last.cumulative:.1f} cumulative, together {last.total:.1f} lp; "
        f"{capacity}."
    )


def _draw_load(axes: Axes, timeline: WorkerTimeline) -> None:
    points = timeline.points
    at = [days(one.at) for one in points]
    cumulative = [one.cumulative for one in points]
    total = [one.total for one in points]
    for one in timeline.absences:
        axes.axvspan(days(one.start), days(one.end), color=AWAY, linewidth=0, zorder=0.5)
    axes.fill_between(at, 0.0, cumulative, color=CUMULATIVE, linewidth=0, zorder=2)
    axes.fill_between(at, cumulative, total, color=ACUTE, linewidth=0, zorder=2)
    axes.plot(at, total, color=INK, linewidth=0.7, zorder=3)
    _draw_over(axes, timeline.points, timeline.over_capacity)
    capacity = [nan if one.capacity is None else one.capacity for one in points]
    axes.plot(at, capacity, color=INK, linewidth=1.7, linestyle=(0, (5, 1.5)), drawstyle="steps-post", zorder=5)
    highest = max([LEAST_TOP, *total, *(one.capacity for one in points if one.capacity is not None)])
    axes.set_ylim(0, highest * 1.12)
    axes.set_ylabel("load points (lp)")
    open_frame(axes, "y")
    for one in timeline.not_in_post:
        axes.axvspan(
            days(one.start),
            days(one.end),
            facecolor="none",
            edgecolor=NOT_IN_POST_HATCH,
            hatch="x",
            linewidth=0,
            zorder=1,
        )
    for one in stretches_unknown(points, timeline.not_in_post):
        axes.axvspan(
            days(one.start),
            days(one.end),
            facecolor="none",
            edgecolor=NO_FIGURE_HATCH,
            hatch="...",
            linewidth=0,
            zorder=1,
        )


def _draw_over(axes: Axes, points: Sequence[LoadPoint], over: Sequence[Stretch]) -> None:
    """Fill what stands above capacity, from crossing to crossing, and mark where each begins."""
    for one in over:
        inside = [point for point in points if one.start <= point.at <= one.end]
        corners = [(days(point.at), point.capacity, point.total) for point in inside if point.is_over]
        if not corners:
            continue
        at = [days(one.start), *(corner[0] for corner in corners), days(one.end)]
        low = [corner[1] or 0.0 for corner in corners]
        high = [corner[2] for corner in corners]
        low, high = [low[0], *low, low[-1]], [_edge(points, one.start, low[0], high[0]), *high, high[-1]]
        if one.end != inside[-1].at or not inside[-1].is_over:
            high[-1] = low[-1]
        axes.fill_between(at, low, high, facecolor="none", edgecolor=OVER, hatch=OVER_HATCH, linewidth=0, zorder=4)
        axes.plot(at, high, color=OVER, linewidth=1.8, zorder=4.5)


def _edge(points: Sequence[LoadPoint], start: datetime, low: float, high: float) -> float:
    """Give where a stretch begins: at the load, if it was over there at once, else at capacity, which it crossed."""
    return high if any(one.at == start and one.is_over for one in points) else low


def stretches_unknown(points: Sequence[LoadPoint], out_of_post: Sequence[Stretch]) -> Iterator[Stretch]:
    """Give the stretches of time in post in which capacity is not known."""
    start: datetime | None = None
    for point in points:
        in_post = not any(
            one.start <= point.at < one.end or one.end == point.at == points[-1].at for one in out_of_post
        )
        if start is None and in_post and point.capacity is None:
            start = point.at
        elif start is not None and (point.capacity is not None or not in_post):
            yield Stretch(start, point.at)
            start = None
    if start is not None:
        yield Stretch(start, points[-1].at)


def _legend(axes: Axes, timeline: WorkerTimeline) -> None:
    handles: list[Artist] = [
        Patch(color=CUMULATIVE, label="Cumulative"),
        Patch(color=ACUTE, label="Acute"),
        Line2D([], [], color=INK, linewidth=1.7, linestyle=(0, (5, 1.5)), label="Capacity"),
        Patch(facecolor="white", edgecolor=OVER, hatch=OVER_HATCH, linewidth=1.2, label="Over capacity"),
    ]
    if timeline.absences:
        handles.append(Patch(color=AWAY, label="Away"))
    if timeline.not_in_post:
        handles.append(
            Patch(facecolor="white", edgecolor=NOT_IN_POST_HATCH, hatch="xxx", linewidth=0.6, label="Not in post")
        )
    if any(True for _ in stretches_unknown(timeline.points, timeline.not_in_post)):
        handles.append(
            Patch(facecolor="white", edgecolor=NO_FIGURE_HATCH, hatch="...", linewidth=0, label="Capacity not known")
        )
    key_above(axes, handles)
