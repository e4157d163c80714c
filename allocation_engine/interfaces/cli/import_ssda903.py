"""The command `import ssda903`: read the return's social worker file, store what is new, account for every line."""

from pathlib import Path
from typing import Annotated

import typer

from allocation_engine.interfaces.cli.importing import (
    AssumeFteOption,
    DrawnAtOption,
    DryRunOption,
    ImporterOption,
    KeyFileOption,
    LookupOption,
    content_of,
    importing,
    write_lookup,
)
from allocation_engine.interfaces.cli.intake_pages import intake_document, intake_page
from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, person
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.importers.casework import NO_PAST, past_in
from allocation_engine.interfaces.importers.ssda903 import read_ssda903
from allocation_engine.interfaces.moments import drawn_up


def ssda903(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The social worker file of the SSDA903 return, CSV.", show_default=False),
    ],
    episodes: Annotated[
        Path | None,
        typer.Option(
            "--episodes",
            metavar="FILE",
            help="Its episodes file, CSV. Without it nobody can tell who waits from who has left care.",
            show_default=False,
        ),
    ] = None,
    drawn_at: DrawnAtOption = None,
    dry_run: DryRunOption = False,
    assume_fte: AssumeFteOption = None,
    lookup: LookupOption = None,
    by: ImporterOption = "importer",
    key_file: KeyFileOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import the social workers of children in care from the SSDA903 return: who held which case from when until when.

    Ids are turned into pseudonyms; all else is not read. A later return stores only what is new, and puts right what
    reads otherwise. A line that cannot be read is refused by itself, with its number and the reason.
    One that comes late undoes nothing, if --drawn-at says when it was drawn up.
    """
    terminal = Terminal(as_json)
    actor = person(by)
    with importing(store, key_file, lookup) as opened:
        intake = read_ssda903(
            content_of(file),
            episodes=None if episodes is None else content_of(episodes),
            pseudonyms=opened.pseudonyms,
            recorded_at=opened.now(),
            actor=actor,
            drawn_at=drawn_up(drawn_at, "--drawn-at", opened.now()),
            past=NO_PAST if opened.engine is None else past_in(opened.engine.store),
            assume_fte=assume_fte,
        )
        outcome = opened.delivered(intake, terminal, dry_run=dry_run)
    if lookup is not None:
        write_lookup(lookup, intake.lookup, "in the return")
    terminal.answer(
        intake_document(intake, outcome, dry_run=dry_run),
        lambda console: intake_page(console, intake, outcome, items="lines", dry_run=dry_run, store=store),
    )
