"""The day a workbook describes. Annex A does not say it, so it is read from the dates of the work it lists."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from allocation_engine.errors import SettingsError

LONE_BY = timedelta(days=731)
"""A latest date more than two years after all others is a slip of the pen: the file is made from work of recent weeks."""
ENOUGH_DATES = 10
"""With fewer dates than this in the file, a gap says nothing."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The day, and where it comes from: `given`, `latest_date` of the file, or `day_of_import`."""

    day: date
    source: str
    dates_set_aside: int = 0


def snapshot_of(dates: Counter[date], *, today: date, as_at: date | None) -> Snapshot:
    """Take the day given, else the latest plausible date of the file, else the day of the import.

    Raises
    ------
    SettingsError
        The day given lies ahead.
    """
    if as_at is not None:
        if as_at > today:
            raise SettingsError("as_at", f"{as_at} lies ahead; give the day the workbook was made")
        return Snapshot(as_at, "given")
    past = sorted((day for day in dates if day <= today), reverse=True)
    ahead = sum(number for day, number in dates.items() if day > today)
    if not past:
        return Snapshot(today, "day_of_import", ahead)
    if sum(dates.values()) < ENOUGH_DATES:
        return Snapshot(past[0], "latest_date", ahead)
    lone = 0
    for later, earlier in pairwise(past):
        if later - earlier <= LONE_BY or dates[later] > 1:
            break
        lone += 1
    return Snapshot(past[lone], "latest_date", ahead + lone)
