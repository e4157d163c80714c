"""The policy set on the command line: seen, checked, adopted, and tried on a past period."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.interfaces.cli.command_line import CommandLine
from tests.planning.policy_sets import EXAMPLE, EXAMPLE_FILE

OWN = "service-2027"
HEADER = "[load.held_points.high]\nvalue = 8\n"


def policy_file(
    *, known_as: str = OWN, since: str = "2026-10-01T00:00:00Z", old: str = "", new: str = "", name: str = "own.toml"
) -> str:
    """Write the shipped set under another id, with one text replaced; give the file's name."""
    text = EXAMPLE_FILE.read_text("utf-8")
    for was, now in ((EXAMPLE.policy_set_id, known_as), (EXAMPLE.effective_from.strftime("%Y-%m-%dT%H:%M:%SZ"), since)):
        assert text.count(was) == 1
        text = text.replace(was, now)
    assert not old or text.count(old) == 1
    Path(name).write_text(text.replace(old, new) if old else text, "utf-8")
    return name


def heavier(name: str = "heavier.toml", known_as: str = OWN, since: str = "2026-10-01T00:00:00Z") -> str:
    """Write a set in which a high-risk case weighs 10 and not 8."""
    return policy_file(known_as=known_as, since=since, old=HEADER, new=HEADER.replace("8", "10"), name=name)


def rows(document: dict[str, JsonValue], key: str) -> list[dict[str, JsonValue]]:
    found = document[key]
    assert isinstance(found, list)
    assert all(isinstance(one, dict) for one in found)
    return [one for one in found if isinstance(one, dict)]


def test_every_number_is_shown_with_unit_kind_and_source(service: CommandLine) -> None:
    numbers = rows(service.document("policy", "show"), "numbers")
    assert [one["place"] for one in numbers] == [place for place, _ in EXAMPLE.coefficients()]
    assert all(one["unit"] and one["kind"] and one["source"] for one in numbers)
    page = " ".join(service.text("policy", "show").split())
    assert "as the shipped example: nobody has adopted a policy set" in page
    for place, number in EXAMPLE.coefficients():
        assert place in page
        assert " ".join(number.source.split()) in page
    assert "limits.co_worker_from very high" in page


def test_a_file_is_shown_without_any_store(empty: CommandLine) -> None:
    shown = empty.document("policy", "show", "--file", heavier())
    assert (shown["policy_set_id"], shown["adopted"]) == (OWN, None)
    assert empty.refused("policy", "show", "--file", "heavier.toml", "--as-at", "2026-11-01")[0] == "settings"
    assert [path.name for path in empty.folder.iterdir()] == ["heavier.toml"]


def test_a_checked_file_says_what_differs_and_stores_nothing(service: CommandLine) -> None:
    head = service.head
    found = service.document("policy", "check", heavier())
    assert found["refusal"] is None
    assert rows(found, "differences") == [
        {"place": "load.held_points.high", "aspect": "value", "old": 8.0, "new": 10.0, "unit": "lp"}
    ]
    page = service.text("policy", "check", "heavier.toml")
    assert "It can be adopted." in page
    assert "load.held_points.high" in page
    assert service.head == head


def test_where_kind_or_source_reads_otherwise_the_check_says_so(service: CommandLine) -> None:
    agreed = HEADER.replace("8", "9") + 'unit = "lp"\nkind = "assumption"\nsource = "'
    checked = policy_file(
        old=HEADER + 'unit = "lp"\nkind = "assumption"\nsource = "',
        new=agreed.replace("assumption", "local_agreement") + "Agreed by the partnership board. ",
    )
    page = service.text("policy", "check", checked)
    assert "The kind reads otherwise at 1 place:\n    load.held_points.high" in page
    assert "The source reads otherwise at 1 place:\n    load.held_points.high" in page
    assert "1 local agreement" in page


