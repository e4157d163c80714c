"""Which positions of an SQLite log match a query, by the index on tags."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

SELECT_ANY_OF_TAGS = (
    "SELECT DISTINCT t.position FROM json_each(?) wanted CROSS JOIN event_tag t ON t.tag = wanted.value"
    " WHERE t.position > ?"
)
SELECT_ALL_OF_TAGS = "SELECT t.position FROM event_tag t WHERE t.tag = ? AND t.position > ?"
AND_THE_OTHER_TAGS = (
    " AND NOT EXISTS (SELECT 1 FROM json_each(?) wanted WHERE NOT EXISTS"
    " (SELECT 1 FROM event_tag other WHERE other.tag = wanted.value AND other.position = t.position))"
)
AND_ONE_OF_TYPES = " AND (SELECT type FROM event e WHERE e.position = t.position) IN (SELECT value FROM json_each(?))"
SELECT_BY_TYPE = "SELECT t.position FROM event t WHERE t.position > ?"
ORDERED = " ORDER BY t.position LIMIT ?"

NO_LIMIT = -1


def matching_positions(connection: sqlite3.Connection, query: DCBQuery, after: int, limit: int | None) -> list[int]:
    """Give the first positions after `after` that match any item of the query, in order and each once."""
    found: set[int] = set()
    for statement, parameters in _selects(query.items, after):
        cut = NO_LIMIT if limit is None else limit
        found.update(row[0] for row in connection.execute(statement + ORDERED, (*parameters, cut)))
    return sorted(found)[:limit]


def any_match(connection: sqlite3.Connection, query: DCBQuery, after: int) -> bool:
    """Tell whether an event after `after` matches; a query without items matches any event."""
    if not query.items:
        return connection.execute("SELECT 1 FROM event WHERE position > ? LIMIT 1", (after,)).fetchone() is not None
    return any(
        connection.execute(statement + " LIMIT 1", parameters).fetchone() is not None
        for statement, parameters in _selects(query.items, after)
    )


def _selects(items: Sequence[DCBQueryItem], after: int) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Give statements that together find what matches: one for all items of a single tag and the same types."""
    single_tags: dict[tuple[str, ...], list[str]] = {}
    for item in items:
        types = tuple(item.types)
        by_type, type_parameters = (AND_ONE_OF_TYPES, (json.dumps(types),)) if types else ("", ())
        match item.tags:
            case []:
                by_type = by_type.replace("(SELECT type FROM event e WHERE e.position = t.position)", "t.type")
                yield SELECT_BY_TYPE + by_type, (after, *type_parameters)
            case [tag]:
                single_tags.setdefault(types, []).append(tag)
            case [tag, *others]:
                yield (
                    SELECT_ALL_OF_TAGS + AND_THE_OTHER_TAGS + by_type,
                    (tag, after, json.dumps(others), *type_parameters),
                )
    for types, tags in single_tags.items():
        by_type, type_parameters = (AND_ONE_OF_TYPES, (json.dumps(types),)) if types else ("", ())
        yield SELECT_ANY_OF_TAGS + by_type, (json.dumps(tags), after, *type_parameters)
