"""The command `import dfe-daily`: read a day's payload, store what is new or reads otherwise, account for every record."""

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
from allocation_engine.interfaces.importers.dfe_daily import parse_dfe_daily, read_dfe_daily
from allocation_engine.interfaces.moments import drawn_up


def dfe_daily(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The payload, JSON as the DfE's API takes it.", show_default=False),
    ],
    drawn_at: DrawnAtOption = None,
    dry_run: DryRunOption = False,
    assume_fte: AssumeFteOption = None,
    lookup: LookupOption = None,
    by: ImporterOption = "importer",
    key_file: KeyFileOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import a payload of the DfE's daily children's social care collection: cases, their workers, plans and factors.

    Ids are turned into pseudonyms; names and all else are not read. The next day's payload stores only what is new, and
    puts right what reads otherwise. A record that cannot be read is refused by itself, with its place and the reason.
    One that comes late undoes nothing, if --drawn-at says when it was drawn up.
    """
    terminal = Terminal(as_json)
    actor = person(by)
    with importing(store, key_file, lookup) as opened:
        intake = read_dfe_daily(
            parse_dfe_daily(content_of(file), file.name),
            pseudonyms=opened.pseudonyms,
            recorded_at=opened.now(),
            actor=actor,
            drawn_at=drawn_up(drawn_at, "--drawn-at", opened.now()),
            past=NO_PAST if opened.engine is None else past_in(opened.engine.store),
            assume_fte=assume_fte,
            source=file.name,
        )
        outcome = opened.delivered(intake, terminal, dry_run=dry_run)
    if lookup is not None:
        write_lookup(lookup, intake.lookup, "in the payload")
    terminal.answer(
        intake_document(intake, outcome, dry_run=dry_run),
        lambda console: intake_page(console, intake, outcome, items="records", dry_run=dry_run, store=store),
    )
