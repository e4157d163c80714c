"""Commands about keeping and forgetting: backup, restore, backup-keys, restore-keys, retention, erase."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.engine import Engine
from allocation_engine.errors import KeysUnavailable, SettingsError
from allocation_engine.interfaces.cli.options import (
    ByOption,
    JsonOption,
    StoreOption,
    engine_for,
    existing_engine,
    person,
)
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.moments import beginning
from allocation_engine.persistence.backups import back_up, back_up_keys
from allocation_engine.persistence.backups import restore as restore_store
from allocation_engine.persistence.backups import restore_keys as bring_back_keys
from allocation_engine.persistence.keys.erasures import require_keys
from allocation_engine.planning import Erasure
from allocation_engine.planning.retention import Due, due_for_erasure
from domain.vocabulary import ErasureReason
from projections import ALL

NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="A new file to write.", show_default=False)]
BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup to read.", show_default=False)]
WhyOption = Annotated[
    ErasureReason,
    typer.Option("--reason", help="Why; a code, so that no free text enters the log.", show_default=False),
]
KEEP_SHORT = (
    "Keep it apart from backups of the store, and no longer than an erasure may take to reach everywhere: with an old "
    "key, whoever was erased since can be read in an old backup."
)


def backup(file: NewFile, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Write a backup of the store to one file, of one moment, while others go on writing. Every kind of store reads it.

    What is said of persons is sealed in it as it is in the store, and the keys are
    not: `backup-keys` writes them, to be kept apart.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine, terminal.progress() as progress:
        task = progress.add_task("Backing up", total=None)
        summary = back_up(
            engine.store,
            file,
            engine.clock(),
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    terminal.answer(
        {
            "file": str(file),
            "made_at": summary.made_at.isoformat(),
            "head": summary.head,
            "events": summary.events,
            "documents": summary.documents,
        },
        lambda console: console.print(
            f"{summary.events} events up to position {summary.head} are in {file}; keys of persons are not: see backup-keys.",
            markup=False,
        ),
    )


def restore(file: BackupFile, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Fill an empty store from a backup; the whole backup is verified first. Views are built when they are first read.

    The keys of persons must be those the events were sealed under: give their
    place, or restore them with `restore-keys`.
    """
    terminal = Terminal(as_json)
    missing = None
    with engine_for(store) as engine, terminal.progress() as progress:
        task = progress.add_task("Restoring", total=None)
        restored = restore_store(
            engine.store, file, lambda done, total: progress.update(task, completed=done, total=total)
        )
        try:
            require_keys(engine.store)
        except KeysUnavailable as error:
            missing = error
    summary = restored.summary
    document = {
        "file": str(file),
        "made_at": summary.made_at.isoformat(),
        "head": summary.head,
        "events": summary.events,
        "documents": summary.documents,
        "sealed_now": restored.sealed,
        "erased_again": list(restored.erased),
        "keys_missing": missing is not None,
    }

    def page(console: Console) -> None:
        console.print(f"Restored {summary.events} events up to position {summary.head}.")
        if restored.sealed:
            console.print(f"{restored.sealed} of them were stored plain and are sealed now.")
        if restored.erased:
            console.print(f"Erased again, as the log says: {', '.join(restored.erased)}.")
        if missing is not None:
            console.print(f"{missing}. Next: allocation-engine restore-keys FILE", markup=False)

    terminal.answer(document, page)


