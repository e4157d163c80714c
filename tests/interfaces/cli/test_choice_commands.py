"""why-not, why-waiting, alternatives, frontier and rule-costs: looks at other choices that record nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.interfaces.cli.command_line import WHY, CommandLine

EFFORT = ("--effort", "2")


def choices(service: CommandLine) -> Any:
    return service.document("propose", *EFFORT)


def test_why_not_says_a_rule_or_a_cost_for_a_fresh_plan_and_records_nothing(service: CommandLine) -> None:
    made = choices(service)
    head = service.head
    case, taken = made["choices"][0]["case_id"], made["choices"][0]["worker_id"]
    for worker in sorted({one["worker_id"] for one in service.document("load")["workers"]} - {taken}):  # type: ignore[union-attr,index,call-overload]
        answer: Any = service.document("why-not", case, worker, *EFFORT)
        assert answer["possible"] is (not answer["in_the_way"] or bool(answer["plan"]))
        assert answer["sentence"].startswith((f"{worker} could take {case}", f"{worker} cannot take {case}"))
        page = service.text("why-not", case, worker, *EFFORT)
        assert " ".join(answer["sentence"].split()) in " ".join(page.split())
        assert "nothing is on record" in page
    assert service.head == head


def test_why_not_asks_about_a_proposal_on_record(service: CommandLine) -> None:
    made = choices(service)
    proposal, chosen = made["proposal_id"], made["choices"][0]
    answer: Any = service.document("why-not", chosen["case_id"], chosen["worker_id"], "--proposal", proposal)
    assert answer["sentence"] == f"{chosen['case_id']} does go to {chosen['worker_id']}."
    assert answer["plan"]["primary"] == {
        one["case_id"]: one["worker_id"] for one in made["choices"] if one["role"] == "primary"
    }


def test_a_proposal_that_is_stale_or_that_nobody_made_is_refused(service: CommandLine) -> None:
    made = choices(service)
    case, worker = made["choices"][0]["case_id"], made["choices"][0]["worker_id"]
    service.text("approve", made["proposal_id"], "--by", "m-0042", "--reason", WHY)
    assert service.refused("why-not", case, worker, "--proposal", made["proposal_id"])[0] == "stale"
    assert service.refused("why-not", case, worker, "--proposal", "p-0000000000")[0] == "unknown_proposal"


def test_an_unknown_case_or_worker_is_refused(service: CommandLine) -> None:
    case = choices(service)["choices"][0]["case_id"]
    assert service.refused("why-not", "c-zzzzzz", "w-0001", *EFFORT)[0] == "unknown_case"
    assert service.refused("why-not", case, "w-zzzz", *EFFORT)[0] == "unknown_worker"


def test_under_strain_costs_are_told_level_by_level_and_why_waiting_names_the_rules(empty: CommandLine) -> None:
    empty.text("generate", "--workers", "5", "--waiting", "20", "--weeks", "6", "--ends", "2026-11-20")
    made = choices(empty)
    proposal, chosen = made["proposal_id"], made["choices"][0]
    assert empty.refused("why-waiting", chosen["case_id"], "--proposal", proposal)[0] == "not_waiting"
    waiting = made["waiting"][0]["case_id"]
    answer: Any = empty.document("why-waiting", waiting, "--proposal", proposal)
    page = " ".join(empty.text("why-waiting", waiting, "--proposal", proposal).split())
    assert " ".join(answer["sentence"].split()) in page
    assert answer["rules"]
    assert "stands in the way of" in page
    for one in made["reasons"]:
        for other in one["alternatives"][:1]:
            told = empty.text("why-not", one["case_id"], other["worker_id"], "--proposal", proposal)
            assert "could take" in told
            assert "At least" in told or "as good" in told


def test_alternatives_differ_as_asked(service: CommandLine) -> None:
    asked = ("alternatives", "-k", "2", "--differ-in", "1", "--cost-at-most", "0.5", *EFFORT)
    answer: Any = service.document(*asked)
    assert len(answer["plans"]) <= 2
    assert all(one["moved"] for one in answer["plans"])
    page = service.text(*asked)
    for place, one in enumerate(answer["plans"], start=1):
        assert f"Plan {place}" in page
        assert " ".join(one["sentence"].split()) in " ".join(page.split())


@pytest.mark.parametrize("measure", [(), ("--heaviest",)], ids=["evenness", "heaviest"])
def test_the_frontier_is_a_table_and_a_picture(service: CommandLine, measure: tuple[str, ...]) -> None:
    answer: Any = service.document("frontier", *measure, *EFFORT)
    assert answer["points"]
    page = service.text("frontier", *measure, "--plot", "f.svg", *EFFORT)
    assert "Balance, match and continuity" in page
    assert "The picture is in f.svg" in page
    assert Path("f.svg").read_bytes().startswith(b"<?xml")
    assert ".svg or .png" in service.refused("frontier", "--plot", "f.pdf")[1]


def test_rule_costs_are_told_rule_by_rule(service: CommandLine) -> None:
    answer: Any = service.document("rule-costs", *EFFORT)
    page = " ".join(service.text("rule-costs", *EFFORT).split())
    assert answer["rules"]
    for one in answer["rules"]:
        assert " ".join(one["sentence"].split()) in page
