"""Proposals: asked for, worked on elsewhere, followed, and decided by a named person on what they saw."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from sse_starlette import EventSourceResponse

from allocation_engine.engine import Engine
from allocation_engine.interfaces import documents
from allocation_engine.interfaces.api.answers import answer, given
from allocation_engine.interfaces.api.bodies import (
    AmendBody,
    Decided,
    Decision,
    ProposalAnswer,
    ProposalList,
)
from allocation_engine.interfaces.api.calls import Call, Post, caller, described_body, endpoint, poster, read_body
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.interfaces.api.problems import problem
from allocation_engine.optimiser import explain_choices
from allocation_engine.optimiser.explain import fairness_of
from allocation_engine.persistence.ports import Appended
from allocation_engine.planning import JobBoard
from allocation_engine.planning import read_proposal as read_stored_proposal
from allocation_engine.planning.propose import new_proposal_id
from allocation_engine.planning.requests import Job
from domain.events.allocation import ProposalRequest
from domain.evolve.proposal import ProposalState, ProposalStatus
from domain.identifiers import OpaqueId, ProposalId

router = APIRouter(prefix="/proposals", tags=["proposals"])

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The `ETag` of the proposal as the decider read it.", max_length=100),
]
DECIDED = (
    "unknown_proposal",
    "refused",
    "stale",
    "changed_since_read",
    "if_match_required",
    "idempotency_key_reused",
    "unsupported_media_type",
    "concurrent_write",
)
FOLLOW_SECONDS = 0.5


@router.post(
    "",
    **endpoint(
        "request_proposal",
        "idempotency_key_reused",
        "unsupported_media_type",
        "concurrent_write",
        responses={202: {"model": ProposalAnswer, "description": "Asked for; `Location` says where to follow it"}},
        openapi_extra=described_body(ProposalRequest, {"team_id": "t-north", "seconds": 30}, required=False),
    ),
    status_code=202,
    summary="Ask for a proposal",
)
def request_proposal(post: Annotated[Post, Depends(poster("request_proposal"))]) -> JSONResponse:
    """Ask who could take the waiting cases. The search runs elsewhere; follow it at `Location`. Nothing changes by it."""
    asked = read_body(ProposalRequest, post.body or b"{}")
    proposal_id = new_proposal_id(post.service.new_id)

    def respond(done: Appended) -> Reply:
        body = {"proposal_id": proposal_id, "status": "requested", "version": done.head}
        return Reply(202, body, {"Location": f"/v1/proposals/{proposal_id}"})

    return given(post.once.append(respond, lambda engine: engine.request_proposal(post.who.actor, asked, proposal_id)))


@router.get(
    "",
    **endpoint("list_proposals", "not_acceptable", responses={200: {"model": ProposalList}}),
    summary="Proposals being worked on",
)
def list_proposals(request: Request, call: Annotated[Call, Depends(caller("list_proposals"))]) -> Response:
    """List the proposals that are asked for and not made yet."""
    jobs = [{"proposal_id": job.proposal_id, **_progress(job)} for job in _board(call).all()]
    return answer(request, {"proposals": jobs})


@router.get(
    "/{proposal_id}",
    **endpoint("read_proposal", "unknown_proposal", "not_acceptable", responses={200: {"model": ProposalAnswer}}),
    summary="Read a proposal",
)
def read_proposal(
    request: Request, proposal_id: OpaqueId, call: Annotated[Call, Depends(caller("read_proposal"))]
) -> Response:
    """Read a proposal: how far it has come, what it holds with its reasons, what was decided. Its `ETag` goes with a decision."""
    state = _state(call, proposal_id)
    document = _document(call, state)
    reply = answer(request, document)
    reply.headers["ETag"] = f'"{state.version}"'
    return reply


@router.get(
    "/{proposal_id}/progress",
    **endpoint(
        "follow_proposal",
        "unknown_proposal",
        responses={
            200: {
                "description": "`progress` events until one `done`",
                "content": {
                    "text/event-stream": {"schema": {"type": "string"}, "example": "event: progress\ndata: {…}\n"}
                },
            }
        },
    ),
    summary="Follow a proposal while it is made",
    response_class=EventSourceResponse,
)
async def follow_proposal(
    request: Request, proposal_id: OpaqueId, call: Annotated[Call, Depends(caller("follow_proposal"))]
) -> EventSourceResponse:
    """Tell of progress as server-sent events until the proposal is made or withdrawn."""
    await run_in_threadpool(_state, call, proposal_id)

    async def events() -> AsyncIterator[dict[str, str]]:
        told = ""
        while not await request.is_disconnected():
            job = await run_in_threadpool(_board(call).job, proposal_id)
            if job is None:
                state = await run_in_threadpool(_state, call, proposal_id)
                done = {"proposal_id": proposal_id, "status": state.status.value, "version": state.version}
                yield {"event": "done", "data": json.dumps(done)}
                return
            news = json.dumps(_progress(job))
            if news != told:
                told = news
                yield {"event": "progress", "data": news}
            await asyncio.sleep(FOLLOW_SECONDS)

    return EventSourceResponse(events(), ping=15)


@router.post(
    "/{proposal_id}/cancel",
    **endpoint(
        "cancel_proposal",
        "unknown_proposal",
        "refused",
        "idempotency_key_reused",
        "concurrent_write",
        responses={200: {"model": Decided}},
    ),
    summary="Cancel a proposal that is not made yet",
)
def cancel_proposal(proposal_id: OpaqueId, post: Annotated[Post, Depends(poster("cancel_proposal"))]) -> JSONResponse:
    """Stop the search and withdraw the request. What is made already is rejected instead."""

    def respond(done: Appended) -> Reply:
        return Reply(200, {"proposal_id": proposal_id, "status": "withdrawn", "position": done.head, "assignments": 0})

    return given(post.once.append(respond, lambda engine: engine.withdraw_request(proposal_id, post.who.actor)))


@router.post(
    "/{proposal_id}/approve",
    **endpoint(
        "approve_proposal",
        *DECIDED,
        responses={200: {"model": Decided}},
        openapi_extra=described_body(Decision, {"reason": "Agreed in the allocation meeting"}),
    ),
    summary="Approve a proposal",
)
def approve_proposal(
    proposal_id: OpaqueId, post: Annotated[Post, Depends(poster("approve_proposal"))], if_match: IfMatch = None
) -> JSONResponse:
    """Approve in the caller's own name: its assignments are recorded, all or none. 409 says what has changed meanwhile."""
    seen, decision = _seen(if_match), read_body(Decision, post.body)
    return _decide(
        post, proposal_id, "approved", lambda engine: engine.approve(proposal_id, post.who.actor, decision.reason, seen)
    )


