"""An SQLite store with a made-up service of so many events: made once, and used again where it is there already."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter

from allocation_engine.interfaces.generator import ServiceShape, generate, shape_for_events
from allocation_engine.persistence.keys import open_keyring
from allocation_engine.persistence.store import Store, open_store
from domain.events import EventRecord

ENDS_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""Fixed, so that a run today and one next year store the same bytes."""

AT_ONCE = 10_000
"""Records a turn: each is one transaction, and one message from the process that makes them up."""


class WrongStore(Exception):
    """The file holds another number of events than asked for."""


@dataclass(frozen=True)
class Making:
    """What it took to make a store: nothing, where it was there already.

    Attributes
    ----------
    events
        Events in the store.
    generating, ingesting
        Time that the one and the other process was busy [s]; they run side by side.
    elapsed
        From beginning to end [s].
    """

    events: int
    generating: float = 0.0
    ingesting: float = 0.0
    elapsed: float = 0.0


@dataclass(frozen=True)
class Batch:
    """Records of one turn, and how long it took to make them [s]."""

    records: Sequence[EventRecord]
    seconds: float


def keys_beside(file: Path, *, sealed: bool) -> str:
    """Give the place of the keys of persons, as `open_engine` takes it."""
    return f"{file}.person-keys" if sealed else "none"


def open_made(file: Path, *, sealed: bool) -> Store:
    """Open a store that was made, with its keys where it is sealed."""
    keyring = partial(open_keyring, keys_beside(file, sealed=True)) if sealed else None
    return open_store(f"sqlite:///{file}", keyring=keyring)


def make_store(file: Path, events: int, *, workers: int | None = None, seed: int = 1, sealed: bool = False) -> Making:
    """Fill an SQLite file with a made-up service, batch by batch, unless it holds that many events already.

    A sealed one has its keys beside it.

    A run that was broken off is taken up again: the same seed tells the same history, and what is stored is known.

    Raises
    ------
    WrongStore
        The file holds more events than asked for: it is another store.
    """
    started = perf_counter()
    with open_made(file, sealed=sealed) as store, no_collections():
        there = store.log.head()
        if there == events:
            return Making(events)
        if there > events:
            raise WrongStore(f"{file} holds {there:,} events and {events:,} are asked for: name another file")
        shape = shape_for_events(events, workers=workers, ends_at=ENDS_AT)
        generating = ingesting = 0.0
        for batch in _made_beside(shape, seed, events):
            begun = perf_counter()
            store.log.ingest(batch.records, batch_size=AT_ONCE)
            ingesting += perf_counter() - begun
            generating += batch.seconds
        head = store.log.head()
        assert head == events, (
            f"{events:,} events were asked for and {head:,} are stored: was it another service's file?"
        )
    return Making(events, generating, ingesting, perf_counter() - started)


def _made_beside(shape: ServiceShape, seed: int, events: int) -> Iterator[Batch]:
    """Generate in a process of its own: the store takes in one batch while the next is made."""
    processes = get_context("spawn")
    here, there = processes.Pipe(duplex=False)
    maker = processes.Process(target=_make, args=(there, shape, seed, events), daemon=True)
    maker.start()
    there.close()
    try:
        while batch := here.recv():
            yield batch
    finally:
        here.close()
        maker.join(timeout=1)
        maker.terminate()


def _make(to: Connection, shape: ServiceShape, seed: int, events: int) -> None:
    history = islice(generate(shape, seed=seed), events)
    with no_collections():
        while True:
            started = perf_counter()
            records = list(islice(history, AT_ONCE))
            to.send(Batch(records, perf_counter() - started) if records else None)
            if not records:
                return


@contextmanager
def no_collections() -> Iterator[None]:
    """Stop looking for cycles: what is made and dropped here holds none, and looking takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
