"""What-ifs at the desk: questions asked and answered, scenarios put together, and a proposal made of what was found."""

import json
import re
from typing import get_args

import pytest

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.jobs.looking import work_on
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.web.change_forms import FIELDS, KINDS
from allocation_engine.planning.what_if import WhatIf, from_text
from allocation_engine.planning.what_if.changes import Change
from domain.identifiers import WorkerId
from domain.vocabulary import AssignmentRole
from tests.interfaces.web.conftest import Desk, signed_in


def answered(desk: Desk) -> str:
    """Follow to the look that was just asked for, work on it, and open its answer."""
    path = desk.last.url.path.removeprefix("/desk")
    assert path.startswith("/what-if/looks/"), desk.words
    assert "being worked out" in desk.words or "runs are done" in desk.words
    work_on(desk.engine, path.rpartition("/")[2], "test")
    return desk.open(path)


def with_high_risk(desk: Desk) -> WorkerId:
    """A worker who holds a case of high risk as primary worker."""
    for worker, held in sorted(desk.engine.situation().caseloads.items()):
        own = [one.case.risk for one in held if one.role is AssignmentRole.PRIMARY]
        if any(risk is not None and risk.is_high for risk in own):
            return worker
    raise AssertionError("nobody holds a case of high risk")


def ask_absence(desk: Desk, who: str, **fields: str) -> str:
    desk.open("/what-if/absence")
    monday = re.search(r'name="starts"[^>]*value="([0-9-]+)"', desk.last.text)
    assert monday is not None
    given = {"worker": who, "starts": monday[1], "weeks": "2", "absence": "sickness", **fields}
    return desk.send("/what-if/absence", **given)


def test_the_front_page_offers_the_questions_and_teaches_while_it_is_empty(desk: Desk) -> None:
    desk.open("/what-if")
    for told in ("Somebody will be away", "How many posts would do?", "None is saved yet", "Nothing was asked yet"):
        assert told in desk.words


def test_an_absence_is_weighed_and_becomes_a_proposal_that_a_person_approves(desk: Desk) -> None:
    worker = with_high_risk(desk)
    ask_absence(desk, worker)
    answered(desk)
    assert f"{worker} away for 2 weeks" in desk.words
    assert "All are passed on, and one full-time worker comes in" in desk.words
    assert "Mean over the runs, ± its standard error" in desk.words
    before = desk.engine.store.log.head()
    desk.send(desk.last.url.path.removeprefix("/desk") + "/propose", way="high-risk")
    answered(desk)
    proposal = re.search(r"/desk/proposals/(p-[0-9a-f]+)", desk.last.text)
    assert proposal is not None
    assert desk.engine.store.log.head() > before
    desk.open(f"/proposals/{proposal[1]}")
    seen = re.search(r'name="seen" value="(\d+)"', desk.last.text)
    assert seen is not None
    desk.send(f"/proposals/{proposal[1]}/approve", reason="Cover while they are ill", seen=seen[1])
    assert "Approved in your name" in desk.words


def test_whoever_holds_nothing_has_nothing_to_be_passed_on(desk: Desk) -> None:
    situation = desk.engine.situation()
    idle = next(one for one in sorted(situation.workers) if not situation.caseloads.get(one))
    ask_absence(desk, idle)
    text = answered(desk)
    assert "There is nothing to hand over" in desk.words
    assert 'name="way"' not in text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"worker": ""}, "There is a problem"),
        ({"worker": "w-none"}, "Choose one of the workers"),
        ({"weeks": "none"}, "For how many weeks?"),
        ({"weeks": "0"}, "For how many weeks?"),
        ({"starts": "2026-12-01"}, "Choose a Monday"),
        ({"starts": "soon"}, "From which Monday?"),
        ({"absence": "boredom"}, "Why?"),
    ],
)
def test_a_form_that_cannot_be_read_says_what_to_do_and_keeps_what_was_typed(
    desk: Desk, fields: dict[str, str], told: str
) -> None:
    text = ask_absence(desk, with_high_risk(desk), **fields)
    assert desk.status == 422
    assert told in desk.words
    for name, value in fields.items():
        assert f'href="#{name}"' in text
        assert name in {"worker", "absence"} or f'value="{value}"' in text
    assert not desk.engine.looks("test").all()


def test_a_leavers_cases_are_shown_before_they_are_proposed(desk: Desk) -> None:
    worker = with_high_risk(desk)
    desk.open("/what-if/leaver", worker=worker)
    desk.send("/what-if/leaver", worker=worker, only_high_risk="all")
    answered(desk)
    assert "Where each case would go" in desk.words
    desk.send(desk.last.url.path.removeprefix("/desk") + "/propose")
    answered(desk)
    assert "It stands as a proposal" in desk.words


