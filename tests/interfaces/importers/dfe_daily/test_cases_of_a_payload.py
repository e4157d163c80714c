"""What a child's record says of the case: who holds it from when, on what footing, with what harm."""

from datetime import UTC, datetime

import pytest

from domain.events.worker import WorkerRegistered
from domain.vocabulary import HarmType, PlanType, Role
from tests.interfaces.importers.dfe_daily.payloads import (
    Daily,
    assessment,
    case_id,
    child,
    episode,
    plan,
    read,
    told,
    worker,
    worker_id,
)


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def test_a_referral_without_a_worker_waits(store: Daily) -> None:
    intake = store.send(child("K101", episode(referred="2026-03-02")))
    assert told(intake) == [("case.referred", "2026-03-02")]
    assert (intake.cases, intake.waiting_cases, intake.workers) == (1, 1, 0)
    (waiting,) = store.engine.situation().waiting
    assert (waiting.case.case_id, waiting.case.waiting_since) == (case_id(), datetime(2026, 3, 2, tzinfo=UTC))


def test_a_worker_is_registered_as_a_social_worker_without_hours_or_stage(store: Daily) -> None:
    intake = store.send(child("K101", episode(workers=(worker("SWE100"),))))
    registered = intake.records[0].event
    assert registered == WorkerRegistered(worker_id=worker_id("SWE100"), role=Role.SOCIAL_WORKER)
    assert store.primary() == worker_id("SWE100")


def test_a_handover_on_one_day_is_one_step(store: Daily) -> None:
    stints = (worker("SWE100", "2026-03-02", "2026-05-04"), worker("SWE200", "2026-05-04"))
    intake = store.send(child("K101", episode(workers=stints)))
    assert told(intake)[2:] == [
        ("case.referred", "2026-03-02"),
        ("case.assigned", "2026-03-02"),
        ("case.reassigned", "2026-05-04"),
    ]


def test_between_two_workers_the_case_waits(store: Daily) -> None:
    stints = (worker("SWE100", "2026-03-02", "2026-05-04"), worker("SWE200", "2026-05-11"))
    store.send(child("K101", episode(workers=stints)))
    assert store.primary(as_at=on("2026-05-03")) == worker_id("SWE100")
    assert store.primary(as_at=on("2026-05-07")) is None
    assert store.primary(as_at=on("2026-05-11")) == worker_id("SWE200")


def test_of_two_workers_at_a_time_the_later_is_primary_and_the_earlier_works_on_beside_them(store: Daily) -> None:
    stints = (worker("SWE100", "2026-03-02", "2026-06-01"), worker("SWE200", "2026-05-04"))
    store.send(child("K101", episode(workers=stints)))
    together = store.case(as_at=on("2026-05-10"))
    assert together.primary is not None
    assert together.primary.worker_id == worker_id("SWE200")
    assert [one.worker_id for one in together.co_workers] == [worker_id("SWE100")]
    assert store.case(as_at=on("2026-06-01")).co_workers == ()


def test_when_the_later_worker_leaves_the_earlier_one_has_the_case_again(store: Daily) -> None:
    stints = (worker("SWE100", "2026-03-02"), worker("SWE200", "2026-05-04", "2026-06-01"))
    store.send(child("K101", episode(workers=stints)))
    after = store.case(as_at=on("2026-06-02"))
    assert after.primary is not None
    assert (after.primary.worker_id, after.co_workers) == (worker_id("SWE100"), ())


def test_a_closure_ends_the_case_for_whoever_holds_it(store: Daily) -> None:
    intake = store.send(
        child("K101", episode(closed="2026-09-01", workers=(worker(end="2026-09-01"), worker("SWE200"))))
    )
    assert told(intake)[-1] == ("case.closed", "2026-09-01")
    closed = store.case(as_at=on("2026-09-01"))
    assert (closed.is_open, closed.primary, closed.co_workers) == (False, None, ())
    assert intake.cases == 0


def test_a_second_referral_opens_the_case_again(store: Daily) -> None:
    first = episode("E1", "2026-01-05", "2026-02-02", workers=(worker(start="2026-01-05"),))
    store.send(child("K101", first, episode("E2", "2026-06-01")))
    assert not store.case(as_at=on("2026-03-01")).is_open
    assert store.case(as_at=on("2026-06-01")).is_waiting


def test_closed_and_referred_on_one_day_the_case_goes_on(store: Daily) -> None:
    first = episode("E1", "2026-01-05", "2026-02-02", workers=(worker("SWE100", "2026-01-05", "2026-02-02"),))
    second = episode("E2", "2026-02-02", workers=(worker("SWE200", "2026-02-02"),))
    intake = store.send(child("K101", first, second))
    assert [kind for kind, _ in told(intake)].count("case.referred") == 1
    assert store.primary() == worker_id("SWE200")


