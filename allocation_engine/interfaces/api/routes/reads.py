"""Reads: workers with their load, cases, who waits, and the reports."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from allocation_engine.interfaces import documents
from allocation_engine.interfaces.api.access.roles import ROLES, SCOPES, Role
from allocation_engine.interfaces.api.answers import (
    NOT_CHANGED,
    GivenCursor,
    Limit,
    answer,
    given,
    moments,
    next_link,
    page_of,
    paged,
)
from allocation_engine.interfaces.api.bodies import (
    Answered,
    CaseList,
    Me,
    Report,
    WaitingList,
    WorkerAccount,
    WorkerList,
)
from allocation_engine.interfaces.api.calls import AskedAbout, Call, Post, When, caller, endpoint, poster
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.interfaces.api.problems import problem
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.report_documents import alerts_document, overview_document, supervision_document
from allocation_engine.planning import Situation
from allocation_engine.reporting.alerts import answer_alert, blind_spots, of_team
from allocation_engine.reporting.explanation import explain_load
from allocation_engine.reporting.overview import report_overview
from allocation_engine.reporting.posts import read_posts
from allocation_engine.reporting.supervision import report_supervision
from domain.identifiers import Moment, OpaqueId, WorkerId

router = APIRouter()

WorkerPath = Annotated[OpaqueId, Path(description="A worker's opaque id.", examples=["w-0003"])]
TeamQuery = Annotated[OpaqueId | None, Query(description="Only this team.")]


@router.get("/me", **endpoint("who_am_i", responses={200: {"model": Me}}), summary="Who am I?", tags=["access"])
def who_am_i(request: Request, call: Annotated[Call, Depends(caller("who_am_i"))]) -> Response:
    """Say who calls, and which endpoints are open to them."""
    who = call.who
    return answer(
        request,
        {
            "actor": who.actor,
            "role": who.role.value,
            "worker_id": who.worker_id,
            "team_ids": sorted(who.team_ids),
            "scopes": sorted(scope.value for scope in who.scopes),
            "operations": [name for name in ROLES if who.role in ROLES[name] and SCOPES[name] in who.scopes],
        },
    )


@router.get(
    "/workers",
    **endpoint("list_workers", "not_acceptable", responses=paged(WorkerList)),
    summary="Workers with their load",
    tags=["workers"],
)
def list_workers(
    request: Request,
    call: Annotated[Call, Depends(caller("list_workers"))],
    when: AskedAbout,
    cursor: GivenCursor,
    team: TeamQuery = None,
    limit: Limit = 100,
) -> Response:
    """List workers in order of id with what each carries, set against capacity. Nobody is ranked by it."""
    situation = _situation(call, cursor, when)
    keyed = [
        (str(worker_id), worker)
        for worker_id, worker in sorted(situation.workers.items())
        if team in {None, worker.team_id} and call.sees(worker_id, worker.team_id)
    ]
    page, more = page_of(keyed, cursor, limit, situation.as_at, situation.known_at)
    call.log_reading([worker.worker_id for worker in page])
    rows = [
        {**documents.account_document(situation.accounts[worker.worker_id]), "team_id": worker.team_id}
        for worker in page
    ]
    document = {**documents.loads_document(situation, ()), "workers": rows, "next": next_link(request, more)}
    return answer(request, document, "workers")


@router.get(
    "/workers/{worker_id}",
    **endpoint("read_worker", "not_found", "not_acceptable", responses={200: {"model": WorkerAccount}, **NOT_CHANGED}),
    summary="One worker's account",
    tags=["workers"],
)
def read_worker(
    request: Request,
    worker_id: WorkerPath,
    call: Annotated[Call, Depends(caller("read_worker"))],
    when: AskedAbout,
    since: Annotated[Moment | None, Query(description="Also say what has changed since this moment.")] = None,
) -> Response:
    """Give one account with every contribution, what has changed, and what lies ahead. Each reading is logged."""
    situation = _situation(call, None, when)
    worker = _visible(call, situation, worker_id)
    if since is not None and since >= situation.as_at:
        raise problem("invalid_request", faults=[{"field": "query.since", "fault": "give a moment before as_at"}])
    call.log_reading([worker])
    explained = explain_load(call.engine.store, situation, worker, since)
    return answer(request, documents.explained_document(situation, explained))


@router.get(
    "/workers/{worker_id}/cases",
    **endpoint(
        "list_worker_cases",
        "not_found",
        "not_acceptable",
        responses=paged(CaseList),
    ),
    summary="One worker's caseload",
    tags=["workers"],
)
def list_worker_cases(
    request: Request,
    worker_id: WorkerPath,
    call: Annotated[Call, Depends(caller("list_worker_cases"))],
    when: AskedAbout,
) -> Response:
    """List the cases that a worker holds."""
    situation = _situation(call, None, when)
    worker = _visible(call, situation, worker_id)
    call.log_reading([worker])
    cases = [documents.held_document(one) for one in situation.caseloads.get(worker, ())]
    return answer(request, {**_asked(situation), "cases": cases, "next": None}, "cases")


@router.get(
    "/cases",
    **endpoint("list_cases", "not_acceptable", responses=paged(CaseList)),
    summary="Cases that are held",
    tags=["cases"],
)
def list_cases(
    request: Request,
    call: Annotated[Call, Depends(caller("list_cases"))],
    when: AskedAbout,
    cursor: GivenCursor,
    limit: Limit = 100,
) -> Response:
    """List who holds which case, in order of worker and case."""
    situation = _situation(call, cursor, when)
    keyed = sorted(
        (
            (f"{worker_id} {one.case.case_id} {one.role.value}", (worker_id, one))
            for worker_id, held in situation.caseloads.items()
            for one in held
        ),
        key=lambda pair: pair[0],
    )
    page, more = page_of(keyed, cursor, limit, situation.as_at, situation.known_at)
    cases = [{"worker_id": worker, **documents.held_document(one)} for worker, one in page]
    return answer(request, {**_asked(situation), "cases": cases, "next": next_link(request, more)}, "cases")


@router.get(
    "/waiting-cases",
    **endpoint("list_waiting_cases", "not_acceptable", responses=paged(WaitingList)),
    summary="Cases that wait for a worker",
    tags=["cases"],
)
def list_waiting_cases(
    request: Request,
    call: Annotated[Call, Depends(caller("list_waiting_cases"))],
    when: AskedAbout,
    cursor: GivenCursor,
    limit: Limit = 100,
) -> Response:
    """List the open cases that nobody holds, most urgent first, then longest waiting."""
    situation = _situation(call, cursor, when)
    keyed = [(f"{place:09d}", one) for place, one in enumerate(situation.waiting)]
    page, more = page_of(keyed, cursor, limit, situation.as_at, situation.known_at)
    cases = [documents.waiting_document(one) for one in page]
    return answer(request, {**_asked(situation), "cases": cases, "next": next_link(request, more)}, "cases")


@router.get(
    "/supervision",
    **endpoint("list_supervision", "not_found", "not_acceptable", responses={200: {"model": Report}}),
    summary="Supervision: agreed, held, overdue",
    tags=["reports"],
)
def list_supervision(
    request: Request,
    call: Annotated[Call, Depends(caller("list_supervision"))],
    when: AskedAbout,
    team: TeamQuery = None,
) -> Response:
    """Say what supervision is overdue, who has no agreement, and what was held against what was agreed."""
    about = _about(call, when)
    team = _team(call, team)
    start = about.as_at - timedelta(days=about.policy.practice.reporting_period.value)
    report = report_supervision(about.store, about.policy, start, about.as_at, about.known_at, team)
    if team is not None and not any(post.team_id == team for post in report.posts.values()):
        raise problem("not_found")
    call.log_reading(sorted({one.agreement.worker_id for one in report.next_sessions}))
    return answer(request, supervision_document(about, report))


@router.get(
    "/alerts",
    **endpoint("list_alerts", "not_acceptable", responses={200: {"model": Report}}),
    summary="Blind-spot alerts",
    tags=["reports"],
)
def list_alerts(
    request: Request, call: Annotated[Call, Depends(caller("list_alerts"))], when: AskedAbout, team: TeamQuery = None
) -> Response:
    """List what a named leader should look at and answer, with the evidence of each."""
    about = _about(call, when)
    team = _team(call, team)
    found = blind_spots(about.store, about.policy, about.as_at, about.known_at)
    if team is not None:
        found = of_team(found, read_posts(about.store, about.as_at, about.known_at), team)
    if call.who.role is Role.LEADER:
        # What a worker told of themselves is for those who support them, and is told of nobody by name beyond.
        found = replace(found, alerts=tuple(one for one in found.alerts if not one.rule.personal))
    call.log_reading(sorted({one.finding.worker_id for one in found.alerts if one.finding.worker_id is not None}))
    return answer(request, alerts_document(about, found))


@router.post(
    "/alerts/{alert_id}/answer",
    **endpoint(
        "answer_alert",
        "refused",
        "idempotency_key_reused",
        "concurrent_write",
        responses={201: {"model": Answered}},
    ),
    status_code=201,
    summary="Answer an alert",
    tags=["reports"],
)
def answer_an_alert(alert_id: OpaqueId, post: Annotated[Post, Depends(poster("answer_alert"))]) -> JSONResponse:
    """Answer an alert in the caller's own name: they have looked and done, or decided, what it needs."""
    now = post.service.clock()
    reply = Reply(201, {"alert_id": alert_id, "answered_by": post.who.actor, "answered_at": now.isoformat()})
    return given(post.once.append(lambda _: reply, lambda engine: answer_alert(engine, alert_id, post.who.actor)))


