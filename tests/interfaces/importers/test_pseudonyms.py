"""Pseudonyms: the same person always the same id, nobody known by it."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms, load_or_create_key
from domain.identifiers import OpaqueId

PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.mark.parametrize("spelt", ["worker a1", "WORKER A1", " Worker\xa0 A1 ", "Worker\tA1", "\uff37orker A1"])
def test_spellings_of_one_name_are_one_worker(spelt: str) -> None:
    assert PSEUDONYMS.worker(spelt) == PSEUDONYMS.worker("Worker A1")


def test_the_kind_shows_and_keeps_the_same_text_apart() -> None:
    made = [PSEUDONYMS.worker("7"), PSEUDONYMS.case("7"), PSEUDONYMS.team("7")]
    assert [one[:2] for one in made] == ["w-", "c-", "t-"]
    assert len({one[2:] for one in made}) == 3


def test_another_key_gives_another_id() -> None:
    assert Pseudonyms(b"j" * 32).worker("Worker A1") != PSEUDONYMS.worker("Worker A1")


def test_the_id_of_a_text_never_changes_or_every_import_would_look_new() -> None:
    assert PSEUDONYMS.worker("Worker A1") == "w-aguo5dg3ggea"


@given(st.text())
def test_every_text_gives_an_opaque_id_that_does_not_hold_it(text: str) -> None:
    made = PSEUDONYMS.case(text)
    assert TypeAdapter(OpaqueId).validate_python(made) == made
    assert len(made) == 14
    assert len(text) < 4 or text.casefold() not in made


def test_a_short_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="needs 32"):
        Pseudonyms(b"short")


def test_a_key_is_made_once_and_is_only_its_owners_to_read(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = load_or_create_key(path)
    assert len(key) == 32
    assert load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_all_who_create_the_key_at_the_same_moment_get_the_same_one(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_or_create_key(path), range(32)))
    assert keys == {path.read_bytes()}
    assert list(tmp_path.iterdir()) == [path]


def test_the_loser_of_a_race_takes_the_winners_key(tmp_path: Path) -> None:
    path = tmp_path / "key"

    def slow(size: int) -> bytes:
        load_or_create_key(path, new_key=lambda size: b"w" * size)
        return b"l" * size

    assert load_or_create_key(path, new_key=slow) == b"w" * 32


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    load_or_create_key(path)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_or_create_key(path)


def test_a_damaged_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "key"
    load_or_create_key(path)
    path.write_bytes(b"half")
    with pytest.raises(SettingsError, match="restore it"):
        load_or_create_key(path)
    assert path.read_bytes() == b"half"


def test_a_folder_that_does_not_exist_gives_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be used"):
        load_or_create_key(tmp_path / "none" / "key")
