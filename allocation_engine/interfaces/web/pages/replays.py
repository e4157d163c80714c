"""A past period replayed under a draft of a policy set, as it comes along and as it ends. Nothing is stored in the log."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.policy_view import replay_charts, replay_tables
from allocation_engine.interfaces.web.render import environment, page
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.interfaces.what_if_words import look_told
from allocation_engine.planning.what_if.board import AskedLook
from allocation_engine.planning.what_if.looks import ReplayLook

router = APIRouter()


def _found(visit: Visit, look_id: str) -> AskedLook:
    found = visit.engine.looks(visit.service.holder).find(look_id)
    if found is None or not isinstance(found.look, ReplayLook):
        raise NotThere
    return found


@router.get("/policy/replays/{look_id}")
def replay(visit: Annotated[Visit, Depends(visitor("policy"))], look_id: str) -> Response:
    """Show a replayed period, or that it is under way."""
    found = _found(visit, look_id)
    answer: dict[str, Any] | None = visit.engine.looks(visit.service.holder).answer(look_id)
    if answer is not None:
        visit.log_reading([one["worker_id"] for one in answer["weeks"][-1]["workers"]])
    return page(
        visit,
        "replay.html",
        look_told(found.look),
        [] if answer is None else replay_tables(visit, answer),
        asked=found,
        answer=answer,
        charts=[] if answer is None else replay_charts(answer),
        done_runs=0,
    )


@router.get("/policy/replays/{look_id}/progress")
def progress(visit: Annotated[Visit, Depends(visitor("policy"))], look_id: str) -> Response:
    """Give the part of the page that tells that it is under way."""
    found = _found(visit, look_id)
    html = environment().get_template("components/look_progress.html").render(visit=visit, asked=found, done_runs=0)
    return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})
