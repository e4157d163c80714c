"""The desk in a real Chromium, served as it is served to people: a process of its own, with those that work beside it."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, sync_playwright

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.web.visit import sessions_of

MANAGER = KeyRequest(actor="m-0042", role=Role.MANAGER)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium as a container can run it, and nothing that it asks the world of its own accord."""

LONG = 60_000
"""How long an answer that is worked out beside the server is waited for [ms]; nothing is asserted of how long it takes."""

ANSWERED_NO = re.compile(r"Failed to load resource: .* (422|403)")
"""What Chromium itself writes where a page answers that a form is wrong, or that it is not open to somebody."""


@pytest.fixture(scope="session")
def chromium(pytestconfig: pytest.Config) -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if pytestconfig.getoption("--browser") == "required":
            pytest.fail("there is no Chromium, and --browser required was given")
        pytest.skip("there is no Chromium here: install it to run the desk's journeys")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@dataclass(frozen=True)
class Server:
    """A served store. `service` is the same store in this process: links are made and facts looked up through it."""

    address: str
    service: Service

    def sign_in_link(self, who: KeyRequest) -> str:
        return f"{self.address}/desk/sign-in/{sessions_of(self.service).link(who)}"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A made-up service of fifteen people in two teams, served on a port of its own."""
    store = f"sqlite:///{tmp_path_factory.mktemp('served') / 'service.sqlite'}"
    subprocess.run(
        [sys.executable, "-m", "allocation_engine", "generate", "--seed", "1"], env=_environment(store), check=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "allocation_engine", "serve", "--port", f"{port}"]
    log = tmp_path_factory.mktemp("log") / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=_environment(store), stdout=output, stderr=output)
        try:
            _wait_for(address, process, log)
            with open_engine(store) as engine:
                yield Server(address, Service(engine))
        finally:
            process.terminate()
            process.wait(60)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{address}/health/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"the server did not come up: {log.read_text()}")


def _environment(store: str) -> dict[str, str]:
    return {**os.environ, "ALLOCATION_ENGINE_STORE": store}


@dataclass
class Sitting:
    """Somebody at the desk in a browser. What went wrong beside what they see is gathered, and looked at at the end."""

    page: Page
    server: Server
    scripts: bool
    clicks: int = 0
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the desk by its address."""
        self.page.goto(f"{self.server.address}/desk{path}")

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        """Click what has this role and name, as a screen reader would find it."""
        self.to_click(role, name).click()
        self.clicks += 1
        self.page.wait_for_load_state()

    def to_click(self, role: str, name: str | re.Pattern[str]) -> Locator:
        found = self.page.get_by_role(role, name=name).first  # type: ignore[arg-type]
        found.wait_for(timeout=LONG)
        return found

    def choose(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(value)
        self.clicks += 1

    def type(self, label: str | re.Pattern[str], text: str) -> None:
        self.page.get_by_label(label).first.fill(text)
        self.clicks += 1

    def unfold(self, name: str) -> None:
        """Open what is folded away."""
        self.page.locator("summary", has_text=name).first.click()
        self.clicks += 1

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Hold that a text is on the page, or comes to be."""
        self.page.get_by_text(text).first.wait_for(timeout=LONG)

    @property
    def words(self) -> str:
        return self.page.locator("main").inner_text()


Seats = Callable[..., Sitting]


def seated(
    chromium: Browser, server: Server, who: KeyRequest = MANAGER, *, scripts: bool = True, width: int = 1200
) -> Sitting:
    """Sign somebody in with a browser of their own, which hears what goes wrong in it."""
    context = chromium.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
    page = context.new_page()
    sitting = Sitting(page, server, scripts)

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not ANSWERED_NO.search(message.text):
            sitting.wrong.append(f"{page.url}: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((server.address, "data:")):
            sitting.wrong.append(f"{page.url}: asked {request.url}")

    page.on("console", heard)
    page.on("request", asked)
    page.on("pageerror", lambda error: sitting.wrong.append(f"{page.url}: {error}"))
    page.goto(server.sign_in_link(who))
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    return sitting


@pytest.fixture
def sit_down(chromium: Browser, server: Server) -> Iterator[Seats]:
    """Seat people at the desk; at the end nothing may have gone wrong in their browsers."""
    there: list[Sitting] = []

    def seat(who: KeyRequest = MANAGER, *, scripts: bool = True, width: int = 1200) -> Sitting:
        there.append(seated(chromium, server, who, scripts=scripts, width=width))
        return there[-1]

    yield seat
    for sitting in there:
        sitting.page.context.close()
    assert [one for sitting in there for one in sitting.wrong] == []


@pytest.fixture(scope="module")
def manager_all_day(chromium: Browser, server: Server) -> Iterator[Sitting]:
    """A manager who stays signed in for a whole module: to look at many pages, one after another."""
    sitting = seated(chromium, server)
    yield sitting
    sitting.page.context.close()


@pytest.fixture
def manager(manager_all_day: Sitting) -> Iterator[Sitting]:
    """That manager, before another page; nothing may have gone wrong on it."""
    manager_all_day.wrong.clear()
    yield manager_all_day
    assert manager_all_day.wrong == []
