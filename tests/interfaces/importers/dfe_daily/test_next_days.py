"""The next day's payload: what is as it was leads to nothing, what reads otherwise is put right, people's words stand."""

from datetime import UTC, datetime

import pytest

from allocation_engine.errors import ConcurrentWrite, SettingsError, UnreadableDelivery
from allocation_engine.interfaces.importers.casework import keep
from allocation_engine.interfaces.importers.intake import Outcome
from domain.events.case import CaseAssigned
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.worker import WorkerHoursChanged, WorkerRegistered
from domain.identifiers import WorkerId
from domain.vocabulary import HarmType, RetractionReason
from tests.interfaces.importers.dfe_daily.payloads import (
    Daily,
    assessment,
    child,
    episode,
    read,
    told,
    worker,
    worker_id,
)
from tests.planning.given import given

ASSIGNED = child("K101", episode(workers=(worker("SWE100", "2026-03-02"),)))


def test_the_same_payload_again_says_nothing_new(store: Daily) -> None:
    first = store.send(ASSIGNED)
    again = store.send(ASSIGNED)
    assert (len(first.records), again.records) == (3, ())
    assert [item.outcome for item in (*first.items, *again.items)] == [Outcome.TAKEN, Outcome.KNOWN]


def test_without_a_look_at_the_record_the_same_payload_has_the_same_source_ids() -> None:
    first, again = read(ASSIGNED), read(ASSIGNED)
    assert first.records == again.records


def test_a_worker_who_came_since_is_all_that_is_told(store: Daily) -> None:
    store.send(ASSIGNED)
    stints = (worker("SWE100", "2026-03-02", "2026-10-05"), worker("SWE200", "2026-10-05"))
    news = store.send(child("K101", episode(workers=stints)))
    assert told(news) == [("worker.registered", "2026-10-05"), ("case.reassigned", "2026-10-05")]


def test_a_start_date_that_was_wrong_is_one_correction(store: Daily) -> None:
    store.send(ASSIGNED)
    news = store.send(child("K101", episode(workers=(worker("SWE100", "2026-03-09"),))))
    (record,) = news.records
    assert isinstance(record.event, EventCorrected)
    assert record.event.occurred_at == datetime(2026, 3, 9, tzinfo=UTC)
    held = store.case().primary
    assert held is not None
    assert held.since == datetime(2026, 3, 9, tzinfo=UTC)


def test_a_worker_seen_earlier_than_thought_was_registered_earlier(store: Daily) -> None:
    store.send(ASSIGNED)
    news = store.send(
        ASSIGNED, child("K102", episode(referred="2025-12-01", workers=(worker("SWE100", "2025-12-01"),)))
    )
    corrected = [record.event for record in news.records if isinstance(record.event, EventCorrected)]
    assert [one.target_source_id for one in corrected] == [f"registered:{worker_id('SWE100')}"]


def test_a_referral_date_that_was_wrong_is_one_correction(store: Daily) -> None:
    store.send(child("K101", episode(referred="2026-03-02")))
    news = store.send(child("K101", episode(referred="2026-02-23")))
    assert [type(record.event) for record in news.records] == [EventCorrected]
    assert store.case().opened_at == datetime(2026, 2, 23, tzinfo=UTC)


def test_harm_that_an_assessment_found_is_told_of_the_referral(store: Daily) -> None:
    store.send(ASSIGNED)
    found = episode(workers=(worker("SWE100"),), child_and_family_assessments=[assessment("11A")])
    news = store.send(child("K101", found))
    assert [type(record.event) for record in news.records] == [EventCorrected]
    assert store.case().harm_types == (HarmType.SEXUAL_EXPLOITATION,)


def test_a_worker_named_by_mistake_is_taken_back(store: Daily) -> None:
    store.send(ASSIGNED)
    news = store.send(child("K101", episode(workers=(worker("SWE200", "2026-03-02"),))))
    assert {type(record.event).__name__ for record in news.records} == {
        "EventRetracted",
        "CaseAssigned",
        "WorkerRegistered",
    }
    assert store.primary() == worker_id("SWE200")
    assert store.case().past_primaries == ()


def test_a_closure_taken_back_leaves_the_case_open(store: Daily) -> None:
    store.send(child("K101", episode(closed="2026-10-01", workers=(worker("SWE100"),))))
    store.send(ASSIGNED)
    assert store.primary() == worker_id("SWE100")


