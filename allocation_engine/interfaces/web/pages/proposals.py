"""Proposals: follow one while it is made, see what it would do and why, change it, decide on it, undo it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from allocation_engine.errors import DecisionRefused, ProposalMoved, StaleProposal, UnknownProposal
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.proposal_view import proposal_page
from allocation_engine.interfaces.web.render import back_to, environment, page
from allocation_engine.interfaces.web.tables import Cell, Column, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.planning import read_proposal
from domain.events.allocation import CasePair, ProposalRequest
from domain.evolve.proposal import ProposalStatus
from domain.identifiers import CaseId, ProposalId, WorkerId
from projections import PROPOSALS
from projections.dated_events import EMPTY
from projections.proposals import KnownProposal, proposal_as_at
from projections.proposals import proposals as known_proposals

router = APIRouter()

LEAST_REASON, MOST_REASON = 3, 300

STATUS = {
    ProposalStatus.REQUESTED: "being worked on",
    ProposalStatus.WITHDRAWN: "withdrawn",
    ProposalStatus.OPEN: "to be decided",
    ProposalStatus.APPROVED: "approved",
    ProposalStatus.REJECTED: "turned down",
    ProposalStatus.UNDONE: "undone",
    ProposalStatus.EXPIRED: "lapsed",
}


@router.get("/proposals")
def proposals(visit: Annotated[Visit, Depends(visitor("proposals"))]) -> Response:
    """List the proposals of late."""
    table = TableOf(
        "proposals",
        "Proposals, newest first",
        ("Proposal", "Standing", Column("Cases placed", figures=True), "Made", "Decided by", "Reason"),
        empty=(
            "No proposal has been made yet. Go to the waiting cases and ask for one: it says who could take each case and why, "
            "and changes nothing until a named person approves it."
        ),
    )
    models = visit.engine.store.read_models
    models.catch_up(PROPOSALS)
    for made in known_proposals(models.rows(PROPOSALS), visit.as_at, visit.known_at):
        state = made.state
        placed = None if state.content is None else len(state.content.choices)
        table.row(
            Cell(state.proposal_id, link=visit.to(f"/proposals/{state.proposal_id}")),
            STATUS[state.status],
            Cell(placed, text="" if placed is None else None),
            made.begun_at,
            Cell(text=state.decided_by or ""),
            Cell(text=made.reason or ""),
        )
    return page(visit, "proposals.html", "Proposals", [table.done])


@router.get("/proposals/{proposal_id}")
def proposal(visit: Annotated[Visit, Depends(visitor("proposals"))], proposal_id: str) -> Response:
    """Show a proposal as it stands."""
    return _shown(visit, proposal_id)


def _shown(visit: Visit, proposal_id: str, errors: tuple[tuple[str, str], ...] = (), typed: str = "") -> Response:
    return proposal_page(visit, _made(visit, proposal_id), errors, typed)


def _made(visit: Visit, proposal_id: str) -> KnownProposal:
    """Give a proposal as it stands now, at the version that a decision is conditional on."""
    try:
        state, _ = read_proposal(visit.engine.store.log, ProposalId(proposal_id))
    except UnknownProposal:
        raise NotThere from None
    models, key = visit.engine.store.read_models, f"proposal:{proposal_id}"
    models.catch_up(PROPOSALS)
    made = proposal_as_at(key, models.row(PROPOSALS, key) or EMPTY, visit.now)
    if made is None:
        raise NotThere
    return replace(made, state=state)


@router.get("/proposals/{proposal_id}/progress")
def progress(visit: Annotated[Visit, Depends(visitor("proposals"))], proposal_id: str) -> Response:
    """Give the part of the page that tells how far the search has come; it says when there is something to load."""
    job = visit.engine.jobs(visit.service.holder).job(proposal_id)
    html = environment().get_template("components/progress.html").render(visit=visit, job=job, proposal_id=proposal_id)
    return Response(html, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-store"})


@router.post("/proposals/{proposal_id}/cancel")
def cancel(visit: Annotated[Posted, Depends(poster("decide"))], proposal_id: str) -> Response:
    """Stop the search and withdraw the request."""
    _made(visit, proposal_id)
    try:
        visit.engine.withdraw_request(proposal_id, visit.who.actor)
    except DecisionRefused:  # it was made in the meantime: there is something to decide on instead
        return back_to(visit, f"/proposals/{proposal_id}")
    return back_to(visit, f"/proposals/{proposal_id}", "withdrawn")


@router.post("/proposals/{proposal_id}/{decision}")
def decide(visit: Annotated[Posted, Depends(poster("decide"))], proposal_id: str, decision: str) -> Response:
    """Approve, reject, amend or undo, in the visitor's own name, with their reason, on the version that they read."""
    if decision not in {"approve", "reject", "amend", "undo"}:
        raise NotThere
    _made(visit, proposal_id)
    reason, seen = visit.text("reason"), visit.text("seen")
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        told = f"Give your reason for this in a sentence of {LEAST_REASON} to {MOST_REASON} characters"
        return _shown(visit, proposal_id, ((f"reason-{decision}", told),), reason)
    version = int(seen) if seen.isdecimal() and len(seen) < 19 else -1  # noqa: PLR2004  as many digits as a position has
    try:
        done = _carry_out(visit, proposal_id, decision, reason, version)
    except ProposalMoved:
        told = "The proposal has changed since you opened this page. Look at it as it now stands, and decide then"
        return _shown(visit, proposal_id, ((f"reason-{decision}", told),), reason)
    except StaleProposal:
        told = "What this proposal relied on has changed. Solve again, and decide on the new one"
        return _shown(visit, proposal_id, ((f"reason-{decision}", told),), reason)
    except DecisionRefused as refused:
        return _shown(visit, proposal_id, ((f"reason-{decision}", f"{refused}"),), reason)
    return back_to(visit, f"/proposals/{proposal_id}", done)


