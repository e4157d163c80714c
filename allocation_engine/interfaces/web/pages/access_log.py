"""Who read what: every reading of a worker's account, newest first, by whom and through what."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.moments import moment
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.tables import Cell, Column, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.words import words

router = APIRouter()

SHOWN = 100
NAMED = 12
"""Workers up to whom a line names all that were read at once."""


@router.get("/access-log")
def access_log(
    visit: Annotated[Visit, Depends(visitor("access_log"))],
    actor: Annotated[str, Query(max_length=60)] = "",
    worker: Annotated[str, Query(max_length=60)] = "",
    before: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """List who read whose account, by the reader, by the worker, or all."""
    found = list(islice(_matching(visit, actor.strip(), worker.strip(), before), SHOWN + 1))
    table = TableOf(
        "access-log",
        "Readings of workers' accounts, newest first",
        ("When", "Who", "Role", "Through", Column("Accounts", figures=True), "Whose"),
        empty=(
            "No reading is on record. Whoever opens a worker's account here or over the API, or a page that shows several side by "
            "side, is written down before they see it."
        ),
        dense=True,
    )
    for _, entry in found[:SHOWN]:
        whose = [one.removeprefix("worker:") for one in entry["subjects"]]
        told = ", ".join(whose[:NAMED]) + (f" and {len(whose) - NAMED} more" if len(whose) > NAMED else "")
        table.row(
            Cell(moment(entry["at"]), text=f"{moment(entry['at']):%d %b %Y, %H:%M:%S}"),
            entry["actor"],
            words(entry["role"]),
            words(entry["operation"]),
            len(whose),
            Cell(", ".join(whose), text=told),
        )
    older = found[SHOWN - 1][0] if len(found) > SHOWN else None
    return page(
        visit,
        "access_log.html",
        "Who read what",
        [table.done],
        actor=actor,
        worker=worker,
        older=None if older is None else visit.to("/access-log", actor=actor, worker=worker, before=older),
    )


def _matching(visit: Visit, actor: str, worker: str, before: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the entries that are asked for, newest first, up to the moment looked at."""
    until = f"{visit.as_at:%Y-%m-%dT%H:%M:%S.%f}~"
    for key, entry in visit.service.access_log.newest_first(min(before, until) if before else until):
        of_worker = not worker or f"worker:{worker}" in entry["subjects"]
        if of_worker and actor in {"", entry["actor"]}:
            yield key, entry
