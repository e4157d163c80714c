"""What a manager does at the desk, from the front page to its end, each journey also without JavaScript."""

import re
from pathlib import Path

import pytest

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from domain.vocabulary import AssignmentRole
from tests.interfaces.importers.annex_a.workbooks import in_need, lists, write
from tests.interfaces.web.browser.conftest import Seats, Sitting

MOST_CLICKS = 9

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with-javascript", "without"])


def _with_high_risk(sitting: Sitting) -> str:
    """A worker who is there and holds a case of high risk that somebody else could take."""
    situation = sitting.server.service.engine.situation()
    for worker, held in sorted(situation.caseloads.items()):
        own = [one.case.risk for one in held if one.role is AssignmentRole.PRIMARY]
        here = not situation.workers[worker].is_away(situation.as_at)
        if here and sum(risk is not None and risk.is_high for risk in own) > 1:
            return worker
    pytest.fail("nobody holds two cases of high risk")


@SCRIPTS
def test_waiting_cases_are_proposed_approved_and_given_back(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.click("link", re.compile("Allocate waiting cases"))
    sitting.click("button", re.compile("Propose workers for all"))
    sitting.to_click("button", "Approve in my name")
    assert "Why each choice" in sitting.words
    sitting.click("button", "Approve in my name")
    sitting.sees("There is a problem")
    sitting.type("Your reason", "It shares the load")
    sitting.click("button", "Approve in my name")
    sitting.sees("Approved in your name")
    sitting.unfold("Undo it")
    sitting.type("Why you undo it", "One of them is on leave from tomorrow")
    sitting.click("button", "Undo it in my name")
    sitting.sees("Undone: the cases are back")


@SCRIPTS
def test_a_choice_is_ruled_out_and_all_is_solved_again(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.open("/waiting")
    sitting.click("button", re.compile("Propose workers for all"))
    sitting.to_click("button", "Approve in my name")
    first = sitting.page.url
    sitting.unfold("Keep or rule out choices")
    wish = sitting.page.locator("select[name^=wish-]").first
    label = sitting.page.locator(f"label[for={wish.get_attribute('id')}]").inner_text()
    wish.select_option("not")
    sitting.click("button", "Solve again")
    sitting.to_click("button", "Approve in my name")
    assert sitting.page.url != first
    case, _, worker = label.partition(" to ")
    assert f"{case} → {worker}" not in sitting.words
    sitting.unfold("Turn it down")
    sitting.type("Why you turn it down", "We wait for the new starter")
    sitting.click("button", "Turn it down in my name")
    sitting.sees("Turned down in your name")


@SCRIPTS
def test_who_can_take_a_case_leads_to_a_proposal(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.open("/waiting")
    sitting.click("link", re.compile("Who can take c-"))
    sitting.sees("Why not the others")
    sitting.click("button", re.compile("Propose w-"))
    sitting.sees("to be decided")
    assert "1 case placed" in sitting.words


@SCRIPTS
def test_a_worker_goes_sick_on_monday_for_six_weeks(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    """Then what should I do? From the front page to a decision in under ten clicks and fields."""
    sitting = sit_down(scripts=scripts)
    sitting.click("link", "Somebody will be away")
    sitting.choose("Who will be away?", _with_high_risk(sitting))
    sitting.click("button", "Compare the ways")
    sitting.click("button", "Propose: pass on the cases of high risk")
    sitting.click("link", re.compile("Look at proposal"))
    sitting.type("Your reason", "Cover for the cases of high risk while they are ill")
    sitting.click("button", "Approve in my name")
    sitting.sees("Approved in your name")
    assert sitting.clicks <= MOST_CLICKS


@SCRIPTS
def test_scenarios_are_put_together_and_run_side_by_side(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.open("/what-if")
    sitting.click("link", "Scenarios side by side")
    sitting.type("What do you ask?", "Two starters in spring")
    sitting.click("button", "Begin")
    sitting.choose("What is different in A?", "starters")
    sitting.click("button", re.compile("Add a change to A"))
    sitting.type("How many?", "2")
    sitting.click("button", "Add this change")
    sitting.sees(re.compile("2 new experienced"))
    sitting.unfold("Weeks, runs")
    sitting.type("Weeks ahead", "8")
    sitting.type("Runs", "20")
    sitting.click("button", "Keep these")
    sitting.click("button", "Run it")
    sitting.sees("What each changes against the service as it stands")
    assert sitting.page.locator("svg.desk-chart__frame").count() == 1
    sitting.click("link", "Cases waiting after the week's allocation")
    sitting.sees("A: cases waiting after the week's allocation")


@SCRIPTS
def test_an_entry_that_is_wrong_is_taken_back(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.page.locator("#table-team tbody th a").first.click()
    sitting.click("link", "Every entry on record, to correct or answer")
    sitting.page.locator("summary", has_text="Take this entry back").first.click()
    sitting.page.locator("details[open] select").first.select_option("recorded_in_error")
    sitting.click("button", "Take it back")
    sitting.sees("The entry is taken back")


@SCRIPTS
def test_a_practitioner_sees_their_own_account_and_contests_it(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    worker = min(sit_down().server.service.engine.situation().workers)
    sitting = sit_down(KeyRequest(actor=worker, role=Role.PRACTITIONER, worker_id=worker), scripts=scripts)
    assert f"Worker {worker}" in sitting.words
    sitting.click("link", "Every entry on my record, and how to contest one")
    sitting.click("button", "Contest my account")
    sitting.sees("Your concern is on record")
    sitting.open("/team")
    sitting.sees(re.compile("not open to your role"))


@SCRIPTS
def test_another_day_is_looked_at_and_its_table_taken_away(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.unfold("Look at another day")
    sitting.type("As at the end of", "2026-10-01")
    sitting.click("button", "Look")
    sitting.sees("You are looking at another day")
    assert sitting.page.get_by_role("link", name=re.compile("Allocate waiting cases")).count() == 0
    with sitting.page.expect_download() as download:
        sitting.page.locator("#table-team a", has_text="CSV").click()
    assert download.value.suggested_filename == "team-2026-10-01.csv"


@SCRIPTS
def test_an_alert_is_looked_at_and_answered(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.click("link", "alerts to answer")
    first = sitting.page.locator("form[action*='/alerts/']").first.get_attribute("action")
    sitting.click("button", re.compile("answer in my name"))
    sitting.sees("Answered in your name.")
    assert sitting.page.locator(f"form[action='{first}']").count() == 0


@SCRIPTS
def test_a_policy_is_drafted_replayed_and_adopted(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.open("/policy")
    sitting.click("button", "Draft a change")
    draft = sitting.page.url
    sitting.choose("Which number?", "limits.caseload_cap.experienced")
    sitting.type("Its new value", "15" if scripts else "16")
    sitting.type("Agreed where and why", "Agreed with the team in November")
    sitting.click("button", "Change it")
    sitting.sees("What differs from the set in force")
    sitting.click("button", "Replay the last year under it")
    sitting.sees("Week by week under both")
    sitting.page.goto(draft)
    sitting.type("Its id", f"ours-{'with' if scripts else 'without'}")
    sitting.click("button", "Keep these")
    sitting.click("button", "Adopt it in my name")
    sitting.sees("The policy set is adopted.")


@SCRIPTS
def test_a_figure_leads_to_the_events_behind_it(sit_down: Seats, scripts: bool) -> None:  # noqa: FBT001
    sitting = sit_down(scripts=scripts)
    sitting.page.locator("#table-team tbody tr", has_text="co-working").first.locator("td a").first.click()
    sitting.page.locator("#caseload tbody th a").first.click()
    sitting.sees("The record")
    sitting.page.locator("main table a[href*='/events/']").first.click()
    assert re.search(r"/events/\d+", sitting.page.url)


@SCRIPTS
def test_a_return_is_looked_at_and_taken_in(sit_down: Seats, tmp_path: Path, scripts: bool) -> None:  # noqa: FBT001
    file = write(tmp_path / "annex.xlsx", lists(six=[in_need("9001" if scripts else "9002")]))
    sitting = sit_down(scripts=scripts)
    sitting.open("/import")
    sitting.choose("What kind of file?", "annex-a")
    sitting.page.get_by_label("The file", exact=True).set_input_files(file)
    sitting.click("button", "Show what it would do")
    sitting.sees("Nothing is recorded yet")
    sitting.page.get_by_label("The same file again").set_input_files(file)
    sitting.click("button", "Take it in, in my name")
    sitting.sees("Taken in, in your name")
