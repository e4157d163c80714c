"""No name, birth, postcode, pupil number, health or worker's number of a payload reaches events, report or errors."""

import json

import pytest
from pydantic import JsonValue

from tests.interfaces.importers.dfe_daily.payloads import Daily, Json, assessment, child, episode, plan, read, worker

MARKS = (
    "Zebedee", "Markerson", "2011-04-17", "ZZ99 9ZZ", "X999000111222", "W888000111222", "WXYZ", "MOBX", "2026-02-19",
    "4711", "SWEZZ77", "KMARK1", "EMARK1", "2Z", "MISMARK",
)  # fmt: skip


def marked(**changed: JsonValue) -> Json:
    """Make a record whose every personal value is a mark that can be found again."""
    held = episode(
        "EMARK1",
        workers=(worker("SWEZZ77"),),
        referral_source="2Z",
        child_and_family_assessments=[assessment("11A")],
        child_looked_after_placements=[{**plan("child_looked_after_placement", "2026-05-05"), "postcode": "ZZ99 9ZZ"}],
    )
    personal: Json = {
        "first_name": "Zebedee",
        "surname": "Markerson",
        "date_of_birth": "2011-04-17",
        "postcode": "ZZ99 9ZZ",
        "unique_pupil_number": "X999000111222",
        "former_unique_pupil_number": "W888000111222",
        "ethnicity": "WXYZ",
        "disabilities": ["MOBX"],
        "sex": "F",
    }
    health: Json = {"sdq_assessments": [{"date": "2026-02-19", "score": 4711}]}
    return {
        **child("KMARK1", held, child_details=personal, health_and_wellbeing=health, mis_child_id="MISMARK"),
        **changed,
    }


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark.casefold() in text.casefold()]


def test_nothing_personal_is_in_the_events_or_the_report(store: Daily) -> None:
    first = store.send(marked())
    assert first.records
    second = store.send(marked(purge=True))
    for intake in (first, second):
        told = "".join(record.model_dump_json() + record.event.model_dump_json() for record in intake.records)
        assert marks_in(told) == []
        assert marks_in(json.dumps(intake.to_json_dict())) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"la_child_id": "Zebedee Markerson"},
        {"social_care_episodes": "Zebedee Markerson"},
        {"social_care_episodes": [{"social_care_episode_id": "EMARK1", "referral_date": "ZZ99 9ZZ"}]},
        {"social_care_episodes": [episode("EMARK1"), episode("EMARK1")]},
        {"social_care_episodes": [episode("Markerson!")]},
        {"social_care_episodes": [episode("EMARK1", workers=(worker("Zebedee Markerson"),))]},
        {"Zebedee": {"Markerson": 1}, "purge": 4711},
    ],
)
def test_nothing_personal_is_in_a_refusal(fault: Json) -> None:
    intake = read(marked(**fault))
    assert intake.refused
    assert marks_in(repr(intake.refused) + json.dumps(intake.to_json_dict())) == []


def test_who_is_who_is_told_to_the_manager_alone() -> None:
    intake = read(marked())
    assert {(row.kind, row.original) for row in intake.lookup} == {("case", "KMARK1"), ("worker", "SWEZZ77")}
