"""A later return: the same lines say nothing new, a corrected one puts right, and an earlier year stays as it was."""

from datetime import UTC, datetime

from allocation_engine.interfaces.importers.intake import Outcome
from domain.events.case import WorkerChangeExplained
from domain.events.corrections import EventCorrected, EventRetracted
from domain.vocabulary import WorkerChangeReason
from tests.interfaces.importers.ssda903.returns import (
    Returns,
    care,
    episodes_file,
    held,
    told,
    worker_id,
    workers_file,
)

FIRST_YEAR = workers_file(
    held("101", "SW1", "01/05/2024", "01/11/2024"), held("101", "SW2", "01/11/2024", "", "ORGRST")
)


def test_the_same_return_again_says_nothing_new(store: Returns) -> None:
    care_file = episodes_file(care("101", "01/05/2024"))
    store.send(FIRST_YEAR, care_file)
    assert store.send(FIRST_YEAR, care_file).records == ()


def test_the_next_year_goes_on_from_the_worker_it_began_with(store: Returns) -> None:
    store.send(FIRST_YEAR)
    news = store.send(
        workers_file(
            held("101", "SW2", "01/11/2024", "01/07/2025", "ORGRST"), held("101", "SW3", "01/07/2025", "", "LEFTRL")
        )
    )
    assert told(news) == [
        ("worker.registered", "01/07/2025"),
        ("case.reassigned", "01/07/2025"),
        ("case.worker_change_explained", "01/07/2025"),
    ]
    assert store.primary("101", "01/06/2024") == worker_id("SW1")


def test_a_year_that_shows_only_what_is_new_does_not_refer_the_child_again(store: Returns) -> None:
    store.send(FIRST_YEAR)
    news = store.send(workers_file(held("101", "SW3", "01/07/2025")))
    assert told(news)[1:] == [("case.reassigned", "01/07/2025")]


def test_why_a_case_came_to_a_worker_is_kept_and_put_right(store: Returns) -> None:
    first = store.send(FIRST_YEAR)
    why = [one.event for one in first.records if isinstance(one.event, WorkerChangeExplained)]
    assert [(one.worker_id, one.change_reason) for one in why] == [
        (worker_id("SW2"), WorkerChangeReason.ORGANISATION_RESTRUCTURED)
    ]
    otherwise = store.send(
        workers_file(held("101", "SW1", "01/05/2024", "01/11/2024"), held("101", "SW2", "01/11/2024", "", "CHCHAN"))
    )
    (correction,) = (one.event for one in otherwise.records)
    assert isinstance(correction, EventCorrected)
    assert correction.replacement["change_reason"] == "child_asked"


def test_a_reason_that_is_empty_or_none_of_the_codes_is_not_known(store: Returns) -> None:
    told = store.send(workers_file(held("101", "SW1", "01/05/2024"), held("102", "SW1", "01/05/2024", "", "NEWCON")))
    assert not any(isinstance(one.event, WorkerChangeExplained) for one in told.records)


def test_a_date_that_was_wrong_is_one_correction_of_each_fact(store: Returns) -> None:
    store.send(FIRST_YEAR)
    news = store.send(
        workers_file(held("101", "SW1", "01/05/2024", "15/11/2024"), held("101", "SW2", "15/11/2024", "", "ORGRST"))
    )
    # The handover, and why it was.
    assert [type(record.event) for record in news.records] == [EventCorrected, EventCorrected]
    assert store.primary("101", "10/11/2024") == worker_id("SW1")


def test_care_that_has_ended_closes_the_case(store: Returns) -> None:
    store.send(FIRST_YEAR, episodes_file(care("101", "01/05/2024")))
    news = store.send(FIRST_YEAR, episodes_file(care("101", "01/05/2024", "01/03/2025")))
    assert told(news) == [("case.closed", "01/03/2025")]


def test_a_worker_in_error_is_taken_back(store: Returns) -> None:
    store.send(FIRST_YEAR)
    news = store.send(workers_file(held("101", "SW1", "01/05/2024")))
    assert [type(record.event) for record in news.records] == [EventRetracted, EventRetracted]
    assert store.primary("101", "01/01/2026") == worker_id("SW1")


def test_without_the_episodes_what_they_told_of_care_stays(store: Returns) -> None:
    workers = workers_file(held("101", "SW1", "01/05/2024"))
    store.send(workers, episodes_file(care("101", "01/05/2024", "01/03/2025")))
    assert store.send(workers).records == ()
    assert not store.case("101", "01/04/2025").is_open


def test_without_the_episodes_a_worker_who_has_ended_closes_no_case_that_is_in_care(store: Returns) -> None:
    workers = workers_file(held("101", "SW1", "01/05/2024", "01/03/2025"))
    store.send(workers, episodes_file(care("101", "01/05/2024")))
    assert store.send(workers).records == ()
    assert store.case("101", "01/04/2025").is_waiting


def test_a_return_that_comes_late_adds_only_the_time_before_the_newer_one(store: Returns) -> None:
    newer, older = datetime(2026, 5, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
    store.send(workers_file(held("101", "SW3", "01/07/2025")), drawn_at=newer)
    late = store.send(
        workers_file(held("101", "SW1", "01/05/2024", "01/03/2025"), held("101", "SW2", "01/03/2025")), drawn_at=older
    )
    assert [item.outcome for item in late.items] == [Outcome.OLDER, Outcome.OLDER]
    assert store.primary("101", "01/06/2024") == worker_id("SW1")
    assert store.primary("101", "01/06/2025") == worker_id("SW2")
    assert store.primary("101", "01/08/2025") == worker_id("SW3")


def test_a_return_of_the_same_time_that_comes_late_changes_nothing(store: Returns) -> None:
    store.send(workers_file(held("101", "SW2", "01/05/2024")), drawn_at=datetime(2026, 5, 2, tzinfo=UTC))
    late = store.send(workers_file(held("101", "SW1", "01/05/2024")), drawn_at=datetime(2026, 5, 1, tzinfo=UTC))
    assert [record.event.wire_name for record in late.records] == ["worker.registered"]
    assert store.primary("101", "01/06/2024") == worker_id("SW2")
