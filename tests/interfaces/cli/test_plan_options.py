"""What a plan may be asked for: a limit on load, how far above its mean, and one area; alike in every command that solves."""

from typing import Any

import pytest

from tests.interfaces.cli.command_line import CommandLine

SOLVING = [
    ("propose",),
    ("why-not", "c-000001", "w-0001"),
    ("why-waiting", "c-000001"),
    ("alternatives",),
    ("frontier",),
    ("rule-costs",),
]
EFFORT = ("--effort", "2")
BAD_NUMBERS = [
    *((option, number) for option in ("--load-limit", "--seconds", "--effort") for number in ("-1", "0", "nan", "inf")),
    *(("--deviations", number) for number in ("-1", "nan", "inf", "two")),
    ("--load-limit", "90"),
    ("--assume-fte", "nan"),
]


def test_a_limit_on_load_holds_and_is_named_with_the_plan(service: CommandLine) -> None:
    free: Any = service.proposal()
    heaviest = max(one["load_after"] / one["capacity"] for one in free["choices"])
    limit = f"{0.95 * heaviest:.4f}"
    made: Any = service.proposal("--load-limit", limit)
    assert (made["load_limit"], made["deviations_above"], made["one_area"]) == (float(limit), 0.0, False)
    assert all(one["load_after"] / one["capacity"] <= float(limit) + 1e-9 for one in made["choices"])
    page = " ".join(service.text("propose", *EFFORT, "--load-limit", "0.9", "--deviations", "1", "--one-area").split())
    assert "go past 90% of capacity, with 1 standard deviation of the load ahead added" in page
    assert "All cases of whoever receives one were to lie in one area" in page


def test_more_deviations_rule_more_workers_out(service: CommandLine) -> None:
    def ruled_out(deviations: str) -> int:
        told: Any = service.proposal("--load-limit", "1.0", "--deviations", deviations)
        codes = [no["code"] for one in told["reasons"] + told["waiting"] for no in one["ruled_out"]]
        return codes.count("load_limit")

    assert ruled_out("0") < ruled_out("10")


def test_other_choices_are_weighed_within_the_limits_that_are_asked_for(service: CommandLine) -> None:
    made: Any = service.proposal()
    chosen = made["choices"][0]
    case, worker = str(chosen["case_id"]), str(chosen["worker_id"])
    asked = ("--load-limit", "0.01", *EFFORT)
    assert "limit on load" in service.text("why-not", case, worker, *asked)
    waits: Any = service.document("why-waiting", case, *asked)
    assert "load_limit" in {one["code"] for one in waits["rules"]}
    costs: Any = service.document("rule-costs", *asked)
    assert "load_limit" in {one["code"] for one in costs["rules"]}
    for command in ("alternatives", "frontier"):
        assert "w-" not in service.text(command, *asked)


def test_a_proposal_on_record_is_asked_about_within_its_own_limits(service: CommandLine) -> None:
    free: Any = service.proposal()
    case, worker = free["choices"][0]["case_id"], free["choices"][0]["worker_id"]
    limited = str(service.proposal("--load-limit", "0.01")["proposal_id"])
    assert "limit on load" in service.text("why-not", case, worker, "--proposal", limited)
    by = ("--by", "m-0042", "--reason", "discussed in the meeting")
    assert service.refused("amend", limited, "--assign", f"{case}={worker}", *by)[0] == "load_limit"


@pytest.mark.parametrize("command", SOLVING, ids=lambda command: command[0])
def test_deviations_need_a_limit_against_which_to_hold_them(service: CommandLine, command: tuple[str, ...]) -> None:
    code, message = service.refused(*command, "--deviations", "1")
    assert (code, message) == ("settings", "--deviations: give a --load-limit with it, such as --load-limit 0.9")


@pytest.mark.parametrize("command", SOLVING, ids=lambda command: command[0])
@pytest.mark.parametrize(("option", "number"), BAD_NUMBERS)
def test_a_number_that_cannot_be_planned_with_is_refused_in_a_line(
    empty: CommandLine, command: tuple[str, ...], option: str, number: str
) -> None:
    status, out, err = empty.call(*command, option, number)
    assert (status, out) == (2, "")
    assert option in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", SOLVING[1:], ids=lambda command: command[0])
def test_a_proposal_on_record_is_not_planned_anew(service: CommandLine, command: tuple[str, ...]) -> None:
    code, message = service.refused(*command, "--proposal", "p-1", "--team", "t-1", "--one-area", "--effort", "3")
    assert (code, message) == (
        "settings",
        "--proposal: asks about a plan as it was made; leave out --team, --one-area, --effort",
    )
