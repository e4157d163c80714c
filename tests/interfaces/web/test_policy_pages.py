"""Policy at the desk: every number with its source, a draft from first change to adoption, and last year replayed under it."""

import re

import pytest

from allocation_engine.bootstrap import example_policy
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.jobs.looking import work_on
from allocation_engine.interfaces.api.service import Service
from tests.interfaces.web.conftest import Desk, signed_in

PLACE = "limits.caseload_cap.experienced"
WHY = "Agreed with the team in November"


def drafted(desk: Desk) -> str:
    """Begin a draft and give its path."""
    desk.open("/policy")
    desk.send("/policy/drafts/new")
    return desk.last.url.path.removeprefix("/desk")


def seen(desk: Desk) -> str:
    found = re.search(r'name="seen" value="(\d+)"', desk.last.text)
    assert found is not None
    return found[1]


def test_every_number_is_shown_with_its_unit_and_source(desk: Desk) -> None:
    desk.open("/policy")
    assert "It is the shipped example" in desk.words
    assert "Nobody has adopted a policy set" in desk.words
    for place, number in example_policy().coefficients():
        assert place in desk.words
        assert " ".join(number.source.split()) in desk.words
    rows = desk.browser.get("/desk/policy", params={"as": "csv", "table": "numbers"}).text.splitlines()
    assert len(rows) >= 1 + len(list(example_policy().coefficients()))


def test_a_draft_is_changed_replayed_and_adopted_in_somebodys_name(desk: Desk) -> None:
    path = drafted(desk)
    assert "Nothing differs yet" in desk.words
    desk.send(f"{path}/number", seen=seen(desk), place=PLACE, value="14", source=WHY)
    assert PLACE in desk.words
    assert WHY in desk.words
    desk.send(f"{path}/replay")
    look = desk.last.url.path.removeprefix("/desk")
    assert "being worked out" in desk.words
    work_on(desk.engine, look.rpartition("/")[2], "test")
    desk.open(look)
    assert "Week by week under both" in desk.words
    assert "<svg" in desk.last.text
    desk.open(path)
    head = desk.engine.store.log.head()
    desk.send(f"{path}/adopt", seen=seen(desk))
    assert "The policy set is adopted." in desk.words
    assert desk.engine.store.log.head() == head + 1
    now = desk.engine.policy()
    assert now.adopted
    assert dict(now.policy.coefficients())[PLACE].value == 14
    assert "m-0042" in desk.words
    assert "in force" in desk.words
    assert "Nobody is working on another set" in desk.words


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"place": "limits.nothing", "value": "1", "source": WHY}, "Choose one of the numbers"),
        ({"place": PLACE, "value": "many", "source": WHY}, "Give the new value as a number"),
        ({"place": PLACE, "value": "-3", "source": WHY}, "There is a problem"),
        ({"place": PLACE, "value": "nan", "source": WHY}, "There is a problem"),
        ({"place": PLACE, "value": "14", "source": "no"}, "at least 10 characters"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_the_draft_stays(desk: Desk, fields: dict[str, str], told: str) -> None:
    path = drafted(desk)
    desk.send(f"{path}/number", seen=seen(desk), **fields)
    assert desk.status == 422
    assert told in desk.words
    desk.open(path)
    assert "Nothing differs yet" in desk.words


def test_its_name_and_day_can_be_set(desk: Desk) -> None:
    path = drafted(desk)
    desk.send(f"{path}/heading", seen=seen(desk), policy_set_id="ours-2027", title="Ours", effective_from="2027-01-01")
    assert desk.status == 422
    desk.send(
        f"{path}/heading", seen=seen(desk), policy_set_id="ours-2027", title="Our own set", effective_from="2027-01-01"
    )
    assert "ours-2027, to be in force from 01 Jan 2027" in desk.words
    desk.send(f"{path}/heading", seen=seen(desk), policy_set_id="ours-2027", title="Our own set", effective_from="soon")
    assert desk.status == 422
    desk.open(path)
    desk.send(f"{path}/let-go")
    desk.open(path)
    assert desk.status == 404


def test_of_two_who_change_one_draft_the_second_is_told(desk: Desk) -> None:
    path = drafted(desk)
    old = seen(desk)
    desk.send(f"{path}/number", seen=old, place=PLACE, value="14", source=WHY)
    desk.send(f"{path}/number", seen=old, place=PLACE, value="15", source=WHY)
    assert desk.status == 422
    assert "Somebody else has changed it" in desk.words


def test_a_set_in_force_already_cannot_be_adopted_again(desk: Desk) -> None:
    path = drafted(desk)
    desk.send(f"{path}/adopt", seen=seen(desk))
    assert "The policy set is adopted." in desk.words
    again, now = drafted(desk), desk.engine.policy().policy
    given = {"policy_set_id": now.policy_set_id, "title": now.title, "effective_from": f"{now.effective_from:%Y-%m-%d}"}
    desk.send(f"{again}/heading", seen=seen(desk), **given)
    assert "It cannot be adopted as it is" in desk.words
    desk.send(f"{again}/adopt", seen=seen(desk))
    assert desk.status == 422
    assert "There is a problem" in desk.words


def test_a_file_becomes_a_draft_and_a_bad_one_does_not(desk: Desk) -> None:
    desk.open("/policy")
    key = re.search(r'name="form_key" value="([0-9a-f]+)"', desk.last.text)
    assert key is not None
    answer = desk.browser.post(
        "/desk/policy/drafts/new", data={"form_key": key[1]}, files={"file": ("ours.toml", b"title = ")}
    )
    assert answer.status_code == 422
    assert "it is no TOML file" in answer.text


def test_leaders_see_and_adopt_and_supervisors_do_not(service: Service) -> None:
    leader = signed_in(service, KeyRequest(actor="l-0001", role=Role.LEADER))
    assert "Draft a change" in leader.open("/policy")
    team = min(post.team_id for post in service.engine.situation().workers.values() if post.team_id is not None)
    other = signed_in(service, KeyRequest(actor="s-0001", role=Role.SUPERVISOR, team_ids=(team,)))
    other.open("/policy")
    assert other.status == 403


def test_every_reading_of_an_account_is_listed_newest_first_and_can_be_asked_for(desk: Desk, service: Service) -> None:
    desk.open("/access-log")
    worker = min(desk.engine.situation().workers)
    desk.open(f"/workers/{worker}")
    colleague = signed_in(service, KeyRequest(actor="m-0043", role=Role.MANAGER))
    colleague.open(f"/workers/{worker}")
    desk.open("/access-log")
    rows = re.findall(r"<tr.*?</tr>", desk.last.text, re.DOTALL)[1:]
    assert "m-0043" in rows[0]
    desk.open("/access-log", actor="m-0043", worker=worker)
    rows = re.findall(r"<tr.*?</tr>", desk.last.text, re.DOTALL)[1:]
    assert rows
    assert all("m-0043" in row and worker in row for row in rows)
    desk.open("/access-log", actor="nobody")
    assert "No reading is on record" in desk.words
    desk.open("/access-log", as_at="2026-01-01")
    assert "No reading is on record" in desk.words
