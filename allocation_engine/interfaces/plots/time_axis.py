"""Days along an axis: how many ticks there is room for, and what they say."""

from datetime import datetime, timedelta

from matplotlib.axes import Axes

from domain.load.recovery import days

MOST_TICKS = 13
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def ticks(since: datetime, as_at: datetime) -> tuple[list[datetime], str]:
    """Choose Mondays, or days or hours where the time is short, and the form in which they are written."""
    span = as_at - since
    if span <= 2 * DAY:
        return _every(
            timedelta(hours=6), since.replace(hour=0, minute=0, second=0, microsecond=0), since, as_at
        ), "%d %b\n%H:%M"
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    if span <= MOST_TICKS * DAY:
        return _every(DAY, midnight, since, as_at), "%a\n%d %b"
    monday = midnight - DAY * midnight.weekday()
    step = WEEK
    while span / step > MOST_TICKS:
        step += WEEK
    return _every(step, monday, since, as_at), "%d %b\n%Y"


def _every(step: timedelta, first: datetime, since: datetime, as_at: datetime) -> list[datetime]:
    found = []
    moment = first
    while moment <= as_at:
        if moment >= since:
            found.append(moment)
        if as_at - moment < step:
            break
        moment += step
    return found


def put_days_on(axes: Axes, since: datetime, as_at: datetime) -> None:
    """Mark days along the lower edge of axes, from end to end; a year is written where it begins and at first."""
    chosen, form = ticks(since, as_at)
    labels = [one.strftime(form) for one in chosen]
    if "%Y" in form:
        labels = [
            label if place == 0 or one.year != chosen[place - 1].year else label.partition("\n")[0]
            for place, (one, label) in enumerate(zip(chosen, labels, strict=True))
        ]
    axes.set_xlim(days(since), days(as_at))
    axes.set_xticks([days(one) for one in chosen], labels)
