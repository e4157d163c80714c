"""The record: everything that was told or decided, newest first, and each entry in full."""

import json
from collections.abc import Sequence
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.documents import event_document
from allocation_engine.interfaces.moments import beginning, moment
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.event_words import event_name, field_rows, learned, subject_cell, subjects, when
from allocation_engine.interfaces.web.record import SHOWN, SUBJECT_KINDS, Standing, Wanted, find, later_words
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.interfaces.words import words as in_words
from allocation_engine.persistence.event_log import StoredEvent
from domain.events import REGISTRY, DomainEvent
from domain.events.allocation import AllocationEvent
from domain.events.corrections import EventCorrected, EventRetracted, PersonErased
from domain.identifiers import WorkerId
from domain.vocabulary import RetractionReason
from projections import WORKFORCE
from projections.workforce import workforce

router = APIRouter()

NO_BREAK = "\u00a0"
BESIDE = 60
"""Entries made in one step lie side by side: so far to both sides they are looked for."""

LAST_POSITION = 2**62
Text = Annotated[str, Query(max_length=120)]


@router.get("/events")
def events(
    visit: Annotated[Visit, Depends(visitor("events"))],
    about: Text = "",
    type: Text = "",  # noqa: A002  it is called so in the address
    since: Text = "",
    until: Text = "",
    before: Text = "",
) -> Response:
    """List the entries that are asked for."""
    wanted, errors = _wanted(visit, about.strip(), type, since, until, before)
    found, searched_to = ([], 0) if errors else find(visit.engine.store.log, wanted)
    visit.log_reading(sorted({one for stored in found for one in subjects(stored.record.event, "worker")}))
    asked = {"about": about.strip(), "type": type, "since": since, "until": until}
    more = found[-1].position if len(found) == SHOWN else searched_to
    return page(
        visit,
        "events.html",
        "The record",
        [_table(visit, found, wanted)],
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        kinds=sorted(
            ((one.wire_name, event_name(one.wire_type())) for one in REGISTRY.classes), key=lambda one: one[1]
        ),
        head=visit.engine.store.log.head(),
        full=len(found) == SHOWN,
        older=visit.to("/events", before=more, **asked) if more else None,
        newest=visit.to("/events", **asked) if before else None,
    )


def _wanted(
    visit: Visit, about: str, kind: str, since: str, until: str, before: str
) -> tuple[Wanted, list[tuple[str, str]]]:
    errors: list[tuple[str, str]] = []
    start = end = None
    try:
        start = beginning(since, "since") if since else None
    except SettingsError:
        errors.append(("since", "Write the first day as 2026-11-01"))
    try:
        end = moment(until or None, "until")
    except SettingsError:
        errors.append(("until", "Write the last day as 2026-11-01"))
    prefix, colon, _ = about.partition(":")
    if colon and prefix not in {*SUBJECT_KINDS, "source"}:
        kinds = ", ".join(SUBJECT_KINDS)
        errors.append(("about", f"Give an id, such as w-0003, or what it is before it ({kinds}), such as case:c-0012"))
    if kind and kind not in {one.wire_name for one in REGISTRY.classes}:
        errors.append(("type", "Choose one of the kinds of entry"))
    ends = [one for one in (end, None if visit.given_as_at is None else visit.as_at) if one is not None]
    last = int(before) if before.isdecimal() and int(before) < LAST_POSITION else LAST_POSITION
    return Wanted(about, kind, start, min(ends, default=None), last, visit.known_at), errors


def _table(visit: Visit, found: Sequence[StoredEvent], wanted: Wanted) -> Table:
    named = f" about {wanted.about}" if wanted.about else ""
    table = TableOf(
        "events",
        f"What is on record{named}, newest first",
        (
            Column("Entry", figures=True),
            "Happened",
            "What",
            "Worker",
            "Case",
            "Also about",
            "Recorded",
            "Recorded by",
            "Standing",
        ),
        empty=(
            "No entry fits what you ask for. Check the id and the days, or take a filter away."
            if named or wanted.kind or wanted.since or wanted.until
            else "Nothing is on record yet. Entries come from your case system over the API, from files that you import, and "
            "from what is decided here."
        ),
        dense=True,
    )
    standing = Standing(later_words(visit.engine.store.log, found, visit.known_at))
    for one in found:
        envelope, event = one.record.envelope, one.record.event
        table.row(
            Cell(one.position, link=visit.to(f"/events/{one.position}")),
            Cell(envelope.occurred_at, text=when(envelope.occurred_at).replace(" ", NO_BREAK)),
            Cell(text=_name(event)),
            subject_cell(visit, "worker", subjects(event, "worker")),
            subject_cell(visit, "case", subjects(event, "case")),
            _also(visit, event),
            Cell(envelope.recorded_at, text=learned(envelope.occurred_at, envelope.recorded_at)),
            envelope.actor,
            Cell(text=standing.of(one)),
        )
    return table.done


def _name(event: DomainEvent) -> str:
    if isinstance(event, PersonErased) and event.erased is not None:
        return "Erased: what it said cannot be read again"
    return event_name(event.wire_type())


def _also(visit: Visit, event: DomainEvent) -> Cell:
    kinds = {kind: subjects(event, kind) for kind in SUBJECT_KINDS if kind not in {"worker", "case"}}
    first = next((kind for kind, ids in kinds.items() if ids), None)
    if first is None:
        return Cell(text="")
    told = ", ".join(f"{kind} {one}" for kind, ids in kinds.items() for one in ids)
    return Cell(text=told, link=visit.to("/events", about=f"{first}:{kinds[first][0]}"))