def test_how_many_posts_is_answered_with_its_curve_as_a_table_beside_the_chart(desk: Desk) -> None:
    desk.open("/what-if/recruitment")
    given = {
        "weeks": "4",
        "weeks_over": "2",
        "at_most": "20",
        "most": "1",
        "fte": "1",
        "stage": "experienced",
        "runs": "3",
    }
    desk.send("/what-if/recruitment", **given)
    text = answered(desk)
    assert "Wanted: a chance below 20%" in desk.words
    assert "<svg" in text
    rows = desk.browser.get(desk.last.url.path, params={"as": "csv", "table": "stage-experienced"}).text.splitlines()
    assert len(rows) == 3, "a heading, none, and one"
    desk.open("/what-if/recruitment")
    desk.send("/what-if/recruitment", **{**given, "at_most": "much"})
    assert desk.status == 422


def test_a_look_that_cannot_be_answered_says_so(desk: Desk) -> None:
    desk.open("/what-if/teams")
    desk.send("/what-if/teams", number="40")
    answered(desk)
    assert "There is no answer" in desk.words
    assert "ask for fewer" in desk.words


def test_a_look_under_way_can_be_stopped(desk: Desk) -> None:
    ask_absence(desk, with_high_risk(desk))
    path = desk.last.url.path.removeprefix("/desk")
    assert "0 of 100 runs are done" in desk.words
    desk.send(f"{path}/stop")
    assert "it is being stopped" in desk.words
    assert "0 of 100" in desk.open(f"{path}/progress")


def put_together(desk: Desk) -> str:
    """Begin a what-if with one scenario and give its path."""
    desk.open("/what-if/saved/new")
    desk.send("/what-if/saved/new", title="More referrals in spring")
    return desk.last.url.path.removeprefix("/desk")


def seen(desk: Desk) -> str:
    found = re.search(r'name="seen" value="(\d+)"', desk.last.text)
    assert found is not None
    return found[1]


def test_scenarios_are_put_together_run_and_shared(desk: Desk) -> None:
    path = put_together(desk)
    desk.open(f"{path}/change", scenario="a", kind="referral_rate")
    desk.send(f"{path}/do/change", scenario="a", kind="referral_rate", seen=seen(desk), times="1.5", week="1")
    assert "referrals × 1.5 from week 1" in desk.words
    desk.send(f"{path}/do/add-scenario", seen=seen(desk), title="Two starters")
    desk.open(f"{path}/change", scenario="b", kind="starters")
    starters = {"number": "2", "week": "1", "fte": "1", "stage": "experienced", "role": "social_worker"}
    desk.send(
        f"{path}/do/change",
        scenario="b",
        kind="starters",
        seen=seen(desk),
        **starters,
        ramp_from="0.25",
        ramp_weeks="4",
    )
    assert "2 new experienced" in desk.words
    settings = {"title": "Spring", "weeks": "4", "runs": "3", "seed": "7", "referrals_per_week": "", "days_worked": ""}
    desk.send(f"{path}/do/settings", seen=seen(desk), **settings)
    what = from_text(desk.open(f"{path}/file.toml"), as_json=False)
    assert (what.title, what.weeks, len(what.scenarios)) == ("Spring", 4, 2)
    desk.open(path)
    desk.send(f"{path}/do/run")
    answered(desk)
    assert "What each changes against the service as it stands" in desk.words
    look = desk.last.url.path.removeprefix("/desk")
    worker = min(desk.engine.situation().workers)
    assert f"load of {worker}" in desk.open(look, worker=worker)
    assert "Full-time posts short, week by week" in desk.words or desk.open(look, show="fte_gap")
    assert json.loads(desk.open(f"{look}/answer.json"))["runs"] == 3
    desk.open(look)
    desk.send(f"{look}/save")
    assert "Saved." in desk.words


def test_what_a_scenario_has_can_be_taken_out_again(desk: Desk) -> None:
    path = put_together(desk)
    desk.open(f"{path}/change", scenario="a", kind="leaving")
    worker = min(desk.engine.situation().workers)
    desk.send(f"{path}/do/change", scenario="a", kind="leaving", seen=seen(desk), worker=worker, week="2")
    assert f"{worker} leaves from week 2" in desk.words
    desk.send(f"{path}/do/remove-change", scenario="a", number="0", seen=seen(desk))
    assert "Nothing is different yet" in desk.words
    desk.send(f"{path}/do/remove-scenario", scenario="a", seen=seen(desk))
    assert "There is no scenario" in desk.words
    desk.send(f"{path}/do/delete")
    assert desk.last.url.path == "/desk/what-if"
    desk.open(path)
    assert desk.status == 404