@router.post(
    "/{proposal_id}/amend",
    **endpoint(
        "amend_proposal",
        *DECIDED,
        responses={200: {"model": Decided}},
        openapi_extra=described_body(AmendBody, {"reason": "Closer to the school", "assign": {"c-0105": "w-0003"}}),
    ),
    summary="Change a proposal by hand",
)
def amend_proposal(
    proposal_id: OpaqueId, post: Annotated[Post, Depends(poster("amend_proposal"))], if_match: IfMatch = None
) -> JSONResponse:
    """Change who takes what. It is checked against every rule on today's facts, and stands for decision again."""
    seen, change = _seen(if_match), read_body(AmendBody, post.body)

    def act(engine: Engine) -> None:
        by, reason = post.who.actor, change.reason
        engine.amend(proposal_id, by, reason, assign=change.assign, co_work=change.co_work, drop=change.drop, seen=seen)

    return _decide(post, proposal_id, "open", act)


@router.post(
    "/{proposal_id}/reject",
    **endpoint(
        "reject_proposal",
        *DECIDED,
        responses={200: {"model": Decided}},
        openapi_extra=described_body(Decision, {"reason": "A new referral changes the picture"}),
    ),
    summary="Turn a proposal down",
)
def reject_proposal(
    proposal_id: OpaqueId, post: Annotated[Post, Depends(poster("reject_proposal"))], if_match: IfMatch = None
) -> JSONResponse:
    """Turn it down in the caller's own name. No caseload changes."""
    seen, decision = _seen(if_match), read_body(Decision, post.body)
    return _decide(
        post, proposal_id, "rejected", lambda engine: engine.reject(proposal_id, post.who.actor, decision.reason, seen)
    )


