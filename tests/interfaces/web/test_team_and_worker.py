"""Team now and one worker's account, as a manager, a supervisor and the worker see them."""

import io
from typing import Any

from openpyxl import load_workbook

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from tests.interfaces.web.conftest import Desk, signed_in


def test_a_manager_sees_everybody_by_id_with_load_capacity_and_what_is_due(desk: Desk) -> None:
    page = desk.open("/team")
    situation = desk.engine.situation()
    places = [page.index(f">{worker}<") for worker in sorted(situation.workers)]
    assert places == sorted(places)
    assert "Nobody is ranked" in desk.words
    assert f"{len(situation.waiting)} cases waiting" in desk.words


def test_figures_on_the_page_are_the_engines_own(desk: Desk) -> None:
    account = next(one for one in desk.engine.situation().accounts.values() if one.held)
    desk.open(f"/workers/{account.worker_id}")
    assert f"{account.load.total:.0f} lp" in desk.words
    assert "You may contest" not in desk.words
    assert "together" in desk.words


def test_every_table_can_be_had_as_csv_and_as_a_workbook(desk: Desk) -> None:
    desk.open("/team", **{"as": "csv", "table": "team"})
    lines = desk.last.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Worker,Team,Cases,Load")
    assert len(lines) == 1 + len(desk.engine.situation().workers)
    desk.open("/team", **{"as": "xlsx", "table": "team"})
    sheet = load_workbook(io.BytesIO(desk.last.content)).active
    assert sheet is not None
    assert sheet["A1"].value == "Who carries what, by id"


def test_another_day_shows_that_day_and_offers_nothing_to_change(desk: Desk) -> None:
    page = desk.open("/team", as_at="2026-09-01")
    assert "As at 01 Sep 2026" in desk.words
    assert "nothing can be changed here" in desk.words
    assert "Allocate waiting cases" not in page


def test_a_supervisor_sees_their_team_and_no_other(service: Service) -> None:
    workers = service.engine.situation().workers
    team = next(one.team_id for one in workers.values() if one.team_id)
    assert team is not None
    desk = signed_in(service, KeyRequest(actor="s-1", role=Role.SUPERVISOR, team_ids=(team,)))
    desk.open("/team")
    assert desk.status == 200
    for worker_id, post in workers.items():
        assert (worker_id in desk.words) is (post.team_id == team)
        desk.open(f"/workers/{worker_id}")
        assert desk.status == (200 if post.team_id == team else 404)
        desk.open("/team")
    desk.open("/team", team="t-99")
    assert desk.status == 403


def test_a_practitioner_sees_their_own_account_and_no_page_else(service: Service) -> None:
    own, other = sorted(service.engine.situation().workers)[:2]
    desk = signed_in(service, KeyRequest(actor="p-1", role=Role.PRACTITIONER, worker_id=own))
    assert f"Worker {own}" in desk.words
    desk.open(f"/workers/{other}")
    assert desk.status == 404
    for path in ("/team", "/waiting", "/proposals", "/policy", "/events", "/what-if"):
        desk.open(path)
        assert desk.status in {403, 404}


def test_a_worker_contests_and_a_manager_answers_and_takes_an_entry_back(service: Service, desk: Desk) -> None:
    worker = next(one for one in service.engine.situation().accounts.values() if one.held).worker_id
    own = signed_in(service, KeyRequest(actor="p-1", role=Role.PRACTITIONER, worker_id=worker))
    own.open(f"/workers/{worker}/entries")
    own.send(f"/workers/{worker}/concern")
    assert "Your concern is on record" in own.words
    desk.open(f"/workers/{worker}/entries")
    assert "They have raised a concern" in desk.words
    desk.send(f"/workers/{worker}/concern")
    assert "Answered in your name" in desk.words
    before = service.engine.account(worker).load.total
    incident = next(
        part for part in desk.last.text.split('id="entry-')[1:] if "incident" in part[:300] and "retract" in part
    )
    position = int(incident.split('"')[0])
    desk.send(f"/workers/{worker}/entries/{position}/retract")
    assert desk.status == 422
    assert "Choose why the entry is taken back" in desk.words
    desk.send(f"/workers/{worker}/entries/{position}/retract", reason="contested_by_worker")
    assert "The entry is taken back" in desk.words
    assert service.engine.account(worker).load.total != before


def test_a_practitioner_cannot_take_an_entry_back(service: Service) -> None:
    worker = min(service.engine.situation().workers)
    own = signed_in(service, KeyRequest(actor="p-1", role=Role.PRACTITIONER, worker_id=worker))
    own.open(f"/workers/{worker}/entries")
    own.send(f"/workers/{worker}/entries/1/retract", reason="contested_by_worker")
    assert own.status == 403


def test_each_reading_of_an_account_is_logged(desk: Desk) -> None:
    worker = min(desk.engine.situation().workers)
    desk.open(f"/workers/{worker}")
    entries: list[Any] = [entry for _, entry in desk.service.access_log.page("", 500)]
    assert entries[-1]["subjects"] == [f"worker:{worker}"]
    assert entries[-1]["actor"] == "m-0042"


def test_an_address_that_cannot_be_read_is_answered_in_words(desk: Desk) -> None:
    worker = min(desk.engine.situation().workers)
    for path, query, status in (
        ("/team", {"as_at": "soon"}, 409),
        ("/team", {"as_at": "0001-01-01"}, 409),
        ("/overview", {"as_at": "2099-01-01"}, 409),
        ("/team", {"as_at": "2026-10-01", "known_at": "x"}, 409),
        (f"/workers/{worker}", {"weeks": "9999"}, 422),
        (f"/workers/{worker}", {"weeks": "many"}, 422),
        ("/team", {"team": "x" * 61}, 422),
        ("/nothing", {}, 404),
    ):
        text = desk.open(path, **query)
        assert desk.status == status, (path, query)
        assert "<h1" in text
        assert "Sign out" in desk.words or status == 404
