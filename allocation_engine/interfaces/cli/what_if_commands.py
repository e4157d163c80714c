"""The command what-if: a look ahead under scenarios. It stores nothing."""

from pathlib import Path
from typing import Annotated

import typer

from allocation_engine.interfaces.cli.interruption import Interruption
from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, existing_engine
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.cli.what_if_pages import what_if_page
from allocation_engine.interfaces.what_if_documents import what_if_document
from allocation_engine.planning.what_if import Outcome, WhatIf, ask, read_what_if

ProcessesOption = Annotated[
    int | None,
    typer.Option("--processes", min=1, help="Processes to use. Default: one for each core.", show_default=False),
]


def what_if(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A what-if in TOML or JSON: up to four scenarios.", show_default=False),
    ],
    runs: Annotated[
        int | None, typer.Option("--runs", min=1, help="How many runs, in place of the file's.", show_default=False)
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The seed, in place of the file's.", show_default=False)
    ] = None,
    by_worker: Annotated[bool, typer.Option("--workers", help="Show every worker's weeks over capacity too.")] = False,
    processes: ProcessesOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run up to four scenarios forward beside the baseline, and show what each changes.

    All meet the same referrals and incidents, so a difference is the scenario's
    own. Ctrl-C ends early and shows the runs that are done. Nothing is stored.
    """
    terminal = Terminal(as_json)
    asked = read_what_if(file)
    changed = {name: value for name, value in (("runs", runs), ("seed", seed)) if value is not None}
    outcome = run_watched(terminal, asked.model_copy(update=changed), store, processes)
    terminal.answer(what_if_document(outcome), lambda console: what_if_page(console, outcome, by_worker=by_worker))


def run_watched(terminal: Terminal, asked: WhatIf, store: str | None, processes: int | None) -> Outcome:
    """Run a what-if with a bar on standard error; the first Ctrl-C stops it with the runs that are done."""
    with existing_engine(store) as engine, terminal.progress() as progress, Interruption() as interruption:
        task = progress.add_task("Running", total=asked.runs)

        def keep_going(done: int, of: int) -> bool:
            progress.update(task, completed=done, total=of)
            return not interruption.asked

        return ask(
            engine.store, engine.example_policy, asked, engine.clock(), processes=processes, keep_going=keep_going
        )
