"""After an erasure nothing that was said of the person is found or read: in the log, the views, or a backup."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused, PersonWasErased, SettingsError
from allocation_engine.persistence import open_store
from allocation_engine.persistence.check import check_store
from domain.events.case import CaseClosed, CaseReferred
from domain.events.corrections import PersonErased
from domain.identifiers import CaseId, WorkerId
from domain.load import LoadAccount
from domain.vocabulary import ErasureReason
from projections import ALL, WORKER_LOAD
from tests.contracts.erased_service import (
    CHILD,
    W1,
    W2,
    W3,
    Kept,
)

ROOT = Path(__file__).parents[2]
REASON = ErasureReason.RETENTION_PERIOD_OVER
DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=DURABLE)
def kept(request: pytest.FixtureRequest, tmp_path: Path, new_store_url: Callable[[str], str]) -> Kept:
    url = new_store_url(request.param)

    def files() -> list[Path]:
        if request.param == "sqlite":
            path = Path(url.removeprefix("sqlite:///"))
            return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        assert row is not None
        return sorted(Path(row[0]).rglob("*"))

    one = Kept(url, tmp_path / "persons.keys", files)
    one.fill()
    return one


def every_view(engine: Engine) -> dict[str, Any]:
    models = engine.store.read_models
    return {view.name: (models.catch_up(view) and models.rows(view)) for view in ALL}


def of(accounts: Mapping[WorkerId, LoadAccount], worker: WorkerId) -> tuple[float, float | None]:
    return accounts[worker].load.total, accounts[worker].capacity


def accounts(engine: Engine) -> dict[WorkerId, LoadAccount]:
    moment = engine.clock()
    return {worker: engine.account(worker, as_at=moment) for worker in (W1, W2, W3)}


def test_what_is_said_of_persons_is_stored_nowhere_plain(kept: Kept) -> None:
    with kept.engine() as engine:
        shown = str(every_view(engine))
        assert all(word in shown for word in (*kept.of_the_child[:1], *kept.of_the_worker))
        assert kept.found(*kept.every_word) == []
    assert kept.found(*kept.every_word) == []
    assert kept.found("case.referred")  # the search does find what is there


def test_the_search_finds_what_is_stored_without_keys(kept: Kept) -> None:
    with kept.engine() as engine:
        records = [one.record for one in engine.store.log.read().events]
    with open_store(kept.url) as plain:
        moved = [
            one.model_copy(update={"envelope": one.envelope.model_copy(update={"source_id": f"again-{n}"})})
            for n, one in enumerate(records)
        ]
        plain.log.ingest(moved)
        found = kept.found(*kept.every_word)
    assert {word for word, _ in found} == set(kept.every_word)


def test_an_erased_case_is_in_no_view_and_its_workers_accounts_name_a_gap(kept: Kept) -> None:
    with kept.engine() as engine:
        every_view(engine)
        before = accounts(engine)
        as_at = engine.clock()
        outcome = engine.erase(["case:c-1"], "m-1", REASON)
        assert (outcome.subjects, outcome.already) == (("case:c-1",), ())
        after = {worker: engine.account(worker, as_at=as_at) for worker in (W1, W2, W3)}
        shown = str(every_view(engine))
        assert not [word for word in kept.of_the_child if word in shown]
        assert all(word in shown for word in kept.of_the_worker)
        assert any("erased" in gap for gap in after[W1].gaps)
        assert not any("erased" in gap for gap in (*before[W1].gaps, *after[W2].gaps, *after[W3].gaps))
        assert [of(after, other) for other in (W2, W3)] == [of(before, other) for other in (W2, W3)]
        figures = engine.loads(as_at=as_at).columns
        assert dict(zip(figures.workers, figures.part_erased.tolist(), strict=True)) == {W1: True, W2: False, W3: False}
    assert kept.found(*kept.of_the_child, *kept.common) == []


def test_an_erased_worker_leaves_the_others_figures_as_they_are(kept: Kept) -> None:
    with kept.engine() as engine:
        before, as_at = accounts(engine), engine.clock()
        engine.erase(["worker:w-1"], "m-1", REASON)
        after = {worker: engine.account(worker, as_at=as_at) for worker in (W1, W2, W3)}
        assert [of(after, other) for other in (W2, W3)] == [of(before, other) for other in (W2, W3)]
        assert (after[W1].capacity, any("this worker was erased" in gap for gap in after[W1].gaps)) == (None, True)
        shown = str(every_view(engine))
        assert not [word for word in kept.of_the_worker if word in shown]
        assert W1 not in engine.situation().workers


def test_live_views_equal_a_rebuild_after_an_erasure_and_the_store_is_sound(kept: Kept) -> None:
    with kept.engine() as engine:
        every_view(engine)
        engine.erase(["case:c-1", "worker:w-2"], "m-1", REASON)
        live = every_view(engine)
        for view in ALL:
            engine.store.read_models.rebuild(view)
        assert every_view(engine) == live
        assert check_store(engine.store, ALL).faults == ()


def test_an_erasure_is_on_record_and_may_be_repeated(kept: Kept) -> None:
    with kept.engine() as engine:
        first = engine.erase(["case:c-1"], "m-1", REASON)
        again = engine.erase(["case:c-1"], "m-2", REASON)
        assert (first.already, again.already, first.position) == ((), ("case:c-1",), again.position)
        last = engine.store.log.read(after=again.position - 1).events[-1].record
        assert last.event == PersonErased(subjects=("case:c-1",), erased="case:c-1", reason=REASON)
        assert last.envelope.actor == "m-1"


def test_nothing_more_is_recorded_of_somebody_erased_and_a_repeated_delivery_is_let_be(kept: Kept) -> None:
    with kept.engine() as engine:
        delivery = [one.record for one in engine.store.log.read(limit=8).events]
        engine.erase(["case:c-1"], "m-1", REASON)
        with pytest.raises(PersonWasErased) as refused:
            engine.record(CaseReferred(case_id=CHILD), "m-1")
        assert refused.value.subject == "case:c-1"
        assert engine.ingest(delivery).already_known == 8
        engine.record(CaseClosed(case_id=CaseId("c-2")), "m-1")


@pytest.mark.parametrize(("subject", "code"), [("team:t-1", "not_a_person"), ("case:c-9", "unknown_person")])
def test_only_a_person_on_record_can_be_erased(kept: Kept, subject: str, code: str) -> None:
    with kept.engine() as engine:
        head = engine.store.log.head()
        with pytest.raises(DecisionRefused) as refused:
            engine.erase(["case:c-1", subject], "m-1", REASON)
        assert refused.value.rejection.code == code
        assert engine.store.log.head() == head
        assert engine.account(W1).gaps == ()


def test_a_store_without_keys_cannot_erase(new_store_url: Callable[[str], str]) -> None:
    from allocation_engine import open_engine  # noqa: PLC0415  the one test that opens it so

    with open_engine(new_store_url("sqlite"), person_keys="none") as engine, pytest.raises(SettingsError):
        engine.erase(["case:c-1"], "m-1", REASON)


def test_load_rows_of_a_sealed_store_are_the_same_in_columns_as_one_by_one(kept: Kept) -> None:
    with kept.engine() as engine:
        engine.erase(["case:c-1"], "m-1", REASON)
        engine.store.read_models.rebuild(WORKER_LOAD)
        columns = engine.store.read_models.rows(WORKER_LOAD)
        fold, _ = engine.store.read_models.fold(WORKER_LOAD)
        assert columns == fold.states


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_erasure_that_was_killed_half_way_is_taken_up_again(kept: Kept, when: str) -> None:
    command = [sys.executable, "-m", "tests.contracts.eraser", kept.url, str(kept.keys), when]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    with kept.engine() as engine:
        assert isinstance(engine.store.log.read().events[-1].record.event, PersonErased)
        head = engine.store.log.head()
        found = [one.code for one in check_store(engine.store, ALL).faults]
        assert found == (["erasure_unfinished"] if when == "before" else [])
        outcome = engine.erase(["case:c-1"], "m-2", REASON)
        assert outcome.already == (() if when == "before" else ("case:c-1",))
        assert engine.store.log.head() == head
        shown = str([one.record for one in engine.store.log.read().events])
        assert not [word for word in kept.of_the_child if word in shown]
        assert check_store(engine.store, ALL).faults == ()


def test_when_an_erasure_returns_no_other_process_reads_or_writes_about_the_person(kept: Kept) -> None:
    command = [sys.executable, "-m", "tests.contracts.watcher", kept.url, str(kept.keys)]
    with (
        kept.engine() as engine,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher,
    ):
        assert watcher.stdout is not None
        seen = [watcher.stdout.readline() for _ in range(3)]
        engine.erase(["case:c-1"], "m-1", REASON)
        returned = time.monotonic()
        while not seen[-1] or float(seen[-1].split()[0]) <= returned:
            seen.append(watcher.stdout.readline())
        rest, _ = watcher.communicate("")
        seen += rest.splitlines()
    told = [line.split() for line in seen]
    assert told[0][1:] == ["True", "True", "True"]
    after = [line[1:] for line in told if float(line[0]) > returned]
    assert after
    assert after == [["False", "False", "False"]] * len(after)
    with kept.engine() as engine:
        for view in ALL:
            engine.store.read_models.catch_up(view)
        assert check_store(engine.store, ALL).faults == ()