def backup_keys(file: NewFile, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Write the keys of persons to a file, apart from the backups of the store, which nobody can read without them."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        if engine.store.keyring is None:
            raise SettingsError("ALLOCATION_ENGINE_PERSON_KEYS", "this store is used without keys of persons")
        count = back_up_keys(engine.store.keyring, file, engine.clock())
    terminal.answer(
        {"file": str(file), "keys": count, "warning": KEEP_SHORT},
        lambda console: console.print(f"{count} keys are in {file}. {KEEP_SHORT}", markup=False),
    )


def restore_keys(file: BackupFile, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Bring back the keys that are missing here. Whoever the log says was erased is erased again at once."""
    terminal = Terminal(as_json)
    with existing_engine(store, check_keys=False) as engine:
        restored = bring_back_keys(engine.store, file)

    def page(console: Console) -> None:
        console.print(f"{restored.taken} keys came back.")
        if restored.erased:
            console.print(f"Erased again, as the log says: {', '.join(restored.erased)}.")

    terminal.answer({"keys": restored.taken, "erased_again": list(restored.erased)}, page)


def erase(
    persons: Annotated[
        list[str], typer.Argument(metavar="PERSON...", help="worker:ID or case:ID.", show_default=False)
    ],
    by: ByOption,
    reason: WhyOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase persons in somebody's name: their keys are destroyed, and nothing brings back what was said of them.

    It holds for the log, every view and every backup of the store. Accounts of workers who worked an erased case say so.
    A crash on the way does no harm: give the command again.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        _erased(terminal, engine, persons, by, reason)


def retention(
    closed_before: Annotated[
        str | None,
        typer.Option("--closed-before", metavar="DAY", help="Cases closed before this day.", show_default=False),
    ] = None,
    left_before: Annotated[
        str | None,
        typer.Option("--left-before", metavar="DAY", help="Workers who left before this day.", show_default=False),
    ] = None,
    erase_them: Annotated[
        bool, typer.Option("--erase", help="Erase them; needs --by and --reason. Without it they are only listed.")
    ] = False,
    by: Annotated[str | None, typer.Option("--by", metavar="ID", help="Who erases.", show_default=False)] = None,
    reason: Annotated[ErasureReason | None, typer.Option("--reason", help="Why; a code.", show_default=False)] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the cases and workers that are due to be erased; with --erase, erase them. Nothing is erased by default."""
    terminal = Terminal(as_json)
    if closed_before is None and left_before is None:
        raise SettingsError("retention", "give --closed-before or --left-before, such as --closed-before 2020-01-01")
    if erase_them and (by is None or reason is None):
        raise SettingsError("--erase", "say who erases and why: --by ID --reason retention_period_over")
    with existing_engine(store) as engine:
        due = due_for_erasure(
            engine.store,
            engine.clock(),
            closed_before=None if closed_before is None else beginning(closed_before, "--closed-before"),
            left_before=None if left_before is None else beginning(left_before, "--left-before"),
        )
        if erase_them and due and by is not None and reason is not None:
            _erased(terminal, engine, [one.subject for one in due], by, reason)
            return
    document = {"due": [{"subject": one.subject, "since": one.since.isoformat()} for one in due], "erased": []}
    terminal.answer(document, lambda console: _due_page(console, due))


def _erased(terminal: Terminal, engine: Engine, persons: Sequence[str], by: str, reason: ErasureReason) -> None:
    """Erase, and build the views anew, so that no reader has to wait for that."""
    outcome = engine.erase(persons, person(by), reason)
    with terminal.progress() as progress:
        task = progress.add_task("Building views anew", total=len(ALL))
        for view in ALL:
            engine.store.read_models.catch_up(view)
            progress.update(task, advance=1)
    terminal.answer(
        {
            "erased": list(outcome.subjects),
            "already_erased": list(outcome.already),
            "proposals": list(outcome.proposals),
            "position": outcome.position,
        },
        lambda console: _erased_page(console, outcome),
    )


def _erased_page(console: Console, outcome: Erasure) -> None:
    console.print(f"Erased: {', '.join(outcome.subjects)}. What was said of them cannot be read any more.")
    if outcome.already:
        console.print(f"Erased before: {', '.join(outcome.already)}.")
    if outcome.proposals:
        console.print(f"Gone with them, since they name them: {', '.join(outcome.proposals)}.")
    console.print("A backup of keys made before today still holds theirs: destroy it, or let it run out.")


def _due_page(console: Console, due: Sequence[Due]) -> None:
    if not due:
        console.print("Nobody is due.")
        return
    rows = [(one.subject, f"{one.since:%Y-%m-%d}") for one in due]
    console.print(table(f"{len(due)} due to be erased", ("Person", "Closed or gone since"), rows))
    console.print("\nNobody was erased. Next: the same with --erase --by ID --reason retention_period_over")