def test_a_checked_file_that_could_not_be_adopted_says_why(service: CommandLine) -> None:
    changed = heavier(known_as=EXAMPLE.policy_set_id)
    refusal = service.document("policy", "check", changed)["refusal"]
    assert isinstance(refusal, dict)
    assert refusal["code"] == "example_changed"
    assert "It cannot be adopted" in service.text("policy", "check", changed)


BAD: list[tuple[dict[str, str], str]] = [
    ({"old": HEADER, "new": HEADER.replace("value = 8", "")}, "load.held_points.high.value"),
    ({"old": HEADER, "new": HEADER.replace("8", "-1")}, "held_points.high"),
    ({"old": HEADER, "new": HEADER.replace("8", '"much"')}, "load.held_points.high.value"),
    ({"old": HEADER, "new": HEADER.replace("8", "4")}, "held_points.high is below held_points.medium"),
    ({"old": HEADER, "new": HEADER.replace("high", "hihg")}, "hihg"),
    ({"old": 'value = 42\nunit = "day"', "new": 'value = 6\nunit = "week"'}, "time_constant.unit"),
    ({"old": HEADER, "new": "value == 8"}, "own.toml"),
    ({"since": "2026-10-01"}, "effective_from"),
    ({"known_as": "Policy of the team"}, "policy_set_id"),
]