def test_what_is_told_wrongly_taken_back_and_told_again_holds_again(store: Daily) -> None:
    other = child("K101", episode(workers=(worker("SWE200", "2026-03-02"),)))
    for payload in (ASSIGNED, other, ASSIGNED, other, ASSIGNED):
        store.send(payload)
    assert store.primary() == worker_id("SWE100")
    assert store.send(ASSIGNED).records == ()


def test_a_record_to_be_purged_takes_back_all_that_it_told(store: Daily) -> None:
    store.send(ASSIGNED, child("K102", episode()))
    news = store.send({"la_child_id": "K101", "purge": True}, child("K102", episode()))
    assert [item.outcome for item in news.items] == [Outcome.WITHDRAWN, Outcome.KNOWN]
    assert {type(record.event) for record in news.records} == {EventRetracted}
    assert not store.case("K101").is_open
    assert store.case("K102").is_open


def test_an_episode_to_be_purged_takes_back_what_it_told_and_no_more(store: Daily) -> None:
    second = episode("E2", "2026-06-01", workers=(worker("SWE100", "2026-06-01"),))
    store.send(child("K101", episode("E1", "2026-01-05", "2026-02-02"), second))
    store.send(child("K101", {"social_care_episode_id": "E1", "purge": True}, second))
    assert store.case(as_at=datetime(2026, 1, 10, tzinfo=UTC)).opened_at is None
    assert store.primary() == worker_id("SWE100")


def test_what_a_person_took_back_is_not_told_again(store: Daily) -> None:
    store.send(ASSIGNED)
    store.engine.retract(position_of(store, "case.assigned"), "m-1", RetractionReason.CONTESTED_BY_WORKER)
    again = store.send(ASSIGNED)
    assert again.records == ()
    assert {note.code: note.count for note in again.notes}["put_right_by_hand"] == 1
    assert store.primary() is None


def position_of(store: Daily, kind: str) -> int:
    """Give where the first event of a kind stands in the log."""
    return next(one.position for one in store.engine.store.log.read().events if one.record.event.wire_name == kind)


def test_a_referral_that_a_person_took_back_stays_so_whatever_its_date_is_said_to_be(store: Daily) -> None:
    store.send(child("K101", episode(referred="2026-03-02")))
    store.engine.retract(position_of(store, "case.referred"), "m-1", RetractionReason.WRONG_PERSON)
    again = store.send(child("K101", episode(referred="2026-02-23")))
    assert (again.records, {note.code: note.count for note in again.notes}["put_right_by_hand"]) == ((), 1)
    assert not store.case().is_open


def test_a_registration_that_a_person_took_back_is_not_made_again(store: Daily) -> None:
    store.send(ASSIGNED)
    store.engine.retract(position_of(store, "worker.registered"), "m-1", RetractionReason.DUPLICATE)
    assert store.send(ASSIGNED).records == ()


