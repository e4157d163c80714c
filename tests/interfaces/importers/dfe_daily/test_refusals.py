"""A record that cannot be read is refused by itself, with its place and the reason; the others are taken."""

import json
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from allocation_engine.errors import SettingsError, UnreadableDelivery
from allocation_engine.interfaces.importers.dfe_daily import parse_dfe_daily, read_dfe_daily
from allocation_engine.interfaces.importers.intake import Outcome
from tests.interfaces.importers.dfe_daily.payloads import FIRST_DAY, PSEUDONYMS, child, episode, read, worker

EPISODE = "/0/social_care_episodes/0"
BAD: list[tuple[JsonValue, str, str]] = [
    (7, "/0", "not_an_object"),
    (None, "/0", "not_an_object"),
    ({}, "/0/la_child_id", "missing_field"),
    ({"purge": True}, "/0/la_child_id", "missing_field"),
    ({"la_child_id": 7}, "/0/la_child_id", "not_text"),
    ({"la_child_id": "Anna Example"}, "/0/la_child_id", "unfit_id"),
    ({"la_child_id": "K1", "purge": "yes"}, "/0/purge", "not_true_or_false"),
    ({"la_child_id": "K1", "social_care_episodes": 7}, "/0/social_care_episodes", "not_a_list"),
    ({"la_child_id": "K1", "social_care_episodes": [[]]}, EPISODE, "not_an_object"),
    ({"la_child_id": "K1", "social_care_episodes": [{}]}, f"{EPISODE}/social_care_episode_id", "missing_field"),
    (child("K1", episode(referred="02/03/2026")), f"{EPISODE}/referral_date", "unreadable_date"),
    (child("K1", episode(referred="2026-02-30")), f"{EPISODE}/referral_date", "unreadable_date"),
    (child("K1", episode(referred="2226-03-02")), f"{EPISODE}/referral_date", "implausible_date"),
    (child("K1", episode(referred="1900-01-01")), f"{EPISODE}/referral_date", "implausible_date"),
    (child("K1", episode(referred="2026-03-02", closed="2026-03-01")), f"{EPISODE}/closure_date", "end_before_start"),
    (child("K1", episode(workers=(worker("Anna Example"),))), f"{EPISODE}/care_worker_details/0/worker_id", "unfit_id"),
    (
        child("K1", episode(workers=(worker(start="2026-03-02", end="2026-02-02"),))),
        f"{EPISODE}/care_worker_details/0/end_date",
        "end_before_start",
    ),
    (
        child("K1", episode(child_and_family_assessments=[{"factors": ["longer than a code"]}])),
        f"{EPISODE}/child_and_family_assessments/0/factors/0",
        "too_long",
    ),
    (
        child("K1", episode("E1"), episode("E1")),
        "/0/social_care_episodes/1/social_care_episode_id",
        "repeated_episode",
    ),
]


@pytest.mark.parametrize(("record", "path", "code"), BAD)
def test_a_record_is_refused_with_its_place_and_the_reason(record: JsonValue, path: str, code: str) -> None:
    intake = read(record, child("K2", episode()))
    assert [(one.path, one.code) for one in intake.refused] == [(path, code)]
    assert [item.outcome for item in intake.items] == [Outcome.REFUSED, Outcome.TAKEN]
    assert len(intake.records) == 1


def test_every_fault_of_a_record_is_told_at_once() -> None:
    faulty = child("K1", episode(referred="soon", workers=(worker("?"), worker(start="later"))))
    assert len(read(faulty).refused) == 3


def test_a_child_who_comes_twice_in_a_payload_is_taken_once() -> None:
    intake = read(child("K1", episode()), child("k1", episode("E2")))
    (refused,) = intake.refused
    assert (refused.path, refused.code) == ("/1/la_child_id", "repeated_child")


def test_null_is_as_good_as_absent() -> None:
    nothing: JsonValue = {
        "la_child_id": "K1",
        "purge": None,
        "social_care_episodes": [
            {
                "social_care_episode_id": "E1",
                "referral_date": "2026-03-02",
                "closure_date": None,
                "care_worker_details": None,
                "child_and_family_assessments": [{"factors": None}],
                "care_leavers": None,
            }
        ],
    }
    assert read(nothing).records == read(child("K1", episode(child_and_family_assessments=[{}]))).records


def test_fields_of_a_later_version_of_the_schema_are_let_be() -> None:
    record = child("K1", {**episode(), "a_later_section": [{"more": 1}]}, another={"field": 2})
    assert read(record).records == read(child("K1", episode())).records


@pytest.mark.parametrize("payload", [None, 7, "text", {}, {"la_child_id": "K1"}])
def test_what_is_no_list_of_records_is_refused_whole(payload: JsonValue) -> None:
    with pytest.raises(UnreadableDelivery) as caught:
        read_dfe_daily(payload, pseudonyms=PSEUDONYMS, recorded_at=FIRST_DAY, actor="importer")
    assert (caught.value.code, caught.value.source) == ("not_a_list", "the payload")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"1e", b"[1,]"])
def test_what_is_no_json_is_refused_whole(content: bytes) -> None:
    with pytest.raises(UnreadableDelivery, match=r"daily\.json"):
        parse_dfe_daily(content, "daily.json")


def test_a_payload_in_any_encoding_of_json_is_read() -> None:
    text = json.dumps([child("K1", episode())])
    read_in = [parse_dfe_daily(text.encode(one), "daily.json") for one in ("utf-8", "utf-8-sig", "utf-16")]
    assert read_in[0] == read_in[1] == read_in[2]


@pytest.mark.parametrize(
    "setting", [{"actor": "Anna Example"}, {"assume_fte": 9.0}, {"recorded_at": FIRST_DAY.replace(tzinfo=None)}]
)
def test_a_setting_that_makes_no_sense_is_refused(setting: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        read_dfe_daily(
            [],
            **{"pseudonyms": PSEUDONYMS, "recorded_at": FIRST_DAY, "actor": "importer", **setting},  # type: ignore[arg-type]
        )


NAMES = st.sampled_from(
    ["la_child_id", "purge", "social_care_episodes", "social_care_episode_id", "referral_date", "closure_date",
     "care_worker_details", "worker_id", "start_date", "end_date", "child_and_family_assessments", "factors",
     "child_details", "date_of_birth", "expected_date_of_birth", "care_leavers", "child_in_need_plans"]
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["K1", "2026-03-02", "11A"])
)
ANYTHING: st.SearchStrategy[JsonValue] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=6),
    max_leaves=30,
)


@settings(max_examples=300)
@given(ANYTHING | st.lists(ANYTHING, max_size=5))
@example([{"la_child_id": "K1", "social_care_episodes": [{"social_care_episode_id": "\ud800"}]}])
def test_whatever_is_sent_is_read_or_refused(payload: JsonValue) -> None:
    try:
        intake = read_dfe_daily(payload, pseudonyms=PSEUDONYMS, recorded_at=FIRST_DAY, actor="importer")
    except UnreadableDelivery:
        assert not isinstance(payload, list)
        return
    assert isinstance(payload, list)
    assert len(intake.items) == len(payload)
    assert {one.path.split("/")[1] for one in intake.refused} == {
        item.path.removeprefix("/") for item in intake.items if item.outcome is Outcome.REFUSED
    }


@settings(max_examples=300)
@given(st.binary())
def test_whatever_bytes_are_sent_are_json_or_refused(content: bytes) -> None:
    with suppress(UnreadableDelivery):
        parse_dfe_daily(content, "daily.json")
