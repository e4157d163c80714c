"""Blind-spot rules: each has an example that it finds and one that it passes by, and says what it rests on."""

import pytest
from pydantic import TypeAdapter

from domain.alerts import RULES, AlertRule, alert_id
from domain.alerts.finding import Finding
from domain.alerts.record import CheckIn, Record, WorkerCourse
from domain.identifiers import AlertId
from tests.domain.alerts.alert_examples import (
    EXAMPLES,
    A,
    B,
    C,
    checked_in,
    concern,
    course,
    event,
    load_of,
    lowered,
    of_worker,
    on,
    owed,
    registered,
    team,
    urgent,
)
from tests.domain.load.service_history import shipped_policy

POLICY = shipped_policy().practice
BY_CODE = {rule.code: rule for rule in RULES}


def found(code: str, record: Record) -> list[Finding]:
    return list(BY_CODE[code](record, POLICY))


def test_every_rule_has_an_example_each_way() -> None:
    assert set(EXAMPLES) == set(BY_CODE)
    assert len(BY_CODE) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_finds_what_it_is_for_and_passes_by_what_it_is_not_for(rule: AlertRule) -> None:
    assert len(list(rule(EXAMPLES[rule.code].applies, POLICY))) == 1
    assert list(rule(EXAMPLES[rule.code].does_not, POLICY)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_passes_by_an_example_that_is_for_another(rule: AlertRule) -> None:
    others = [one.applies for code, one in EXAMPLES.items() if code != rule.code]
    assert [finding for record in others for finding in rule(record, POLICY)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_finding_says_what_it_rests_on_and_its_alert_has_an_id_that_can_be_stored(rule: AlertRule) -> None:
    (finding,) = rule(EXAMPLES[rule.code].applies, POLICY)
    assert finding.evidence
    assert finding.sentence.endswith(".")
    assert rule.question.endswith("?")
    assert finding.subject.partition(":")[0] in {"worker", "case", "team"}
    assert finding.since <= finding.raised_at <= EXAMPLES[rule.code].applies.as_at
    TypeAdapter(AlertId).validate_python(alert_id(rule.code, finding))


def test_what_workers_choose_to_tell_is_marked_as_personal() -> None:
    assert [rule.code for rule in RULES if rule.personal] == ["check_in_far_from_load"]


def test_overload_is_over_capacity_for_long_enough_and_capacity_must_be_known() -> None:
    code = "overload_without_supervision"
    assert found(code, of_worker(course([120.0] * 13), day=13)) == []
    assert found(code, of_worker(course([100.0] * 30), day=30)) == []
    unknown = WorkerCourse(A, days=tuple(load_of(day, 500, None) for day in range(30)))
    assert found(code, of_worker(unknown, day=30)) == []


def test_days_of_leave_do_not_count_as_days_without_supervision() -> None:
    code = "overload_without_supervision"
    assert found(code, of_worker(course([120.0] * 20, away=range(3, 10)), day=20)) == []
    (one,) = found(code, of_worker(course([120.0] * 21, away=range(3, 10)), day=21))
    assert (one.since, one.raised_at, one.over_at) == (on(0), on(20), None)


def test_a_session_ends_an_overload_that_nobody_talked_about_and_a_new_stretch_is_a_new_alert() -> None:
    code = "overload_without_supervision"
    first, second = found(code, of_worker(course([120.0] * 40, sessions=[20.5]), day=39.5))
    assert (first.since, first.over_at) == (on(0), on(20.5))
    assert (second.since, second.over_at) == (on(21), None)
    assert alert_id(code, first) != alert_id(code, second)
    (only,) = found(code, of_worker(course([120.0] * 20, sessions=[19.2]), day=19.5))
    assert only.over_at == on(19.2)


def test_an_overload_ends_with_the_load_or_with_the_post() -> None:
    code = "overload_without_supervision"
    (lighter,) = found(code, of_worker(course([120.0] * 15 + [90.0] * 5), day=20))
    assert lighter.over_at == on(15)
    (left,) = found(code, of_worker(course([120.0] * 15), day=60))
    assert left.over_at == on(15)


def test_the_last_session_before_an_overload_is_part_of_its_evidence() -> None:
    (one,) = found("overload_without_supervision", of_worker(course([50.0] * 9 + [130.0] * 14, sessions=[4.5]), day=23))
    assert one.since == on(9)
    assert (one.evidence[-1].at, one.evidence[-1].event_id) == (on(4.5), event(900))
    assert "130 of 100 lp" in one.sentence


def test_a_follow_up_that_was_done_late_is_found_still_and_says_when() -> None:
    (one,) = found("follow_up_overdue", owed(done=8))
    assert (one.since, one.raised_at, one.over_at) == (on(3), on(4), on(8))
    assert "10 Mar 2026 only" in one.sentence


@pytest.mark.parametrize(
    ("held", "days", "people"),
    [([(A, 3)], 15, 3), ([(A, 9)], 15, 2), ([(A, 9)], 14, 3), ([], 20, 3), ([(A, 5), (B, 5)], 20, 3)],
    ids=["few cases", "two people", "not for long", "no high-risk cases", "shared"],
)
def test_high_risk_work_is_on_one_person_only_where_it_could_be_shared_and_lasts(
    held: list[tuple[str, int]], days: int, people: int
) -> None:
    assert found("high_risk_on_one_person", team([(A if who == A else B, n) for who, n in held], days, people)) == []


def test_when_all_high_risk_work_passes_to_another_person_it_is_another_alert() -> None:
    before, after = team([(A, 4), (C, 0)], days=20), team([(C, 4)], days=40)
    days = (*before.teams[0].days, *after.teams[0].days[20:])
    both = Record(as_at=on(39.5), teams=(type(before.teams[0])(before.teams[0].team_id, days),))
    first, second = found("high_risk_on_one_person", both)
    assert (first.since, first.over_at) == (on(0), on(20))
    assert (second.since, second.over_at) == (on(20), None)
    assert first.onset != second.onset


def test_a_check_in_far_from_the_load_is_found_both_ways_and_judges_nobody() -> None:
    (heavier,) = found("check_in_far_from_load", checked_in(felt=4, load=40))
    (lighter,) = found("check_in_far_from_load", checked_in(felt=2, load=100))
    assert "heavier than the computed 40%" in heavier.sentence
    assert "lighter than the computed 100%" in lighter.sentence
    for one in (heavier, lighter):
        assert "in confidence" in one.sentence
        assert "It says nothing of how they work." in one.sentence


@pytest.mark.parametrize(("felt", "load", "capacity"), [(3, 10, 100), (4, 99, 100), (2, 99, 100), (5, 10, None)])
def test_a_check_in_near_the_load_or_without_a_capacity_to_compare_is_passed_by(
    felt: int, load: float, capacity: float | None
) -> None:
    assert found("check_in_far_from_load", checked_in(felt, load, capacity)) == []


def test_check_ins_in_a_row_are_one_alert_from_the_first_on_until_one_is_near() -> None:
    felt = [5, 4, 3, 5]
    worker = WorkerCourse(A, check_ins=tuple(CheckIn(event(n), one, load_of(n * 7, 20)) for n, one in enumerate(felt)))
    first, again = found("check_in_far_from_load", of_worker(worker))
    assert (first.onset, first.over_at) == (str(event(0)), on(14))
    assert "2 check-ins in a row" in first.sentence
    assert (again.onset, again.over_at) == (str(event(3)), None)


def test_risk_lowered_by_somebody_whose_capacity_is_not_known_is_passed_by() -> None:
    assert found("risk_lowered_over_capacity", lowered(load=500, capacity=None)) == []


def test_a_concern_that_was_answered_late_is_found_still() -> None:
    (one,) = found("concern_unanswered", concern(answered=9))
    assert (one.raised_at, one.over_at) == (on(7), on(9))
    assert found("concern_unanswered", concern(answered=None, day=6)) == []


def test_who_left_before_an_agreement_was_due_is_passed_by() -> None:
    assert found("no_supervision_agreement", registered(agreed=None, left=27)) == []
    (left,) = found("no_supervision_agreement", registered(agreed=None, left=40))
    assert left.over_at == on(40)
    (late,) = found("no_supervision_agreement", registered(agreed=30))
    assert "until 01 Apr 2026" in late.sentence


def test_an_urgent_case_that_somebody_took_too_late_is_found_still() -> None:
    (one,) = found("urgent_case_unassigned", urgent(until=5))
    assert (one.raised_at, one.over_at) == (on(2), on(5))
    assert found("urgent_case_unassigned", urgent(until=None, day=1.5)) == []
