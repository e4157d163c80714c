"""The desk over a small made-up service, for a browser without JavaScript: requests, answers, forms."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.cli.main import main
from allocation_engine.interfaces.web.visit import sessions_of


@dataclass
class Desk:
    """Somebody at the desk."""

    browser: TestClient
    engine: Engine
    service: Service
    last: httpx.Response = field(default_factory=lambda: httpx.Response(200))

    def open(self, path: str, **query: object) -> str:
        """Open a page and give its HTML."""
        self.last = self.browser.get(f"/desk{path}", params=query)
        return self.last.text

    def send(self, path: str, **fields: object) -> str:
        """Send a form from the page that was opened last, with its key."""
        key = re.search(r'name="form_key" value="([0-9a-f]+)"', self.last.text)
        assert key is not None
        self.last = self.browser.post(f"/desk{path}", data={"form_key": key[1], **fields})
        return self.last.text

    @property
    def words(self) -> str:
        """The text of the last page, as a person reads it."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.last.text)).split())

    @property
    def status(self) -> int:
        return self.last.status_code


@pytest.fixture(scope="session")
def made_service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up service of fifteen, made once."""
    folder = tmp_path_factory.mktemp("made")
    main(["generate", "--seed", "1", "--ends", "2026-11-20", "--store", f"sqlite:///{folder / 'service.sqlite'}"])
    return folder


@pytest.fixture
def service(made_service: Path, tmp_path: Path) -> Iterator[Service]:
    """A copy of the made-up service, to be changed."""
    for file in made_service.iterdir():
        shutil.copy(file, tmp_path / file.name)
    with open_engine(f"sqlite:///{tmp_path / 'service.sqlite'}") as engine:
        yield Service(engine)


def signed_in(service: Service, who: KeyRequest) -> Desk:
    """Sign somebody in by a link."""
    browser = TestClient(create_app(service), base_url="http://127.0.0.1", raise_server_exceptions=False)
    secret = sessions_of(service).link(who)
    answer = browser.post(f"/desk/sign-in/{secret}")
    assert answer.status_code == 200
    return Desk(browser, service.engine, service, answer)


@pytest.fixture
def desk(service: Service) -> Desk:
    """A manager at the desk."""
    return signed_in(service, KeyRequest(actor="m-0042", role=Role.MANAGER))


@pytest.fixture
def leader_desk(service: Service) -> Desk:
    """A leader at the desk."""
    return signed_in(service, KeyRequest(actor="l-0001", role=Role.LEADER))


@pytest.fixture
def empty_service(tmp_path: Path) -> Iterator[Service]:
    """A service of which nothing is on record yet."""
    with open_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}") as engine:
        yield Service(engine)
