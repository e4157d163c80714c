"""How pages put things: days, figures, shares, the names of closed sets. Figures are rounded here and nowhere before."""

from datetime import date, datetime


def day(moment: date) -> str:
    """Write a day."""
    return f"{moment:%d %b %Y}"


def dated(as_at: datetime, known_at: datetime | None) -> str:
    """Write the day asked about, and up to which day's knowledge if not all of it."""
    return day(as_at) if known_at is None else f"{day(as_at)}, as known on {day(known_at)}"


def words(name: str) -> str:
    """Write a value of a closed set as words."""
    return name.replace("_", " ")


def share(part: float, whole: float) -> str:
    """Write a share; of nothing there is none."""
    return f"{part / whole:.0%}" if whole else "-"


def figure(value: float | None, places: int = 0) -> str:
    """Write a figure, rounded here and nowhere before; what is not known is said so, never left as nought."""
    return "not known" if value is None else f"{value:z.{places}f}"