def _carry_out(visit: Posted, proposal_id: str, decision: str, reason: str, seen: int) -> str:
    engine, who = visit.engine, visit.who.actor
    if decision == "approve":
        engine.approve(proposal_id, who, reason, seen)
        return "approved"
    if decision == "reject":
        engine.reject(proposal_id, who, reason, seen)
        return "rejected"
    if decision == "undo":
        engine.undo(proposal_id, who, reason, seen)
        return "undone"
    assign, drop = {}, []
    for field, value in visit.form.items():
        case_id = field.removeprefix("give-")
        if field.startswith("give-") and isinstance(value, str) and value:
            if value == "nobody":
                drop.append(case_id)
            else:
                assign[case_id] = value
    engine.amend(proposal_id, who, reason, assign=assign, drop=drop, seen=seen)
    return "amended"


@router.post("/proposals/{proposal_id}/solve/again")
def solve_again(visit: Annotated[Posted, Depends(poster("proposals"))], proposal_id: str) -> Response:
    """Ask for another proposal with some choices kept and some ruled out; this one stays as it is."""
    made = _made(visit, proposal_id)
    content, asked = made.state.content, made.state.request or ProposalRequest()
    pinned, forbidden = list(asked.pinned), list(asked.forbidden)
    for choice in () if content is None else content.choices:
        pair = CasePair(case_id=CaseId(choice.case_id), worker_id=WorkerId(choice.worker_id))
        wish = visit.text(f"wish-{choice.case_id}")
        if wish == "keep" and pair not in pinned:
            pinned.append(pair)
        elif wish == "not":
            forbidden.append(pair)
            pinned = [one for one in pinned if one != pair]
    only = asked.only
    if content is not None and made.state.request is None:
        moved = {one.case_id for one in content.choices if one.from_worker_id is not None}
        placed = {one.case_id for one in content.choices} | {one.case_id for one in content.unallocated}
        asked = asked.model_copy(update={"may_move": tuple(sorted(moved))})
        only = tuple(sorted(placed - moved))
    request = asked.model_copy(
        update={"pinned": tuple(pinned), "forbidden": tuple(forbidden), "only": only, "seconds": 20.0}
    )
    return back_to(visit, f"/proposals/{visit.engine.request_proposal(visit.who.actor, request)}")
