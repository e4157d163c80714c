"""Health, metrics, and the pages that say what each problem means. Open to whoever can reach the service."""

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from allocation_engine.interfaces.api.problems import PROBLEMS, problem
from allocation_engine.interfaces.api.service import Service
from domain.errors import AllocationError

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head><body><main>{body}</main></body></html>
"""


@router.get("/health/live")
def live() -> JSONResponse:
    """Say that the process answers."""
    return JSONResponse({"status": "live"})


@router.get("/health/ready")
def ready(request: Request) -> JSONResponse:
    """Say whether requests can be served: the store can be read."""
    service: Service = request.app.state.service
    try:
        position = service.engine.store.log.head()
    except AllocationError:
        return JSONResponse({"status": "not ready", "store": "cannot be reached"}, 503)
    return JSONResponse({"status": "ready", "position": position})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Give the metrics in Prometheus's form."""
    service: Service = request.app.state.service
    service.metrics.head.set(service.engine.store.log.head())
    service.metrics.show_webhooks(service.webhooks.stopped(), service.dead_letters.count())
    service.metrics.open_jobs.set(len(service.engine.jobs(service.holder).all()))
    return PlainTextResponse(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems")
def problem_types() -> HTMLResponse:
    """List the problems that the service answers with."""
    rows = "".join(
        f'<tr><td>{kind.status.value}</td><td><a href="/problems/{kind.code}">{escape(kind.code)}</a></td>'
        f"<td>{escape(kind.title)}</td></tr>"
        for kind in PROBLEMS.values()
    )
    table = f"<table><tr><th>Status</th><th>Type</th><th>What it says</th></tr>{rows}</table>"
    return HTMLResponse(PAGE.format(title="Problems", body=f"<h1>Problems</h1>{table}"))


@router.get("/problems/{code}")
def problem_type(code: str) -> HTMLResponse:
    """Say what a problem means and what to do about it."""
    kind = PROBLEMS.get(code)
    if kind is None:
        raise problem("not_found")
    body = (
        f"<h1>{escape(kind.title)}</h1><p>Type <code>{escape(kind.code)}</code>, status {kind.status.value}.</p>"
        f"<h2>What to do</h2><p>{escape(kind.remedy)}</p>"
        '<p><a href="/problems">All problems</a></p>'
    )
    return HTMLResponse(PAGE.format(title=escape(kind.title), body=body))
