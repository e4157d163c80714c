"""The record, entry by entry; and taking in a statutory return, first as a dry run."""

import json
import re
from pathlib import Path

import pytest

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from allocation_engine.persistence.event_log import Criterion, StoredEvent
from domain.events import DomainEvent
from domain.events.case import CaseAssigned, WorkerChangeExplained
from domain.events.practice import CriticalIncidentRecorded
from domain.vocabulary import ErasureReason
from tests.interfaces.importers.annex_a.workbooks import in_need, lists, write
from tests.interfaces.importers.dfe_daily.payloads import child, episode, worker
from tests.interfaces.importers.ssda903.returns import care, episodes_file, held, workers_file
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


def test_why_a_case_came_to_a_worker_is_told_in_words(new_desk: Desk) -> None:
    workers = workers_file(
        held("101", "SW1", "01/04/2026", "01/06/2026"), held("101", "SW2", "01/06/2026", "", "PCCHAN")
    )
    new_desk.open("/import")
    upload(new_desk, "look", workers, kind="ssda903")
    upload(new_desk, "take-in", workers, want="record")
    told = one_of(new_desk, WorkerChangeExplained)
    page = new_desk.open("/events", about=f"case:{told.record.event.model_dump()['case_id']}")
    assert "Case worker change explained" in page
    entry = new_desk.open(f"/events/{told.position}")
    assert "Why the case came to this worker" in entry
    assert "parent or carer asked" in entry


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


KEY = b"a key of the desk's own tests only"


@pytest.fixture
def new_desk(empty_service: Service) -> Desk:
    """A manager at the desk of a service of which nothing is on record yet."""
    service = Service(empty_service.engine, pseudonym_key=lambda: KEY)
    return signed_in(service, KeyRequest(actor="m-0042", role=Role.MANAGER))


