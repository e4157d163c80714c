"""Commands that fill the store: generate a made-up service, record reported events."""

import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.cli.options import (
    JsonOption,
    StoreOption,
    engine_for,
    existing_engine,
    person,
    store_repeated,
)
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.generator import ServiceShape, generate, shape_for_events
from allocation_engine.interfaces.importers.reported_events import read_reported_events
from allocation_engine.interfaces.moments import moment
from allocation_engine.planning import record_event


def generate_service(
    workers: Annotated[
        int | None,
        typer.Option(help="Workers on the first day. Default 15, or what --events needs.", min=1, show_default=False),
    ] = None,
    waiting: Annotated[int, typer.Option(help="Cases left waiting at the end.", min=0)] = 12,
    weeks: Annotated[int, typer.Option(help="Length of the history in weeks.", min=1)] = 26,
    events: Annotated[
        int | None,
        typer.Option(
            help="Make a history of exactly so many events instead, of a service large enough for it; the last day may then be cut short.",
            min=1,
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed, size and end give the same service.", min=0)] = 1,
    ends: Annotated[
        str | None,
        typer.Option("--ends", metavar="DAY", help="Last day of the history. Default: now.", show_default=False),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make up a service, for a demonstration or a benchmark: seeded, and shaped by published figures for England."""
    terminal = Terminal(as_json)
    with engine_for(store) as engine, terminal.progress() as progress:
        until = moment(ends) or engine.clock()
        if events is None:
            shape = ServiceShape(ends_at=until, workers=workers or 15, waiting=waiting, weeks=weeks)
        else:
            shape = shape_for_events(events, workers=workers, ends_at=until)
        task = progress.add_task("Making up a service", total=events)
        outcome = engine.ingest(
            islice(generate(shape, seed=seed), events), lambda done: progress.update(task, completed=done)
        )
    document = {
        "stored": outcome.stored,
        "already_known": outcome.already_known,
        "head": outcome.head,
        "seed": seed,
        "workers": shape.workers,
        "weeks": shape.weeks,
        "ends_at": until.isoformat(),
    }
    if events is not None and outcome.stored + outcome.already_known < events:
        raise SettingsError(
            "--events", f"only {outcome.stored} events came of it; give --workers or ask for more events"
        )
    where = store_repeated(store)
    terminal.answer(
        document,
        lambda console: console.print(
            f"Stored {outcome.stored} events of a made-up service: {shape.workers} workers over {shape.weeks} weeks.\n"
            f"Next: allocation-engine load{where}, allocation-engine propose{where}",
        ),
    )


def record(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="JSON lines, one event a line: type, event, occurred_at, source_system, source_id. '-' reads standard input.",
            show_default=False,
        ),
    ],
    by: Annotated[str, typer.Option("--by", metavar="ID", help="Who records.", show_default=False)] = "command-line",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record events that somebody reports, each checked against what is on record; the first that is refused stops it.

    A line looks like this: {"type": "worker.hours_changed.v1", "event": {"worker_id": "w-0003", "fte": 0.8},
    "occurred_at": "2026-11-20T09:00:00Z", "source_system": "hr", "source_id": "4711"}
    """
    terminal = Terminal(as_json)
    text = sys.stdin.read() if str(file) == "-" else _text(file)
    with existing_engine(store) as engine:
        records = read_reported_events(text, recorded_at=engine.clock(), actor=person(by))
        recorded = sum(record_event(engine.store.log, one) for one in records)
    known = len(records) - recorded
    terminal.answer(
        {"recorded": recorded, "already_known": known},
        lambda console: console.print(f"Recorded {recorded} events; {known} were known already."),
    )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("FILE", f"{file} cannot be read as text: {type(error).__name__}") from None
