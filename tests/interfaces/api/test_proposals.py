"""Proposals over HTTP: asked for, made elsewhere, followed, decided on what was seen."""

import json
from typing import Any

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.jobs.making import make
from tests.interfaces.api.conftest import HISTORY, Callers

REASON = {"reason": "Agreed in the allocation meeting"}


def asked(callers: Callers, **more: Any) -> str:
    answer = callers.http.post("/v1/proposals", headers=callers.as_(Role.MANAGER), json={"effort": 1, **more})
    assert (answer.status_code, answer.json()["status"]) == (202, "requested")
    assert answer.headers["Location"] == f"/v1/proposals/{answer.json()['proposal_id']}"
    return str(answer.json()["proposal_id"])


def made(callers: Callers) -> tuple[str, str]:
    proposal_id = asked(callers)
    assert make(callers.service.engine, proposal_id, "maker")
    return proposal_id, read(callers, proposal_id).headers["ETag"]


def read(callers: Callers, proposal_id: str) -> Any:
    return callers.http.get(f"/v1/proposals/{proposal_id}", headers=callers.as_(Role.MANAGER))


def decide(callers: Callers, proposal_id: str, how: str, body: Any = REASON, **headers: str) -> Any:
    whole = {**callers.as_(Role.MANAGER), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return callers.http.post(f"/v1/proposals/{proposal_id}/{how}", headers=whole, json=body)


def test_a_proposal_is_asked_for_made_and_approved(any_callers: Callers) -> None:
    proposal_id, etag = made(any_callers)
    document = read(any_callers, proposal_id).json()
    assert document["status"] == "open"
    assert document["content"]["choices"]
    assert all(one["sentence"] for one in document["reasons"])
    before = any_callers.service.engine.store.log.head()
    answer = decide(any_callers, proposal_id, "approve", If_Match=etag, Idempotency_Key="d-1")
    assert (answer.status_code, answer.json()["assignments"]) == (200, len(document["content"]["choices"]))
    again = decide(any_callers, proposal_id, "approve", If_Match=etag, Idempotency_Key="d-1")
    assert again.json() == answer.json()
    assert any_callers.service.engine.store.log.head() == before + 1 + answer.json()["assignments"]
    assert read(any_callers, proposal_id).json()["decided_by"] == "a-manager"


def test_a_decision_says_what_it_is_on(callers: Callers) -> None:
    proposal_id, etag = made(callers)
    assert decide(callers, proposal_id, "approve").status_code == 428
    for other in ('"1"', "*", '"x"', '"99999999999999999999"'):
        assert decide(callers, proposal_id, "approve", If_Match=other).status_code == 412
    drop = [read(callers, proposal_id).json()["content"]["choices"][0]["case_id"]]
    amended = decide(callers, proposal_id, "amend", {**REASON, "drop": drop}, If_Match=etag)
    assert amended.status_code == 200
    assert decide(callers, proposal_id, "approve", If_Match=etag).status_code == 412
    assert decide(callers, proposal_id, "reject", If_Match=amended.headers["ETag"]).status_code == 200
    refused = decide(callers, proposal_id, "approve", If_Match=read(callers, proposal_id).headers["ETag"])
    assert (refused.status_code, refused.json()["rule"]) == (409, "already_decided")


def test_a_stale_proposal_says_what_has_changed(callers: Callers) -> None:
    proposal_id, etag = made(callers)
    choice = read(callers, proposal_id).json()["content"]["choices"][0]
    closed = {
        "type": "case.closed.v1",
        "event": {"case_id": choice["case_id"]},
        "occurred_at": "2026-11-20T11:00:00Z",
        "source_system": "cms",
        "source_id": "x-1",
    }
    callers.http.post("/v1/events", headers=callers.as_(Role.SYSTEM), json=closed)
    answer = decide(callers, proposal_id, "approve", If_Match=etag)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/stale")
    assert answer.json()["changes"] == [
        {
            "position": callers.service.engine.store.log.head(),
            "type": "case.closed.v1",
            "subjects": [f"case:{choice['case_id']}"],
        }
    ]


def test_a_request_is_cancelled_before_it_is_made(any_callers: Callers) -> None:
    proposal_id = asked(any_callers)
    listed = any_callers.http.get("/v1/proposals", headers=any_callers.as_(Role.MANAGER)).json()["proposals"]
    assert [(one["proposal_id"], one["working"]) for one in listed] == [(proposal_id, False)]
    assert decide(any_callers, proposal_id, "cancel", None).status_code == 200
    assert read(any_callers, proposal_id).json()["withdrawn"] == "cancelled"
    assert not make(any_callers.service.engine, proposal_id, "maker")
    assert decide(any_callers, proposal_id, "cancel", None).status_code == 409
    assert decide(any_callers, "p-none", "cancel", None).status_code == 404


def test_a_search_stops_when_its_request_is_cancelled(callers: Callers) -> None:
    proposal_id = asked(callers)
    board, engine = callers.service.engine.jobs("maker"), callers.service.engine
    job = board.take(proposal_id)
    assert job is not None
    cancelled = False

    def tell(progress: object) -> bool:
        nonlocal cancelled
        if not cancelled:
            cancelled = True
            assert decide(callers, proposal_id, "cancel", None).status_code == 200
        return board.beat(proposal_id)

    assert engine.make_requested(job, tell) is None
    assert read(callers, proposal_id).json()["status"] == "withdrawn"


def test_an_orphan_is_taken_up_by_another_process(any_callers: Callers) -> None:
    proposal_id, engine = asked(any_callers), any_callers.service.engine
    assert engine.jobs("crashed").take(proposal_id) is not None
    assert engine.jobs("next").take(proposal_id) is None
    assert engine.jobs("next").free() == []
    late = engine.jobs("next")
    object.__setattr__(late, "_clock", lambda: engine.clock().replace(hour=13))
    assert [job.proposal_id for job in late.free()] == [proposal_id]
    assert late.take(proposal_id) is not None
    assert not engine.jobs("crashed").beat(proposal_id)


def test_nothing_to_propose_is_said(callers: Callers) -> None:
    engine = callers.service.engine
    for one in engine.situation().waiting:
        closed = {
            "type": "case.closed.v1",
            "event": {"case_id": one.case.case_id},
            "occurred_at": "2026-11-20T11:00:00Z",
            "source_system": "cms",
            "source_id": one.case.case_id,
        }
        callers.http.post("/v1/events", headers=callers.as_(Role.SYSTEM), json=closed)
    proposal_id = asked(callers)
    assert make(engine, proposal_id, "maker")
    assert read(callers, proposal_id).json()["withdrawn"] == "nothing_waiting"


def test_progress_is_streamed_until_it_is_done(callers: Callers) -> None:
    proposal_id, _ = made(callers)
    with callers.http.stream(
        "GET", f"/v1/proposals/{proposal_id}/progress", headers=callers.as_(Role.MANAGER)
    ) as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[0] == "event: done"
    assert json.loads(lines[1].removeprefix("data: "))["status"] == "open"


def test_bad_questions_are_refused(callers: Callers) -> None:
    for body in ({"seconds": -1}, {"team_id": "two words"}, {"what": 1}, {"seed": 2**40}, [], {"load_limit": "much"}):
        answer = callers.http.post("/v1/proposals", headers=callers.as_(Role.MANAGER), json=body)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid_request"), body
    assert callers.service.engine.store.log.head() == len(HISTORY)
