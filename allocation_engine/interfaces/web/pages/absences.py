"""Somebody is away, or back: put on record from their page, in the name of whoever says so."""

from datetime import datetime, time
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from allocation_engine.errors import DecisionRefused, SettingsError
from allocation_engine.interfaces.moments import moment
from allocation_engine.interfaces.web.forms import Field, choices_of, typed
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted
from domain.identifiers import WorkerId
from domain.vocabulary import AbsenceKind

router = APIRouter()

FIELDS = (
    Field(
        "kind", "Why are they away?", kind="select", options=choices_of(AbsenceKind), value=AbsenceKind.SICKNESS.value
    ),
    Field("until", "Expected until the end of", "Left out: not known, which is not short.", "date", optional=True),
)


@router.get("/workers/{worker_id}/away")
def form(visit: Annotated[Visit, Depends(visitor("decide"))], worker_id: str) -> Response:
    """Ask why somebody is away, and until when that is expected."""
    return _form_page(visit, visit.worker(worker_id), list(FIELDS))


def _form_page(visit: Visit, who: WorkerId, fields: list[Field], errors: tuple[tuple[str, str], ...] = ()) -> Response:
    return page(
        visit,
        "ask.html",
        f"{who} is away",
        status=422 if errors else 200,
        errors=errors,
        fields=fields,
        told="It counts from now on. While they are away, proposals leave them out, and what falls due waits for their return.",
        button="Put it on record",
        action=f"/workers/{who}/away",
        back=(f"/workers/{who}", f"Back to {who}"),
    )


@router.post("/workers/{worker_id}/away")
def away(visit: Annotated[Posted, Depends(poster("decide"))], worker_id: str) -> Response:
    """Put on record that somebody is away from now."""
    who, kind, until = visit.worker(worker_id), visit.text("kind"), visit.text("until")
    fields = typed(FIELDS, visit)
    if kind not in set(AbsenceKind):
        return _form_page(visit, who, fields, (("kind", "Choose why they are away"),))
    try:
        expected = moment(until or None, "until")
    except SettingsError:
        return _form_page(visit, who, fields, (("until", "Write a day as 2026-11-01, or leave it out"),))
    if expected is not None and expected <= visit.now:
        return _form_page(visit, who, fields, (("until", "Choose a day to come, or leave it out"),))
    event = WorkerAbsenceStarted(worker_id=who, kind=AbsenceKind(kind), expected_until=_last_second(expected))
    return _recorded(visit, who, event, fields)


def _last_second(expected: datetime | None) -> datetime | None:
    return None if expected is None else datetime.combine(expected.date(), time(23, 59, 59), expected.tzinfo)


@router.post("/workers/{worker_id}/back")
def back(visit: Annotated[Posted, Depends(poster("decide"))], worker_id: str) -> Response:
    """Put on record that somebody is back."""
    who = visit.worker(worker_id)
    return _recorded(visit, who, WorkerAbsenceEnded(worker_id=who), list(FIELDS))


def _recorded(
    visit: Posted, who: WorkerId, event: WorkerAbsenceStarted | WorkerAbsenceEnded, fields: list[Field]
) -> Response:
    try:
        visit.engine.record(event, visit.who.actor)
    except DecisionRefused as refused:
        return _form_page(visit, who, fields, (("kind", f"{refused}"),))
    return back_to(visit, f"/workers/{who}", "recorded")
