"""Cells of CSV files, for the service's lists and the desk's tables."""

import json
from datetime import date
from typing import Any

FORMULA = frozenset("=+-@\t\r")


def csv_text(value: Any) -> str:
    """Write a value: what is not known is empty, lists are joined by blanks, what looks like a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(map(str, value))
    if isinstance(value, date):
        value = value.isoformat()
    text = json.dumps(value) if isinstance(value, dict) else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in FORMULA else text
