"""How answers are given: with an ETag, as JSON or CSV, page by page."""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from allocation_engine.interfaces.api.calls import When
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.interfaces.api.problems import problem
from allocation_engine.interfaces.csv_cells import csv_text

Item = TypeVar("Item")

MOST_AT_ONCE = 500
CSV = "text/csv"

Described = dict[int | str, dict[str, Any]]

NOT_CHANGED: Described = {304: {"description": "Not changed since the answer with the ETag in If-None-Match"}}


def paged(model: type[BaseModel]) -> Described:
    """Give what the description says of a list: its JSON, its CSV, and that it may not have changed."""
    rows = {CSV: {"schema": {"type": "string"}, "example": "worker_id,load\nw-0001,41.2\n"}}
    return {200: {"model": model, "content": rows}, **NOT_CHANGED}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins, and the question that the first page was asked: all pages show the same moment."""

    after: str
    as_at: datetime
    known_at: datetime | None

    def text(self) -> str:
        """Give the cursor as it stands in an address."""
        known = None if self.known_at is None else self.known_at.isoformat()
        return base64.urlsafe_b64encode(json.dumps([self.after, self.as_at.isoformat(), known]).encode()).decode()


def read_cursor(
    cursor: Annotated[str | None, Query(max_length=500, description="From `next`.")] = None,
) -> Cursor | None:
    """Read a cursor back."""
    if cursor is None:
        return None
    try:
        after, as_at, known_at = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        return Cursor(
            str(after), datetime.fromisoformat(as_at), None if known_at is None else datetime.fromisoformat(known_at)
        )
    except (ValueError, TypeError):
        raise problem("invalid_request", faults=[{"field": "cursor", "fault": "take it from `next`"}]) from None


GivenCursor = Annotated[Cursor | None, Depends(read_cursor)]
Limit = Annotated[int, Query(ge=1, le=MOST_AT_ONCE, description="At most so many on a page.")]


def moments(cursor: Cursor | None, when: When) -> tuple[datetime | None, datetime | None]:
    """Give the moments asked about: those of the first page where a cursor goes on from it."""
    return (when.as_at, when.known_at) if cursor is None else (cursor.as_at, cursor.known_at)


def page_of(
    items: Sequence[tuple[str, Item]],
    cursor: Cursor | None,
    limit: int,
    as_at: datetime,
    known_at: datetime | None,
) -> tuple[list[Item], Cursor | None]:
    """Cut a page out of items in order of key; with the cursor of the next, None at the end."""
    after = "" if cursor is None else cursor.after
    rest = [(key, item) for key, item in items if key > after]
    page = rest[:limit]
    more = Cursor(page[-1][0], as_at, known_at) if len(rest) > limit else None
    return [item for _, item in page], more


def answer(request: Request, document: Mapping[str, Any], rows: str | None = None) -> Response:
    """Answer with a document, or with its list as CSV; with an ETag, and 304 where the caller has it already."""
    kinds = [one.split(";")[0].strip() for one in request.headers.get("accept", "*/*").lower().split(",")]
    as_csv = rows is not None and CSV in kinds and "application/json" not in kinds
    if not as_csv and not {"*/*", "application/*", "application/json", ""} & set(kinds):
        raise problem("not_acceptable")
    body = _csv(document[rows]) if as_csv and rows is not None else json.dumps(document, ensure_ascii=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
    if tag in [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    if as_csv and document.get("next"):
        headers["Link"] = f'<{document["next"]}>; rel="next"'
    return Response(body, media_type=CSV if as_csv else "application/json", headers=headers)


def given(reply: Reply) -> JSONResponse:
    """Answer with a reply."""
    headers = dict(reply.headers) | ({"Idempotency-Replayed": "true"} if reply.replayed else {})
    return JSONResponse(reply.body, reply.status, headers)


def next_link(request: Request, cursor: Cursor | None) -> str | None:
    """Give the address of the next page, None at the end."""
    return None if cursor is None else link(request, cursor=cursor.text())


def link(request: Request, **query: str | int) -> str:
    """Give the address of the same question with some of its query changed."""
    return f"{request.url.path}?{request.url.include_query_params(**query).query}"


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write rows as CSV, lists joined by blanks; a cell that a spreadsheet would take for a formula is quoted."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([csv_text(row.get(name)) for name in names] for row in rows)
    return text.getvalue().encode()