def test_what_a_person_put_right_and_the_sender_then_puts_right_too_is_no_news(store: Daily) -> None:
    store.send(ASSIGNED)
    log = store.engine.store.log
    assigned = log.read().events[position_of(store, "case.assigned") - 1].record
    by_hand = EventCorrected(
        target_event_id=assigned.envelope.event_id,
        target_system=assigned.envelope.source_system,
        target_source_id=assigned.envelope.source_id,
        occurred_at=datetime(2026, 3, 9, tzinfo=UTC),
        replacement_type=assigned.event.wire_type(),
        replacement=assigned.event.model_dump(mode="json"),
        subjects=tuple(sorted(assigned.event.tags())),
    )
    given(store.engine, by_hand, at=datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert {note.code: note.count for note in store.send(ASSIGNED).notes}["put_right_by_hand"] == 1
    put_right = store.send(child("K101", episode(workers=(worker("SWE100", "2026-03-09"),))))
    assert (put_right.records, [note.code for note in put_right.notes]) == ((), ["not_read"])


def test_a_stint_found_before_one_whose_date_was_corrected_is_told_beside_it(store: Daily) -> None:
    store.send(ASSIGNED)
    store.send(child("K101", episode(workers=(worker("SWE100", "2026-03-09"),))))
    both = (worker("SWE100", "2026-03-02", "2026-03-04"), worker("SWE100", "2026-03-09"))
    news = store.send(child("K101", episode(workers=both)))
    assert [record.envelope.source_id[-2:] for record in news.records] == ["+2", "04"]
    assert store.case(as_at=datetime(2026, 3, 3, tzinfo=UTC)).primary is not None
    assert store.send(child("K101", episode(workers=both))).records == ()


def test_hours_are_assumed_only_of_whom_no_hours_are_known(store: Daily) -> None:
    known = WorkerId(worker_id("SWE200"))
    given(store.engine, WorkerRegistered(worker_id=known, fte=0.8), at=datetime(2025, 1, 1, tzinfo=UTC))
    both = child("K101", episode(workers=(worker("SWE100"), worker("SWE200", "2026-05-01"))))
    for expected in (1, 0):
        intake = read(both, engine=store.engine, assume_fte=0.6)
        assert sum(isinstance(record.event, WorkerHoursChanged) for record in intake.records) == expected
        assert "hours_assumed" in {note.code for note in intake.notes}
        store.engine.ingest(intake.records)


def test_whoever_the_personnel_system_registered_keeps_their_hours(store: Daily) -> None:
    person = WorkerId(worker_id("SWE100"))
    given(store.engine, WorkerRegistered(worker_id=person, fte=0.8), at=datetime(2025, 1, 1, tzinfo=UTC))
    store.send(ASSIGNED)
    assert store.engine.situation().workers[person].fte == pytest.approx(0.8)


def test_a_case_that_another_system_told_of_as_well_is_noted(store: Daily) -> None:
    first = store.send(ASSIGNED)
    given(store.engine, *(record.event for record in first.records[1:]))
    assert {note.code: note.count for note in store.send(ASSIGNED).notes}["from_elsewhere"] == 1


def test_a_payload_that_comes_late_undoes_nothing_newer(store: Daily) -> None:
    store.send(child("K101", episode(workers=(worker("SWE200"),))), drawn_at=datetime(2026, 11, 1, 7, tzinfo=UTC))
    late = store.send(ASSIGNED, drawn_at=datetime(2026, 11, 1, 6, tzinfo=UTC))
    assert [item.outcome for item in late.items] == [Outcome.OLDER]
    assert [(note.code, note.count) for note in late.notes][-1] == ("older", 1)
    assert store.primary() == worker_id("SWE200")


def test_an_episode_that_only_the_older_payload_tells_of_is_added(store: Daily) -> None:
    newer, older = datetime(2026, 11, 1, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)
    store.send(child("K101", episode("E2", "2026-06-01", workers=(worker("SWE200", "2026-06-01"),))), drawn_at=newer)
    first = episode("E1", "2026-01-05", "2026-02-02", workers=(worker("SWE100", "2026-01-05"),))
    late = store.send(child("K101", first, episode("E2", "2026-06-08")), drawn_at=older)
    assert [(item.outcome, item.records) for item in late.items] == [(Outcome.OLDER, 3)]
    assert store.primary(as_at=datetime(2026, 1, 20, tzinfo=UTC)) == worker_id("SWE100")
    assert store.primary() == worker_id("SWE200")
    assert store.case().opened_at == datetime(2026, 6, 1, tzinfo=UTC)


def test_a_child_who_was_purged_does_not_come_back_with_an_older_payload(store: Daily) -> None:
    store.send({"la_child_id": "K101", "purge": True}, drawn_at=datetime(2026, 11, 1, 7, tzinfo=UTC))
    late = store.send(ASSIGNED, drawn_at=datetime(2026, 11, 1, 6, tzinfo=UTC))
    assert [record.event.wire_name for record in late.records] == ["worker.registered"]


def test_what_was_on_record_before_statements_were_kept_is_put_right_as_ever(store: Daily) -> None:
    store.engine.ingest(read(ASSIGNED).records)
    news = store.send(child("K101", episode(workers=(worker("SWE200"),))))
    assert [type(record.event) for record in news.records][1:] == [EventRetracted, CaseAssigned]
    assert store.primary() == worker_id("SWE200")


def test_a_payload_of_tomorrow_is_refused(store: Daily) -> None:
    with pytest.raises(UnreadableDelivery) as refused:
        store.send(ASSIGNED, drawn_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert refused.value.code == "drawn_in_future"


def test_a_moment_without_a_zone_is_refused(store: Daily) -> None:
    with pytest.raises(SettingsError, match="drawn_at"):
        store.send(ASSIGNED, drawn_at=datetime(2026, 11, 1))  # noqa: DTZ001


def test_of_two_payloads_that_are_taken_in_at_once_the_second_reads_again(store: Daily) -> None:
    one, other = (
        read(child("K101", episode(referred=day)), engine=store.engine) for day in ("2026-03-02", "2026-03-09")
    )
    keep(store.engine, one.records, one.said)
    with pytest.raises(ConcurrentWrite):
        keep(store.engine, other.records, other.said)
    assert store.case().opened_at == datetime(2026, 3, 2, tzinfo=UTC)
