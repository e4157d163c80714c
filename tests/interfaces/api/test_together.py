"""Events that come in side by side share a transaction, and each is answered as if it had come alone."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.examples import EVENT
from allocation_engine.persistence.event_log import EventLog
from domain.vocabulary import ErasureReason
from tests.interfaces.api.conftest import HISTORY, Callers

HEAD = len(HISTORY)


def plain(number: int, **more: Any) -> dict[str, Any]:
    return {**EVENT, "event": {"case_id": f"c-{number}", "worker_id": "w-0003"}, "source_id": f"a-{number}", **more}


def send_all(callers: Callers, *sent: tuple[dict[str, Any], str]) -> list[httpx.Response]:
    """Send each with its Idempotency-Key, all at once over one event loop."""

    async def send() -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(callers.service), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            headers = callers.as_(Role.SYSTEM)
            calls = (
                client.post("/v1/events", json=body, headers={**headers, "Idempotency-Key": key}) for body, key in sent
            )
            return list(await asyncio.gather(*calls))

    return asyncio.run(send())


def head(callers: Callers) -> int:
    return callers.service.engine.store.log.head()


@pytest.fixture
def ingests(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the sizes of the deliveries that reached the log."""
    sizes: list[int] = []
    ingest = EventLog.ingest

    def counted(log: EventLog, records: Any, **more: Any) -> Any:
        sizes.append(len(records))
        return ingest(log, records, **more)

    monkeypatch.setattr(EventLog, "ingest", counted)
    return sizes


def test_many_share_few_transactions_and_each_has_its_own_answer(any_callers: Callers, ingests: list[int]) -> None:
    answers = send_all(any_callers, *((plain(number), f"k-{number}") for number in range(60)))
    assert {one.status_code for one in answers} == {201}
    positions = [one.json()["position"] for one in answers]
    assert sorted(positions) == list(range(HEAD + 1, HEAD + 61))
    stored = any_callers.service.engine.store.log.read(after=HEAD).events
    ids = {one.position: one.record.envelope.source_id for one in stored}
    assert [ids[position] for position in positions] == [f"a-{number}" for number in range(60)]
    assert sum(ingests) == 60
    assert len(ingests) < 60


def test_the_same_request_many_times_at_once_has_one_effect(any_callers: Callers) -> None:
    answers = send_all(any_callers, *((plain(1), "k-1") for _ in range(12)))
    assert {one.status_code for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    assert sum("Idempotency-Replayed" in one.headers for one in answers) == 11
    assert head(any_callers) == HEAD + 1


def test_the_same_event_in_many_requests_is_stored_once(any_callers: Callers) -> None:
    answers = send_all(any_callers, *((plain(1), f"k-{number}") for number in range(12)))
    assert Counter(one.status_code for one in answers) == {201: 1, 200: 11}
    assert head(any_callers) == HEAD + 1


def test_of_two_events_under_one_id_one_is_told_so(any_callers: Callers) -> None:
    other = plain(1, occurred_at="2026-11-03T09:30:00Z")
    answers = send_all(any_callers, (plain(1), "k-1"), (other, "k-2"))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 1}


def test_none_fails_for_another(any_callers: Callers) -> None:
    send_all(any_callers, (plain(7, source_id="before"), "k"))
    any_callers.service.engine.erase(("case:c-7",), "m-1", ErasureReason.RETENTION_PERIOD_OVER)
    before = head(any_callers)
    answers = send_all(any_callers, *((plain(number), f"k-{number}") for number in range(20)))
    told = {number: one.status_code for number, one in enumerate(answers)}
    assert told == {number: 409 if number == 7 else 201 for number in range(20)}
    assert answers[7].json()["type"] == "/problems/person_erased"
    assert head(any_callers) == before + 19


def test_a_store_that_is_away_is_told_to_each(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OSError

    callers.as_(Role.SYSTEM)
    monkeypatch.setattr(EventLog, "ingest", away)
    answers = send_all(callers, *((plain(number), f"k-{number}") for number in range(5)))
    assert {one.status_code for one in answers} == {500}
    monkeypatch.undo()
    answers = send_all(callers, *((plain(number), f"k-{number}") for number in range(5)))
    assert {one.status_code for one in answers} == {201}


def test_retractions_from_threads_go_in_between(any_callers: Callers) -> None:
    send_all(any_callers, *((plain(number), f"k-{number}") for number in range(8)))
    http = any_callers.ready_for_threads()

    def retract(number: int) -> int:
        body = {"source_system": "case-system", "source_id": f"a-{number}", "reason": "recorded_in_error"}
        answer = http.post("/v1/retractions", json=body, headers=any_callers.as_(Role.SYSTEM))
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as pool:
        retracted = pool.map(retract, range(8))
        answers = send_all(any_callers, *((plain(number), f"k-{number}") for number in range(100, 120)))
        assert set(retracted) == {201}
    assert {one.status_code for one in answers} == {201}
    assert head(any_callers) == HEAD + 8 + 8 + 20
