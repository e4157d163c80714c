"""Import: a statutory return, looked at first and then taken in.

The file names children and workers, so it is kept nowhere between the two steps, not even for a minute: whoever confirms
chooses it again, and a hash shows that it is the same file, to be read in the same way. What is kept in a session's
documents would be in the store's backups; what would be recorded is made anew from what is on record at that moment.
"""

import csv
import hmac
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from allocation_engine.interfaces.csv_cells import csv_text
from allocation_engine.interfaces.importers.casework import keep
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.event_words import event_name
from allocation_engine.interfaces.web.import_reading import KINDS, Errors, ReadReturn, Sent, read_return, sent
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.tables import Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.persistence.event_log import Ingested

router = APIRouter()

ROWS_SHOWN = 200
"""Of a long file the page shows so many rows, those to look at first; the CSV has them all."""

FIELDS = ("kind", "assume_fte", "as_at_day")


@router.get("/import")
def form(visit: Annotated[Visit, Depends(visitor("import"))]) -> Response:
    """Ask for a file."""
    return _form_page(visit, {})


def _form_page(visit: Visit, typed: dict[str, str], errors: Sequence[tuple[str, str]] = ()) -> Response:
    return page(
        visit,
        "import.html",
        "Import a return",
        status=422 if errors else 200,
        errors=errors,
        kinds=KINDS,
        typed=typed,
        most=visit.service.limits.body_mib,
    )


@router.get("/import/look")
@router.get("/import/take-in")
def begin_anew(visit: Annotated[Visit, Depends(visitor("import"))]) -> Response:
    """Lead whoever comes back to an account by its address to the form: nothing of it was kept."""
    return back_to(visit, "/import")


@router.post("/import/look")
def look(visit: Annotated[Posted, Depends(poster("import"))]) -> Response:
    """Show what the file would do. Nothing is recorded, and nothing of the file is kept."""
    given = sent(visit)
    read = read_return(visit, given) if isinstance(given, Sent) else given
    if not isinstance(given, Sent) or not isinstance(read, ReadReturn):
        return _form_page(visit, _typed(visit), read if isinstance(read, list) else ())
    return _account_page(visit, given.kind, given.digest, read)


@router.post("/import/take-in")
def take_in(visit: Annotated[Posted, Depends(poster("import"))]) -> Response:
    """Record what the same file tells, in the manager's name; or give its rows, or who is who, as a file."""
    given, want = sent(visit), visit.text("want")
    if want not in {"record", "rows", "lookup"} or visit.text("kind") not in KINDS:
        raise NotThere
    seen = visit.text("digest")
    if not isinstance(given, Sent):
        return _again(visit, given)
    if not hmac.compare_digest(given.digest.encode(), seen.encode()):
        told = "This is not the file that you looked at. Choose that one, or look at this one first"
        return _again(visit, [("file", told)])
    read = read_return(visit, given)
    if not isinstance(read, ReadReturn):
        return _again(visit, read)
    if want == "rows":
        rows = ((one.where, one.outcome, one.why) for one in read.rows)
        return _csv("rows", ("Where", "What becomes of it", "Why"), rows)
    if want == "lookup":
        who = ((one.kind, one.pseudonym, one.original) for one in read.lookup)
        return _csv("who-is-who", ("Kind", "Id here", "In the file"), who)
    return _account_page(visit, given.kind, given.digest, read, keep(visit.engine, read.records, read.said))


def _again(visit: Posted, errors: Errors) -> Response:
    """Ask for the file again, with what is wrong; the account of it is not there to be shown, for it was not kept."""
    return page(
        visit,
        "import_account.html",
        "Nothing was taken in",
        status=422,
        errors=[("file", told) for _, told in errors],
        **_held(visit, visit.text("digest")),
        read=None,
        done_=None,
    )


def _held(visit: Posted, digest: str) -> dict[str, Any]:
    return {
        "typed": _typed(visit),
        "digest": digest,
        "kind_name": KINDS[visit.text("kind")],
        "has_episodes": visit.text("has_episodes") == "yes" or visit.file("episodes") is not None,
    }


def _typed(visit: Posted) -> dict[str, str]:
    return {name: visit.text(name) for name in FIELDS}


def _account_page(visit: Posted, kind: str, digest: str, read: ReadReturn, done: Ingested | None = None) -> Response:
    return page(
        visit,
        "import_account.html",
        f"{KINDS[kind]}: " + ("taken in" if done else "what it would do"),
        [_outcomes(read), _kinds(read, is_done=done is not None), _rows(read)],
        **_held(visit, digest),
        read=read,
        done_=done,
        left_out=sum(one.left_out for one in read.rows),
        waiting=None if done is None else len(visit.engine.situation().waiting),
    )


def _outcomes(read: ReadReturn) -> Table:
    columns = ("Outcome", Column("Rows", figures=True))
    table = TableOf("outcomes", "What becomes of the rows", columns, empty="The file has no rows.")
    return table.rows(Counter(one.outcome for one in read.rows).most_common()).done


def _kinds(read: ReadReturn, *, is_done: bool) -> Table:
    caption = "What was new in it" if is_done else "What would be recorded"
    table = TableOf(
        "kinds",
        caption,
        ("Entry", Column("Number", figures=True)),
        empty="Nothing: all that the file tells is on record already.",
    )
    counted = Counter(event_name(record.event.wire_type()) for record in read.records)
    return table.rows(sorted(counted.items())).done


def _rows(read: ReadReturn) -> Table:
    """Give the rows that were left out first, then those to look at, then the others; each group as the file has them."""
    order = sorted(read.rows, key=lambda one: (not one.left_out, not one.attention))
    table = TableOf(
        "rows",
        "Row by row, those left out first",
        ("Where", "What becomes of it", "Why", "Look at it"),
        empty="The file has no rows.",
        note=(
            f"{len(order) - ROWS_SHOWN} more rows are not shown here; “Every row as CSV” has them all."
            if len(order) > ROWS_SHOWN
            else "Values are never repeated here: look the row up in your file."
        ),
        dense=True,
    )
    for one in order[:ROWS_SHOWN]:
        table.row(one.where, one.outcome, one.why, "please" if one.attention else "")
    return table.done


def _csv(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([csv_text(one) for one in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
