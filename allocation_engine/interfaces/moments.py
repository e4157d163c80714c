"""Days and moments as people write them."""

from datetime import UTC, datetime, time

from allocation_engine.errors import SettingsError
from domain.identifiers import within_reach

END_OF_DAY = time(23, 59, 59, 999_999)


def moment(text: str | None, option: str = "--as-at") -> datetime | None:
    """Read a day (its end, in UTC) or a moment; without a zone it is UTC."""
    return None if text is None else _read(text, option, END_OF_DAY)


def beginning(text: str, option: str) -> datetime:
    """Read a day (its beginning, in UTC) or a moment; without a zone it is UTC."""
    return _read(text, option, time())


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