@router.get("/events/{position:int}")
def event(visit: Annotated[Visit, Depends(visitor("events"))], position: int) -> Response:
    """Show one entry in full: when, by whom, what it says, and what became of it."""
    return _event_page(visit, _at(visit, position))


def _at(visit: Visit, position: int) -> StoredEvent:
    found = visit.engine.store.log.read(after=position - 1, limit=1).events if 0 < position < LAST_POSITION else ()
    if not found or found[0].position != position:
        raise NotThere
    return found[0]


def _event_page(visit: Visit, stored: StoredEvent, errors: tuple[tuple[str, str], ...] = ()) -> Response:
    event = stored.record.event
    visit.log_reading(subjects(event, "worker"))
    words_since = later_words(visit.engine.store.log, [stored], visit.known_at)
    standing = Standing(words_since)
    becomes = [one for one in words_since if _is_about(one, stored)]
    is_decision = isinstance(event, (*get_args(AllocationEvent), PersonErased))
    return page(
        visit,
        "event.html",
        f"Entry {stored.position}: {_name(event)[:1].lower()}{_name(event)[1:]}",
        [_fields(visit, event), _envelope(stored), _together(visit, stored)],
        status=422 if errors else 200,
        errors=errors,
        stored=stored,
        standing=standing.of(stored),
        becomes=[(one, when(one.record.envelope.recorded_at), standing.of(one)) for one in becomes],
        target=_target(visit, event),
        erased=isinstance(event, PersonErased) and event.erased is not None,
        may_be_taken_back=not is_decision and standing.of(stored) != "taken back",
        reasons=[(one.value, in_words(one.value)) for one in RetractionReason],
        links=_leads_to(visit, event),
        document=json.dumps(event_document(stored), indent=2, ensure_ascii=False),
    )


def _fields(visit: Visit, event: DomainEvent) -> Table:
    columns = ("Field", "What it says")
    return (
        TableOf("fields", "What it says", columns, empty="It says no more than that.")
        .rows(field_rows(visit, event))
        .done
    )


def _envelope(stored: StoredEvent) -> Table:
    envelope = stored.record.envelope
    later = learned(envelope.occurred_at, envelope.recorded_at)
    told = f", {later}" if later else ""
    rows = (
        ("Happened", f"{when(envelope.occurred_at)} UTC"),
        ("Recorded here", f"{when(envelope.recorded_at)} UTC{told}"),
        ("Recorded by", envelope.actor),
        ("Comes from", envelope.source_system),
        ("Its id there", envelope.source_id),
        ("Kind", stored.record.event.wire_type()),
        ("Id of the entry", f"{envelope.event_id}"),
    )
    table = TableOf("envelope", "Who recorded it, and when", ("About the entry", "On record"))
    return table.rows([(Cell(text=name), Cell(text=value)) for name, value in rows]).done


def _together(visit: Visit, stored: StoredEvent) -> Table:
    """List the entries of the same step: an approval, and the assignments that followed from it."""
    table = TableOf(
        "together",
        "Recorded in the same step",
        (Column("Entry", figures=True), "What", "Worker", "Case"),
        empty="It was recorded by itself.",
    )
    step = stored.record.envelope.correlation_id
    if step is not None:
        near = visit.engine.store.log.read(after=max(stored.position - BESIDE - 1, 0), limit=2 * BESIDE + 1).events
        for one in near:
            event = one.record.event
            if one.record.envelope.correlation_id == step and one.position != stored.position:
                table.row(
                    Cell(one.position, link=visit.to(f"/events/{one.position}")),
                    Cell(text=_name(event)),
                    subject_cell(visit, "worker", subjects(event, "worker")),
                    subject_cell(visit, "case", subjects(event, "case")),
                )
    return table.done


def _is_about(word: StoredEvent, stored: StoredEvent) -> bool:
    event = word.record.event
    return (
        isinstance(event, EventRetracted | EventCorrected) and event.target_event_id == stored.record.envelope.event_id
    )


def _target(visit: Visit, event: DomainEvent) -> StoredEvent | None:
    """Find the entry that this one takes back or puts right."""
    if not isinstance(event, EventRetracted | EventCorrected):
        return None
    return visit.engine.store.log.find_source(event.target_system, event.target_source_id)


def _leads_to(visit: Visit, event: DomainEvent) -> list[tuple[str, str]]:
    """Give the pages of those that an entry is about."""
    models, ids = visit.engine.store.read_models, subjects(event, "worker")
    models.catch_up(WORKFORCE)
    rows = models.rows(WORKFORCE, [f"worker:{one}" for one in ids])
    known = workforce(rows, visit.as_at, visit.known_at)
    workers = [(f"The account of worker {one}", f"/workers/{one}") for one in ids if WorkerId(one) in known]
    proposals = [(f"Proposal {one}", f"/proposals/{one}") for one in subjects(event, "proposal")]
    policies = [(f"Policy set {one}", "/policy") for one in subjects(event, "policy") if one != "adopted"]
    return [(name, visit.to(path)) for name, path in (*workers, *proposals, *policies)]


@router.post("/events/{position:int}/retract")
def retract_event(visit: Annotated[Posted, Depends(poster("record"))], position: int) -> Response:
    """Take an entry back, in the manager's own name. The record keeps both."""
    stored = _at(visit, position)
    reason = visit.text("reason")
    if reason not in set(RetractionReason):
        return _event_page(visit, stored, (("reason", "Choose why the entry is taken back"),))
    visit.engine.retract(position, visit.who.actor, RetractionReason(reason))
    return back_to(visit, f"/events/{position}", "retracted")
