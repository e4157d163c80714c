"""The report `alerts` and the command `answer-alert`, as a manager and as a program call them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine


def alerts(service: CommandLine, *arguments: str) -> Any:
    return service.document("report", "alerts", *arguments)["alerts"]


def reported(number: int, kind: str, day: str, **event: object) -> str:
    line = {
        "type": f"worker.{kind}.v1",
        "event": {"worker_id": "w-new", **event},
        "occurred_at": f"2026-{day}T09:00:00Z",
        "source_system": "desk",
        "source_id": str(number),
    }
    return json.dumps(line)


@pytest.fixture
def busy(empty: CommandLine) -> CommandLine:
    """A service in which one worker joined, was agreed no supervision, told how it feels, and raised a concern."""
    empty.text("generate", "--workers", "4", "--waiting", "1", "--weeks", "2", "--ends", "2026-08-20")
    lines = [
        reported(1, "registered", "09-01", fte=1.0),
        reported(2, "check_in_recorded", "09-10", felt_load=5),
        reported(3, "capacity_concern_raised", "09-12"),
    ]
    Path("told.jsonl").write_text("\n".join(lines), encoding="utf-8")
    empty.text("record", "told.jsonl", "--by", "m-0042")
    return empty


def test_the_page_says_what_it_shows_fits_eighty_columns_and_ends_with_what_it_must_not_be_read_as(
    busy: CommandLine,
) -> None:
    page = busy.text("report", "alerts")
    assert page.startswith("Blind-spot alerts on ")
    assert "What a named leader should look at." in page
    assert all(len(line) <= 80 for line in page.splitlines())
    assert " ".join(page.split()).endswith("its loads are an accounting index, not a measure of stress.")


def test_the_document_gives_each_alert_its_rule_subject_onset_and_evidence(busy: CommandLine) -> None:
    document: Any = busy.document("report", "alerts")
    assert len(document["rules"]) == 8
    assert document["alerts"]
    codes = {rule["code"]: rule["personal"] for rule in document["rules"]}
    page = busy.text("report", "alerts")
    for one in document["alerts"]:
        assert one["personal"] is codes[one["rule"]]
        assert one["open"] is True
        assert one["evidence"]
        assert one["alert_id"] in page


def test_an_answered_alert_is_listed_with_who_and_when(busy: CommandLine) -> None:
    first = alerts(busy)[0]["alert_id"]
    assert f"Alert {first} is answered by m-0042." in busy.text("answer-alert", first, "--by", "m-0042")
    assert f"{first}  " not in busy.text("report", "alerts")
    assert f"{first}  " in busy.text("report", "alerts", "--all")
    assert "answered by m-0042" in busy.text("report", "alerts", first)
    (one,) = [alert for alert in alerts(busy) if alert["alert_id"] == first]
    assert (one["open"], one["answered_by"]) == (False, "m-0042")
    assert busy.refused("answer-alert", first, "--by", "m-0043")[0] == "alert_answered"


def test_one_alert_shows_what_it_rests_on(busy: CommandLine) -> None:
    one = alerts(busy)[0]
    page = busy.text("report", "alerts", one["alert_id"])
    assert "What it rests on" in page
    document: Any = busy.document("report", "alerts", one["alert_id"])
    assert document["alert"] == one
    assert all(part["event_id"] in page for part in one["evidence"] if part["event_id"])
    personal = next(alert for alert in alerts(busy) if alert["personal"])
    assert "nobody else" in " ".join(busy.text("report", "alerts", personal["alert_id"]).split())


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("answer-alert", "al-nothing", "--by", "m-1"), "no_alert"),
        (("report", "alerts", "al-nothing"), "settings"),
        (("report", "alerts", "--team", "t-none"), "settings"),
        (("answer-alert", "al-nothing", "--by", "A Name"), "settings"),
    ],
)
def test_what_is_no_alert_or_no_id_is_refused_in_a_sentence(
    service: CommandLine, command: tuple[str, ...], code: str
) -> None:
    assert service.refused(*command)[0] == code


def test_an_alert_is_not_there_before_it_was_raised(busy: CommandLine) -> None:
    last = alerts(busy)[-1]
    before = alerts(busy, "--as-at", "2026-09-05")
    assert last["alert_id"] not in {one["alert_id"] for one in before}
