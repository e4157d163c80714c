"""Pages of a long SQLite log, read by a process beside this one: Python's lock would let a thread do little of it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

import polars as pl

from allocation_engine.persistence import sqlite_pages

PAGES_AHEAD = 2
"""Pages read before they are asked for: enough to keep both sides at work, little to hold."""


class ReaderFailed(Exception):
    """The process beside this one gave no more pages; they must be read here."""


def pages_beside(path: str, upto: int, size: int, skipped: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Give every page up to a position, as `sqlite_pages.pages` does.

    Raises
    ------
    ReaderFailed
        The process could not be started, or ended before the last page.
    """
    command = [sys.executable, sqlite_pages.__file__, Path(path).absolute().as_uri(), str(upto), str(size)]
    try:
        reader = subprocess.Popen(  # noqa: S603  our own file, with the interpreter that runs this
            [*command, *sorted(skipped)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise ReaderFailed from error
    assert reader.stdout is not None  # noqa: S101  it was asked for as a pipe
    read: Queue[bytes | None] = Queue(PAGES_AHEAD)
    thread = Thread(target=_fetch, args=(reader.stdout, read), daemon=True)
    thread.start()
    try:
        for _ in range(0, upto, size):
            arrow = read.get()
            if arrow is None:
                raise ReaderFailed
            yield pl.read_ipc_stream(BytesIO(arrow))
    finally:
        reader.kill()
        while thread.is_alive():  # it may be waiting for room
            if not read.empty():
                read.get()
            thread.join(0.01)
        reader.stdout.close()
        reader.wait()


def _fetch(stream: IO[bytes], read: "Queue[bytes | None]") -> None:
    """Fetch pages as they come; None once there are no more, for whatever reason."""
    while length := stream.read(8):
        arrow = stream.read(int.from_bytes(length, "little"))
        read.put(arrow)
    read.put(None)
