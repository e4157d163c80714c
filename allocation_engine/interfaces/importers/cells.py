"""What one cell says: text, a child's id, a worker or team, a date. A cell that cannot be read is a fault, not a blank."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

CellValue = str | int | float | bool | datetime | date | time | timedelta | None

EXCEL_ERRORS = frozenset({"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!", "#calc!"})
NOBODY = frozenset(
    {
        "0", "allocation pending", "awaiting allocation", "awaiting worker", "blank", "duty", "duty social worker",
        "duty worker", "n/a", "na", "nil", "no allocated worker", "no allocation", "no team", "no worker", "none",
        "not allocated", "not applicable", "not known", "not recorded", "null", "pending", "pending allocation", "tba",
        "tbc", "to be allocated", "to be assigned", "to be confirmed", "un-allocated", "unallocated", "unassigned",
        "unknown", "vacancy", "vacant",
    }
)  # fmt: skip
"""What files write where there is no worker or team. `0` is what a look-up formula gives for an empty cell."""

_NO_DATE = frozenset({"n/a", "na", "nil", "none", "not applicable", "null", "ongoing", "open", "tbc", "unknown"})
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_ROUNDED_BY_EXCEL = re.compile(r"\d+(\.\d+)?e\+?\d+", re.IGNORECASE)
_TOTAL_OR_NOTE = re.compile(r"(grand |sub-?)?totals?\b|count\b|notes?\b|source\b|\*|end of\b", re.IGNORECASE)
_MAX_ID_CHARACTERS = 40
_UK_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_TIME_AFTER_DATE = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[ap]m)?(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_NAMED_MONTH = ("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%d/%b/%Y")
_SERIAL_TEXT = re.compile(r"\d{5}(\.\d+)?")
_SERIALS = range(10_000, 80_000)
"""Excel day numbers of 1927 to 2119. A bare `2019` is a year and no day number."""
_NULL_YEARS = (1900, 9999)
"""Case systems write 01/01/1900 and 31/12/9999 for no date."""


class CellFault(Exception):
    """The cell holds something that cannot be what the column is for. It carries a code and a reason, never the text."""

    def __init__(self, code: str, why: str) -> None:
        self.code = code
        self.why = why
        super().__init__(why)


def text_of(value: CellValue) -> str:
    """Read any cell as text: NFKC, each run of white space (non-breaking too) as one space, whole numbers without `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).split())


def is_excel_error(value: CellValue) -> bool:
    """Tell whether a formula failed here, as `#N/A` does."""
    return isinstance(value, str) and text_of(value).casefold() in EXCEL_ERRORS


def somebody(value: CellValue) -> str | None:
    """Read a worker or a team; None where the cell is empty or says that there is nobody."""
    text = text_of(value)
    folded = text.casefold()
    if folded in NOBODY or folded in EXCEL_ERRORS or not any(character.isalnum() for character in folded):
        return None
    return text


def child_id(value: CellValue) -> str | None:
    """Read a child's id; None where the cell is empty.

    Raises
    ------
    CellFault
        `no_child_id` for a total, a note or an Excel error; `unreadable_child_id` for what cannot be an id.
    """
    text = text_of(value)
    if not text or text == "-":
        return None
    if isinstance(value, bool | datetime | date | time | timedelta) or _ROUNDED_BY_EXCEL.fullmatch(text):
        raise CellFault("unreadable_child_id", "the id was turned into a date or a rounded number; give it as text")
    if is_excel_error(value):
        raise CellFault("no_child_id", "the id is an Excel error")
    if _TOTAL_OR_NOTE.match(text) or len(text) > _MAX_ID_CHARACTERS or not any(c.isdigit() for c in text):
        raise CellFault("no_child_id", "there is a total or a note where a child's id should be")
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole[1] if whole else text


def date_of(value: CellValue, epoch: datetime = WINDOWS_EPOCH) -> date | None:
    """Read a date: a date cell, an Excel day number, day/month/year, or ISO text; None where there is none.

    Day comes before month, as the template asks. Nothing is guessed: `03/15/2015` is a fault.

    Raises
    ------
    CellFault
        `unreadable_date` for anything else.
    """
    if isinstance(value, datetime):
        found: date | None = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, bool):
        raise _unreadable()
    elif isinstance(value, int | float):
        found = _from_serial(value, epoch)
    elif isinstance(value, str):
        found = _from_text(text_of(value), epoch)
    else:
        found = None  # day number 0 in a date cell comes as a time of day
    return None if found is None or found.year <= _NULL_YEARS[0] or found.year >= _NULL_YEARS[1] else found


def _from_serial(number: float, epoch: datetime) -> date | None:
    if number == 0:
        return None
    if int(number) not in _SERIALS:
        raise _unreadable()
    moment = from_excel(number, epoch)
    return moment.date() if isinstance(moment, datetime) else None


def _from_text(text: str, epoch: datetime) -> date | None:
    folded = text.casefold()
    if folded in _NO_DATE or folded in EXCEL_ERRORS or not any(character.isalnum() for character in folded):
        return None
    day = _TIME_AFTER_DATE.sub("", text).strip()
    if _SERIAL_TEXT.fullmatch(day):
        return _from_serial(float(day), epoch)
    try:
        if iso := _ISO_DATE.fullmatch(day):
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if uk := _UK_DATE.fullmatch(day):
            year = int(uk[3]) if len(uk[3]) > 2 else _century(int(uk[3]))  # noqa: PLR2004
            return date(year, int(uk[2]), int(uk[1]))
    except ValueError as error:
        raise _unreadable() from error
    return _from_named_month(day)


def _from_named_month(text: str) -> date:
    for pattern in _NAMED_MONTH:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a date in a cell has no zone
        except ValueError:
            continue
    raise _unreadable()


def _century(two_digits: int) -> int:
    """Follow Excel's own rule: 00 to 29 are of this century."""
    return two_digits + (2000 if two_digits < 30 else 1900)  # noqa: PLR2004


def _unreadable() -> CellFault:
    return CellFault("unreadable_date", "the date cannot be read; give it as day/month/year")
