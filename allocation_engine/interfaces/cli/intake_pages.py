"""The page and the document of an import whose items are answered one by one."""

from collections import Counter

from pydantic import JsonValue
from rich.console import Console

from allocation_engine.interfaces.cli.options import store_repeated
from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.importers.intake import Intake
from allocation_engine.persistence.event_log import Ingested

SHOWN = 20


def intake_document(intake: Intake, outcome: Ingested, *, dry_run: bool) -> dict[str, JsonValue]:
    """Give what came of an import."""
    return {
        "dry_run": dry_run,
        "events": {"made": len(intake.records), "stored": outcome.stored, "already_known": outcome.already_known},
        "report": intake.to_json_dict(),
    }


def intake_page(
    console: Console, intake: Intake, outcome: Ingested, *, items: str, dry_run: bool, store: str | None
) -> None:
    """Print what the delivery holds, what became of its items, what was refused and why, and what to know of it."""
    console.print(
        f"{items.capitalize()}: {len(intake.items)}. Open cases: {intake.cases}, of them without a worker: "
        f"{intake.waiting_cases}. Social workers: {intake.workers}.\n"
    )
    outcomes = [(one.value, str(number)) for one, number in intake.by_outcome.items()]
    console.print(table(f"What became of the {items}", ("Outcome", "Number"), outcomes, numbers=(1,)))
    kinds = Counter(record.event.wire_name for record in intake.records)
    if kinds:
        console.print()
        told = [(kind, str(number)) for kind, number in sorted(kinds.items())]
        console.print(table("What it tells that is new", ("Event", "Number"), told, numbers=(1,)))
    for note in intake.notes:
        console.print(f"\nNote: {note.why}{'' if note.count is None else f' ({note.count})'}")
    if intake.refused:
        rows = [(one.path, one.code.replace("_", " "), one.why) for one in intake.refused[:SHOWN]]
        console.print()
        console.print(table("Refused", ("Where", "Reason", "Why"), rows))
        if len(intake.refused) > SHOWN:
            console.print(f"… and {len(intake.refused) - SHOWN} more: --json lists every one.")
    if dry_run:
        console.print("\nDry run: nothing was stored.")
        return
    known = f", {outcome.already_known} were known already" if outcome.already_known else ""
    console.print(f"\nStored {outcome.stored} events{known}.")
    if intake.waiting_cases:
        console.print(f"Next: allocation-engine propose --assume-fte 1.0{store_repeated(store)}")
        console.print("(It holds no working hours. Record them, or plan with a stated assumption as here.)")
