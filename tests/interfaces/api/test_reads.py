"""Reads: pages of one moment, nothing sent twice, tables as CSV."""

import csv
import io

import pytest

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.problems import PROBLEMS
from tests.interfaces.api.conftest import HISTORY, Callers


def test_pages_show_one_moment_and_together_everything(callers: Callers) -> None:
    headers, whole = callers.as_(Role.MANAGER), []
    page = callers.http.get("/v1/workers", headers=headers, params={"limit": 4}).json()
    moments = set()
    while True:
        whole += page["workers"]
        moments.add(page["as_at"])
        if page["next"] is None:
            break
        page = callers.http.get(page["next"], headers=headers).json()
    at_once = callers.http.get("/v1/workers", headers=headers).json()["workers"]
    assert whole == at_once
    assert len(moments) == 1
    assert [one["worker_id"] for one in whole] == sorted(one["worker_id"] for one in whole)


def test_the_feed_is_read_by_position_and_can_be_replayed(callers: Callers) -> None:
    headers, seen, path = callers.as_(Role.SYSTEM), [], "/v1/events?limit=100"
    while path is not None:
        page = callers.http.get(path, headers=headers).json()
        seen += [one["position"] for one in page["events"]]
        path = page["next"]
    assert seen == list(range(1, len(HISTORY) + 1))
    assert callers.http.get("/v1/events", headers=headers, params={"after": 10**9}).json()["events"] == []
    for beyond in ("0", "-1", str(10**18), str(10**30)):
        assert callers.http.get(f"/v1/events/{beyond}", headers=headers).status_code in {404, 422}


def test_what_the_caller_has_already_is_not_sent_again(callers: Callers) -> None:
    headers = callers.as_(Role.MANAGER)
    first = callers.http.get("/v1/workers", headers=headers)
    again = callers.http.get("/v1/workers", headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/v1/workers", "/v1/cases", "/v1/waiting-cases", "/v1/workers/w-0003/cases"])
def test_lists_come_as_csv(callers: Callers, path: str) -> None:
    headers = callers.as_(Role.MANAGER)
    asked = callers.http.get(path, headers={**headers, "Accept": "text/csv"})
    assert asked.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(asked.text)))
    document = callers.http.get(path, headers=headers).json()
    assert len(rows) == len(document.get("workers") or document.get("cases"))
    assert callers.http.get(path, headers={**headers, "Accept": "image/png"}).status_code == 406


def test_another_moment_is_asked_about(callers: Callers) -> None:
    headers = callers.as_(Role.MANAGER)
    then = callers.http.get("/v1/workers", headers=headers, params={"as_at": "2026-10-20T00:00:00Z"}).json()
    assert then["as_at"].startswith("2026-10-20")
    nothing = callers.http.get("/v1/workers", headers=headers, params={"known_at": "2020-01-01T00:00:00Z"}).json()
    assert nothing["workers"] == []
    for wrong in (
        "yesterday",
        "45000",
        "2026-11-02",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:00:00-05:00",
        "2099-01-01T00:00:00Z",
    ):
        assert callers.http.get("/v1/workers", headers=headers, params={"as_at": wrong}).status_code == 422
    for path in ("supervision", "alerts", "overview"):
        for reached in ("1900-01-01T00:00:00Z", "2027-05-01T00:00:00Z"):
            asked = callers.http.get(f"/v1/{path}", headers=headers, params={"as_at": reached})
            assert asked.status_code == 200


def test_a_worker_is_explained(callers: Callers) -> None:
    answer = callers.http.get(
        "/v1/workers/w-0003", headers=callers.as_(Role.MANAGER), params={"since": "2026-11-01T00:00:00Z"}
    ).json()
    (worker,) = answer["workers"]
    assert sum(one["acute"] for one in worker["contributions"]) == pytest.approx(worker["acute"])
    assert worker["since"]["day"].startswith("2026-11-01")
    assert "does not measure stress" in answer["note"]


def test_each_problem_has_a_page(callers: Callers) -> None:
    for code, kind in PROBLEMS.items():
        page = callers.http.get(f"/problems/{code}")
        assert page.status_code == 200
        assert kind.code in page.text
    assert callers.http.get("/problems/none").status_code == 404
    assert callers.http.get("/nowhere").json()["type"] == "/problems/not_found"


def test_health_and_metrics_say_nothing_of_anybody(callers: Callers) -> None:
    assert callers.http.get("/health/live").json() == {"status": "live"}
    assert callers.http.get("/health/ready").json()["position"] == len(HISTORY)
    callers.http.get("/v1/workers/w-0003", headers=callers.as_(Role.MANAGER))
    text = callers.http.get("/metrics").text
    assert 'operation="read_worker"' in text
    assert "w-0003" not in text


def test_whoever_asks_too_much_waits(callers: Callers) -> None:
    object.__setattr__(callers.service.limits, "per_second", 3)
    answers = [callers.http.get("/v1/me", headers=callers.as_(Role.MANAGER)) for _ in range(6)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused
    assert all(one.headers["Retry-After"] == "1" for one in refused)


def test_what_nobody_expected_is_logged_by_its_place_and_told_as_our_fault(
    callers: Callers, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("Marker of somebody")

    monkeypatch.setattr("allocation_engine.interfaces.api.routes.reads.explain_load", breaks)
    answer = callers.http.get("/v1/workers/w-0003", headers=callers.as_(Role.MANAGER))
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")
    logged = capsys.readouterr().out
    assert "RuntimeError" in logged
    assert "read_worker" in logged
    assert "Marker" not in answer.text + logged


def test_a_leader_is_not_told_whose_check_in_is_far_from_their_load(callers: Callers) -> None:
    rules = {
        role: {one["rule"] for one in callers.http.get("/v1/alerts", headers=callers.as_(role)).json()["alerts"]}
        for role in (Role.MANAGER, Role.LEADER)
    }
    told = {
        one["code"]
        for one in callers.http.get("/v1/alerts", headers=callers.as_(Role.MANAGER)).json()["rules"]
        if one["personal"]
    }
    assert told & rules[Role.MANAGER], "the history has such an alert"
    assert not told & rules[Role.LEADER]
    assert rules[Role.LEADER] == rules[Role.MANAGER] - told