def test_an_episode_left_out_later_stays_as_it_was_told_and_cannot_close_the_next(store: Daily) -> None:
    store.send(child("K101", episode("E1", "2026-01-05", "2026-02-02", workers=(worker(start="2026-01-05"),))))
    store.send(child("K101", episode("E2", "2026-02-02", workers=(worker("SWE200", "2026-02-02"),))))
    assert store.primary(as_at=on("2026-01-10")) == worker_id("SWE100")
    assert store.primary() == worker_id("SWE200")


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({}, None),
        ({"section_47_assessments": [plan("section_47_assessment", "2026-03-09")]}, PlanType.ASSESSMENT),
        ({"child_in_need_plans": [plan("child_in_need_plan", "2026-03-09")]}, PlanType.CHILD_IN_NEED),
        (
            {
                "child_in_need_plans": [plan("child_in_need_plan", "2026-03-09")],
                "child_protection_plans": [plan("child_protection_plan", "2026-04-09")],
            },
            PlanType.CHILD_PROTECTION,
        ),
        (
            {
                "child_protection_plans": [plan("child_protection_plan", "2026-04-09")],
                "child_looked_after_placements": [plan("child_looked_after_placement", "2026-05-09")],
            },
            PlanType.LOOKED_AFTER,
        ),
        (
            {
                "child_looked_after_placements": [plan("child_looked_after_placement", "2026-05-09", "2026-06-09")],
                "care_leavers": {"contact_date": "2026-07-01", "activity": "F2"},
            },
            PlanType.CARE_LEAVER,
        ),
        ({"child_protection_plans": [plan("child_protection_plan", "2026-04-09", purge=True)]}, None),
        (
            {"child_protection_plans": [plan("child_protection_plan", "2026-04-09", "2026-08-01")]},
            PlanType.CHILD_PROTECTION,
        ),
    ],
)
def test_the_strongest_plan_that_holds_is_the_footing(
    store: Daily, sections: dict[str, list[dict[str, str]]], expected: PlanType | None
) -> None:
    store.send(child("K101", episode(**sections)))  # type: ignore[arg-type]
    assert store.case().plan is expected


@pytest.mark.parametrize(
    ("assessments", "expected"),
    [
        ([], None),
        ([assessment("1C", "4A")], ()),
        ([assessment("10A", "11A")], (HarmType.MISSING, HarmType.SEXUAL_EXPLOITATION)),
        (
            [assessment("12A", "13A", "24A", "3B")],
            (HarmType.TRAFFICKING, HarmType.GANGS, HarmType.CRIMINAL_EXPLOITATION),
        ),
        ([assessment("11A"), assessment("24A", authorised="2026-08-01")], (HarmType.CRIMINAL_EXPLOITATION,)),
        ([assessment("4A", authorised=None)], None),
        ([assessment("11A", authorised=None)], (HarmType.SEXUAL_EXPLOITATION,)),
    ],
)
def test_factors_of_the_latest_assessment_are_the_harm(
    store: Daily, assessments: list[dict[str, str]], expected: tuple[HarmType, ...] | None
) -> None:
    store.send(child("K101", episode(child_and_family_assessments=assessments)))  # type: ignore[arg-type]
    assert store.case().harm_types == expected


def test_a_referral_that_led_to_nothing_does_not_wait(store: Daily) -> None:
    intake = store.send(child("K101", episode(referral_no_further_action_flag=True)))
    assert (intake.cases, intake.waiting_cases) == (0, 0)
    assert not store.case().is_open


def test_a_child_who_is_not_born_yet_is_a_case_like_any_other(store: Daily) -> None:
    unborn = child("K101", episode(), child_details={"expected_date_of_birth": "2026-12-24"})
    intake = store.send(unborn, child("K102", episode()))
    assert (intake.cases, {note.code: note.count for note in intake.notes}["unborn"]) == (2, 1)


def test_without_a_referral_date_the_first_day_of_the_episode_counts() -> None:
    assert told(read(child("K101", episode(referred=None, workers=(worker(start="2026-04-01"),)))))[1:] == [
        ("case.referred", "2026-04-01"),
        ("case.assigned", "2026-04-01"),
    ]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (episode(referred=None), "episode_undated"),
        (episode(workers=({"start_date": "2026-03-02"},)), "worker_without_id"),
        (episode(workers=(worker(start=None),)), "worker_start_unknown"),
        (episode(workers=(worker(end="2026-03-02"),)), "worker_of_no_day"),
    ],
)
def test_what_is_missing_is_noted_with_a_count(given: dict[str, str], code: str) -> None:
    assert {note.code: note.count for note in read(child("K101", given)).notes}[code] == 1  # type: ignore[arg-type]


def test_what_is_never_read_is_said_once() -> None:
    notes = read(child("K101", episode()), child("K102", episode())).notes
    assert [note.code for note in notes] == ["not_read"]
