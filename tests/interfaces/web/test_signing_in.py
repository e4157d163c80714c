"""Sign in by a link that works once, stay a working day, leave; and what a browser is allowed to do."""

from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.web.access import PAGES
from allocation_engine.interfaces.web.signing_in import LINK_LASTS, SESSION_LASTS, purge_sessions
from allocation_engine.interfaces.web.visit import sessions_of
from tests.interfaces.web.conftest import Desk, signed_in

MANAGER = KeyRequest(actor="m-0042", role=Role.MANAGER)


def test_a_link_lets_in_once_and_opening_it_does_not_use_it_up(service: Service) -> None:
    browser = TestClient(create_app(service), base_url="http://127.0.0.1")
    secret = sessions_of(service).link(MANAGER)
    for _ in range(2):
        assert "This link lets you in once" in browser.get(f"/desk/sign-in/{secret}").text
    assert browser.post(f"/desk/sign-in/{secret}").status_code == 200
    other = TestClient(create_app(service), base_url="http://127.0.0.1")
    assert other.post(f"/desk/sign-in/{secret}").status_code == 401
    assert other.get(f"/desk/sign-in/{secret}").status_code == 401


def test_links_and_sessions_run_out_and_are_forgotten() -> None:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    with open_engine("memory://", clock=lambda: now) as engine:
        sessions = sessions_of(Service(engine))
        late, used = sessions.link(MANAGER), sessions.link(MANAGER)
        begun = sessions.begin(used)
        assert begun is not None
        now += LINK_LASTS
        assert sessions.begin(late) is None
        assert sessions.find(begun[0]) is not None
        now += SESSION_LASTS
        assert sessions.find(begun[0]) is None
        assert purge_sessions(engine.store.documents, now) == 2
        assert purge_sessions(engine.store.documents, now + timedelta(days=1)) == 0


def test_nothing_that_is_kept_lets_anybody_in(service: Service) -> None:
    secret = sessions_of(service).link(MANAGER)
    kept = b"".join(one.body + one.key.encode() for one in service.engine.store.documents.all("desk-link"))
    assert secret.encode() not in kept


def test_whoever_is_not_signed_in_is_told_how_to_be(service: Service) -> None:
    browser = TestClient(create_app(service), base_url="http://127.0.0.1")
    for path in ("/desk/team", "/desk/workers/w-0001", "/desk/policy"):
        answer = browser.get(path)
        assert answer.status_code == 401
        assert "Ask whoever runs the allocation engine here for a sign-in link" in answer.text


def test_signing_out_ends_the_session(desk: Desk) -> None:
    desk.open("/team")
    desk.send("/sign-out")
    assert "You are signed out" in desk.words
    desk.open("/team")
    assert desk.status == 401


def test_a_form_from_elsewhere_changes_nothing(desk: Desk) -> None:
    worker = min(desk.engine.situation().workers)
    head = desk.engine.store.log.head()
    for key in ({}, {"form_key": "0" * 64}):
        assert desk.browser.post(f"/desk/workers/{worker}/concern", data=key).status_code == 400
    assert desk.engine.store.log.head() == head


def test_a_browser_may_load_nothing_from_elsewhere(desk: Desk) -> None:
    desk.open("/team")
    policy = desk.last.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self' 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert desk.last.headers["cache-control"] == "no-store"


def test_every_role_is_offered_just_the_pages_that_are_open_to_it(service: Service) -> None:
    for role in set(Role) - {Role.SYSTEM}:
        worker, teams = ("w-0001" if role is Role.PRACTITIONER else None), ("t-01",)
        desk = signed_in(service, KeyRequest(actor="x-1", role=role, worker_id=worker, team_ids=teams))
        paths = {
            "team": "/team",
            "policy": "/policy",
            "events": "/events",
            "overview": "/overview",
            "import": "/import",
        }
        for page, path in paths.items():
            html = desk.open(path)
            assert (desk.status == 200) is (role in PAGES[page]), (role, page)
            if desk.status == 200:
                assert f'href="/desk{path}"' in html
