"""What the overview tells of a group at a moment, by name and under which of the six points: the same on every page."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from allocation_engine.reporting.overview import Figures


class Kind(StrEnum):
    """How a measure is written."""

    COUNT = "count"
    TENTHS = "tenths"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, the point that it is about, and how it is read and written."""

    name: str
    point: int
    of: Callable[[Figures], float | None]
    kind: Kind = Kind.COUNT

    def told(self, figures: Figures, nothing: str = "-") -> str:
        """Write it, rounded here and nowhere before; of nothing there is no share."""
        value = self.of(figures)
        if value is None:
            return nothing
        return f"{value:.0%}" if self.kind is Kind.SHARE else f"{value:.{1 if self.kind is Kind.TENTHS else 0}f}"


MEASURES = (
    Measure("People in post", 1, lambda one: one.people),
    Measure("Full-time equivalents", 3, lambda one: one.fte, Kind.TENTHS),
    Measure("Away that day", 3, lambda one: one.away),
    Measure("Hours not recorded", 1, lambda one: one.without_hours),
    Measure("Over capacity", 1, lambda one: one.over_capacity),
    Measure("Mean load of capacity", 1, lambda one: one.mean_share, Kind.SHARE),
    Measure("Cases held", 1, lambda one: one.cases),
    Measure("High risk, of known risk", 1, lambda one: one.high_risk_share, Kind.SHARE),
    Measure("Risk not known", 1, lambda one: one.risk_unknown),
    Measure("Supervision held of agreed", 2, lambda one: one.held_share, Kind.SHARE),
    Measure("No supervision agreement", 2, lambda one: one.without_agreement),
    Measure("Follow-ups overdue", 4, lambda one: one.follow_ups_overdue),
    Measure("Took part in learning", 5, lambda one: one.learned_share, Kind.SHARE),
)
"""In the order in which they are told."""
