"""Waiting cases, and who could take one: three options with reasons and consequences, and why not the others."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.errors import DecisionRefused
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.interfaces.words import words
from allocation_engine.planning import Question
from allocation_engine.planning.who_can_take import WhoCanTake, for_one, question_about, who_can_take
from domain.events.allocation import ProposalRequest
from domain.identifiers import CaseId, WorkerId
from projections.waiting_cases import WaitingCase

router = APIRouter()

SECONDS = 20.0
"""How long a proposal asked for at the desk is searched for at most; the best plan found by then is shown [s]."""


@router.get("/waiting")
def waiting(
    visit: Annotated[Visit, Depends(visitor("waiting"))], team: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """List the open cases that nobody holds, and offer to propose workers for them."""
    return _waiting_page(visit, team)


def _waiting_page(visit: Visit, team: str | None, errors: tuple[tuple[str, str], ...] = ()) -> Response:
    situation = visit.situation
    teams = sorted({post.team_id for post in situation.workers.values() if post.team_id is not None})
    return page(
        visit,
        "waiting.html",
        "Waiting cases",
        [_table(visit, situation.waiting)],
        status=422 if errors else 200,
        errors=errors,
        team=team,
        teams=teams,
        waiting=len(situation.waiting),
    )


def _table(visit: Visit, cases: tuple[WaitingCase, ...]) -> Table:
    table = TableOf(
        "waiting",
        "Open cases that nobody holds, most urgent first, then longest waiting",
        (
            "Case",
            "Priority",
            Column("Days waiting", figures=True),
            "Risk",
            "Kinds of harm",
            "Needs",
            "Area",
            "Who can?",
        ),
        empty=(
            "No case is waiting. A case appears here when it is referred, or when its worker gives it up or leaves, "
            "until somebody takes it."
        ),
    )
    for one in cases:
        case = one.case
        own = visit.to(f"/waiting/{case.case_id}")
        harms = case.harm_types
        table.row(
            Cell(case.case_id, link=visit.to("/events", about=f"case:{case.case_id}") if visit.may("events") else None),
            words(case.priority.value),
            one.waiting_days,
            Cell(text="not known" if case.risk is None else words(case.risk.value)),
            Cell(text="not known" if harms is None else ", ".join(words(harm.value) for harm in harms) or "none"),
            Cell(text=", ".join(map(words, case.needs)) or "none recorded"),
            Cell(text=case.area or "not recorded"),
            Cell(text=f"Who can take {case.case_id}?", link=own if visit.may("proposals") and visit.is_now else None),
        )
    return table.done


@router.get("/waiting/{case_id}")
def options(visit: Annotated[Visit, Depends(visitor("proposals"))], case_id: str) -> Response:
    """Show who could take this case."""
    return _options_page(visit, CaseId(case_id))


def _options_page(visit: Visit, case_id: CaseId, errors: tuple[tuple[str, str], ...] = ()) -> Response:
    waits = next((one for one in visit.situation.waiting if one.case.case_id == case_id), None)
    if waits is None:
        raise NotThere
    try:
        found = who_can_take(visit.engine.consider(question_about(case_id)), case_id)
    except DecisionRefused as refused:
        found, errors = None, (*errors, ("options", f"{refused}"))
    return page(
        visit,
        "options.html",
        f"Who can take {case_id}?",
        [] if found is None else [_others(visit, found), _ruled_out(visit, found)],
        status=422 if errors else 200,
        errors=errors,
        waits=waits,
        found=found,
    )


def _others(visit: Visit, found: WhoCanTake) -> Table:
    columns = ("Worker", Column("Load then, share of capacity", figures=True))
    table = TableOf("others", "Who could take it too, by id", columns, empty="There is nobody else who could.")
    for worker_id, ratio in found.others:
        table.row(Cell(worker_id, link=visit.to(f"/workers/{worker_id}")), Cell(ratio, text=f"{ratio:.0%}"))
    return table.done


def _ruled_out(visit: Visit, found: WhoCanTake) -> Table:
    table = TableOf("ruled-out", "Why not the others", ("Worker", "What is in the way"), empty="Nobody is ruled out.")
    for worker_id, rejection in found.ruled_out:
        table.row(Cell(worker_id, link=visit.to(f"/workers/{worker_id}")), Cell(text=rejection.reason))
    return table.done


@router.post("/waiting/{case_id}/propose")
def propose_one(visit: Annotated[Posted, Depends(poster("proposals"))], case_id: str) -> Response:
    """Make a proposal of one option: a person decides on it as on any other."""
    case, worker = CaseId(case_id), WorkerId(visit.text("worker"))
    if worker not in visit.situation.workers:
        return _options_page(visit, case, (("options", "Choose one of the workers"),))
    try:
        proposal = visit.engine.propose(visit.who.actor, for_one(Question(), case, worker))
    except DecisionRefused as refused:
        return _options_page(visit, case, (("options", f"{refused}"),))
    return back_to(visit, f"/proposals/{proposal.proposal_id}")


@router.post("/waiting/propose-all")
def propose_all(visit: Annotated[Posted, Depends(poster("proposals"))]) -> Response:
    """Ask for a proposal for all waiting cases, or for those chosen; it is searched for beside the server."""
    team = visit.text("team") or None
    if not visit.situation.waiting:
        return _waiting_page(visit, team, (("propose", "No case is waiting: there is nothing to propose"),))
    if team is not None and team not in {post.team_id for post in visit.situation.workers.values()}:
        return _waiting_page(visit, None, (("team", "Choose one of the teams"),))
    request = ProposalRequest.model_validate({"team_id": team, "seconds": SECONDS})
    proposal_id = visit.engine.request_proposal(visit.who.actor, request)
    return back_to(visit, f"/proposals/{proposal_id}")