@pytest.mark.parametrize(
    "command", [("check",), ("adopt", "--by", "m-0042"), ("show", "--file")], ids=lambda one: one[0]
)
@pytest.mark.parametrize(("change", "place"), BAD, ids=[place for _, place in BAD])
def test_a_bad_file_is_refused_with_its_place_and_nothing_is_stored(
    service: CommandLine, command: tuple[str, ...], change: dict[str, str], place: str
) -> None:
    head = service.head
    code, message = service.refused("policy", *command, policy_file(**change))
    assert code == "invalid_policy_set"
    assert place in message
    assert service.head == head


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = " + b"[" * 100_000, b"a = 1" + b"0" * 5_000])
def test_a_file_that_is_no_text_or_no_end_of_brackets_is_refused(empty: CommandLine, content: bytes) -> None:
    Path("odd.toml").write_bytes(content)
    code, message = empty.refused("policy", "show", "--file", "odd.toml")
    assert code == "invalid_policy_set"
    assert "odd.toml" in message
    assert len(message) < 300


def test_an_adopted_set_is_in_force_from_its_day_and_its_history_says_by_whom(service: CommandLine) -> None:
    assert "Nobody has adopted" in service.text("policy", "history")
    adopted = service.document("policy", "adopt", heavier(), "--by", "m-0042")
    assert adopted["in_force_now"] == OWN
    shown = service.document("policy", "show", "--as-at", "2026-10-02")
    assert (shown["policy_set_id"], shown["adopted"]) == (OWN, True)
    assert service.document("policy", "show", "--as-at", "2026-09-01")["policy_set_id"] == EXAMPLE.policy_set_id
    earlier = service.document("policy", "show", "--as-at", "2026-10-02", "--known-at", "2026-10-02")
    assert earlier["policy_set_id"] == EXAMPLE.policy_set_id, "nobody knew of it then"
    (one,) = rows(service.document("policy", "history"), "adoptions")
    assert (one["policy_set_id"], one["adopted_by"], one["standing"], one["values_changed"]) == (
        OWN,
        "m-0042",
        "in force",
        1,
    )
    assert one["event_id"] == adopted["event_id"]
    page = service.text("policy", "history")
    assert "m-0042" in page
    assert "in force" in page
    assert service.refused("policy", "adopt", "heavier.toml", "--by", "m-0042")[0] == "already_adopted"


def test_a_set_with_a_later_day_waits_for_it_and_one_with_an_earlier_day_never_comes_in_force(
    service: CommandLine,
) -> None:
    text = service.text("policy", "adopt", heavier(since="2199-01-01T00:00:00Z"), "--by", "m-0042")
    assert f"until then {EXAMPLE.policy_set_id} holds" in " ".join(text.split())
    service.text("policy", "adopt", heavier(known_as="second"), "--by", "m-0042")
    text = service.text("policy", "adopt", heavier(known_as="first", since="2026-09-01T00:00:00Z"), "--by", "m-0042")
    assert "but not today: second has a later day" in " ".join(text.split())
    standings = {
        one["policy_set_id"]: one["standing"] for one in rows(service.document("policy", "history"), "adoptions")
    }
    assert standings == {OWN: "to come", "second": "in force", "first": "replaced"}


@pytest.mark.parametrize("by", ["Some Body", ""])
def test_nobody_adopts_a_policy_under_a_name(service: CommandLine, by: str) -> None:
    code, message = service.refused("policy", "adopt", heavier(), "--by", by)
    assert code == "settings"
    assert "--by" in message


PERIOD = ("--from", "2026-10-12", "--to", "2026-11-20")


def test_a_past_period_is_replayed_week_by_week_and_worker_by_worker(service: CommandLine) -> None:
    head = service.head
    found = service.document("policy", "compare", heavier(), *PERIOD)
    weeks = rows(found, "weeks")
    assert [str(week["at"])[:10] for week in weeks] == [
        *("2026-10-12", "2026-10-19", "2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-20"),
    ]
    workers = [one["worker_id"] for one in rows(weeks[-1], "workers")]
    assert workers == sorted(workers, key=str)
    assert [one["place"] for one in rows(rows(found, "a")[0], "differences")] == ["load.held_points.high"]
    page = service.text("policy", "compare", "heavier.toml", *PERIOD)
    for told in ("A: in force then", "B: service-2027", "20 Nov 2026", "does not measure stress or health"):
        assert told in " ".join(page.split())
    assert max(map(len, page.splitlines())) <= 80
    assert service.head == head


def test_who_is_over_capacity_under_one_set_only_is_listed_by_id(service: CommandLine) -> None:
    halved = policy_file(old="[load.full_time_capacity]\nvalue = 100", new="[load.full_time_capacity]\nvalue = 40")
    week = rows(service.document("policy", "compare", halved, *PERIOD), "weeks")[-1]
    over = {side: [one["worker_id"] for one in rows(week, "workers") if _share(one, side) > 1] for side in ("a", "b")}
    only_b = [str(worker_id) for worker_id in over["b"] if worker_id not in over["a"]]
    assert only_b
    told = " ".join(service.text("policy", "compare", halved, *PERIOD).split())
    assert f"Over capacity only under B: {len(only_b)} {', '.join(only_b)}" in told


def _share(worker: dict[str, JsonValue], side: str) -> float:
    standing = worker[side]
    assert isinstance(standing, dict)
    share = standing["share"]
    assert isinstance(share, float)
    return share


def test_who_has_no_hours_is_counted_apart_and_has_no_share(empty: CommandLine) -> None:
    rota = [
        f'{{"type": "worker.registered.v1", "event": {{"worker_id": "w-{n}", "role": "social_worker"}}, "occurred_at": "2026-10-01T09:00:00Z", "source_system": "hr", "source_id": "{n}"}}'
        for n in range(2)
    ]
    empty.text("generate", "--workers", "8", "--waiting", "1", "--weeks", "8", "--ends", "2026-11-20")
    Path("rota.jsonl").write_text("\n".join(rota), "utf-8")
    empty.text("record", "rota.jsonl")
    total = rows(empty.document("policy", "compare", heavier(), *PERIOD), "weeks")[-1]["a"]
    assert isinstance(total, dict)
    assert total["hours_not_known"] == 2
    assert "hours are not known, up to 2 at one time" in " ".join(
        empty.text("policy", "compare", "heavier.toml", *PERIOD).split()
    )
    assert "2 without known hours are left out" in " ".join(empty.text("policy", "sensitivity").split())


def test_the_same_set_changes_nobodys_figures(service: CommandLine) -> None:
    page = service.text("policy", "compare", policy_file(), *PERIOD)
    assert "no worker's figures differ" in page
    assert "No value differs" in page


def test_of_a_small_team_nothing_is_told_together(empty: CommandLine) -> None:
    service, team = empty, "t-01"
    service.text("generate", "--workers", "4", "--waiting", "1", "--weeks", "6", "--ends", "2026-11-20")
    assert len(rows(service.document("load", "--team", team), "workers")) < 6
    week = rows(service.document("policy", "compare", heavier(), *PERIOD, "--team", team), "weeks")[-1]
    total = week["a"]
    assert isinstance(total, dict)
    assert (total["mean_load"], total["over_capacity"]) == (None, None)
    assert "are not spoken of together" in service.text("policy", "compare", "heavier.toml", *PERIOD, "--team", team)
    assert service.document("policy", "sensitivity", "--team", team)["effects"] == []
    assert "Too few to say" in service.text("policy", "sensitivity", "--team", team)


def test_sensitivity_is_one_table_of_numbers_and_names_nobody(service: CommandLine) -> None:
    effects = rows(service.document("policy", "sensitivity", "--as-at", "2026-11-20"), "effects")
    assert {one["kind"] for one in effects} == {"assumption"}
    page = service.text("policy", "sensitivity", "--as-at", "2026-11-20")
    assert "w-0" not in page
    assert "Each lowered and raised by 20%" in page
    told = " ".join(page.split())
    for one in effects:
        assert str(one["place"]).removeprefix("load.") in told
    assert max(map(len, page.splitlines())) <= 80


def test_every_number_of_the_load_part_is_varied_on_request_and_those_of_a_file(service: CommandLine) -> None:
    every = rows(service.document("policy", "sensitivity", "--all", "--change", "10%", "--file", heavier()), "effects")
    assert len(every) == sum(place.startswith("load.") for place, _ in EXAMPLE.coefficients())
    (one,) = (one for one in every if one["place"] == "load.held_points.high")
    assert one["value"] == 10
    assert one["tried"] == pytest.approx([9, 11])


def test_the_help_says_that_it_is_about_numbers_and_not_about_people(service: CommandLine) -> None:
    assert "about the numbers, not about people" in " ".join(service.text("policy", "sensitivity", "--help").split())


REFUSED = [
    (("compare", "{file}", "--from", "2026-11-20", "--to", "2026-11-01"), "before it starts"),
    (("compare", "{file}", "--from", "1900-01-01", "--to", "2026-11-01"), "ten years"),
    (("compare", "{file}", "--from", "2999-01-01", "--to", "2999-02-01"), "--from"),
    (("compare", "{file}", "--from", "soon", "--to", "2026-11-01"), "--from"),
    (("compare", "{file}", "--from", "2026-11-01", "--to", "later"), "--to"),
    (("compare", "{file}", "--from", "2026-11-01", "--to", "2026-11-20", "--team", "t-zz"), "--team"),
    (("sensitivity", "--team", "t-zz"), "--team"),
    (("sensitivity", "--change", "0.2"), "--change"),
    (("sensitivity", "--change", "100%"), "--change"),
    (("sensitivity", "--change", "much%"), "--change"),
    (("show", "--known-at", "then"), "--known-at"),
    (("check", "nowhere.toml"), "nowhere.toml"),
    (("adopt", ".", "--by", "m-0042"), "FILE"),
]


@pytest.mark.parametrize(
    ("command", "named"), REFUSED, ids=lambda one: " ".join(one) if isinstance(one, tuple) else one
)
def test_what_cannot_be_answered_is_refused_in_a_sentence_that_names_it(
    service: CommandLine, command: tuple[str, ...], named: str
) -> None:
    code, message = service.refused("policy", *(part.format(file=heavier()) for part in command))
    assert code == "settings"
    assert named in message
