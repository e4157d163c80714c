"""A backup is whole, of one moment, readable by every store, and holds nobody who was erased."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from allocation_engine import open_engine
from allocation_engine.errors import BackupUnusable, KeysUnavailable, StoreUnavailable
from allocation_engine.persistence import open_store
from allocation_engine.persistence.backups import back_up, back_up_keys, restore, restore_keys
from allocation_engine.persistence.check import check_store
from allocation_engine.persistence.documents import Write
from domain.events.case import CaseClosed
from domain.vocabulary import ErasureReason
from projections import ALL
from tests.contracts.erased_service import CHILD, NOW, Kept
from tests.contracts.examples import assigned, referred

REASON = ErasureReason.REQUEST_OF_THE_PERSON
DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
NewUrl = Callable[[str], str]


@pytest.fixture
def kept(tmp_path: Path, new_store_url: NewUrl) -> Kept:
    url = new_store_url("sqlite")
    one = Kept(url, tmp_path / "persons.keys", lambda: [Path(url.removeprefix("sqlite:///"))])
    one.fill()
    return one


def undecoded(url: str) -> object:
    with open_store(url) as store:
        return store.log.read_undecoded()


@pytest.mark.parametrize("to", DURABLE)
@pytest.mark.parametrize("of", DURABLE)
def test_a_backup_of_any_store_is_restored_into_any_other(
    of: str, to: str, tmp_path: Path, new_store_url: NewUrl
) -> None:
    source, target, keys = new_store_url(of), new_store_url(to), tmp_path / "persons.keys"
    Kept(source, keys, list).fill()
    with open_engine(source, person_keys=str(keys)) as engine:
        engine.store.documents.write(Write("shelf", "a", b"1"), Write("shelf", "b", b"2"))
        summary = back_up(engine.store, tmp_path / "backup", NOW, collections=("shelf",))
        assert (summary.head, summary.events, summary.documents) == (16, 16, 2)
    with open_engine(target, person_keys=str(keys)) as engine:
        restored = restore(engine.store, tmp_path / "backup")
        assert (restored.summary, restored.sealed, restored.erased) == (summary, 0, ())
        assert [one.body for one in engine.store.documents.all("shelf")] == [b"1", b"2"]
        engine.record(CaseClosed(case_id=CHILD), "m-1")
        assert engine.store.log.head() == 17
        for view in ALL:
            engine.store.read_models.catch_up(view)
        assert check_store(engine.store, ALL).faults == ()
    with open_store(source) as one, open_store(target) as other:
        before, after = one.log.read_undecoded()[0], other.log.read_undecoded(limit=16)[0]
    assert [(e.position, e.event.type, bytes(e.event.data), sorted(e.event.tags)) for e in before] == [
        (e.position, e.event.type, bytes(e.event.data), sorted(e.event.tags)) for e in after
    ]


@pytest.mark.parametrize("kind", DURABLE)
def test_a_backup_taken_while_others_write_is_a_prefix_of_the_log(
    kind: str, tmp_path: Path, new_store_url: NewUrl
) -> None:
    url = new_store_url(kind)
    done = threading.Event()

    def write() -> None:
        with open_store(url) as mine:
            number = 1000
            while not done.is_set():
                number += 1
                mine.log.append([assigned(number)])

    with open_store(url) as store:
        store.log.append([referred(number) for number in range(1, 500)])
        writer = threading.Thread(target=write)
        writer.start()
        try:
            summaries = [back_up(store, tmp_path / f"backup-{n}", NOW) for n in range(3)]
        finally:
            done.set()
            writer.join()
        everything = store.log.read().events
    for number, summary in enumerate(summaries):
        with open_store(new_store_url("sqlite")) as target:
            restore(target, tmp_path / f"backup-{number}")
            assert target.log.read().events == everything[: summary.head]


def test_neither_a_backup_nor_what_is_restored_holds_anything_plain_or_anybody_erased_since(
    kept: Kept, tmp_path: Path, new_store_url: NewUrl
) -> None:
    backup, keys = tmp_path / "backup", tmp_path / "keys.backup"
    with kept.engine() as engine:
        back_up(engine.store, backup, NOW)
        assert kept.found(*kept.every_word, also=[backup]) == []
        assert engine.store.keyring is not None
        assert back_up_keys(engine.store.keyring, keys, NOW) == 5
        engine.erase(["case:c-1"], "m-1", REASON)
        assert kept.found(*kept.of_the_child, also=[backup]) == []
    target = new_store_url("sqlite")
    with open_engine(target, person_keys=str(kept.keys)) as engine:
        restore(engine.store, backup)
        shown = str([one.record for one in engine.store.log.read().events])
        assert not [word for word in kept.of_the_child if word in shown]
        assert all(word in shown for word in kept.of_the_worker)


def test_old_keys_bring_nobody_back_whom_the_log_says_was_erased(kept: Kept, tmp_path: Path) -> None:
    keys = tmp_path / "keys.backup"
    with kept.engine() as engine:
        assert engine.store.keyring is not None
        back_up_keys(engine.store.keyring, keys, NOW)
        engine.erase(["case:c-1"], "m-1", REASON)
    kept.keys.unlink()  # the machine of the keys is lost
    with pytest.raises(KeysUnavailable, match="give the keys of this store"), kept.engine():
        pass
    with open_engine(kept.url, person_keys=str(kept.keys), check_keys=False) as engine:
        restored = restore_keys(engine.store, keys)
    assert (restored.taken, restored.erased) == (5, ("case:c-1",))
    with kept.engine() as engine:
        shown = str([one.record for one in engine.store.log.read().events])
        assert not [word for word in kept.of_the_child if word in shown]
        assert all(word in shown for word in kept.of_the_worker)


def test_what_a_backup_holds_plain_is_sealed_when_it_is_restored_with_keys(
    tmp_path: Path, new_store_url: NewUrl
) -> None:
    with open_store(new_store_url("sqlite")) as store:
        store.log.append([referred(1), assigned(2), referred(3, "c2")])
        events = store.log.read().events
        back_up(store, tmp_path / "backup", NOW)
    with open_engine(new_store_url("sqlite")) as engine:
        assert restore(engine.store, tmp_path / "backup").sealed == 3
        assert engine.store.log.read().events == events
        assert all(b'"sealed"' in one.event.data for one in engine.store.log.read_undecoded()[0])
        engine.erase(["case:c1"], "m-1", REASON)


def test_a_person_with_plain_events_cannot_be_erased_yet(new_store_url: NewUrl) -> None:
    from allocation_engine.errors import DecisionRefused  # noqa: PLC0415  for this test alone

    url = new_store_url("sqlite")
    with open_store(url) as store:
        store.log.append([referred(1)])
    with open_engine(url) as engine, pytest.raises(DecisionRefused, match="restore") as refused:
        engine.erase(["case:c1"], "m-1", REASON)
    assert refused.value.rejection.code == "stored_plain"


def test_a_store_that_holds_events_is_not_restored_into(kept: Kept, tmp_path: Path) -> None:
    with kept.engine() as engine:
        back_up(engine.store, tmp_path / "backup", NOW)
        with pytest.raises(BackupUnusable, match="holds events already"):
            restore(engine.store, tmp_path / "backup")
        assert engine.store.log.head() == 16


def test_a_backup_is_not_restored_into_memory(kept: Kept, tmp_path: Path) -> None:
    with kept.engine() as engine:
        back_up(engine.store, tmp_path / "backup", NOW)
    with open_store("memory://") as store, pytest.raises(StoreUnavailable, match="a store that lasts"):
        restore(store, tmp_path / "backup")


def test_a_file_that_is_there_is_not_written_over_and_a_failure_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    with kept.engine() as engine:
        (tmp_path / "taken").write_text("mine")
        for file in (tmp_path / "taken", tmp_path / "nowhere" / "backup"):
            with pytest.raises(BackupUnusable):
                back_up(engine.store, file, NOW)

        def stop(_done: int, _total: int) -> None:
            raise KeyboardInterrupt

        before = sorted(tmp_path.iterdir())
        with pytest.raises(KeyboardInterrupt):
            back_up(engine.store, tmp_path / "backup", NOW, on_progress=stop)
        assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_backup_that_was_changed_is_refused_and_nothing_of_it_restored(
    kept: Kept, tmp_path: Path, new_store_url: NewUrl
) -> None:
    backup = tmp_path / "backup"
    with kept.engine() as engine:
        back_up(engine.store, backup, NOW)
    spoilt = {}
    for name, statement in {
        "missing": "DELETE FROM event WHERE position = 16",
        "altered": "UPDATE event SET data = x'00' WHERE position = 3",
        "retagged": "UPDATE event SET tags = '[]' WHERE position = 3",
        "newer": "UPDATE about SET form = 99",
    }.items():
        spoilt[name] = shutil.copy(backup, tmp_path / name)
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            connection.execute(statement)
    (tmp_path / "cut").write_bytes(backup.read_bytes()[:9000])
    (tmp_path / "text").write_text("no backup at all")
    store_file = Path(kept.url.removeprefix("sqlite:///"))
    with open_store(new_store_url("sqlite")) as store:
        for file in (*spoilt.values(), tmp_path / "cut", tmp_path / "text", tmp_path / "none", store_file):
            with pytest.raises(BackupUnusable):
                restore(store, Path(file))
        assert store.log.head() == 0
        assert restore(store, backup).summary.events == 16


def test_keys_are_restored_from_a_whole_backup_of_keys_only(kept: Kept, tmp_path: Path) -> None:
    keys = tmp_path / "keys.backup"
    with kept.engine() as engine:
        assert engine.store.keyring is not None
        back_up_keys(engine.store.keyring, keys, NOW)
        with pytest.raises(BackupUnusable, match="name another"):
            back_up_keys(engine.store.keyring, keys, NOW)
        (tmp_path / "cut").write_bytes(keys.read_bytes()[:-30])
        (tmp_path / "empty").write_bytes(b"")
        (tmp_path / "odd").write_bytes(keys.read_bytes().replace(b"case:c-1 ", b"case:c-1 zz"))
        for name in ("cut", "empty", "odd", "none"):
            with pytest.raises(BackupUnusable):
                restore_keys(engine.store, tmp_path / name)
        assert restore_keys(engine.store, keys).taken == 0