def upload(desk: Desk, step: str, file: bytes, *, episodes: bytes | None = None, **fields: str) -> str:
    """Send the form with a file from the page that was opened last, with all that it holds hidden."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', desk.last.text))
    files = {"file": ("a file of children.bin", file)} | ({} if episodes is None else {"episodes": ("e.csv", episodes)})
    desk.last = desk.browser.post(f"/desk/import/{step}", data={**hidden, **fields}, files=files)
    return desk.last.text


def workbook(tmp_path: Path, *children: str) -> bytes:
    rows = [in_need(child) for child in children]
    return write(tmp_path / "annex.xlsx", lists(six=rows)).read_bytes()


def test_a_workbook_is_looked_at_first_and_then_taken_in(new_desk: Desk, tmp_path: Path) -> None:
    file = workbook(tmp_path, "1001", "1002")
    new_desk.open("/import")
    page = upload(new_desk, "look", file, kind="annex-a", assume_fte="1")
    assert new_desk.status == 200
    assert "Nothing is recorded yet" in new_desk.words
    assert "Open cases: 2, of them without a worker: 0." in new_desk.words
    assert "Case assigned 2" in new_desk.words
    assert "List 6, row 2" in new_desk.words
    assert "Worker A1" not in page
    assert new_desk.engine.store.log.head() == 0
    page = upload(new_desk, "take-in", file, want="record")
    assert "Taken in, in your name" in new_desk.words
    situation = new_desk.engine.situation()
    assert [len(held) for held in situation.caseloads.values()] == [2]
    assert {one.record.envelope.actor for one in new_desk.engine.store.log.read().events} == {"m-0042"}
    head = new_desk.engine.store.log.head()
    new_desk.open("/import")
    upload(new_desk, "look", file, kind="annex-a", assume_fte="1")
    assert "all that the file tells is on record already" in new_desk.words
    upload(new_desk, "take-in", file, want="record")
    assert new_desk.engine.store.log.head() == head


def test_nothing_of_the_file_is_kept_between_the_steps(new_desk: Desk, tmp_path: Path) -> None:
    new_desk.open("/import")
    upload(new_desk, "look", workbook(tmp_path, "child-secret-1"), kind="annex-a")
    assert new_desk.status == 200
    assert new_desk.engine.store.log.head() == 0
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("empty.sqlite*"))
    assert b"child-secret-1" not in stored
    assert b"a file of children" not in stored


def test_another_file_than_the_one_looked_at_is_not_taken_in(new_desk: Desk, tmp_path: Path) -> None:
    new_desk.open("/import")
    file = workbook(tmp_path, "1001")
    upload(new_desk, "look", file, kind="annex-a")
    upload(new_desk, "take-in", workbook(tmp_path, "1001", "1002"), want="record")
    assert new_desk.status == 422
    assert "This is not the file that you looked at" in new_desk.words
    upload(new_desk, "take-in", file, want="record", assume_fte="0.5")
    assert new_desk.status == 422
    assert new_desk.engine.store.log.head() == 0


def test_a_payload_is_told_record_by_record_with_what_is_left_out(new_desk: Desk) -> None:
    broken = child("K102", episode("E2"))
    del broken["la_child_id"]
    payload = json.dumps([child("K101", episode(workers=(worker("SWE100"),))), broken]).encode()
    new_desk.open("/import")
    upload(new_desk, "look", payload, kind="dfe-daily")
    assert "Records: 2. Open cases: 1" in new_desk.words
    assert "Left out, each for a reason: 1." in new_desk.words
    assert "record 2, la child id left out" in new_desk.words
    assert "record 1 something new" in new_desk.words
    upload(new_desk, "take-in", payload, want="record")
    assert "Taken in, in your name" in new_desk.words
    assert "0 cases waiting now" in new_desk.words


def test_a_return_comes_with_its_episodes_file(new_desk: Desk) -> None:
    workers = workers_file(held("101", "SW1", "01/04/2026"), held("102", "", "01/04/2026"))
    episodes = episodes_file(care("101", "01/04/2026"), care("102", "01/04/2026"))
    new_desk.open("/import")
    upload(new_desk, "look", workers, episodes=episodes, kind="ssda903")
    assert "Lines: 4. Open cases: 2, of them without a worker: 1." in new_desk.words
    upload(new_desk, "take-in", workers, want="record")
    assert new_desk.status == 422
    assert "And the same episodes file" in new_desk.words
    upload(new_desk, "take-in", workers, episodes=episodes, want="record")
    assert "1 case waiting now" in new_desk.words


def test_every_row_and_who_is_who_are_given_as_files_to_whoever_has_the_file(new_desk: Desk, tmp_path: Path) -> None:
    file = workbook(tmp_path, "1001", "=1+1")
    new_desk.open("/import")
    page = upload(new_desk, "look", file, kind="annex-a")
    rows = upload(new_desk, "take-in", file, want="rows")
    assert rows.startswith("\ufeffWhere,What becomes of it,Why")
    new_desk.open("/import")
    page = upload(new_desk, "look", file, kind="annex-a")
    assert "1001" not in page
    who = upload(new_desk, "take-in", file, want="lookup")
    assert "worker,w-" in who
    assert "Worker A1" in who
    assert new_desk.last.headers["cache-control"] == "no-store"
    assert new_desk.engine.store.log.head() == 0


@pytest.mark.parametrize(
    ("kind", "content", "told"),
    [
        ("annex-a", b"no workbook", "is no Excel workbook"),
        ("annex-a", b"", "is empty"),
        ("annex-a", b"PK\x03\x04 cut short", "cut short or damaged"),
        ("ssda903", b"PK\x03\x04", "save the sheet as CSV"),
        ("ssda903", b"a,b\r\n1,2\r\n", "there is no header with the columns"),
        ("dfe-daily", b"{not json", "this is not JSON"),
        ("dfe-daily", b"{}", "the payload is not a list"),
    ],
)
def test_a_bad_file_gets_one_clear_error_and_nothing_is_recorded(
    new_desk: Desk, kind: str, content: bytes, told: str
) -> None:
    new_desk.open("/import")
    upload(new_desk, "look", content, kind=kind)
    assert new_desk.status == 422
    assert told in new_desk.words
    assert new_desk.last.text.count('id="file-error"') == 1
    assert new_desk.engine.store.log.head() == 0


def test_what_the_form_lacks_is_said_at_the_field_and_what_was_typed_stays(new_desk: Desk) -> None:
    new_desk.open("/import")
    new_desk.send("/import/look", kind="", assume_fte="full", as_at_day="1.11.2026")
    assert new_desk.status == 422
    for told in ("Choose what kind", "Choose the file", "Give a share of full time", "Write the day as"):
        assert told in new_desk.words
    assert 'value="full"' in new_desk.last.text
    upload(new_desk, "look", b"x", kind="annex-a", as_at_day="2031-01-01")
    assert new_desk.status == 422


def test_a_day_ahead_is_refused_at_its_field(new_desk: Desk, tmp_path: Path) -> None:
    new_desk.open("/import")
    upload(new_desk, "look", workbook(tmp_path, "1001"), kind="annex-a", as_at_day="2031-01-01")
    assert new_desk.status == 422
    assert 'id="as_at_day-error"' in new_desk.last.text


def test_a_return_of_a_day_ahead_is_refused_at_its_field(new_desk: Desk) -> None:
    new_desk.open("/import")
    workers = workers_file(held("101", "SW1", "01/04/2026"))
    upload(new_desk, "look", workers, kind="ssda903", as_at_day="2031-01-01")
    assert 'id="as_at_day-error"' in new_desk.last.text
    assert new_desk.engine.store.log.head() == 0


def test_the_form_of_another_day_offers_no_import(desk: Desk) -> None:
    desk.open("/import", as_at="2026-09-01")
    assert "back to now" in desk.words
    assert "Show what it would do" not in desk.words


def test_an_account_of_a_file_has_no_address_of_its_own(new_desk: Desk) -> None:
    assert "Show what it would do" in new_desk.open("/import/look")


def test_imports_are_for_managers(leader_desk: Desk) -> None:
    leader_desk.open("/import")
    assert leader_desk.status == 403
    leader_desk.open("/overview")
    leader_desk.send("/import/look", kind="annex-a")
    assert leader_desk.status == 403
