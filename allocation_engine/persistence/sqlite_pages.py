"""Reads pages of a log in columns from an SQLite file; also as a process of its own, which a rebuild reads beside its work.

It imports nothing of this program, so that it starts quickly: `python sqlite_pages.py FILE UPTO PAGE SKIPPED…` writes each
page to standard output as its length in eight bytes and then an Arrow stream. An Arrow driver for SQLite would be a
second copy of SQLite in this process, and closing a file in one copy drops the locks that the other holds on it.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO

import polars as pl

SCHEMA = {"position": pl.Int64, "type": pl.String, "data": pl.Binary}

SELECT_PAGE = (
    "SELECT position, type, data FROM event WHERE position > ? AND position <= ?"
    " AND type NOT IN (SELECT value FROM json_each(?)) ORDER BY position"
)


def page(connection: sqlite3.Connection, after: int, upto: int, skipped: Sequence[str]) -> pl.DataFrame:
    """Read the events after one position up to another; the content of those skipped is not even loaded."""
    rows = connection.execute(SELECT_PAGE, (after, upto, json.dumps(sorted(skipped)))).fetchall()
    columns = {name: [row[place] for row in rows] for place, name in enumerate(SCHEMA)}
    return pl.DataFrame(columns, schema=SCHEMA)


def pages(connection: sqlite3.Connection, upto: int, size: int, skipped: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Read every page up to a position."""
    for after in range(0, upto, size):
        yield page(connection, after, min(after + size, upto), skipped)


def main(file: str, upto: str, size: str, *skipped: str) -> None:
    """Write the pages to standard output."""
    connection = sqlite3.connect(f"{file}?mode=ro", uri=True)
    for read in pages(connection, int(upto), int(size), skipped):
        arrow = BytesIO()
        read.write_ipc_stream(arrow)
        sys.stdout.buffer.write(len(arrow.getbuffer()).to_bytes(8, "little"))
        sys.stdout.buffer.write(arrow.getbuffer())
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