@router.get(
    "/overview",
    **endpoint("read_overview", "not_acceptable", responses={200: {"model": Report}}),
    summary="The service at a glance",
    tags=["reports"],
)
def read_overview(
    request: Request, call: Annotated[Call, Depends(caller("read_overview"))], when: AskedAbout
) -> Response:
    """Count people, cases, supervision and alerts, beside 4 and 12 weeks ago; groups that are too small are not shown."""
    about = _about(call, when)
    snapshots = report_overview(about.store, about.policy, about.as_at, about.known_at)
    return answer(request, overview_document(about, snapshots, None))


def _situation(call: Call, cursor: Any, when: When) -> Situation:
    as_at, known_at = moments(cursor, when)
    return call.engine.situation(as_at, known_at)


def _asked(situation: Situation) -> dict[str, Any]:
    return {
        "as_at": situation.as_at.isoformat(),
        "known_at": None if situation.known_at is None else situation.known_at.isoformat(),
        "position": situation.position,
    }


def _visible(call: Call, situation: Situation, worker_id: str) -> WorkerId:
    """Give a worker whom the caller may see; whoever they may not see is not there for them either."""
    worker = situation.workers.get(WorkerId(worker_id))
    if worker is None or not call.sees(worker_id, worker.team_id):
        raise problem("not_found")
    return worker.worker_id


def _about(call: Call, when: When) -> Asked:
    as_at: datetime = when.as_at or call.service.clock()
    return Asked(call.engine, as_at, when.known_at, call.engine.policy(as_at, when.known_at).policy)


def _team(call: Call, team: str | None) -> str | None:
    """Hold a supervisor to their own teams; with one team they need not name it."""
    if call.who.role is not Role.SUPERVISOR:
        return team
    if team is None and len(call.who.team_ids) == 1:
        (team,) = call.who.team_ids
    if team not in call.who.team_ids:
        raise problem("forbidden", "Name one of the teams of this key.")
    return team
