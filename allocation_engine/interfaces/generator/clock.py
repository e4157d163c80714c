"""Time of the generated service: working days counted from its first day, and the moments they stand for."""

from datetime import UTC, datetime, timedelta

from allocation_engine.interfaces.generator.shape import ServiceShape

OPENS_S = 8 * 3600 + 1800
OPEN_S = 9 * 3600
"""A day's events fall between 08:30 and 17:30 UTC; the fraction of a day is spread over those hours."""

SATURDAY = 5
DAYS_IN_WEEK = 7


class Clock:
    """Counts days from the service's first midnight. Nothing happens at weekends."""

    def __init__(self, shape: ServiceShape) -> None:
        self.days = DAYS_IN_WEEK * shape.weeks
        midnight = shape.ends_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._first = midnight - timedelta(days=self.days)
        self._first_weekday = self._first.weekday()
        last = self.days - 1
        while self._is_weekend(last):
            last -= 1
        self.end = last + 0.9999

    def _is_weekend(self, day: int) -> bool:
        return (self._first_weekday + day) % DAYS_IN_WEEK >= SATURDAY

    def working(self, day: float) -> float:
        """Move a time at the weekend to the Monday after, at the same hour."""
        weekday = (self._first_weekday + int(day)) % DAYS_IN_WEEK
        return day if weekday < SATURDAY else day + DAYS_IN_WEEK - weekday

    def later(self, day: float, working_days: float) -> float:
        """Count so many working days on from a working time: no rate loses its weekends."""
        week, within = divmod(day + self._first_weekday, DAYS_IN_WEEK)
        week_later, within_later = divmod(week * SATURDAY + within + working_days, SATURDAY)
        return week_later * DAYS_IN_WEEK + within_later - self._first_weekday

    def moment(self, day: float) -> datetime:
        """Give the moment that a time stands for, to the second."""
        whole = int(day)
        return self._first + timedelta(days=whole, seconds=OPENS_S + int((day - whole) * OPEN_S))
