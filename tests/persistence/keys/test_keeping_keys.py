"""Keys are made once, destroyed for good, and what one process destroys no other goes on with."""

import secrets
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from allocation_engine.errors import KeysUnavailable, PersonWasErased
from allocation_engine.persistence.keys.keyring import ERASED, LEASE_SECONDS, Keyring
from allocation_engine.persistence.keys.memory_keys import MemoryKeys
from allocation_engine.persistence.keys.open_keys import open_backend
from allocation_engine.persistence.keys.ports import KEY_BYTES, KeyBackend

KINDS = ["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
LASTING = KINDS[1:]
Opener = Callable[[], KeyBackend]


@pytest.fixture
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Open the same place again and again."""
    if request.param == "memory":
        one = MemoryKeys()
        return lambda: one
    place = str(tmp_path / "persons.keys")
    if request.param == "postgresql":
        place = request.getfixturevalue("new_store_url")("postgresql")
    return lambda: open_backend(place, tmp_path / "master.key")


def keyring_on(backend: KeyBackend, clock: Callable[[], float] = lambda: 0.0) -> Keyring:
    return Keyring(backend, clock=clock, wait=lambda _: None)


@pytest.mark.parametrize("opener", KINDS, indirect=True)
def test_a_name_gets_one_key_whoever_asks_first(opener: Opener) -> None:
    one, other = keyring_on(opener()), keyring_on(opener())
    one.for_writing(["case:c-1", "case:c-2"])
    other.for_writing(["case:c-1", "case:c-3"])
    assert one.key_of("case:c-1") == other.key_of("case:c-1") is not None
    assert one.find("case:c-3") is not None
    assert one.find("case:c-9") is None
    assert len({one.key_of(name) for name in ("case:c-1", "case:c-2", "case:c-3")}) == 3
    one.close()
    other.close()


@pytest.mark.parametrize("opener", KINDS, indirect=True)
def test_a_destroyed_key_never_comes_back(opener: Opener) -> None:
    keyring = keyring_on(opener())
    keyring.for_writing(["case:c-1", "case:c-2"])
    rows = keyring.rows_key()
    keyring.destroy(["case:c-1", "case:never-known"])
    keyring.for_writing(["case:c-1", "case:never-known"])
    assert keyring.restore([("case:c-1", b"k" * KEY_BYTES), ("case:c-4", b"n" * KEY_BYTES), ("case:c-2", None)]) == 1
    assert [keyring.find(f"case:{name}") for name in ("c-1", "never-known", "c-2")] == [ERASED] * 3
    assert keyring.key_of("case:c-4") == b"n" * KEY_BYTES
    with pytest.raises(PersonWasErased):
        keyring.require("case:c-1")
    assert keyring.rows_key().epoch == rows.epoch + 1
    assert keyring.rows_key().key != rows.key
    assert dict(keyring.backend.everything())["case:c-1"] is None
    keyring.close()


@pytest.mark.parametrize("opener", KINDS, indirect=True)
def test_another_process_goes_by_what_it_knows_for_no_longer_than_the_lease(opener: Opener) -> None:
    now = 0.0
    waited: list[float] = []
    one = Keyring(opener(), clock=lambda: now, wait=waited.append)
    other = keyring_on(opener(), lambda: now)
    one.for_writing(["case:c-1"])
    assert other.find("case:c-1") is not None
    assert other.rows_key() == one.rows_key()
    one.destroy(["case:c-1"])
    assert one.find("case:c-1") is ERASED
    assert waited[0] > LEASE_SECONDS  # whoever destroys returns only once nobody else goes by what they knew
    now = waited[0]
    assert other.find("case:c-1") is ERASED
    assert other.rows_key() == one.rows_key()
    one.close()
    other.close()


@pytest.mark.parametrize("opener", KINDS, indirect=True)
def test_many_keys_are_read_at_once(opener: Opener) -> None:
    keyring = keyring_on(opener())
    names = [f"case:c-{number}" for number in range(300)]
    keyring.for_writing(names)
    again = keyring_on(opener())
    assert all(again.key_of(name) == keyring.key_of(name) for name in names)
    keyring.close()
    again.close()


def test_the_file_of_keys_holds_no_destroyed_key_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "persons.keys"
    keyring = keyring_on(open_backend(str(path)))
    keyring.for_writing([f"case:c-{number}" for number in range(50)])
    keys = {name: keyring.key_of(name) or b"" for name in ("case:c-7", "case:c-8")}
    rows = keyring.rows_key().key
    keyring.destroy(["case:c-7"])
    held = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys["case:c-7"] not in held
    assert rows not in held
    assert keys["case:c-8"] in held
    keyring.close()


@pytest.mark.postgres
@pytest.mark.parametrize("opener", ["postgresql"], indirect=True)
def test_keys_in_postgresql_are_nowhere_plain_and_open_with_their_master_key_only(
    opener: Opener, tmp_path: Path
) -> None:
    keyring = keyring_on(opener())
    keyring.for_writing(["case:c-1"])
    keyring.close()
    master = tmp_path / "master.key"
    right = master.read_bytes()
    for wrong, why in ((secrets.token_bytes(KEY_BYTES), "another master key"), (b"short", "5 bytes")):
        master.write_bytes(wrong)
        with pytest.raises(KeysUnavailable, match=why):
            opener()
    master.unlink()
    with pytest.raises(KeysUnavailable, match="cannot be read"):
        opener()
    master.write_bytes(right)
    with pytest.raises(KeysUnavailable, match="chmod 600"):
        opener()
    master.chmod(0o600)
    opener().close()


@pytest.mark.postgres
def test_keys_in_postgresql_need_a_master_key(new_postgres_url: Callable[[], str]) -> None:
    with pytest.raises(KeysUnavailable, match="ALLOCATION_ENGINE_MASTER_KEY_FILE"):
        open_backend(new_postgres_url())


def test_a_place_that_cannot_keep_keys_is_refused_with_the_reason(tmp_path: Path) -> None:
    shared = tmp_path / "shared.keys"
    shared.write_bytes(b"")
    shared.chmod(0o644)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE other (a)")
    connection.close()
    foreign.chmod(0o600)
    noise = tmp_path / "noise"
    noise.write_bytes(b"no database, but long enough to be taken for one" * 50)
    noise.chmod(0o600)
    for place, why in (
        (shared, "chmod 600"),
        (foreign, "another program's"),
        (noise, "not a database"),
        (tmp_path / "nowhere" / "keys", "No such file"),
        (tmp_path, "directory"),
    ):
        with pytest.raises(KeysUnavailable, match=why):
            open_backend(str(place))
    with pytest.raises(KeysUnavailable, match="postgresql://"):
        open_backend("https://keys.example")
    with pytest.raises(KeysUnavailable):
        open_backend("postgresql://nobody@/keys?host=/nowhere-at-all", tmp_path / "master.key")
