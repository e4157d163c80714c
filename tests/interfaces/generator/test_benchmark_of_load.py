"""The benchmarks of worker load time what they say, on a store that is made once."""

import json
from pathlib import Path

import pytest

from allocation_engine.persistence.store import open_store
from benchmarks.following import main as follow
from benchmarks.made_up_store import WrongStore, make_store
from benchmarks.rebuild_load import main as rebuild

EVENTS = 400


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made-up") / "service.sqlite"
    making = make_store(made, EVENTS, workers=6, seed=3)
    assert making.events == EVENTS
    assert making.elapsed > 0
    return made


def test_a_store_of_so_many_events_is_made_once(file: Path) -> None:
    assert make_store(file, EVENTS, workers=6, seed=3).elapsed == 0
    with open_store(f"sqlite:///{file}") as store:
        assert store.log.head() == EVENTS


def test_a_store_of_more_events_is_not_taken_for_it(file: Path) -> None:
    with pytest.raises(WrongStore, match="name another file"):
        make_store(file, EVENTS - 100)
    assert rebuild(["--events", "300", "--store-file", str(file)]) == 2
    assert follow(["--events", "300", "--store-file", str(file)]) == 2


def test_a_making_that_was_broken_off_is_taken_up_again(tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.sqlite", tmp_path / "part.sqlite"
    make_store(whole, EVENTS, workers=6, seed=3)
    with open_store(f"sqlite:///{whole}") as full, open_store(f"sqlite:///{part}") as begun:
        begun.log.ingest([stored.record for stored in full.log.read(limit=150).events])
        assert make_store(part, EVENTS, workers=6, seed=3).events == EVENTS
        assert [one.record for one in begun.log.stream()] == [one.record for one in full.log.stream()]


def test_a_rebuild_is_set_against_the_plain_read_of_the_same_file(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--events", str(EVENTS), "--store-file", str(file), "--repeat", "1", "--caseload", "--json"]
    assert rebuild(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {row["what"]: row for row in told["measures"]}
    assert set(rows) == {"plain sqlite3 read", "rebuild worker load", "rebuild caseload", "read every load"}
    assert {row["count"] for row in told["measures"] if row["unit"] == "events"} == {EVENTS}
    assert rows["read every load"]["count"] >= 6
    load, plain = rows["rebuild worker load"], rows["plain sqlite3 read"]
    assert load["ratio_to_plain_read"] == pytest.approx(load["seconds"] / plain["seconds"])
    assert load["peak_mib"] > 10


@pytest.mark.parametrize("through", ["ingest", "record"])
def test_a_new_event_is_followed_into_the_load_and_the_kept_store_stays_as_it_was(
    file: Path, through: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--events", str(EVENTS), "--store-file", str(file), "--tries", "5", "--workers", "6", "--json"]
    assert follow([*arguments, "--through", through]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["what"] for row in told["measures"]} == {
        "take the event in",
        "ask for the load",
        "both: visible after",
        "every reason for it",
        "plain sqlite3",
    }
    assert all(0 < row["p50"] <= row["p95"] <= row["p99"] <= row["most"] for row in told["measures"])
    with open_store(f"sqlite:///{file}") as store:
        assert store.log.head() == EVENTS