def test_of_two_that_change_one_what_if_the_second_is_told(desk: Desk) -> None:
    path = put_together(desk)
    old = seen(desk)
    desk.send(f"{path}/do/add-scenario", seen=old, title="First")
    desk.send(f"{path}/do/add-scenario", seen=old, title="Second")
    assert desk.status == 422
    assert "Somebody else has changed it" in desk.words


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_change_has_a_form_that_says_what_is_missing(desk: Desk, kind: str) -> None:
    path = put_together(desk)
    desk.open(f"{path}/change", scenario="a", kind=kind)
    assert KINDS[kind] in desk.words
    desk.send(f"{path}/do/change", scenario="a", kind=kind, seen=seen(desk))
    assert desk.status == 422
    assert "There is a problem" in desk.words


def test_every_field_of_every_kind_of_change_can_be_given(desk: Desk) -> None:
    models = {one.model_fields["kind"].default: one for one in get_args(get_args(Change)[0])}
    assert set(models) == set(KINDS)
    situation = desk.engine.situation()

    class Here:
        def __init__(self) -> None:
            self.situation = situation

    for kind, model in models.items():
        offered = {field.name for field in FIELDS[kind](Here())}  # type: ignore[arg-type]
        held = set(model.model_fields) - {"kind"} - ({"week"} if kind == "policy" else set())
        assert offered == held, kind


def test_new_teams_and_policy_numbers_are_read_line_by_line(desk: Desk) -> None:
    path, workers = put_together(desk), sorted(desk.engine.situation().workers)
    lines = f"north: {workers[0]}, {workers[1]}; areas: a1, a2\nsouth: {workers[2]}"
    desk.open(f"{path}/change", scenario="a", kind="team_split")
    desk.send(f"{path}/do/change", scenario="a", kind="team_split", seen=seen(desk), into=lines, week="1")
    assert "the service is split into north: 2 workers; south: 1 workers" in desk.words
    numbers = "limits.caseload_cap.experienced = 14"
    desk.open(f"{path}/change", scenario="a", kind="policy")
    desk.send(f"{path}/do/change", scenario="a", kind="policy", seen=seen(desk), numbers=numbers)
    what: WhatIf = from_text(desk.open(f"{path}/file.toml"), as_json=False)
    first, second = what.scenarios[0].changes
    assert first.into[0].areas == ("a1", "a2")  # type: ignore[union-attr]
    assert second.numbers == {"limits.caseload_cap.experienced": 14}  # type: ignore[union-attr]


def test_a_file_is_taken_in_and_a_bad_one_is_refused(desk: Desk) -> None:
    desk.open("/what-if/saved/new")
    key = re.search(r'name="form_key" value="([0-9a-f]+)"', desk.last.text)
    assert key is not None
    for content, told in (
        (b'title = "From a file"\nweeks = 3\n', "From a file"),
        (b"weeks = ", "it is no TOML file"),
        (b'title = "x"', "There is a problem"),
    ):
        answer = desk.browser.post(
            "/desk/what-if/saved/new", data={"form_key": key[1]}, files={"file": ("ours.toml", content)}
        )
        assert told in answer.text
    assert [one.content.title for one in saved_in(desk)] == ["From a file"]


def saved_in(desk: Desk) -> list:  # type: ignore[type-arg]
    from allocation_engine.planning.what_if.saved import saved_what_ifs  # noqa: PLC0415

    return saved_what_ifs(desk.engine.store.documents, desk.engine.clock, desk.engine.new_id).all()


def test_what_ifs_are_a_managers(service: Service) -> None:
    other = signed_in(service, KeyRequest(actor="l-0001", role=Role.LEADER))
    for path in ("/what-if", "/what-if/absence", "/what-if/looks/look-1", "/what-if/saved/what-if-1"):
        other.open(path)
        assert other.status == 403


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    for path in ("/what-if/looks/look-1", "/what-if/looks/look-1/answer.json", "/what-if/saved/x", "/what-if/nothing"):
        desk.open(path)
        assert desk.status == 404


def test_somebody_is_put_on_record_as_away_and_back(desk: Desk) -> None:
    worker = with_high_risk(desk)
    desk.open(f"/workers/{worker}/away")
    desk.send(f"/workers/{worker}/away", kind="sickness", until="2020-01-01")
    assert "Choose a day to come" in desk.words
    desk.send(f"/workers/{worker}/away", kind="sickness", until="")
    assert "It is on record." in desk.words
    assert desk.engine.situation().workers[worker].is_away(desk.engine.clock())
    desk.send(f"/workers/{worker}/back")
    assert not desk.engine.situation().workers[worker].is_away(desk.engine.clock())
