"""Days along an axis: how many ticks there is room for, and what they say."""

from datetime import datetime, timedelta

from matplotlib.axes import Axes

from domain.load.recovery import days

MOST_TICKS = 13
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
WITHIN_A_DAY = tuple(timedelta(minutes=one) for one in (5, 10, 30, 60, 120, 240))


def day(moment: datetime) -> str:
    """Write a day."""
    return f"{moment:%d %b %Y}"


def ticks(since: datetime, as_at: datetime) -> tuple[list[datetime], str]:
    """Choose Mondays, or days or hours where the time is short, and the two lines in which they are written."""
    span = as_at - since
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    if span <= 2 * DAY:
        step = next(one for one in WITHIN_A_DAY if span <= MOST_TICKS * one)
        return _every(step, midnight, since, as_at), "%H:%M\n%d %b"
    if span <= MOST_TICKS * DAY:
        return _every(DAY, midnight, since, as_at), "%a %d\n%b %Y"
    monday = midnight - DAY * midnight.weekday()
    weeks = 1
    while span > MOST_TICKS * weeks * WEEK:
        weeks += 1
    return _every(weeks * WEEK, monday, since, as_at), "%d %b\n%Y"


def _every(step: timedelta, first: datetime, since: datetime, as_at: datetime) -> list[datetime]:
    """Count in steps from the first moment, and keep those within the time."""
    skipped = max(0, -((first - since) // step))
    found = [first + step * skipped]
    while as_at - found[-1] >= step:
        found.append(found[-1] + step)
    return [one for one in found if since <= one <= as_at]


def put_days_on(axes: Axes, since: datetime, as_at: datetime) -> None:
    """Mark days along the lower edge of axes, from end to end; the second line stands where it changes."""
    chosen, form = ticks(since, as_at)
    upper, _, lower = form.partition("\n")
    seconds = [one.strftime(lower) for one in chosen]
    labels = [
        one.strftime(upper)
        if place and seconds[place] == seconds[place - 1]
        else f"{one.strftime(upper)}\n{seconds[place]}"
        for place, one in enumerate(chosen)
    ]
    axes.set_xlim(days(since), days(as_at))
    axes.set_xticks([days(one) for one in chosen], labels)
