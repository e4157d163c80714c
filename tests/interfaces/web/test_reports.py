"""Alerts, supervision, learning and the overview at the desk: what each role is shown, answered, and not shown."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from pydantic import JsonValue

from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.service import Service
from allocation_engine.reporting.alerts import blind_spots
from allocation_engine.reporting.learning import report_learning
from allocation_engine.reporting.overview import report_overview
from allocation_engine.reporting.supervision import report_supervision
from domain.alerts import Alert, Alerts
from domain.events.service import AlertAnswered
from domain.identifiers import PersonId
from tests.interfaces.web.conftest import Desk, signed_in

LAST_DAY = "2026-11-20"
AS_AT = datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)
PAGES = (
    "/alerts",
    "/supervision",
    "/supervision/follow-ups",
    "/supervision/exposure",
    "/learning",
    "/overview",
    "/overview/foundations",
    "/overview/equity",
    "/overview/evaluation",
)


def rows_of(desk: Desk, path: str, table: str, **query: object) -> list[dict[str, str]]:
    """Give a table of a page as its CSV has it."""
    desk.open(path, **{"as": "csv", "table": table}, **query)
    return list(csv.DictReader(io.StringIO(desk.last.text.removeprefix("\ufeff"))))


def alerts_now(desk: Desk) -> Alerts:
    now = desk.engine.clock()
    return blind_spots(desk.engine.store, desk.engine.policy(now).policy, now)


def last_reading(desk: Desk) -> dict[str, JsonValue]:
    *_, (_, entry) = desk.service.access_log.page("", 500)
    assert isinstance(entry, dict)
    return entry


def follow(desk: Desk, link: str) -> None:
    """Open the page that a link leads to, with all that its address says."""
    desk.last = desk.browser.get(unescape(link))


def card_of(page: str, alert: Alert) -> str:
    """Give what the page shows of one alert."""
    return page.split(f'id="{alert.alert_id}"')[1].partition("</li>\n<li")[0].partition("</section>")[0]


def supervisor(service: Service) -> tuple[Desk, str]:
    team = min(one.team_id for one in service.engine.situation().workers.values() if one.team_id)
    return signed_in(service, KeyRequest(actor="s-1", role=Role.SUPERVISOR, team_ids=(team,))), team


def test_each_open_alert_stands_with_its_question_sentence_and_the_events_behind_it(desk: Desk) -> None:
    page = desk.open("/alerts")
    assert "It finds no fault with anybody" in desk.words
    shown = [one for one in alerts_now(desk).open if f'id="{one.alert_id}"' in page]
    assert shown
    for one in shown:
        assert one.rule.question in desk.words
        assert one.finding.sentence in desk.words
    events = {part.event_id for one in shown for part in one.finding.evidence if part.event_id is not None}
    linked = {int(one) for one in re.findall(r'/desk/events/(\d+)"', page)}
    found = [desk.engine.store.log.read(after=one - 1, limit=1).events[0].record.envelope.event_id for one in linked]
    assert set(found) == events


def test_a_manager_answers_an_alert_in_their_name(desk: Desk) -> None:
    before = alerts_now(desk).open
    desk.open("/alerts")
    desk.send(f"/alerts/{before[0].alert_id}/answer")
    assert "Answered in your name" in desk.words
    after = alerts_now(desk)
    assert len(after.open) == len(before) - 1
    answer = next(one for one in after.alerts if one.alert_id == before[0].alert_id).answer
    assert answer is not None
    assert answer.answered_by == "m-0042"
    (row,) = rows_of(desk, "/alerts", "answered")
    assert row["Answered by"] == "m-0042"
    assert row["What was so"] == before[0].finding.sentence


def test_an_alert_that_is_answered_already_is_not_answered_again(desk: Desk) -> None:
    alert = alerts_now(desk).open[0].alert_id
    desk.open("/alerts")
    desk.engine.record(AlertAnswered(alert_id=alert, answered_by=PersonId("m-0001")), "m-0001")
    desk.send(f"/alerts/{alert}/answer")
    assert desk.status == 422
    assert "There is a problem" in desk.words
    answer = next(one for one in alerts_now(desk).alerts if one.alert_id == alert).answer
    assert answer is not None
    assert answer.answered_by == "m-0001"


def test_what_is_asked_stays_chosen_after_an_answer(desk: Desk) -> None:
    alert = alerts_now(desk).open[0]
    desk.open("/alerts", rule=alert.rule.code)
    desk.send(f"/alerts/{alert.alert_id}/answer", rule=alert.rule.code, team="", weeks="")
    assert f'<option value="{alert.rule.code}" selected' in desk.last.text


def test_an_alert_or_a_choice_that_is_not_there_is_not_found(desk: Desk) -> None:
    desk.open("/alerts")
    desk.send("/alerts/al-000000000000/answer")
    assert desk.status == 404
    for query in ({"rule": "gossip"}, {"team": "t-99"}, {"weeks": "soon"}, {"weeks": "999"}):
        desk.open("/alerts", **query)
        assert desk.status == 404


def test_alerts_are_chosen_by_kind_team_and_time(desk: Desk) -> None:
    found = alerts_now(desk)
    code = found.open[0].rule.code
    listed = rows_of(desk, "/alerts", "open-alerts", rule=code)
    assert {one["Id"] for one in listed} == {one.alert_id for one in found.open if one.rule.code == code}
    since = desk.engine.clock() - timedelta(weeks=13)
    listed = rows_of(desk, "/alerts", "open-alerts", weeks=13)
    assert {one["Id"] for one in listed} == {one.alert_id for one in found.open if one.finding.raised_at >= since}
    team = next(iter(desk.engine.situation().workers.values())).team_id
    members = {who for who, post in desk.engine.situation().workers.items() if post.team_id == team}
    listed = rows_of(desk, "/alerts", "open-alerts", team=team)
    assert listed
    assert {one["About"].removeprefix("worker ") for one in listed if one["About"].startswith("worker")} <= members


def test_another_day_shows_its_alerts_and_no_form(desk: Desk) -> None:
    raised = min(one.finding.raised_at for one in alerts_now(desk).alerts)
    page = desk.open("/alerts", as_at=f"{raised - timedelta(days=2):%Y-%m-%d}")
    assert "Nothing is to be answered" in desk.words
    page = desk.open("/alerts", as_at=LAST_DAY)
    assert "passed" in page
    assert "answer in my name" not in page


def test_a_supervisor_sees_the_alerts_of_their_team_and_answers_none(service: Service) -> None:
    desk, team = supervisor(service)
    page = desk.open("/alerts")
    members = {who for who, post in service.engine.situation().workers.items() if post.team_id == team}
    named = set(re.findall(r"worker (w-\d+)", desk.words))
    assert named <= members
    assert "answer in my name" not in page
    assert "/desk/events/" not in page
    desk.send(f"/alerts/{alerts_now(desk).open[0].alert_id}/answer")
    assert desk.status == 403


def test_what_a_worker_told_is_not_shown_to_a_leader_and_not_theirs_to_answer(leader_desk: Desk) -> None:
    found = alerts_now(leader_desk).open
    told = next(one for one in found if one.rule.personal)
    page = leader_desk.open("/alerts", rule=told.rule.code)
    card = card_of(page, told)
    assert told.finding.sentence not in leader_desk.words
    assert "felt load" not in card
    assert str(told.finding.worker_id) not in card
    assert "answer in my name" not in card
    assert told.finding.sentence not in {one["What is so"] for one in rows_of(leader_desk, "/alerts", "open-alerts")}
    leader_desk.open("/alerts")
    leader_desk.send(f"/alerts/{told.alert_id}/answer")
    assert leader_desk.status == 403
    other = next(one for one in found if not one.rule.personal)
    leader_desk.open("/alerts")
    leader_desk.send(f"/alerts/{other.alert_id}/answer")
    assert "Answered in your name" in leader_desk.words


def test_a_leader_is_led_to_no_account_and_no_event(leader_desk: Desk) -> None:
    for path in ("/alerts", "/learning", "/overview"):
        page = leader_desk.open(path)
        assert leader_desk.status == 200
        assert "/desk/workers/" not in page
        assert "/desk/events" not in page
        assert "/desk/team" not in page
    worker = min(leader_desk.engine.situation().workers)
    leader_desk.open(f"/learning/{worker}")
    assert leader_desk.status == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_practitioner_is_shown_none_of_these_pages(service: Service, path: str) -> None:
    worker = min(service.engine.situation().workers)
    desk = signed_in(service, KeyRequest(actor="p-1", role=Role.PRACTITIONER, worker_id=worker))
    desk.open(path)
    assert desk.status == 403


def test_supervisors_and_leaders_are_shown_their_pages_alone(service: Service, leader_desk: Desk) -> None:
    desk, _ = supervisor(service)
    for path in PAGES:
        desk.open(path)
        assert desk.status == (403 if path.startswith("/overview") else 200)
        leader_desk.open(path)
        assert leader_desk.status == (403 if path.startswith("/supervision") else 200)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/alerts", "An alert comes by itself, from the record"),
        ("/supervision", "Agreements come from your own system"),
        ("/supervision/follow-ups", "One opens by itself when a serious or severe incident is recorded"),
        ("/supervision/exposure", "Nobody is in post here"),
        ("/learning", "Needs come with the referral"),
        ("/overview", "Nobody is registered yet"),
        ("/overview/foundations", "No answer is on record for this half-year"),
        ("/overview/equity", "Nobody whose role holds cases was in post"),
        ("/overview/evaluation", "No session is on record in this time"),
    ],
)
def test_a_page_with_nothing_on_it_says_what_would_be_there(empty_service: Service, path: str, told: str) -> None:
    desk = signed_in(empty_service, KeyRequest(actor="m-0042", role=Role.MANAGER))
    desk.open(path)
    assert desk.status == 200
    assert told in desk.words


def test_supervision_lists_what_is_overdue_with_the_sessions_behind_it(desk: Desk) -> None:
    policy = desk.engine.policy(AS_AT).policy
    since = AS_AT - timedelta(days=policy.practice.reporting_period.value)
    report = report_supervision(desk.engine.store, policy, since, AS_AT)
    rows = rows_of(desk, "/supervision", "agreements", as_at=LAST_DAY)
    assert [one["Worker"] for one in rows] == [one.agreement.worker_id for one in report.next_sessions]
    assert len(rows_of(desk, "/supervision", "overdue", as_at=LAST_DAY)) == len(report.overdue)
    whole = rows_of(desk, "/supervision", "held", as_at=LAST_DAY)[0]
    assert (int(whole["Held"]), int(whole["Overdue"])) == (report.whole.held, report.whole.overdue)
    by_worker = rows_of(desk, "/supervision", "workers", as_at=LAST_DAY)
    assert sum(int(one["Held"]) for one in by_worker) == report.whole.held
    page = desk.open("/supervision", as_at=LAST_DAY)
    row = next(one for one in by_worker if one["Held"] != "0")
    about = rf'(/desk/events\?[^"]*about=worker%3A{row["Worker"]}&amp;type=[^"]*supervision_held&amp;since=[^"]*)"'
    link = re.search(about, page)
    assert link is not None
    follow(desk, link[1])
    assert len(set(re.findall(r"/desk/events/(\d+)", desk.last.text))) >= int(row["Held"])


def test_supervision_of_a_longer_time_counts_more_sessions(desk: Desk) -> None:
    short, long = (
        int(rows_of(desk, "/supervision", "held", as_at=LAST_DAY, weeks=weeks)[0]["Held"]) for weeks in (4, 26)
    )
    assert short < long
    stretches = rows_of(desk, "/supervision", "over-time", as_at=LAST_DAY, weeks=4)
    assert len(stretches) == 4
    assert sum(int(one["Held"]) for one in stretches) == short
    assert "desk-chart" in desk.open("/supervision", as_at=LAST_DAY, weeks=4)


def test_a_supervisor_sees_supervision_follow_ups_and_exposure_of_their_own_team(service: Service) -> None:
    desk, team = supervisor(service)
    members = {who for who, post in service.engine.situation().workers.items() if post.team_id == team}
    others = set(service.engine.situation().workers) - members
    for path in ("/supervision", "/supervision/follow-ups", "/supervision/exposure"):
        page = desk.open(path)
        assert f"of team {team}" in desk.words or f"in team {team}" in desk.words
        assert not {who for who in others if f"/desk/workers/{who}" in page}
        desk.open(path, team="t-99")
        assert desk.status == 403


def test_follow_ups_name_the_incident_and_lead_to_it(desk: Desk) -> None:
    rows = rows_of(desk, "/supervision/follow-ups", "open", as_at=LAST_DAY)
    page = desk.open("/supervision/follow-ups", as_at=LAST_DAY)
    assert rows
    for row in rows:
        assert f"about=incident%3A{row['Incident']}" in page
        assert f"/desk/workers/{row['Worker']}" in page
    assert "Not a sign of how anybody is" in desk.words


def test_check_ins_of_few_are_not_shown(desk: Desk) -> None:
    smallest = desk.engine.policy().policy.practice.smallest_group.value
    for row in rows_of(desk, "/supervision/follow-ups", "checked-in", as_at=LAST_DAY):
        assert row["Checked in"] == "not shown" or int(row["Checked in"]) >= smallest


def test_exposure_counts_each_workers_cases_and_leads_to_them(desk: Desk) -> None:
    situation = desk.engine.situation(AS_AT)
    rows = rows_of(desk, "/supervision/exposure", "workers", as_at=LAST_DAY)
    assert {one["Worker"]: int(one["Cases"]) for one in rows} == {
        who: len(situation.caseloads.get(who, ())) for who in situation.workers
    }
    page = desk.open("/supervision/exposure", as_at=LAST_DAY)
    assert "#caseload" in page
    assert "critical_incident_recorded" in page


def test_access_to_learning_is_shown_of_groups_that_are_not_too_small(desk: Desk) -> None:
    policy = desk.engine.policy(AS_AT).policy
    since = AS_AT - timedelta(days=policy.practice.learning_period.value)
    report = report_learning(desk.engine.store, policy, since, AS_AT)
    rows = rows_of(desk, "/learning", "access", as_at=LAST_DAY)
    hidden = [one["Learning attended"] == "not shown" for one in rows]
    assert hidden == [one.shares is None for one in report.access]
    assert any(hidden)
    assert "nobody is ranked" in desk.open("/learning")


def test_needs_say_who_has_the_skill_by_id_to_a_manager_and_by_number_to_a_leader(
    desk: Desk, leader_desk: Desk
) -> None:
    ids = rows_of(desk, "/learning", "needs", as_at=LAST_DAY)
    numbers = rows_of(leader_desk, "/learning", "needs", as_at=LAST_DAY)
    assert any("w-" in one["Who has the skill"] for one in ids)
    assert not any("w-" in one["Who has the skill"] for one in numbers)
    assert [one["Open cases"] for one in ids] == [one["Open cases"] for one in numbers]


def test_what_one_worker_took_part_in_is_shown_and_its_reading_logged(desk: Desk) -> None:
    worker = min(desk.engine.situation().workers)
    desk.open("/learning", worker=worker)
    assert f"Learning and support of {worker}" in desk.words
    assert last_reading(desk)["subjects"] == [f"worker:{worker}"]
    desk.open("/learning", worker="w-9999")
    assert desk.status == 404


def test_readings_of_named_workers_are_logged(desk: Desk) -> None:
    for path in ("/alerts", "/supervision", "/supervision/follow-ups", "/supervision/exposure"):
        desk.open(path)
        assert last_reading(desk)["operation"] == f"desk_{path.split('/')[1]}"


def test_the_overview_has_a_section_for_each_of_the_six_points_with_the_reports_own_figures(leader_desk: Desk) -> None:
    leader_desk.open("/overview", as_at=LAST_DAY)
    page = leader_desk.last.text
    assert [f'id="point-{number}"' in page for number in range(1, 7)] == [True] * 6
    policy = leader_desk.engine.policy(AS_AT).policy
    now, *_ = report_overview(leader_desk.engine.store, policy, AS_AT)
    assert now.service is not None
    rows = {one["Figure"]: one for one in rows_of(leader_desk, "/overview", "point-1", as_at=LAST_DAY)}
    assert int(rows["People in post"]["20 Nov 2026"]) == now.service.people
    assert int(rows["Cases held"]["20 Nov 2026"]) == now.service.cases
    alerts = {one["Figure"]: one for one in rows_of(leader_desk, "/overview", "alerts", as_at=LAST_DAY)}
    assert int(alerts["Together"]["20 Nov 2026"]) == now.alerts


def test_a_figure_of_an_earlier_day_leads_to_that_day(desk: Desk) -> None:
    page = desk.open("/overview", as_at=LAST_DAY)
    link = re.search(r'(/desk/supervision\?[^"]*as_at=2026-10-23[^"]*)"', page)
    assert link is not None
    follow(desk, link[1])
    assert "As at 23 Oct 2026" in desk.words


def test_the_load_of_the_service_is_drawn_week_by_week_beside_its_table(leader_desk: Desk) -> None:
    page = leader_desk.open("/overview", as_at=LAST_DAY, weeks=4)
    assert "Load of the whole service by week" in page
    rows = rows_of(leader_desk, "/overview", "weeks", as_at=LAST_DAY, weeks=4)
    assert len(rows) in {5, 6}
    for row in rows:
        assert float(row["Share of capacity"]) == pytest.approx(float(row["Load, lp"]) / float(row["Capacity, lp"]))


def test_a_team_has_an_overview_of_its_own(leader_desk: Desk) -> None:
    team = min(one["Team"] for one in rows_of(leader_desk, "/overview", "teams", as_at=LAST_DAY))
    page = leader_desk.open("/overview", team=team, as_at=LAST_DAY)
    assert f"Team {team} against the six points" in leader_desk.words
    assert "w-0" not in page


def test_an_effect_never_stands_without_its_interval(leader_desk: Desk) -> None:
    rows = rows_of(leader_desk, "/overview/evaluation", "load-share", as_at=LAST_DAY)
    assert rows[0]["Activity"] == "any day, to compare"
    for row in rows:
        if row["Change"] == "too few to say":
            assert row["95 % from"] == "none"
        else:
            assert float(row["95 % from"]) <= float(row["Change"]) <= float(row["to"])
    leader_desk.open("/overview/evaluation", as_at=LAST_DAY)
    assert "no proof of cause" in leader_desk.words


def test_equity_hides_small_groups_and_says_so(leader_desk: Desk) -> None:
    leader_desk.open("/overview/equity", as_at=LAST_DAY)
    assert "Not shown" in leader_desk.words
    assert "no proof of unfairness" in leader_desk.words


def test_foundations_lead_to_the_half_year_before(leader_desk: Desk) -> None:
    page = leader_desk.open("/overview/foundations", as_at=LAST_DAY)
    assert "January to June 2026" in leader_desk.words
    link = re.search(r'(/desk/overview/foundations\?as_at=2026-01-01)"', page)
    assert link is not None
    follow(leader_desk, link[1])
    assert "July to December 2025" in leader_desk.words
