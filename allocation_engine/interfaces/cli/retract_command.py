"""The command `retract`."""

from typing import Annotated

import typer

from allocation_engine.interfaces.cli.options import ByOption, JsonOption, StoreOption, existing_engine, person
from allocation_engine.interfaces.cli.terminal import Terminal
from domain.vocabulary import RetractionReason


def retract(
    position: Annotated[
        int, typer.Argument(help="Where the event stands in the log; `log` shows it.", show_default=False)
    ],
    by: ByOption,
    reason: Annotated[
        RetractionReason,
        typer.Option("--reason", help="Why; a code, so that no free text enters the log.", show_default=False),
    ],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an event back, in somebody's name. The log keeps it; accounts and reports go on as if it had not been told.

    What was known before today still shows it (--known-at). Taking back a
    retraction puts the event in force again.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        record = engine.retract(position, person(by), reason)
    event_id = record.envelope.event_id
    terminal.answer(
        {"position": position, "retraction": str(event_id), "reason": reason.value},
        lambda console: console.print(f"The event at position {position} is taken back by {by} ({reason.value})."),
    )
