"""The size and make-up of a service to generate."""

import hashlib
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator.figures import published_figures
from domain.vocabulary import HarmType

EfhMix = tuple[tuple[HarmType, float], ...]
"""Share of each kind of harm as the main one of a case; the shares add up to 1."""

MAX_WEEKS = 52 * 200
"""Two centuries: longer is surely a slip, and dates run out."""


def published_efh_mix() -> EfhMix:
    """Give the mix of the assessment factors 10A, 11A, 12A, 13A and 24A."""
    return tuple((HarmType(name), share) for name, share in published_figures().shares("assessment_factors").items())


def efh_caseload() -> float:
    """Give the default caseload per full-time worker: a set share of the published average."""
    figures = published_figures()
    return round(figures.number("average_caseload") * figures.number("efh_caseload_share"), 1)


def _published(name: str) -> float:
    return published_figures().number(name)


@dataclass(frozen=True, kw_only=True)
class ServiceShape:
    """What a generated service looks like.

    Attributes
    ----------
    ends_at
        The present of the service: every event was recorded before it. Needs a time zone.
    workers
        Workers on the first day, supervisors and partners included; each post that falls vacant is filled again.
    waiting
        Cases open without a primary worker at the end.
    weeks
        Length of the history.
    team_size
        Most workers in a team, its supervisor included.
    caseload_per_fte
        Cases per full-time social worker that the service tends to [case].
    turnover_rate
        Leavers per worker and year, agency workers left out [1/year].
    agency_rate, newly_qualified_rate, absence_rate
        Shares of the workers, the social workers and the working days [1].
    efh_mix
        Share of each kind of harm as the main one of a case.

    Raises
    ------
    SettingsError
        A value makes no sense; it names the value and says what would.
    """

    ends_at: datetime
    workers: int = 15
    waiting: int = 12
    weeks: int = 26
    team_size: int = 8
    caseload_per_fte: float = field(default_factory=efh_caseload)
    turnover_rate: float = field(default_factory=lambda: _published("turnover_rate"))
    agency_rate: float = field(default_factory=lambda: _published("agency_rate"))
    newly_qualified_rate: float = field(default_factory=lambda: _published("newly_qualified_rate"))
    absence_rate: float = field(default_factory=lambda: _published("absence_rate"))
    efh_mix: EfhMix = field(default_factory=published_efh_mix)

    def __post_init__(self) -> None:
        self._check_range("workers", 1, 1_000_000)
        self._check_range("waiting", 0, 1_000_000)
        self._check_range("weeks", 1, MAX_WEEKS)
        self._check_range("team_size", 2, 100)
        self._check_range("caseload_per_fte", 0.5, 100)
        self._check_range("turnover_rate", 0, 3)
        for share in ("agency_rate", "newly_qualified_rate", "absence_rate"):
            self._check_range(share, 0, 0.5)
        if self.ends_at.tzinfo is None:
            raise SettingsError("ends_at", "give the moment with its time zone, such as 2026-11-23T09:00:00+00:00")
        if self.ends_at.astimezone(UTC).toordinal() - 7 * self.weeks < 2:  # noqa: PLR2004 - the calendar starts at day 1
            raise SettingsError("weeks", "the history would begin before the calendar does: ask for fewer weeks")
        shares = [share for _, share in self.efh_mix]
        if not shares or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:  # noqa: PLR2004 - rounding of shares
            raise SettingsError("efh_mix", "give a share for at least one kind of harm, none below 0, adding up to 1")

    @property
    def digest(self) -> str:
        """A short mark of the whole shape: other shapes, other event ids."""
        told = "|".join(f"{one.name}={_plain(getattr(self, one.name))}" for one in fields(self))
        return hashlib.sha256(told.encode()).hexdigest()[:10]

    def _check_range(self, name: str, least: float, most: float) -> None:
        if not least <= getattr(self, name) <= most:
            raise SettingsError(name, f"give a value from {least:,} to {most:,}, not {getattr(self, name)}")


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)
