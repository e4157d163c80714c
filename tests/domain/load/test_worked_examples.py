"""Worked examples that a practitioner can check with a calculator."""

import re
from datetime import datetime
from math import exp
from pathlib import Path
from tomllib import load as load_toml
from typing import TypedDict, cast

import pytest
from pydantic import JsonValue

from domain.events.registry import REGISTRY
from domain.identifiers import WorkerId
from domain.load import SourceOfLoad, TwoCompartments
from domain.load.exposure import sum_of
from tests.domain.load.service_history import DAY_ZERO, Happened, account_on, shipped_policy

EXAMPLES = Path(__file__).parents[2] / "golden/load"
THREE_WORKERS = EXAMPLES / "three_workers_eight_weeks.toml"


def test_one_worker_over_four_weeks_comes_to_the_figures_worked_out_by_hand() -> None:
    with (EXAMPLES / "one_worker_four_weeks.toml").open("rb") as file:
        example = load_toml(file)
    assert example["day_zero"] == DAY_ZERO
    history = [Happened(one["day"], REGISTRY.decode(one["type"], one["fields"])) for one in example["happened"]]
    expected, total = example["expected"], example["expected"]["total"]
    within = total["tolerance"]

    account = account_on(total["day"], history)

    of = {one.source: one for one in account.contributions}
    for source, part in ((SourceOfLoad.HELD_CASE, "case"), (SourceOfLoad.INCIDENT, "incident")):
        assert of[source].subject == expected[part]["subject"]
        assert of[source].load.acute == pytest.approx(expected[part]["acute"], abs=within)
        assert of[source].load.cumulative == pytest.approx(expected[part]["cumulative"], abs=within)
    assert account.load.acute == pytest.approx(total["acute"], abs=within)
    assert account.load.cumulative == pytest.approx(total["cumulative"], abs=within)
    assert account.load.total == pytest.approx(total["load"], abs=within)
    assert account.capacity == pytest.approx(total["capacity"])
    assert account.headroom == pytest.approx(total["headroom"], abs=within)


class Part(TypedDict):
    subject: str
    acute: float
    cumulative: float


class Expected(TypedDict):
    worker: str
    day: float
    acute: float
    cumulative: float
    load: float
    capacity: float
    headroom: float
    parts: list[Part]


class Told(TypedDict):
    day: float
    type: str
    fields: dict[str, JsonValue]


class Example(TypedDict):
    day_zero: datetime
    tolerance: float
    happened: list[Told]
    expected: list[Expected]


def three_workers() -> Example:
    with THREE_WORKERS.open("rb") as file:
        return cast("Example", load_toml(file))


@pytest.mark.parametrize(
    "expected", three_workers()["expected"], ids=lambda one: f"{one['worker']} on day {one['day']}"
)
def test_three_workers_over_eight_weeks_come_to_the_figures_worked_out_by_hand(expected: Expected) -> None:
    example = three_workers()
    assert example["day_zero"] == DAY_ZERO
    within = example["tolerance"]
    history = [Happened(one["day"], REGISTRY.decode(one["type"], one["fields"])) for one in example["happened"]]

    account = account_on(expected["day"], history, WorkerId(expected["worker"]))

    assert account.load.acute == pytest.approx(expected["acute"], abs=within)
    assert account.load.cumulative == pytest.approx(expected["cumulative"], abs=within)
    assert account.load.total == pytest.approx(expected["load"], abs=within)
    assert account.capacity == pytest.approx(expected["capacity"])
    assert account.headroom == pytest.approx(expected["headroom"], abs=within)
    found: dict[str, list[TwoCompartments]] = {}
    for one in account.contributions:
        given = one.source is SourceOfLoad.SUPERVISION_GIVEN
        found.setdefault(one.source if given else one.subject, []).append(one.load)
    assert set(found) == {part["subject"] for part in expected["parts"]}
    for part in expected["parts"]:
        load = sum_of(found[part["subject"]])
        assert load.acute == pytest.approx(part["acute"], abs=within)
        assert load.cumulative == pytest.approx(part["cumulative"], abs=within)


ARITHMETIC = re.compile(r"^#   .*: ([-+*/(). 0-9exp]+) = ([0-9.]+)$", re.MULTILINE)
"""A line of the form "what: sum = figure"."""


def test_every_line_of_arithmetic_in_the_worked_example_is_right() -> None:
    text = THREE_WORKERS.read_text(encoding="utf-8")
    lines = ARITHMETIC.findall(text)
    assert len(lines) == sum(line.startswith("#   ") and " = " in line for line in text.splitlines()) > 0
    wrong = [(told, figure) for told, figure in lines if abs(eval(told, {"exp": exp}) - float(figure)) > 1e-6]
    assert wrong == []


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.stem)
def test_a_worked_example_rests_on_the_numbers_of_the_shipped_policy_set(example: Path) -> None:
    with example.open("rb") as file:
        rests_on = load_toml(file)["rests_on"]
    shipped = {place: coefficient.value for place, coefficient in shipped_policy().coefficients()}
    assert rests_on == {place: shipped[place] for place in rests_on}
