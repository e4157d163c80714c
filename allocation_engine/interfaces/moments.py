"""Days and moments as people write them."""

from datetime import UTC, datetime, time, timedelta

from allocation_engine.errors import SettingsError
from domain.identifiers import within_reach

END_OF_DAY = time(23, 59, 59, 999_999)
FURTHEST_AHEAD = timedelta(days=366)
"""How far ahead may be asked about: loads are worked out day by day up to there, and nothing is on record of later days."""


def moment(text: str | None, option: str = "--as-at") -> datetime | None:
    """Read a day (its end, in UTC) or a moment; without a zone it is UTC."""
    return None if text is None else _read(text, option, END_OF_DAY)


def asked_about(at: datetime | None, now: datetime, option: str = "--as-at") -> datetime:
    """Give the moment of a question: now, unless another was asked for, a year ahead at most."""
    if at is None:
        return now
    if at > now + FURTHEST_AHEAD:
        raise SettingsError(option, "lies more than a year ahead; ask about an earlier day")
    return at


def beginning(text: str, option: str) -> datetime:
    """Read a day (its beginning, in UTC) or a moment; without a zone it is UTC."""
    return _read(text, option, time())


def drawn_up(text: str | None, option: str, now: datetime) -> datetime | None:
    """Read when something was drawn up: of a day its end, in UTC, and of today no later than now."""
    if text is None:
        return None
    ends = _read(text, option, END_OF_DAY)
    return now if beginning(text, option) <= now < ends else ends


def _read(text: str, option: str, hour_of_day: time) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(option, f"cannot read {text!r}; write a day as 2026-11-01") from None
    if len(text) == len("2026-11-01"):
        read = datetime.combine(read, hour_of_day)
    try:
        return within_reach(read if read.tzinfo is not None else read.replace(tzinfo=UTC))
    except ValueError as error:
        raise SettingsError(option, f"{error}") from None
