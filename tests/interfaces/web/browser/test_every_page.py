"""Every page for those who use a keyboard, a screen reader, a narrow window or large print: WCAG 2.2 AA by axe, and by hand."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.routing import APIRoute
from playwright.sync_api import Locator, Page

from allocation_engine.interfaces.web.pages import ROUTERS
from tests.interfaces.web.browser.conftest import Sitting

PAGES = (
    "/team",
    "/waiting",
    "/waiting/{case}",
    "/workers/{worker}",
    "/workers/{worker}/entries",
    "/workers/{worker}/away",
    "/proposals",
    "/proposals/{proposal}",
    "/proposals/{proposal}/alternatives",
    "/proposals/{proposal}/frontier",
    "/what-if",
    "/what-if/absence",
    "/what-if/leaver",
    "/what-if/recruitment",
    "/what-if/teams",
    "/what-if/saved/new",
    "/what-if/saved/{saved}",
    "/what-if/saved/{saved}/change?scenario=a&kind=starters",
    "/what-if/looks/{look}",
    "/supervision",
    "/supervision/follow-ups",
    "/supervision/exposure",
    "/learning",
    "/learning/{worker}",
    "/alerts",
    "/overview",
    "/overview/foundations",
    "/overview/equity",
    "/overview/evaluation",
    "/policy",
    "/policy/drafts/{draft}",
    "/policy/replays/{replay}",
    "/events",
    "/events/{position}",
    "/access-log",
    "/import",
)
"""Every page that a manager can get to; what stands in braces is made first."""

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

NARROW = 320
PAPER = 700
"""A sheet of A4 between margins of 12 mm [px]."""

MOST_STOPS = 40

MAIN_ACTION = "main form[method=post] button:visible, main a.govuk-button:visible"
"""What a page is for, where it is for doing something."""


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """What pages are about, by name; filled by the first test that needs it."""
    return {}


def _address(path: str, sitting: Sitting, made: dict[str, str]) -> str:
    if "{" in path and not made:
        sitting.open("/waiting")
        made["case"] = sitting.page.locator("#table-waiting tbody th a").first.inner_text()
        sitting.click("button", re.compile("Propose workers for all"))
        sitting.to_click("button", "Approve in my name")
        made["proposal"] = sitting.page.url.rpartition("/")[2]
        sitting.open("/team")
        made["worker"] = sitting.page.locator("#table-team tbody th a").first.inner_text()
        sitting.open("/what-if/saved/new")
        sitting.type("What do you ask?", "More referrals")
        sitting.click("button", "Begin")
        made["saved"] = sitting.page.url.partition("?")[0].rpartition("/")[2]
        sitting.unfold("Weeks, runs")
        sitting.type("Weeks ahead", "6")
        sitting.type("Runs", "10")
        sitting.click("button", "Keep these")
        sitting.click("button", "Run it")
        sitting.sees("What each changes")
        made["look"] = sitting.page.url.rpartition("/")[2]
        sitting.open("/policy")
        sitting.click("button", "Draft a change")
        made["draft"] = sitting.page.url.rpartition("/")[2]
        sitting.click("button", "Replay the last year under it")
        sitting.sees("Week by week under both")
        made["replay"] = sitting.page.url.rpartition("/")[2]
        made["position"] = "1"
    return path.format(**made) if "{" in path else path


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everybody(manager: Sitting, made: dict[str, str], path: str) -> None:
    """Clean for axe, its main action within forty stops of the tab key, and no wider than a narrow window or a sheet of paper."""
    page = manager.page
    page.set_viewport_size({"width": 1200, "height": 900})
    manager.open(_address(path, manager, made))
    assert "There is a problem" not in manager.words
    assert page.locator("h1").count() == 1
    found = Axe().run(page, options={"runOnly": LEVELS})
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []
    assert _stops_to(page, page.locator(MAIN_ACTION)) <= MOST_STOPS
    page.set_viewport_size({"width": NARROW, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 1000})
    on_paper = page.evaluate("document.documentElement.scrollWidth")
    page.emulate_media(media="screen")
    assert on_paper <= PAPER


def _stops_to(page: Page, actions: Locator) -> int:
    """Press the tab key until the main action has the focus; where there is none, the first thing to act on."""
    if actions.count() == 0:
        actions = page.locator("main").locator("a, button, input, select, summary, [tabindex='0']")
    first = actions.first.element_handle()
    for stop in range(1, MOST_STOPS + 1):
        page.keyboard.press("Tab")
        if page.evaluate("one => one === document.activeElement", first):
            return stop
    return MOST_STOPS + 1


def test_the_list_of_pages_is_whole() -> None:
    served = {
        re.sub(r"\{[^}]*\}", "*", route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    looked_at = {re.sub(r"\{[^}]*\}", "*", path.partition("?")[0]) for path in PAGES}
    asked = {"/what-if/absence", "/what-if/leaver", "/what-if/recruitment", "/what-if/teams"}
    no_pages = {one for one in served if one.endswith(("/progress", ".json", ".toml"))} | {
        "/import/look",
        "/import/take-in",
    }
    assert served - looked_at - no_pages - {"/", "/sign-in/*", "/what-if/*"} == set()
    assert looked_at - asked - served == set()
