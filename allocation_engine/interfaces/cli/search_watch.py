"""A search that somebody watches: one line on standard error says how far it has come, and Ctrl-C stops it."""

from contextlib import ExitStack
from dataclasses import replace
from math import isfinite
from types import TracebackType
from typing import Self

from rich.markup import escape
from rich.progress import Progress as StatusLine
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from allocation_engine.interfaces.cli.interruption import Interruption
from allocation_engine.interfaces.cli.plan_options import SearchOptions
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.optimiser import Level, Progress
from allocation_engine.planning import Search

STOPPING = "Stopping with the best plan so far; Ctrl-C again ends at once"


class SearchWatch:
    """A search with somebody who watches, as a context; `search` is what to hand to the engine.

    Nothing is shown where nobody sees it: with --json, with --quiet, or where standard error is no terminal. Ctrl-C is
    heard all the same, until `turn_to` says that the search is over.
    """

    def __init__(self, terminal: Terminal, options: SearchOptions, seed: int = 0) -> None:
        self._line = StatusLine(
            SpinnerColumn("line"),
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            TimeElapsedColumn(),
            console=terminal.err,
            transient=True,
            disable=options.quiet or not terminal.is_watched,
        )
        self._task = self._line.add_task("Reading what is on record", total=None)
        self._interruption = Interruption()
        self._hearing = ExitStack()
        self.search: Search = replace(
            options.search(), seed=seed, on_level=self._on_level, on_progress=self._on_progress
        )

    def turn_to(self, what: str) -> None:
        """Say what is done after the search; from here on Ctrl-C ends the command, as anywhere else."""
        self._hearing.close()
        self._say(what)

    def _on_level(self, level: Level) -> None:
        self._tell(f"Settled: {level.name}")

    def _on_progress(self, progress: Progress) -> bool:
        self._interruption.listen()
        self._tell(line_of(progress))
        return not self._interruption.asked

    def _tell(self, how_far: str) -> None:
        self._say(STOPPING if self._interruption.asked else how_far)

    def _say(self, text: str) -> None:
        self._line.update(self._task, description=escape(text))

    def __enter__(self) -> Self:
        self._hearing.enter_context(self._interruption)
        self._line.start()
        if not self._line.disable:
            self._line.console.show_cursor(show=True)  # a second Ctrl-C may end the command where it stands
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._line.stop()
        self._hearing.close()


def line_of(progress: Progress) -> str:
    """Write how far a search has come: the level, the best found, what is proven, and how far apart they are."""
    if not isfinite(progress.value):
        return f"{progress.level}: nothing found yet"
    if not isfinite(progress.bound):
        return f"{progress.level}: best {progress.value:.4g}, nothing proven yet"
    gap = "above 100%" if progress.gap > 1 else f"{progress.gap:.1%}"
    return f"{progress.level}: best {progress.value:.4g}, bound {progress.bound:.4g}, gap {gap}"
