"""What if: looks ahead that were asked for, as they come along and as they end. A case changes hands only by a proposal."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.look_view import (
    BY_WEEK,
    absence_table,
    leaver_tables,
    recruitment_charts,
    recruitment_tables,
    scenario_charts,
    scenario_tables,
    team_tables,
    worker_charts,
)
from allocation_engine.interfaces.web.render import back_to, environment, page
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.interfaces.what_if_words import LETTERS, look_told
from allocation_engine.planning.kept import Shelf
from allocation_engine.planning.what_if import Scenario, WhatIf
from allocation_engine.planning.what_if.absence import as_what_if
from allocation_engine.planning.what_if.board import AskedLook, LookBoard
from allocation_engine.planning.what_if.looks import AbsenceLook, LeaverLook, Look, ScenariosLook, TeamsLook
from allocation_engine.planning.what_if.saved import saved_what_ifs

router = APIRouter()

SHOWN = 20
"""Looks of late that are listed."""

PASSED_ON = {"high-risk": True, "all": False, "cover": False}
"""The ways of meeting an absence that move cases, and whether only those of high risk."""


def board_of(visit: Visit) -> LookBoard:
    """Give the looks of the store."""
    return visit.engine.looks(visit.service.holder)


def saved_of(visit: Visit) -> Shelf[WhatIf]:
    """Give the saved what-ifs of the store."""
    return saved_what_ifs(visit.engine.store.documents, visit.engine.clock, visit.engine.new_id)


def asked(visit: Visit, look: Look) -> Response:
    """Put a look down, and lead to where it can be followed."""
    return back_to(visit, f"/what-if/looks/{board_of(visit).ask(look, visit.who.actor).id}")


@router.get("/what-if")
def front(visit: Annotated[Visit, Depends(visitor("what_if"))]) -> Response:
    """Offer the questions, and list what is saved and what was asked of late."""
    return page(visit, "what_if.html", "What if", [_saved_table(visit), _looks_table(visit)])


def _saved_table(visit: Visit) -> Table:
    table = TableOf(
        "saved",
        "Saved what-ifs",
        ("What is asked", Column("Scenarios", figures=True), Column("Weeks", figures=True), "Changed", "By"),
        empty=(
            "None is saved yet. A saved what-if is up to four sets of changes to your service, such as two new starters or a fifth "
            "more referrals, that are run forward side by side. Whoever may see this page can run and change it."
        ),
    )
    for one in saved_of(visit).all():
        link = visit.to(f"/what-if/saved/{one.id}")
        what = one.content
        table.row(Cell(what.title, link=link), len(what.scenarios), what.weeks, one.at, one.by)
    return table.done


def _looks_table(visit: Visit) -> Table:
    table = TableOf(
        "looks",
        "Asked of late",
        ("What was asked", "When", "By", "Standing"),
        empty="Nothing was asked yet. Answers are kept here for 30 days.",
    )
    for one in board_of(visit).all()[:SHOWN]:
        standing = "no answer" if one.failed else "answered" if one.done else "being worked out"
        table.row(
            Cell(look_told(one.look), link=visit.to(f"/what-if/looks/{one.id}")),
            Cell(one.at, text=f"{one.at:%d %b %Y, %H:%M}"),
            one.by,
            standing,
        )
    return table.done


def _found(visit: Visit, look_id: str) -> AskedLook:
    found = board_of(visit).find(look_id)
    if found is None:
        raise NotThere
    return found


@router.get("/what-if/looks/{look_id}")
def look(
    visit: Annotated[Visit, Depends(visitor("what_if"))],
    look_id: str,
    show: Annotated[str, Query(max_length=20)] = "people_over",
    worker: Annotated[str | None, Query(max_length=60)] = None,
) -> Response:
    """Show how far a look has come, or what it came to."""
    found = _found(visit, look_id)
    told: dict[str, Any] = {"asked": found, "kind": found.look.kind, "letters": LETTERS}
    answer: dict[str, Any] | None = board_of(visit).answer(look_id)
    if answer is None:
        done = board_of(visit).runs_done(found) if found.is_open else 0
        return page(visit, "look.html", look_told(found.look), **told, done_runs=done, answer=None)
    measure = show if show in BY_WEEK else "people_over"
    tables, charts = _shown(visit, found, answer, measure)
    scenarios = answer if found.look.kind == "scenarios" else answer.get("what_if")
    return page(
        visit,
        "look.html",
        look_told(found.look),
        tables,
        **told,
        answer=answer,
        what=scenarios,
        charts=charts,
        measures={name: title for name, (title, _) in BY_WEEK.items()},
        measure=measure,
        worker=worker,
        worker_charts=worker_charts(scenarios, worker) if scenarios and worker else [],
    )


def _shown(visit: Visit, found: AskedLook, answer: dict[str, Any], measure: str) -> tuple[list[Table], list[Any]]:
    kind = found.look.kind
    if kind == "recruitment":
        return recruitment_tables(answer), recruitment_charts(answer)
    if kind == "leaver":
        return leaver_tables(visit, answer), []
    if kind == "teams":
        return team_tables(visit, answer), []
    document = answer if kind == "scenarios" else answer["what_if"]
    tables = scenario_tables(visit, document, measure)
    return [*([absence_table(answer)] if kind == "absence" else []), *tables], scenario_charts(document, measure)


@router.get("/what-if/looks/{look_id}/progress")
def progress(visit: Annotated[Visit, Depends(visitor("what_if"))], look_id: str) -> Response:
    """Give the part of the page that tells how far a look has come."""
    found = _found(visit, look_id)
    done = board_of(visit).runs_done(found) if found.is_open else 0
    html = environment().get_template("components/look_progress.html").render(visit=visit, asked=found, done_runs=done)
    return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


@router.get("/what-if/looks/{look_id}/answer.json")
def answer_json(visit: Annotated[Visit, Depends(visitor("what_if"))], look_id: str) -> Response:
    """Give the whole answer, every week and worker, unrounded."""
    answer = board_of(visit).answer(look_id)
    if answer is None:
        raise NotThere
    headers = {"Content-Disposition": f'attachment; filename="{look_id}.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(answer, indent=1), media_type="application/json", headers=headers)


@router.post("/what-if/looks/{look_id}/stop")
def stop(visit: Annotated[Posted, Depends(poster("what_if"))], look_id: str) -> Response:
    """Stop a look: what is done by then makes the answer."""
    _found(visit, look_id)
    board_of(visit).stop(look_id)
    return back_to(visit, f"/what-if/looks/{look_id}")


@router.post("/what-if/looks/{look_id}/propose")
def propose(visit: Annotated[Posted, Depends(poster("proposals"))], look_id: str) -> Response:
    """Make an ordinary proposal of what a look found: where the cases of somebody who is away, or leaves, would go."""
    look = _found(visit, look_id).look
    if isinstance(look, LeaverLook):
        return asked(visit, look.model_copy(update={"proposes": True}))
    way = visit.text("way")
    if not isinstance(look, AbsenceLook) or way not in PASSED_ON:
        raise NotThere
    return asked(visit, LeaverLook(worker=look.worker, only_high_risk=PASSED_ON[way], proposes=True))


@router.post("/what-if/looks/{look_id}/save")
def save(visit: Annotated[Posted, Depends(poster("what_if"))], look_id: str) -> Response:
    """Save the scenarios of a look as a what-if of its own, to be changed, run again and shared."""
    found = _found(visit, look_id)
    what = _as_what_if(visit, found)
    if what is None:
        raise NotThere
    return back_to(visit, f"/what-if/saved/{saved_of(visit).keep(what, visit.who.actor).id}", "saved")


def _as_what_if(visit: Visit, found: AskedLook) -> WhatIf | None:
    look = found.look
    if isinstance(look, ScenariosLook):
        return look.what_if
    if isinstance(look, AbsenceLook):
        laid = as_what_if(look.asked, visit.engine.situation(found.at, found.at), look.runs, look.seed)
        return laid.model_copy(update={"starts": look.starts})
    answer = board_of(visit).answer(found.id)
    if isinstance(look, TeamsLook) and answer is not None:
        scenario = Scenario.model_validate(answer["scenario"])
        return WhatIf(title=f"The service in {look.number} teams", scenarios=(scenario,))
    return None
