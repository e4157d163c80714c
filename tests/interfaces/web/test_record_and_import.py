"""The record, entry by entry; and taking in a statutory return, first as a dry run."""

import re

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from allocation_engine.persistence.event_log import Criterion, StoredEvent
from domain.events import DomainEvent
from domain.events.case import CaseAssigned
from domain.events.practice import CriticalIncidentRecorded
from domain.vocabulary import ErasureReason
from tests.interfaces.web.conftest import Desk, signed_in


def positions(page: str) -> list[int]:
    """The entries that a page lists, in its order."""
    return [
        int(one) for one in re.findall(r'<th scope="row"[^>]*><a class="govuk-link" href="/desk/events/(\d+)', page)
    ]


def one_of(desk: Desk, kind: type[DomainEvent]) -> StoredEvent:
    """The latest entry of a kind."""
    return next(one for one in reversed(desk.engine.store.log.read().events) if isinstance(one.record.event, kind))


def test_the_record_is_listed_newest_first_and_leads_on_to_what_is_older(desk: Desk) -> None:
    head = desk.engine.store.log.head()
    seen: list[int] = []
    older: str | None = ""
    while older is not None:
        page = desk.open("/events", before=older)
        seen += positions(page)
        link = re.search(r"before=(\d+)[^>]*>(?:Older entries|Look further)", page)
        older = link and link[1]
    assert seen == list(range(head, 0, -1))


def test_the_record_about_a_case_holds_all_that_was_said_of_it_and_nothing_else(desk: Desk) -> None:
    case = one_of(desk, CaseAssigned).record.event.model_dump()["case_id"]
    told = desk.engine.store.log.read((Criterion(frozenset({f"case:{case}"})),)).events
    page = desk.open("/events", about=f"case:{case}")
    assert positions(page) == [one.position for one in reversed(told)][:50]
    assert positions(desk.open("/events", about=case)) == positions(page)


def test_the_record_of_a_kind_and_of_a_time(desk: Desk) -> None:
    listed = positions(desk.open("/events", type="case.assigned", since="2026-09-01", until="2026-09-30"))
    meant = [
        one.position
        for one in desk.engine.store.log.read().events
        if isinstance(one.record.event, CaseAssigned) and one.record.envelope.occurred_at.month == 9
    ]
    assert listed == list(reversed(meant))
    assert listed


def test_the_record_as_at_another_day_holds_nothing_later(desk: Desk) -> None:
    listed = positions(desk.open("/events", as_at="2026-09-30", known_at="2026-09-15"))
    for position in listed:
        envelope = desk.engine.store.log.read(after=position - 1, limit=1).events[0].record.envelope
        assert f"{envelope.occurred_at:%Y-%m-%d}" <= "2026-09-30"
        assert f"{envelope.recorded_at:%Y-%m-%d}" <= "2026-09-15"
    assert listed


def test_what_cannot_be_asked_for_is_said_at_the_field(desk: Desk) -> None:
    desk.open("/events", about="child:c-1", type="case.lost", since="yesterday", until="31.12.2026")
    assert desk.status == 422
    for told in ("such as case:c-0012", "Choose one of the kinds", "Write the first day as", "Write the last day as"):
        assert told in desk.words
    assert 'value="child:c-1"' in desk.last.text


def test_nothing_that_fits_is_told_with_what_to_do(desk: Desk) -> None:
    desk.open("/events", about="case:c-999999")
    assert desk.status == 200
    assert "No entry fits what you ask for" in desk.words


def test_an_empty_record_says_how_entries_come_to_be(empty_service: Service) -> None:
    desk = signed_in(empty_service, KeyRequest(actor="m-0042", role=Role.MANAGER))
    desk.open("/events")
    assert "Nothing is on record yet. Entries come from your case system" in desk.words


def test_an_entry_says_in_words_what_was_recorded_by_whom_and_when(desk: Desk) -> None:
    stored = one_of(desk, CriticalIncidentRecorded)
    event = stored.record.event
    assert isinstance(event, CriticalIncidentRecorded)
    page = desk.open(f"/events/{stored.position}")
    assert "Severity " + event.severity.value in desk.words
    assert f"Exposures 1: Worker {event.exposures[0].worker_id}" in desk.words
    assert "Recorded by generator" in desk.words
    assert f"The account of worker {event.exposures[0].worker_id}" in desk.words
    assert "&#34;incident_id&#34;" in page
    read = [entry for _, entry in desk.service.access_log.page("", 500)][-1]
    assert isinstance(read, dict)
    assert read["subjects"] == sorted(f"worker:{one.worker_id}" for one in event.exposures)


def test_an_entry_that_is_not_there_is_said_so(desk: Desk) -> None:
    for position in ("0", "999999", "99999999999999999999999", "first"):
        desk.open(f"/events/{position}")
        assert desk.status == 404


def test_an_entry_is_taken_back_by_name_and_both_lead_to_each_other(desk: Desk) -> None:
    position = one_of(desk, CriticalIncidentRecorded).position
    desk.open(f"/events/{position}")
    desk.send(f"/events/{position}/retract")
    assert desk.status == 422
    assert "Choose why the entry is taken back" in desk.words
    desk.send(f"/events/{position}/retract", reason="recorded_in_error")
    head = desk.engine.store.log.head()
    assert "It was taken back by m-0042 on" in desk.words
    assert f"(recorded in error): entry {head}" in desk.words
    assert "Take it back in my name" not in desk.words
    desk.open(f"/events/{head}")
    assert f"It is about entry {position}" in desk.words
    desk.send(f"/events/{head}/retract", reason="recorded_in_error")
    desk.open(f"/events/{position}")
    assert "which was itself taken back since" in desk.words
    assert "Take it back in my name" in desk.words
    desk.open("/events")
    assert "taken back" in desk.words


def test_an_entry_about_somebody_erased_says_that_it_cannot_be_read(desk: Desk) -> None:
    event = one_of(desk, CaseAssigned).record.event
    assert isinstance(event, CaseAssigned)
    position = one_of(desk, CaseAssigned).position
    desk.engine.erase([f"case:{event.case_id}"], "m-0042", ErasureReason.REQUEST_OF_THE_PERSON)
    desk.open(f"/events/{position}")
    assert "nobody can read it again" in desk.words


def test_the_record_as_a_file(desk: Desk) -> None:
    desk.open("/events", **{"as": "csv", "table": "events"})
    lines = desk.last.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Entry,Happened,What,Worker,Case")
    assert len(lines) == 51


def test_the_record_is_for_managers(leader_desk: Desk) -> None:
    for path in ("/events", "/events/1"):
        leader_desk.open(path)
        assert leader_desk.status == 403
