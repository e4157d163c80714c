"""What a command prints: a page for a person, or with --json one document on standard output and nothing else there."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table


@dataclass(frozen=True)
class Terminal:
    """Standard output for the answer, standard error for progress and complaints."""

    as_json: bool
    out: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False, soft_wrap=True))

    def answer(self, document: object, page: Callable[[Console], None]) -> None:
        """Print the answer in the form that was asked for."""
        if self.as_json:
            self.out.file.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        else:
            page(self.out)

    @property
    def is_watched(self) -> bool:
        """Whether a person sees standard error, and it is for them that a command runs."""
        return not self.as_json and self.err.is_terminal

    def progress(self) -> Progress:
        """Give a progress bar on standard error; it shows nothing where nobody watches."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self.err, transient=True, disable=not self.is_watched)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()) -> Table:
    """Make a table; the columns at these places hold figures and are set to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    lines = [tuple(row) for row in rows]
    for place, column in enumerate(columns):
        # No id and no word is broken: a column is as wide as its longest one, and gives way no further.
        longest = max(
            (len(word) for text in (column, *(line[place] for line in lines)) for word in text.split()), default=0
        )
        made.add_column(column, justify="right" if place in numbers else "left", overflow="fold", min_width=longest)
    for row in lines:
        made.add_row(*row)
    return made
