"""Load as a share of capacity week by week of a whole service or team: one figure a week, of enough people to tell of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import fsum

from allocation_engine.reporting.weekly_loads import RowsAre, WeeklyLoads


@dataclass(frozen=True, slots=True)
class WeekTogether:
    """Load and capacity [lp] of everybody whose hours are recorded, and the one as a share of the other [1].

    All are None where the people are too few to tell of. In a service that is shown by team, teams that are too small are
    not counted in.
    """

    monday: date
    load: float | None
    capacity: float | None

    @property
    def share(self) -> float | None:
        """Load as a share of capacity."""
        return self.load / self.capacity if self.load is not None and self.capacity else None


def weeks_together(loads: WeeklyLoads) -> Iterator[WeekTogether]:
    """Add up each week's rows."""
    for place, week in enumerate(loads.weeks):
        cells = [one.cells[place] for one in loads.rows]
        known = [(one.load, one.capacity) for one in cells if one.load is not None and one.capacity is not None]
        enough = bool(known) and (loads.rows_are is RowsAre.TEAMS or len(known) >= loads.smallest_group)
        if enough:
            yield WeekTogether(week.monday, fsum(load for load, _ in known), fsum(capacity for _, capacity in known))
        else:
            yield WeekTogether(week.monday, None, None)
