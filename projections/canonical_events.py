"""Stored events as columns of text, by their canonical form: compact JSON with the fields in the order of their class.

That is what the log's mapper writes. A pattern is made from the event class and matches a valid event in this form and
nothing else, so a match is a validation, too. What does not match (written by other means, damaged, of an older version)
is left for the slow path, which judges it.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

import polars as pl

from domain.events.base import DomainEvent
from domain.identifiers import OPAQUE_ID_PATTERN
from projections.column_fold import LogColumns

_ID = OPAQUE_ID_PATTERN.strip("^$")
MOMENT = r"[0-9]{4}-[0-9T:.-]{14,21}Z"

ID = rf'"({_ID})"'
ID_OR_NULL = rf'(?:"({_ID})"|null)'
IDS = rf'\[("{_ID}"(?:,"{_ID}")*)\]'
MOMENT_OR_NULL = rf'(?:"({MOMENT})"|null)'
FTE = r"([0-9]+\.[0-9]+)"
FTE_OR_NULL = r"(?:([0-9]+\.[0-9]+)|null)"
SKIPPED = r'(?:"[^"\\]*"|null|true|false|-?[0-9.eE+-]+|\[[^\[\]{}\\]*\])'
"""Any value of a field that the load does not read."""

BEFORE_ID = '{"envelope":{"event_id":"'
ID_LENGTH, ID_DIGITS = 36, 32
BEFORE_MOMENT = '","occurred_at":"'
BEFORE_RECORDED = '","recorded_at":"'
LONGEST_REST = 80
"""The two moments and what stands between them are shorter than that."""

EVENT_AT = ',"event":'
"""Stands once in a stored event: within a JSON string the quotation marks would be escaped."""


def one_of(values: type[StrEnum]) -> str:
    """Match a value of an enum."""
    return rf'"({"|".join(values)})"'


def uncaptured(pattern: str) -> str:
    """Give a pattern with its one group not captured, to be part of another."""
    return pattern.replace('"(', '"(?:', 1)


def one_of_or_null(values: type[StrEnum]) -> str:
    """Match a value of an enum, or null."""
    return rf"(?:{one_of(values)}|null)"


def some_of_or_null(values: type[StrEnum]) -> str:
    """Match a list of an enum's values, perhaps empty, or null. The brackets are captured: empty is not null."""
    value = rf'"(?:{"|".join(values)})"'
    return rf"(?:(\[(?:{value}(?:,{value})*)?\])|null)"


@cache
def _pattern(event_class: type[DomainEvent], wanted: tuple[tuple[str, str], ...]) -> str:
    """Make the pattern of an event: every field in its place, those wanted captured under their names."""
    patterns = dict(wanted)
    fields = [f'"{name}":{patterns.get(name, SKIPPED)}' for name in event_class.model_fields]
    return rf"^\{{{','.join(fields)}\}}\}}$"


def read_envelopes(texts: pl.Series) -> pl.DataFrame:
    """Give columns id, at, recorded_at and event, each as its text in the JSON; null where it is not canonical.

    The text of the event has one brace more at its end: that of the whole. Cutting at known places is twice as quick as
    a pattern; whether id and moments are such is seen when they are read.
    """
    text, rest = pl.col("text"), pl.col("rest")
    id_at, rest_at = len(BEFORE_ID), len(BEFORE_ID) + ID_LENGTH + len(BEFORE_MOMENT)
    frame = texts.to_frame("text").select(
        id=text.str.slice(id_at, ID_LENGTH),
        canonical=text.str.starts_with(BEFORE_ID)
        & (text.str.slice(id_at + ID_LENGTH, len(BEFORE_MOMENT)) == BEFORE_MOMENT),
        rest=text.str.slice(rest_at, LONGEST_REST),
        event=text.str.slice(text.str.find(EVENT_AT, literal=True) + len(EVENT_AT)),
    )
    frame = frame.with_columns(length=rest.str.find('"', literal=True))
    frame = frame.with_columns(at=rest.str.slice(0, pl.col("length")), rest=rest.str.slice(pl.col("length")))
    recorded = rest.str.slice(len(BEFORE_RECORDED))
    return frame.select(
        pl.when(pl.col("canonical") & rest.str.starts_with(BEFORE_RECORDED)).then(pl.col("id")),
        "at",
        "event",
        recorded_at=recorded.str.slice(0, recorded.str.find('"', literal=True)),
    )


def read_page(page: LogColumns) -> dict[str, pl.DataFrame]:
    """Give the events of a page with a readable envelope, by their stored type.

    Columns: place in the page; id, at_text, recorded_text and event as text; at and recorded_at [µs since 1970];
    id_high and id_low, the id as two numbers.
    """
    frame = read_envelopes(_texts(page["data"])).with_columns(page["type"]).with_row_index("place")
    frame = frame.rename({"at": "at_text", "recorded_at": "recorded_text"}).with_columns(
        at=moment(pl.col("at_text")),
        recorded_at=moment(pl.col("recorded_text")),
        **_halves(pl.col("id")),
    )
    readable = frame.drop_nulls(["id", "id_low", "at", "recorded_at", "event"])
    return {str(wire_type): part for (wire_type,), part in readable.partition_by("type", as_dict=True).items()}


def _halves(uuid: pl.Expr) -> dict[str, pl.Expr]:
    """Read an id as two numbers, the higher first; null if it is none."""
    digits = uuid.str.replace_all("-", "", literal=True)
    read = pl.when(digits.str.len_bytes() == ID_DIGITS).then(digits).str.decode("hex", strict=False)
    return {
        name: read.bin.slice(begin, 8).bin.reinterpret(dtype=pl.UInt64, endianness="big")
        for name, begin in (("id_high", 0), ("id_low", 8))
    }


def _texts(data: pl.Series) -> pl.Series:
    """Read stored bytes as text; null where they are none."""
    try:
        return data.cast(pl.String).alias("text")
    except pl.exceptions.ComputeError:  # which says of a whole column that some entry is no text
        return pl.Series("text", [_text_or_none(one) for one in data], dtype=pl.String)


def _text_or_none(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def moment(text: pl.Expr) -> pl.Expr:
    """Read moments in UTC as microseconds since 1970; null if they are none."""
    return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", strict=False).to_physical()


def read_events(frame: pl.DataFrame, event_class: type[DomainEvent], wanted: Mapping[str, str]) -> pl.DataFrame:
    """Put the wanted fields beside the envelope's columns as text; drop the rows that do not match.

    `wanted` names a field and the pattern of its value, with one group.
    """
    in_order = tuple((name, wanted[name]) for name in event_class.model_fields if name in wanted)
    found = pl.col("event").str.extract_groups(_pattern(event_class, in_order))
    read = frame.select(
        "place", "id_high", "id_low", "at", "recorded_at", found.struct.rename_fields([name for name, _ in in_order])
    )
    # Every event has a field that is never null, its subject: where all are null, the pattern did not match.
    return read.unnest("event").filter(pl.any_horizontal(pl.col(name).is_not_null() for name, _ in in_order))
