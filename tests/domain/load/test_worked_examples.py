"""Worked examples that a practitioner can check with a calculator."""

from pathlib import Path
from tomllib import load as load_toml

import pytest

from domain.events.registry import REGISTRY
from domain.load import SourceOfLoad
from tests.domain.load.service_history import DAY_ZERO, Happened, account_on, shipped_policy

EXAMPLES = Path(__file__).parents[2] / "golden/load"


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


def test_the_worked_example_rests_on_the_numbers_of_the_shipped_policy_set() -> None:
    with (EXAMPLES / "one_worker_four_weeks.toml").open("rb") as file:
        rests_on = load_toml(file)["rests_on"]
    shipped = {place: coefficient.value for place, coefficient in shipped_policy().coefficients()}
    assert rests_on == {place: shipped[place] for place in rests_on}
