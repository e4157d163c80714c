"""Each method of the client against the service itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from allocation_engine.bootstrap import open_engine
from allocation_engine.client import Client, Event, Problem, Retries
from allocation_engine.client import client as client_module
from allocation_engine.client.calling import Calling
from allocation_engine.client.following import Following, server_sent
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.jobs.making import make
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.generator import ServiceShape, generate

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HISTORY = tuple(generate(ServiceShape(ends_at=NOW, workers=9, waiting=3, weeks=8), seed=4))


def event(number: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "case.assigned.v1",
        "event": {"case_id": f"c-{number}", "worker_id": "w-0003"},
        "occurred_at": "2026-11-02T09:30:00Z",
        "source_system": "case-system",
        "source_id": f"a-{number}",
        **more,
    }


@pytest.fixture
def service() -> Iterator[Service]:
    with open_engine("memory://", clock=lambda: NOW, person_keys="memory") as engine:
        engine.ingest(HISTORY)
        yield Service(engine)


def client_of(service: Service, role: Role) -> Client:
    asked = KeyRequest(actor=f"a-{role.value}", role=role)
    key = service.keys.issue(service.keys.draft(asked, service.new_bytes(6).hex(), "m-1"))
    made = Client("http://testserver", key, retries=Retries(tries=1))
    inner = TestClient(create_app(service), headers=dict(made._http.headers), raise_server_exceptions=False)
    made._http = inner
    made._calling = Calling(inner, Retries(tries=1))
    made._following = Following(made._calling, lambda _: None)
    return made


@pytest.fixture
def system(service: Service) -> Client:
    return client_of(service, Role.SYSTEM)


def test_an_event_is_sent_and_known_again(system: Client) -> None:
    assert system.send_event(event(1)).status == "stored"
    assert system.send_event(Event.model_validate(event(1))).status == "already_known"


def test_a_delivery_is_cut_into_batches_and_answered_in_its_order(
    system: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BATCH", 2)
    told = system.send_events([event(1), event(2), event(1), {"type": "none"}, event(3)])
    assert (told.stored, told.already_known) == (3, 1)
    assert [(place, one.code) for place, one in told.refused] == [(3, "invalid_event")]
    with pytest.raises(ValueError, match="atomic"):
        system.send_events([event(4), event(5), event(6)], atomic=True)


def test_an_atomic_batch_is_refused_whole(system: Client) -> None:
    with pytest.raises(Problem) as caught:
        system.send_events([event(1), {"type": "none"}], atomic=True)
    assert caught.value.code == "invalid_event"
    assert [one["status"] for one in caught.value.more["items"]] == ["not_stored", "refused"]


def test_a_stream_numbers_its_lines_over_the_whole(system: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "LINES", 2)
    told = system.stream([event(1), event(2), event(1), {"type": "none"}])
    assert (told.stored, told.already_known, told.refused) == (2, 1, 1)
    assert [one["line"] for one in told.refused_lines] == [4]


def test_the_feed_goes_on_where_it_was_handled(system: Client) -> None:
    feed = system.feed(limit=50)
    seen = [one.position for one in feed]
    assert seen == list(range(1, len(HISTORY) + 1))
    system.send_event(event(1))
    assert [one.type for one in feed] == ["case.assigned.v1"]
    assert list(feed) == []


def test_an_event_whose_handling_broke_off_is_given_again(system: Client) -> None:
    feed = system.feed()
    given = iter(feed)
    assert [next(given).position, next(given).position] == [1, 2]
    assert feed.position == 1
    assert next(iter(feed)).position == 2


def test_lists_go_through_every_page(system: Client) -> None:
    workers = list(system.workers(as_at=NOW))
    assert len(workers) == 9
    account = system.worker(str(workers[0]["worker_id"]))
    assert account["workers"][0]["worker_id"] == workers[0]["worker_id"]
    assert list(system.waiting_cases())


def test_an_event_is_corrected_and_taken_back(system: Client) -> None:
    system.send_event(event(1))
    assert system.correct(event(1, occurred_at="2026-11-01T09:30:00Z")).status == "stored"
    assert system.retract("case-system", "a-1", "recorded_in_error").status == "stored"
    with pytest.raises(Problem) as caught:
        system.retract("case-system", "nothing", "recorded_in_error")
    assert caught.value.code == "not_found"


def test_a_proposal_is_followed_and_decided_on_what_was_read(service: Service) -> None:
    manager = client_of(service, Role.MANAGER)
    proposal_id = manager.request_proposal(seconds=5)
    assert manager.proposal(proposal_id).status == "requested"
    assert make(service.engine, proposal_id, "test")
    assert list(manager.progress(proposal_id)) == []
    seen = manager.wait(proposal_id)
    assert seen.status == "open"
    assert seen.content is not None
    case = str(seen.content["choices"][0]["case_id"])
    amended = manager.amend(seen, "Decided otherwise in the meeting", drop=[case])
    assert amended.status == "open"
    with pytest.raises(Problem) as caught:
        manager.approve(seen, "Agreed in the meeting")
    assert caught.value.code == "changed_since_read"
    assert manager.approve(manager.proposal(proposal_id), "Agreed in the meeting").status == "approved"


def test_a_request_is_cancelled_and_an_open_proposal_turned_down(service: Service) -> None:
    manager = client_of(service, Role.MANAGER)
    assert manager.cancel(manager.request_proposal()).status == "withdrawn"
    proposal_id = manager.request_proposal(seconds=5)
    make(service.engine, proposal_id, "test")
    assert manager.reject(manager.wait(proposal_id), "A new referral changes the picture").status == "rejected"


def test_server_sent_events_are_read_as_they_are_written() -> None:
    lines = [": ping", "", "event: progress", 'data: {"gap": 1}', "", "event: done", "data: {}", "", 'data: {"cut": 1}']
    assert list(server_sent(lines)) == [("progress", {"gap": 1}), ("done", {})]
