"""load, caseload, log, rebuild and check-store: what they show and what they refuse."""

import sqlite3
from pathlib import Path

import pytest

from tests.interfaces.cli.command_line import SERVICE, CommandLine

READING = [("load",), ("caseload",), ("log",), ("rebuild",), ("check-store",), ("propose",)]


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_every_reading_command_answers_people_and_programs(service: CommandLine, command: tuple[str, ...]) -> None:
    assert service.text(*command).strip()
    assert service.document(*command)


@pytest.mark.parametrize("command", READING, ids=lambda command: command[0])
def test_a_store_that_is_not_there_is_named_and_not_made(empty: CommandLine, command: tuple[str, ...]) -> None:
    code, message = empty.refused(*command)
    assert code == "settings"
    assert "does not exist" in message
    assert list(empty.folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["folder", "text"])
def test_a_store_that_is_no_store_is_refused(empty: CommandLine, kind: str) -> None:
    place = Path("other")
    place.mkdir() if kind == "folder" else place.write_text("this is no database at all\n" * 50)
    code, message = empty.refused("load", "--store", "sqlite:///other")
    assert code == "store_unavailable"
    assert "sqlite:///other" in message


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("load", "w-zzzz"), "w-zzzz"),
        (("caseload", "w-zzzz"), "w-zzzz"),
        (("load", "--team", "t-zz"), "--team"),
        (("load", "--as-at", "soon"), "--as-at"),
        (("log", "--tag", "worker"), "--tag"),
        (("log", "--type", "case.assigned"), "--tag"),
        (("log", "--tag", "worker:w-0001", "--type", "case.sold"), "case.sold"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence_that_names_it(
    service: CommandLine, arguments: tuple[str, ...], named: str
) -> None:
    code, message = service.refused(*arguments)
    assert code == "settings"
    assert named in message


def test_what_changed_since_a_day_is_told_and_adds_up(service: CommandLine) -> None:
    worker = max(service.document("load")["workers"], key=lambda one: one["load"])["worker_id"]  # type: ignore[index,call-overload]
    before = service.document("load", worker, "--as-at", "2026-10-31T00:00+00:00")["workers"][0]["load"]  # type: ignore[index,call-overload]
    now = service.document("load", worker, "--since", "2026-10-31")["workers"][0]  # type: ignore[index,call-overload]
    since = now["since"]
    assert since["load_before"] == pytest.approx(before)
    assert sum(one["acute"] + one["cumulative"] for one in since["changes"]) == pytest.approx(now["load"] - before)
    for groups in now["by_kind"].values():
        assert sum(one["acute"] + one["cumulative"] for one in groups) == pytest.approx(now["load"])
    assert now["forecast"]["mean"] >= now["forecast"]["without_incidents"]
    page = service.text("load", worker, "--since", "2026-10-31")
    assert "Since 31 Oct 2026:" in page
    assert "forecast" in page


@pytest.mark.parametrize("arguments", [("--since", "2026-10-01"), ("w-0001", "--since", "2999-01-01")])
def test_a_change_needs_a_worker_and_a_day_that_is_past(service: CommandLine, arguments: tuple[str, ...]) -> None:
    code, message = service.refused("load", *arguments)
    assert code == "settings"
    assert "--since" in message


def test_one_worker_has_reasons_and_everybody_has_an_account(service: CommandLine) -> None:
    everybody = service.document("load")["workers"]
    assert isinstance(everybody, list)
    assert len(everybody) == len(service.document("caseload")["workers"])  # type: ignore[arg-type]
    one = service.document("load", "w-0001")["workers"]
    assert isinstance(one, list)
    assert isinstance(one[0], dict)
    assert "contributions" in one[0]
    assert "Why:" in service.text("load", "w-0001")


def test_the_log_keeps_to_its_filters(service: CommandLine) -> None:
    events = service.document("log", "--tag", "worker:w-0001", "--type", "worker.registered")["events"]
    assert isinstance(events, list)
    assert [one["type"].partition(".v")[0] for one in events if isinstance(one, dict)] == ["worker.registered"]  # type: ignore[union-attr]
    assert len(service.document("log", "--after", "3", "--limit", "2")["events"]) == 2  # type: ignore[arg-type]
    assert "--after 5" in service.text("log", "--after", "3", "--limit", "2")


def test_the_option_beats_the_setting(service: CommandLine) -> None:
    service.text(*SERVICE, "--seed", "2", "--store", "sqlite:///t.sqlite")
    first, second = service.document("load"), service.document("load", "--store", "sqlite:///t.sqlite")
    assert first["workers"] != second["workers"]


def test_a_store_is_sound_until_somebody_damages_it(service: CommandLine) -> None:
    assert service.document("check-store")["sound"] is True
    with sqlite3.connect("s.sqlite") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        table, column = next(
            (name, field[1])
            for name in tables
            for field in database.execute(f"PRAGMA table_info({name})")
            if field[1] == "data"
        )
        database.execute(f"UPDATE {table} SET {column} = x'7b7d' WHERE rowid = 3")
    database.close()
    status, out, _ = service.call("check-store", "--json")
    assert (status, '"sound": false' in out) == (1, True)
    assert service.call("check-store")[0] == 1


@pytest.mark.parametrize("command", [("load",), ("caseload",), ("log", "--limit", "40")], ids=lambda one: one[0])
def test_pages_fit_eighty_columns_and_break_no_id(service: CommandLine, command: tuple[str, ...]) -> None:
    lines = service.text(*command).splitlines()
    assert all(len(line) <= 80 for line in lines if "│" in line)
    assert any("w-0001" in line for line in lines)
