"""The command `import annex-a`: read the workbook, store what is new, account for every row."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.cli.importing import (
    AssumeFteOption,
    DryRunOption,
    ImporterOption,
    KeyFileOption,
    LookupOption,
    importing,
    write_lookup,
)
from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, person, store_repeated
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.importers.annex_a import AnnexAImport, ImportReport, known_in, read_annex_a
from allocation_engine.persistence.event_log import Ingested

SHOWN = 20


def annex_a(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The Annex A workbook, .xlsx or .xlsm.", show_default=False)
    ],
    dry_run: DryRunOption = False,
    assume_fte: AssumeFteOption = None,
    as_at: Annotated[
        str | None,
        typer.Option(
            "--as-at",
            metavar="DAY",
            help="The day the workbook describes. Default: the latest date in it.",
            show_default=False,
        ),
    ] = None,
    lookup: LookupOption = None,
    by: ImporterOption = "importer",
    key_file: KeyFileOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import the caseload of an Annex A workbook: open cases of List 6 and List 9, with workers and teams.

    Names and child ids are turned into pseudonyms; none of them is stored. Every row of every list is accounted for.
    Importing the same workbook twice changes nothing.
    """
    terminal = Terminal(as_json)
    actor = person(by)
    day = _day(as_at)
    with importing(store, key_file, lookup) as opened:
        with terminal.progress() as progress:
            rows = progress.add_task(f"Reading {file.name}", total=None)
            imported = read_annex_a(
                file,
                pseudonyms=opened.pseudonyms,
                recorded_at=opened.now(),
                actor=actor,
                assume_fte=assume_fte,
                as_at=day,
                known=None if opened.engine is None else known_in(opened.engine.situation()),
                on_progress=lambda done, expected: progress.update(rows, completed=done, total=expected),
            )
        outcome = opened.outcome(imported.records, terminal, dry_run=dry_run)
    if lookup is not None:
        write_lookup(lookup, imported.lookup, "in the workbook")
    document = {
        "dry_run": dry_run,
        "events": {"made": len(imported.records), "stored": outcome.stored, "already_known": outcome.already_known},
        "report": imported.report.to_json_dict(),
    }
    terminal.answer(document, lambda console: _import_page(console, imported, outcome, dry_run=dry_run, store=store))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsError("--as-at", f"cannot read {text!r}; write a day as 2026-11-01") from None


def _reasons(report: ImportReport) -> Table:
    """Count the rows by what became of them and why, most first; --json has them one by one."""
    counts = Counter((row.outcome.value, row.code.replace("_", " ")) for row in report.rows)
    rows = [(outcome, code, str(number)) for (outcome, code), number in counts.most_common()]
    return table("Why", ("Outcome", "Reason", "Rows"), rows, numbers=(2,))


def _import_page(
    console: Console,
    imported: AnnexAImport,
    outcome: Ingested,
    *,
    dry_run: bool,
    store: str | None,
) -> None:
    report = imported.report
    told = f"{report.cases} open cases, {report.waiting_cases} of them without a worker"
    console.print(
        f"The workbook describes {report.snapshot_date:%d %b %Y}: {told}; {report.workers} workers in {report.teams} teams.\n",
    )
    sheets: list[tuple[str, ...]] = [
        (of.sheet, str(of.rows), str(of.imported), str(of.merged), str(of.refused)) for of in report.by_sheet
    ]
    totals = report.by_outcome
    sheets.append(("Together", *(str(number) for number in (len(report.rows), *totals.values()))))
    console.print(
        table(
            "Every row accounted for", ("Sheet", "Rows", "Imported", "Merged", "Refused"), sheets, numbers=range(1, 5)
        )
    )
    console.print()
    console.print(_reasons(report))
    for warning in report.warnings:
        console.print(f"\nNote: {warning.why}{'' if warning.count is None else f' ({warning.count})'}")
    attention = report.attention
    if attention:
        rows = [(row.sheet, str(row.row), row.column or "", row.outcome.value, row.why) for row in attention[:SHOWN]]
        console.print()
        console.print(table("Please look at", ("Sheet", "Row", "Column", "Outcome", "Why"), rows, numbers=(1,)))
        if len(attention) > SHOWN:
            console.print(f"… and {len(attention) - SHOWN} more: --json lists every row.")
    if dry_run:
        console.print("\nDry run: nothing was stored.")
        return
    known = f", {outcome.already_known} were known already" if outcome.already_known else ""
    console.print(f"\nStored {outcome.stored} events{known}.")
    where = store_repeated(store)
    if report.waiting_cases:
        console.print(f"Next: allocation-engine propose --assume-fte 1.0{where}")
        console.print("(Annex A holds no working hours. Record them, or plan with a stated assumption as here.)")