@router.post(
    "/{proposal_id}/undo",
    **endpoint(
        "undo_proposal",
        *DECIDED,
        responses={200: {"model": Decided}},
        openapi_extra=described_body(Decision, {"reason": "The family moved before the first visit"}),
    ),
    summary="Undo an approved proposal",
)
def undo_proposal(
    proposal_id: OpaqueId, post: Annotated[Post, Depends(poster("undo_proposal"))], if_match: IfMatch = None
) -> JSONResponse:
    """Undo in the caller's own name: its cases go back to whom they were with, all or none; both steps stay on record."""
    seen, decision = _seen(if_match), read_body(Decision, post.body)
    return _decide(
        post, proposal_id, "undone", lambda engine: engine.undo(proposal_id, post.who.actor, decision.reason, seen)
    )


def _decide(post: Post, proposal_id: str, status: str, act: Callable[[Engine], object]) -> JSONResponse:
    """Put a decision on record, once, and say how the proposal then stands."""

    def decided(done: Appended) -> Reply:
        assignments = len(done.positions) - 1
        body = {"proposal_id": proposal_id, "status": status, "position": done.head, "assignments": assignments}
        return Reply(200, body, {"ETag": f'"{done.head - assignments}"'})

    return given(post.once.append(decided, act))


def _seen(if_match: str | None) -> int:
    """Read the version that the decider saw; `*` would say that they saw none."""
    if if_match is None:
        raise problem("if_match_required")
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < 19):  # noqa: PLR2004  as many digits as a position has
        raise problem("changed_since_read")
    return int(text)


def _board(call: Call) -> JobBoard:
    return call.engine.jobs(call.service.holder)


def _state(call: Call, proposal_id: str) -> ProposalState:
    state, _ = read_stored_proposal(call.engine.store.log, ProposalId(proposal_id))
    return state


def _progress(job: Job) -> dict[str, Any]:
    return {
        "working": bool(job.holder),
        "level": job.level,
        "value": job.value,
        "bound": job.bound,
        "gap": job.gap,
        "seconds": job.seconds,
    }


def _document(call: Call, state: ProposalState) -> dict[str, Any]:
    document: dict[str, Any] = {
        "proposal_id": state.proposal_id,
        "status": state.status.value,
        "version": state.version,
        "decided_by": state.decided_by,
        "withdrawn": state.withdrawn,
        "request": None if state.request is None else state.request.model_dump(mode="json"),
        "progress": None,
        "content": None if state.content is None else state.content.model_dump(mode="json"),
        "reasons": None,
    }
    if state.status is ProposalStatus.REQUESTED:
        job = _board(call).job(state.proposal_id)
        document["progress"] = None if job is None else _progress(job)
    if state.status is ProposalStatus.OPEN and state.content is not None:
        document["reasons"] = _reasons(call, state.proposal_id)
    return document


def _reasons(call: Call, proposal_id: str) -> list[dict[str, Any]]:
    """Explain each choice of an open proposal: why this worker, and who else could."""
    considered = call.engine.consider_proposal(proposal_id)
    choices = explain_choices(considered.problem, considered.result.plan, fairness_of(considered.result))
    return [
        {
            "case_id": one.case_id,
            "worker_id": one.worker_id,
            "sentence": one.sentence,
            "alternatives": documents.alternatives_document(one),
        }
        for one in choices
    ]
