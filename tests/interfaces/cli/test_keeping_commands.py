"""backup, restore, backup-keys, restore-keys, retention and erase, as a person and as a program calls them."""

import stat
from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine

BY = ("--by", "m-0042", "--reason", "retention_period_over")


def due(service: CommandLine, *arguments: str) -> list[Any]:
    listed = service.document("retention", *(arguments or ("--closed-before", "2026-11-21")))["due"]
    assert isinstance(listed, list)
    return listed


def test_retention_lists_who_is_due_and_erases_nobody_unless_asked(service: CommandLine) -> None:
    listed = due(service)
    assert listed
    assert [one["since"] for one in listed] == sorted(one["since"] for one in listed)
    head = service.head
    told = service.text("retention", "--closed-before", "2026-11-21")
    assert f"{len(listed)} due to be erased" in told
    assert "Nobody was erased" in told
    assert service.head == head
    assert due(service, "--closed-before", "2001-01-01") == []
    assert "Nobody is due" in service.text("retention", "--left-before", "2001-01-01")


def test_retention_erases_with_a_name_and_a_reason(service: CommandLine) -> None:
    listed = due(service)
    assert service.refused("retention", "--closed-before", "2026-11-21", "--erase")[0] == "settings"
    assert service.refused("retention")[0] == "settings"
    done = service.document("retention", "--closed-before", "2026-11-21", "--erase", *BY)
    assert done["erased"] == [one["subject"] for one in listed]
    assert due(service) == []
    assert service.document("check-store")["sound"] is True


def test_an_erased_case_is_gone_from_every_view_and_its_worker_is_told_of_the_gap(service: CommandLine) -> None:
    waiting = service.document("caseload")["workers"]
    assert isinstance(waiting, list)
    worker, case = next((one["worker_id"], one["cases"][0]["case_id"]) for one in waiting if one["cases"])  # type: ignore[index,call-overload]
    told = service.text("erase", f"case:{case}", *BY)
    assert "cannot be read any more" in told
    assert str(case) not in service.text("caseload", str(worker))
    assert "was erased whom this worker worked with" in " ".join(service.text("load", str(worker)).split())
    again = service.document("erase", f"case:{case}", *BY)
    assert again["already_erased"] == [f"case:{case}"]
    assert service.refused("erase", "case:nobody", *BY)[0] == "unknown_person"
    assert service.refused("erase", "team:t-1", *BY)[0] == "not_a_person"


def test_a_backup_is_restored_into_an_empty_store_with_its_keys(service: CommandLine) -> None:
    head = service.head
    made = service.document("backup", "one.backup")
    assert (made["head"], made["events"]) == (head, head)
    assert "no longer than an erasure" in str(service.document("backup-keys", "one.keys")["warning"])
    assert stat.S_IMODE(Path("one.keys").stat().st_mode) == 0o600
    other = ("--store", "sqlite:///other.sqlite")
    assert service.document("restore", "one.backup", *other)["keys_missing"] is True
    assert service.refused("load", *other)[0] == "keys_unavailable"
    assert "keys came back" in service.text("restore-keys", "one.keys", *other)
    assert service.document("check-store", *other)["sound"] is True
    assert service.refused("restore", "one.backup", *other)[0] == "backup_unusable"
    assert service.refused("backup", "one.backup")[0] == "backup_unusable"


def test_a_person_reads_how_much_was_saved_and_restored(service: CommandLine) -> None:
    assert "keys of persons are not: see backup-keys" in service.text("backup", "one.backup")
    assert "Keep it apart" in service.text("backup-keys", "one.keys")
    told = service.text("restore", "one.backup", "--store", "sqlite:///other.sqlite")
    assert "restore-keys FILE" in told


def test_what_was_kept_plain_is_sealed_when_it_is_restored(empty: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOCATION_ENGINE_PERSON_KEYS", "none")
    empty.text("generate", "--workers", "4", "--weeks", "3", "--ends", "2026-11-20")
    empty.text("backup", "plain.backup")
    assert empty.refused("backup-keys", "plain.keys")[0] == "settings"
    assert empty.refused("restore-keys", "plain.keys")[0] == "settings"
    assert empty.refused("erase", "worker:w-0001", *BY)[0] == "settings"
    monkeypatch.delenv("ALLOCATION_ENGINE_PERSON_KEYS")
    assert empty.refused("erase", "worker:w-0001", *BY)[0] == "stored_plain"
    told = empty.text("restore", "plain.backup", "--store", "sqlite:///sealed.sqlite")
    assert "are sealed now" in told
    empty.text("erase", "worker:w-0001", *BY, "--store", "sqlite:///sealed.sqlite")


def test_postgresql_needs_a_place_for_the_keys(empty: CommandLine) -> None:
    code, message = empty.refused("generate", "--store", "postgresql://nobody@/none?host=/nowhere-at-all")
    assert (code, "ALLOCATION_ENGINE_PERSON_KEYS" in message) == ("settings", True)
