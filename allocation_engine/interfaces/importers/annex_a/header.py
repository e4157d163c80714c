"""Finding the header of a list below its title rows, and which column is which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allocation_engine.interfaces.importers.annex_a.lists import (
    Column,
    ListDefinition,
    is_date_column,
    normalise_header,
)
from allocation_engine.interfaces.importers.cells import CellValue, text_of

HEADER_WITHIN_ROWS = 40


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column is, counted from 0.

    `repeated` names columns that come twice (the first is read), `absent` those that the list could have and has not.
    """

    row: int
    places: dict[Column, int]
    dates: tuple[int, ...]
    repeated: tuple[str, ...]
    absent: tuple[str, ...]


def match_header(definition: ListDefinition, row: int, values: Sequence[CellValue]) -> Header | None:
    """Read a row as this list's header; None where a column it cannot do without is missing."""
    texts = [text_of(value) if isinstance(value, str) else "" for value in values]
    places, repeated = _places(definition, [normalise_header(text) for text in texts])
    if definition.missing(frozenset(places)):
        return None
    return Header(
        row=row,
        places=places,
        dates=tuple(place for place, text in enumerate(texts) if is_date_column(text)),
        repeated=repeated,
        absent=tuple(definition.official(column) for column in definition.columns if column not in places),
    )


def missing_columns(definition: ListDefinition, rows: Iterable[Sequence[CellValue]]) -> tuple[str, ...]:
    """Name what the nearest thing to a header still lacks, so that whoever sent the file can put it right."""
    lacks = [
        definition.missing(frozenset(_places(definition, [normalise_header(text_of(value)) for value in values])[0]))
        for values in rows
    ]
    return min(lacks, key=len, default=definition.missing(frozenset()))


def _places(definition: ListDefinition, headers: Sequence[str]) -> tuple[dict[Column, int], tuple[str, ...]]:
    """Give the template's own wording first choice; only then try the patterns on what is left."""
    places: dict[Column, int] = {}
    repeated = []
    for column, name in definition.columns.items():
        exact = [place for place, header in enumerate(headers) if header == normalise_header(name.official)]
        if exact:
            places[column] = exact[0]
        if len(exact) > 1:
            repeated.append(name.official)
    for column, name in definition.columns.items():
        if column in places:
            continue
        taken = set(places.values())
        like = [place for place, header in enumerate(headers) if place not in taken and name.pattern.fullmatch(header)]
        if like:
            places[column] = like[0]
        if len(like) > 1:
            repeated.append(name.official)
    return places, tuple(repeated)
