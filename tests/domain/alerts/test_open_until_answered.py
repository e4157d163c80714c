"""An alert is open until a named leader answers; then it stays listed with who and when."""

from dataclasses import replace

from domain.alerts import RULES, Alerts, Answer, alert_id, alerts_of
from domain.alerts.record import Record
from domain.identifiers import AlertId, PersonId
from tests.domain.alerts.alert_examples import EXAMPLES, concern, course, of_worker, on
from tests.domain.load.service_history import shipped_policy

POLICY = shipped_policy().practice
LEADER = Answer(PersonId("m-1"), on(20))


def alerts(record: Record, answers: dict[AlertId, Answer] | None = None) -> Alerts:
    return alerts_of(record, POLICY, answers or {}, RULES)


def test_an_alert_is_open_also_when_what_it_is_about_has_passed() -> None:
    (one,) = alerts(concern(answered=9)).alerts
    assert (one.is_open, one.lasts) == (True, False)


def test_an_answered_alert_stays_listed_with_who_and_when() -> None:
    (one,) = alerts(concern(answered=None)).alerts
    answered = alerts(concern(answered=None), {one.alert_id: LEADER})
    assert answered.open == ()
    assert [(alert.alert_id, alert.answer) for alert in answered.alerts] == [(one.alert_id, LEADER)]


def test_an_answer_to_what_the_record_no_longer_shows_is_kept() -> None:
    (one,) = alerts(concern(answered=None)).alerts
    assert alerts(concern(answered=1), {one.alert_id: LEADER}).no_longer_shown == ((one.alert_id, LEADER),)


def test_news_about_something_else_leaves_every_id_as_it_is() -> None:
    together = Record(
        as_at=on(60),
        workers=tuple(worker for one in EXAMPLES.values() for worker in one.applies.workers),
        lowered=EXAMPLES["risk_lowered_over_capacity"].applies.lowered,
        waits=EXAMPLES["urgent_case_unassigned"].applies.waits,
    )
    ids = {alert.alert_id for alert in alerts(together).alerts}
    for code in ("follow_up_overdue", "check_in_far_from_load", "concern_unanswered", "urgent_case_unassigned"):
        (alone,) = alerts(EXAMPLES[code].applies).alerts
        assert alone.alert_id in ids


def test_an_overload_found_to_have_begun_another_day_of_the_same_week_is_the_same_alert() -> None:
    tuesday = of_worker(course([90.0] + [120.0] * 14), day=15)
    monday = of_worker(course([120.0] * 15), day=15)
    (one,), (other,) = alerts(tuesday).alerts, alerts(monday).alerts
    assert one.finding.since != other.finding.since
    assert one.alert_id == other.alert_id


def test_the_same_condition_twice_in_one_week_is_one_alert_that_goes_on() -> None:
    short = POLICY.model_copy(
        update={
            "alerts": POLICY.alerts.model_copy(
                update={"overload_unsupervised": POLICY.alerts.overload_unsupervised.model_copy(update={"value": 2.0})}
            )
        }
    )
    record = of_worker(course([120.0, 120.0, 90.0, 120.0, 120.0]), day=5)
    (one,) = alerts_of(record, short, {}, RULES).alerts
    assert (one.finding.since, one.finding.over_at) == (on(0), None)


def test_an_id_follows_from_rule_subject_and_onset_alone() -> None:
    (one,) = RULES[0](EXAMPLES[RULES[0].code].applies, POLICY)
    same = replace(one, since=on(3), over_at=on(9), sentence="Another sentence.")
    assert alert_id("rule", one) == alert_id("rule", same)
    others = [replace(one, subject="worker:w-z"), replace(one, onset="2026-W01")]
    assert len({alert_id("rule", one), alert_id("another", one), *(alert_id("rule", other) for other in others)}) == 4
