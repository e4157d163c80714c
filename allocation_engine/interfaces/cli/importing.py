"""What every import command shares: its options, the pseudonym key, storing, and the file that says who is who."""

import csv
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from allocation_engine.bootstrap import now
from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.cli.options import engine_for, settings_for, store_exists
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.importers.casework import keep
from allocation_engine.interfaces.importers.intake import Intake, LookupRow
from allocation_engine.interfaces.importers.pseudonyms import KEY_BYTES, Pseudonyms, load_or_create_key
from allocation_engine.persistence.event_log import Ingested
from domain.events import EventRecord
from domain.events.worker import MAX_FTE

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Read and report; store nothing.")]
ImporterOption = Annotated[str, typer.Option("--by", metavar="ID", help="Who imports.", show_default=False)]
AssumeFteOption = Annotated[
    float | None,
    typer.Option(
        "--assume-fte",
        metavar="SHARE",
        help="Record this share of full time for workers without hours, as an assumption. Such files hold no hours.",
        min=0.05,
        max=MAX_FTE,
        show_default=False,
    ),
]
DrawnAtOption = Annotated[
    str | None,
    typer.Option(
        "--drawn-at",
        metavar="DAY",
        help="The day or moment at which the other system drew it up: an older one that comes late undoes nothing. "
        "A day is its end. Default: now.",
        show_default=False,
    ),
]
LookupOption = Annotated[
    Path | None,
    typer.Option(
        "--lookup",
        metavar="CSV",
        help="Also write who is who to this new file: keep it as you keep the file imported.",
        show_default=False,
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        help="File with the pseudonym key. Default: ALLOCATION_ENGINE_KEY_FILE, else beside the "
        "SQLite store. Keep it: without it the same names get other ids.",
        show_default=False,
    ),
]


Storing = Callable[[Engine, Callable[[int], None]], Ingested]
"""Stores on an engine, and tells how far it has come."""


@dataclass
class Importing:
    """One import under way. A new store and a new key are made only as something is kept: a wrong file leaves neither."""

    engine: Engine | None
    pseudonyms: Pseudonyms
    _store: str | None
    _key_path: Path
    _new_key: bytes | None
    _opened: ExitStack

    def now(self) -> datetime:
        """Give the moment of the import."""
        return now() if self.engine is None else self.engine.clock()

    def outcome(self, records: Sequence[EventRecord], terminal: Terminal, *, dry_run: bool) -> Ingested:
        """Store the records, or in a dry run nothing."""
        return self._stored(len(records), terminal, lambda engine, told: engine.ingest(records, told), dry_run=dry_run)

    def delivered(self, intake: Intake, terminal: Terminal, *, dry_run: bool) -> Ingested:
        """Store what a delivery led to and what it said, or in a dry run nothing."""
        return self._stored(
            len(intake.records),
            terminal,
            lambda engine, told: keep(engine, intake.records, intake.said, told),
            dry_run=dry_run,
        )

    def _stored(self, number: int, terminal: Terminal, store: Storing, *, dry_run: bool) -> Ingested:
        if dry_run:
            return Ingested(0, 0, 0 if self.engine is None else self.engine.store.log.head())
        _keep_key(self._key_path, self._new_key)
        self.engine = self.engine or self._opened.enter_context(engine_for(self._store))
        with terminal.progress() as progress:
            task = progress.add_task("Storing", total=number)
            return store(self.engine, lambda done: progress.update(task, completed=done))


@contextmanager
def importing(store: str | None, key_file: Path | None, lookup: Path | None) -> Iterator[Importing]:
    """Open the store if it is there, and the key or a new one."""
    settings = settings_for(store)
    if lookup is not None and lookup.exists():
        raise SettingsError("--lookup", f"{lookup} exists already; name a new file")
    key_path = key_file or settings.pseudonym_key_file()
    new_key = None if key_path.exists() else secrets.token_bytes(KEY_BYTES)
    pseudonyms = Pseudonyms(new_key or load_or_create_key(key_path))
    with ExitStack() as opened:
        engine = opened.enter_context(engine_for(store)) if store_exists(settings.store) else None
        yield Importing(engine, pseudonyms, store, key_path, new_key, opened)


def _keep_key(path: Path, new_key: bytes | None) -> None:
    """Keep a key that was made for this import, unless another import kept one meanwhile: then the ids would differ."""
    if new_key is not None and load_or_create_key(path, new_key=lambda _: new_key) != new_key:
        raise SettingsError(
            "--key-file", f"{path.name} was made by somebody else meanwhile; nothing was stored: import again"
        )


def write_lookup(path: Path, rows: Iterable[LookupRow], title: str) -> None:
    """Write who is who, for its owner alone; `title` heads the column of the originals."""
    with path.open("x", newline="", encoding="utf-8") as file:
        path.chmod(0o600)
        writer = csv.writer(file)
        writer.writerow(("kind", "id", title))
        writer.writerows((row.kind, row.pseudonym, row.original) for row in rows)


def content_of(file: Path) -> bytes:
    """Read a file whole."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError("FILE", f"{file} cannot be read: {error.strerror}") from None
