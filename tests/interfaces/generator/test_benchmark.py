"""The benchmark runs on a generated service and reports every projection."""

import json
from pathlib import Path

import pytest

from benchmarks.append_and_rebuild import main
from projections import ALL


def test_the_benchmark_reports_each_step_as_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--events", "400", "--workers", "6", "--seed", "3", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {row["what"]: row for row in told["measures"]}
    assert {f"{step} {one.name}" for one in ALL for step in ("catch up", "rebuild")} <= set(rows)
    numbers = {rows[what]["events"] for what in ("generate", "ingest", "stream the log")}
    assert len(numbers) == 1
    assert 300 <= numbers.pop() <= 400
    assert rows["stream the log"]["ratio_to_plain_read"] > 1
    assert told["conditions"]["workers"] == 6


def test_a_store_that_holds_events_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'used.sqlite'}"
    assert main(["--events", "200", "--workers", "4", "--store", url]) == 0
    assert main(["--events", "200", "--workers", "4", "--store", url]) == 2
    assert "give an empty store" in capsys.readouterr().err
