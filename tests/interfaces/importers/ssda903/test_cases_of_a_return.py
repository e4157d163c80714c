"""What the lines of a child say together: in care from when, with which social worker, until when."""

import pytest

from domain.vocabulary import PlanType
from tests.interfaces.importers.ssda903.returns import (
    Returns,
    care,
    episodes_file,
    held,
    noted,
    read,
    told,
    worker_id,
    workers_file,
)


def test_a_child_in_care_is_a_case_of_its_social_worker(store: Returns) -> None:
    intake = store.send(workers_file(held("101", "SW1", "01/04/2026")))
    assert told(intake) == [
        ("worker.registered", "01/04/2026"),
        ("case.referred", "01/04/2026"),
        ("case.assigned", "01/04/2026"),
    ]
    assert store.case("101", "02/11/2026").plan is PlanType.LOOKED_AFTER
    assert (intake.cases, intake.waiting_cases, intake.workers) == (1, 0, 1)


def test_one_social_worker_after_another_is_one_step_and_the_reason_is_counted(store: Returns) -> None:
    intake = store.send(
        workers_file(held("101", "SW1", "01/04/2026", "01/06/2026"), held("101", "SW2", "01/06/2026", "", "LEFTRL"))
    )
    assert told(intake)[-2:] == [("case.reassigned", "01/06/2026"), ("case.worker_change_explained", "01/06/2026")]
    assert [(note.why, note.count) for note in intake.notes if note.code == "reason_of_change"] == [
        ("social workers who came for the reason LEFTRL", 1)
    ]


def test_the_order_of_the_lines_does_not_matter() -> None:
    rows = [
        held("101", "SW1", "01/04/2026", "01/06/2026"),
        held("101", "SW2", "01/06/2026"),
        held("7", "SW1", "01/05/2026"),
    ]
    assert read(workers_file(*rows)).records == read(workers_file(*rows[::-1])).records


@pytest.mark.parametrize(("end", "code"), [("", "end_missing"), ("01/07/2026", "overlapping")])
def test_of_two_who_overlap_the_earlier_has_handed_over(store: Returns, end: str, code: str) -> None:
    intake = store.send(workers_file(held("101", "SW1", "01/04/2026", end), held("101", "SW2", "01/06/2026")))
    assert noted(intake)[code] == 1
    assert store.primary("101", "01/06/2026") == worker_id("SW2")
    assert store.case("101", "15/06/2026").co_workers == ()


def test_a_gap_between_two_is_time_without_a_worker(store: Returns) -> None:
    store.send(workers_file(held("101", "SW1", "01/04/2026", "01/06/2026"), held("101", "SW2", "20/06/2026")))
    assert store.case("101", "10/06/2026").is_waiting
    assert store.primary("101", "20/06/2026") == worker_id("SW2")


def test_without_episodes_a_case_ends_with_its_last_worker_and_that_is_said(store: Returns) -> None:
    intake = store.send(workers_file(held("101", "SW1", "01/04/2026", "01/06/2026")))
    assert (told(intake)[-1], noted(intake)["no_episodes"]) == (("case.closed", "01/06/2026"), 1)


def test_a_child_still_in_care_whose_worker_has_ended_waits(store: Returns) -> None:
    intake = store.send(
        workers_file(held("101", "SW1", "01/04/2026", "01/06/2026")), episodes_file(care("101", "01/04/2026"))
    )
    assert (intake.cases, intake.waiting_cases) == (1, 1)
    assert store.case("101", "02/11/2026").is_waiting
    assert "no_episodes" not in noted(intake)


def test_a_change_of_placement_is_no_end_of_care(store: Returns) -> None:
    placements = episodes_file(care("101", "01/04/2026", "01/05/2026"), care("101", "01/05/2026", why="P"))
    intake = store.send(workers_file(held("101", "SW1", "01/04/2026")), placements)
    assert [kind for kind, _ in told(intake)] == ["worker.registered", "case.referred", "case.assigned"]


def test_the_case_is_closed_when_care_ends_though_the_worker_has_no_end(store: Returns) -> None:
    intake = store.send(
        workers_file(held("101", "SW1", "01/04/2026")), episodes_file(care("101", "01/04/2026", "01/09/2026"))
    )
    assert told(intake)[-1] == ("case.closed", "01/09/2026")
    assert noted(intake)["open_after_care"] == 1


def test_a_worker_on_the_case_before_care_and_after_it_is_kept(store: Returns) -> None:
    store.send(
        workers_file(held("101", "SW1", "01/02/2026", "01/10/2026")),
        episodes_file(care("101", "01/04/2026", "01/09/2026")),
    )
    assert store.primary("101", "10/02/2026") == worker_id("SW1")
    assert store.primary("101", "20/09/2026") == worker_id("SW1")
    assert not store.case("101", "01/10/2026").is_open


def test_a_child_who_came_into_care_again_is_referred_again(store: Returns) -> None:
    store.send(
        workers_file(held("101", "SW1", "01/02/2026", "01/03/2026"), held("101", "SW2", "01/06/2026")),
        episodes_file(care("101", "01/02/2026", "01/03/2026"), care("101", "01/06/2026")),
    )
    assert not store.case("101", "10/04/2026").is_open
    assert store.primary("101", "01/06/2026") == worker_id("SW2")


def test_a_child_in_care_with_no_social_worker_at_all_waits_and_is_noted(store: Returns) -> None:
    intake = store.send(workers_file(), episodes_file(care("101", "01/04/2026")))
    assert (intake.waiting_cases, noted(intake)["no_worker_at_all"]) == (1, 1)


def test_short_breaks_are_no_care(store: Returns) -> None:
    intake = store.send(workers_file(), episodes_file(care("101", "01/04/2026", "03/04/2026", status="V4")))
    assert (intake.records, noted(intake)["short_breaks"]) == ((), 1)


def test_a_reason_that_is_no_code_is_counted_and_never_repeated() -> None:
    intake = read(workers_file(held("101", "SW1", "01/04/2026", "", "argued with Anna")))
    assert noted(intake)["reason_unknown"] == 1
    assert "ANNA" not in str(intake.to_json_dict()).upper()
