"""From what a page holds to what the browser gets: HTML, or one of its tables as CSV or as a workbook."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from fastapi.responses import RedirectResponse, Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, select_autoescape

from allocation_engine.interfaces import words
from allocation_engine.interfaces.web.tables import Table, as_csv, as_workbook, shown
from allocation_engine.interfaces.web.visit import PREFIX, Visit
from domain.load.explain import WHAT_IT_IS

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NAVIGATION: Sequence[tuple[str, str, str]] = (
    ("team", "/team", "Team now"),
    ("waiting", "/waiting", "Waiting cases"),
    ("proposals", "/proposals", "Proposals"),
    ("what_if", "/what-if", "What if"),
    ("supervision", "/supervision", "Supervision"),
    ("learning", "/learning", "Learning"),
    ("alerts", "/alerts", "Alerts"),
    ("overview", "/overview", "Service"),
    ("policy", "/policy", "Policy"),
    ("events", "/events", "Record"),
    ("access_log", "/access-log", "Who read what"),
    ("import", "/import", "Import"),
)
"""Page, address and name, in the order in which a manager's day needs them."""

DONE: dict[str, str] = {
    "signed_in": "You are signed in.",
    "recorded": "It is on record.",
    "retracted": "The entry is taken back. The record keeps that it was there, and who took it back.",
    "approved": "Approved in your name. The assignments are on record.",
    "rejected": "Turned down in your name. No caseload changed.",
    "amended": "Changed. It stands for decision again.",
    "undone": "Undone: the cases are back with whom they were with before. Both steps stay on record.",
    "withdrawn": "The search was stopped and the request withdrawn.",
    "answered": "Answered in your name.",
    "adopted": "The policy set is adopted.",
    "imported": "The file is taken in.",
    "saved": "Saved.",
    "contested": "Your concern is on record. The entry stays until a manager has looked at it with you.",
}
"""What a page says first after something was done, by the code in its address: no free text can be put there."""


@cache
def environment() -> Environment:
    """Give the templates: ours, and those of the component library under its name."""
    ours = PackageLoader("allocation_engine.interfaces.web", "templates")
    library = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja", "templates")})
    made = Environment(
        loader=ChoiceLoader([ours, library]),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": words.day, "figure": words.figure, "words": words.words, "percent": percent}
    made.globals |= {"shown": shown, "WHAT_IT_IS": WHAT_IT_IS, "PREFIX": PREFIX, "case_of": case_of}
    return made


def percent(share: float | None) -> str:
    """Write a share; of nothing there is none."""
    return "not known" if share is None else f"{share:.0%}"


def case_of(number: int, one: str, more: str | None = None) -> str:
    """Write a number of things: 1 case, 2 cases."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def page(
    visit: Visit,
    template: str,
    title: str,
    tables: Sequence[Table] = (),
    *,
    status: int = 200,
    errors: Sequence[tuple[str, str]] = (),
    **content: Any,
) -> Response:
    """Answer with a page, or with the table that `?as=csv` or `?as=xlsx` and `?table=` ask for.

    Parameters
    ----------
    tables
        All tables of the page; the template shows them by key.
    errors
        What is wrong with a form: the id of the field, and what to do.
    """
    wanted, asked = visit.request.query_params.get("as"), visit.request.query_params.get("table")
    held = {one.key: one for one in tables}
    if wanted in {"csv", "xlsx"} and asked in held:
        return _as_file(visit, held[asked], wanted)
    done = visit.request.query_params.get("done", "")
    html = (
        environment()
        .get_template(template)
        .render(
            visit=visit,
            title=title,
            tables=held,
            errors=errors,
            done=DONE.get(done),
            navigation=[
                {"text": name, "href": visit.to(path), "active": visit.request.url.path.startswith(f"{PREFIX}{path}")}
                for one, path, name in NAVIGATION
                if visit.may(one)
            ],
            **content,
        )
    )
    return Response(html, status, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


def back_to(visit: Visit, path: str, done: str | None = None, **query: object) -> RedirectResponse:
    """Lead on to a page after a form was taken, which says what was done."""
    return RedirectResponse(visit.to(path, done=done, **query), 303)


def ways(visit: Visit, key: str) -> Mapping[str, str]:
    """Give the addresses under which a table can be had as a file."""
    query = visit.request.url.include_query_params
    return {kind: "?" + query(**{"as": kind, "table": key}).query for kind in ("csv", "xlsx")}


def _as_file(visit: Visit, table: Table, kind: str) -> Response:
    told = [f"As at {visit.as_at:%Y-%m-%d %H:%M} UTC", WHAT_IT_IS]
    body = as_csv(table) if kind == "csv" else as_workbook(table, told)
    name = f"{table.key}-{visit.as_at:%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type="text/csv; charset=utf-8" if kind == "csv" else WORKBOOK, headers=headers)


environment().globals["ways"] = ways
